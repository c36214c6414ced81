"""Which JSON-LD contexts we carry, each with its reason, and what we put on outgoing documents.

Nothing is ever fetched: what is not here is unknown.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from activitypub.names import ACTIVITYSTREAMS
from activitypub.shapes import Json

SECURITY: Final = "https://w3id.org/security/v1"
CONTROLLED_IDENTIFIERS: Final = "https://www.w3.org/ns/cid/v1"

_FOLDER: Final = Path(__file__).parent / "contexts"

# Address → file: why it is here.
_BUNDLED: Final[dict[str, str]] = {
    # on every document of the fediverse
    ACTIVITYSTREAMS: "activitystreams.json",
    # publicKey, owner, publicKeyPem of every actor
    SECURITY: "security-v1.json",
    # assertionMethod and Multikey of actors that sign objects (FEP-521a)
    CONTROLLED_IDENTIFIERS: "cid-v1.json",
    # proofs on objects (FEP-8b32)
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
    # older spelling of Multikey, still sent by Mitra and Fedify
    "https://w3id.org/security/multikey/v1": "multikey-v1.json",
    # actors of servers that speak of DIDs
    "https://www.w3.org/ns/did/v1": "did-v1.json",
    # linked-data signatures of Mastodon
    "https://w3id.org/identity/v1": "identity-v1.json",
    # interaction policies of GoToSocial
    "https://gotosocial.org/ns": "gotosocial.json",
    # communities of Lemmy
    "https://join-lemmy.org/context.json": "lemmy.json",
    # terms of Mastodon, named by address
    "http://joinmastodon.org/ns": "mastodon.json",
    # collections of an actor's inverse properties, portable ids, webfinger and others
    "https://w3id.org/fep/5711": "fep-5711.json",
    "https://w3id.org/fep/ef61": "fep-ef61.json",
    "https://purl.archive.org/socialweb/webfinger": "webfinger.json",
    "https://purl.archive.org/miscellany": "miscellany.json",
}


@cache
def _load(name: str) -> dict[str, Json]:
    document: dict[str, Json] = json.loads((_FOLDER / name).read_text("utf-8"))
    return document


def load(url: str) -> dict[str, Json] | None:
    """The bundled context document of this address, None when we carry none."""
    name = _BUNDLED.get(url.removesuffix("#"))
    return None if name is None else _load(name)


_PREFIXES: Final[dict[str, Json]] = {
    "sc": "http://schema.org#",  # as Mobilizon and Gancio spell it
    "toot": "http://joinmastodon.org/ns#",
    "josoor": "https://josoor.org/ns#",
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "Emoji": "toot:Emoji",
    "PropertyValue": "sc:PropertyValue",
    "value": "sc:value",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "blurhash": "toot:blurhash",
}

# `location` stays what AS2 says it is; Mobilizon redefines it, we do not.
_PLACE_TERMS: Final[dict[str, Json]] = {
    "address": "sc:address",
    "PostalAddress": "sc:PostalAddress",
    "streetAddress": "sc:streetAddress",
    "postalCode": "sc:postalCode",
    "addressLocality": "sc:addressLocality",
    "addressRegion": "sc:addressRegion",
    "addressCountry": "sc:addressCountry",
}

_EVENT_TERMS: Final[dict[str, Json]] = {
    "mz": "https://joinmobilizon.org/ns#",
    "pt": "https://joinpeertube.org/ns#",
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "fep8": "https://w3id.org/fep/8a8e/",
    "uuid": "sc:identifier",
    "category": "sc:category",
    "inLanguage": "sc:inLanguage",
    "maximumAttendeeCapacity": "sc:maximumAttendeeCapacity",
    "remainingAttendeeCapacity": "sc:remainingAttendeeCapacity",
    "propertyID": "sc:propertyID",
    "status": "ical:status",
    "timezone": "mz:timezone",
    "joinMode": "mz:joinMode",
    "externalParticipationUrl": "mz:externalParticipationUrl",
    "anonymousParticipationEnabled": "mz:anonymousParticipationEnabled",
    "participationMessage": "mz:participationMessage",
    "participantCount": "mz:participantCount",
    "isOnline": "mz:isOnline",
    "draft": "mz:draft",
    "repliesModerationOption": "mz:repliesModerationOption",
    "commentsEnabled": "pt:commentsEnabled",
    "eventStatus": "fep8:eventStatus",
    "displayEndTime": "fep8:displayEndTime",
    "previousStartTime": {
        "@id": "fep8:previousStartTime",
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
    },
    "organizers": {"@id": "fep8:organizers", "@type": "@id"},
    "attendees": {"@id": "fep8:attendees", "@type": "@id"},
    "OrganizersCollection": "fep8:OrganizersCollection",
    "AttendeesCollection": "fep8:AttendeesCollection",
    "VirtualLocation": "fep8:VirtualLocation",
    "votersCount": "toot:votersCount",
}


def _ours(name: str, **more: str) -> dict[str, Json]:
    """A term of ours in both spellings; the prefixed one is what we send."""
    definition = {"@id": f"josoor:{name}", **more} if more else f"josoor:{name}"
    return {name: definition, f"josoor:{name}": definition} if more else {name: definition}


_OUR_TERMS: Final[dict[str, Json]] = {
    **_ours("kind"),
    **_ours("originalLanguage"),
    **_ours("translationState", **{"@container": "@language"}),
    **_ours("series", **{"@type": "@id"}),
    **_ours("languagesSpoken"),
    **_ours("accessibility"),
    **_ours("adaptedFrom", **{"@type": "@id"}),
    # AS2 has a `result` of its own: ours exists in the prefixed spelling only.
    "josoor:result": {"@id": "josoor:result", "@type": "@id"},
}

_ACTOR_TERMS: Final[dict[str, Json]] = {
    "mz": "https://joinmobilizon.org/ns#",
    "fep8": "https://w3id.org/fep/8a8e/",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "suspended": "toot:suspended",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "upcomingEvents": {"@id": "fep8:upcomingEvents", "@type": "@id"},
    "openness": "mz:openness",
    "memberCount": "mz:memberCount",
    **{
        name: {"@id": f"mz:{name}", "@type": "@id"}
        for name in ("members", "posts", "resources", "todos", "discussions", "events")
    },
}

OBJECT_CONTEXT: Final[list[Json]] = [
    ACTIVITYSTREAMS,
    SECURITY,
    {**_PREFIXES, **_PLACE_TERMS, **_EVENT_TERMS, **_OUR_TERMS},
]
ACTOR_CONTEXT: Final[list[Json]] = [
    ACTIVITYSTREAMS,
    SECURITY,
    # Without this one peers do not see `assertionMethod`.
    CONTROLLED_IDENTIFIERS,
    {**_PREFIXES, **_PLACE_TERMS, **_ACTOR_TERMS, **_OUR_TERMS},
]
