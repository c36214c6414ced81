"""The constants of the field: Public, media types, relation names."""

from __future__ import annotations

from typing import Final

ACTIVITYSTREAMS: Final = "https://www.w3.org/ns/activitystreams"
PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})

ACTIVITY_JSON: Final = "application/activity+json"
LD_JSON: Final = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
JRD_JSON: Final = "application/jrd+json"
NODEINFO_JSON: Final = (
    'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'
)
ACCEPT_ACTIVITY: Final = f"{ACTIVITY_JSON}, {LD_JSON}"

REL_SELF: Final = "self"
REL_PROFILE: Final = "http://webfinger.net/rel/profile-page"
REL_SUBSCRIBE: Final = "http://ostatus.org/schema/1.0/subscribe"
REL_APPLICATION: Final = "https://www.w3.org/ns/activitystreams#Application"
REL_NODEINFO_20: Final = "http://nodeinfo.diaspora.software/ns/schema/2.0"
REL_NODEINFO_21: Final = "http://nodeinfo.diaspora.software/ns/schema/2.1"
