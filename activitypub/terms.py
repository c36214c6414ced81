"""What each word means that we write beyond AS2: the inline part of our contexts.

`tests/activitypub/test_meaning.py` proves that all of it expands to what it is meant to be.
"""

from __future__ import annotations

from typing import Final

from activitypub.shapes import Json

NAMESPACE: Final = "https://josoor.org/ns#"
_DATE_TIME: Final = "http://www.w3.org/2001/XMLSchema#dateTime"
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#nonNegativeInteger"

PREFIXES: Final[dict[str, Json]] = {
    "sc": "http://schema.org#",  # as Mobilizon and Gancio spell it
    "toot": "http://joinmastodon.org/ns#",
    "josoor": NAMESPACE,
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "Emoji": "toot:Emoji",
    "PropertyValue": "sc:PropertyValue",
    "value": "sc:value",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "blurhash": "toot:blurhash",
}

# `location` stays what AS2 says it is; Mobilizon redefines it, we do not.
PLACES: Final[dict[str, Json]] = {
    "address": "sc:address",
    "PostalAddress": "sc:PostalAddress",
    "streetAddress": "sc:streetAddress",
    "postalCode": "sc:postalCode",
    "addressLocality": "sc:addressLocality",
    "addressRegion": "sc:addressRegion",
    "addressCountry": "sc:addressCountry",
}

EVENTS: Final[dict[str, Json]] = {
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
    "contacts": {"@id": "mz:contacts", "@type": "@id"},
    "repliesModerationOption": "mz:repliesModerationOption",
    "commentsEnabled": "pt:commentsEnabled",
    "eventStatus": "fep8:eventStatus",
    "displayEndTime": "fep8:displayEndTime",
    "isBannerImage": "fep8:isBannerImage",
    "requiredJoinVisibility": {"@id": "fep8:requiredJoinVisibility", "@type": "@id"},
    "previousStartTime": {"@id": "fep8:previousStartTime", "@type": _DATE_TIME},
    "organizers": {"@id": "fep8:organizers", "@type": "@id"},
    "attendees": {"@id": "fep8:attendees", "@type": "@id"},
    "OrganizersCollection": "fep8:OrganizersCollection",
    "AttendeesCollection": "fep8:AttendeesCollection",
    "VirtualLocation": "fep8:VirtualLocation",
    "votersCount": "toot:votersCount",
}

# Who may quote, and with whose leave. Spec: FEP-044f
QUOTES: Final[dict[str, Json]] = {
    "gts": "https://gotosocial.org/ns#",
    "fep044f": "https://w3id.org/fep/044f#",
    "QuoteRequest": "fep044f:QuoteRequest",
    "QuoteAuthorization": "fep044f:QuoteAuthorization",
    "quote": {"@id": "fep044f:quote", "@type": "@id"},
    "quoteAuthorization": {"@id": "fep044f:quoteAuthorization", "@type": "@id"},
    **{
        name: {"@id": f"gts:{name}", "@type": "@id"}
        for name in (
            "interactingObject",
            "interactionTarget",
            "interactionPolicy",
            "canQuote",
            "canReply",
            "canLike",
            "canAnnounce",
            "automaticApproval",
            "manualApproval",
        )
    },
}

ACTORS: Final[dict[str, Json]] = {
    # security/v1 has this class as CryptographicKey; peers look for `Key`
    "Key": "https://w3id.org/security#Key",
    "mz": "https://joinmobilizon.org/ns#",
    "fep8": "https://w3id.org/fep/8a8e/",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "suspended": "toot:suspended",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
    "upcomingEvents": {"@id": "fep8:upcomingEvents", "@type": "@id"},
    # Spec: FEP-2c59
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
    # Spec: FEP-844e
    "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id"},
    "openness": "mz:openness",
    "memberCount": "mz:memberCount",
    **{
        name: {"@id": f"mz:{name}", "@type": "@id"}
        for name in ("members", "posts", "resources", "todos", "discussions", "events")
    },
}

# Spec: FEP-0837
MARKET: Final[dict[str, Json]] = {
    "vf": "https://w3id.org/valueflows/ont/vf#",
    "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
    **{
        name: f"vf:{name}"
        for name in (
            *("Proposal", "Intent", "Agreement", "Commitment"),
            *("purpose", "publishes", "reciprocal", "unitBased", "action", "resourceQuantity"),
            *("availableQuantity", "minimumQuantity", "stipulates", "stipulatesReciprocal"),
        )
    },
    "resourceConformsTo": {"@id": "vf:resourceConformsTo", "@type": "@id"},
    "satisfies": {"@id": "vf:satisfies", "@type": "@id"},
    "Measure": "om2:Measure",
    "hasUnit": "om2:hasUnit",
    "hasNumericalValue": "om2:hasNumericalValue",
}


def _ours(name: str, **more: str) -> dict[str, Json]:
    """A term of ours, always with its prefix: AS2 or somebody else may have the bare word."""
    return {f"josoor:{name}": {"@id": f"josoor:{name}", **more}}


# `kind`, `originalLanguage`, `languagesSpoken`, `accessibility` need no more than the prefix.
OURS: Final[dict[str, Json]] = {
    **_ours("translationState", **{"@container": "@language"}),
    **_ours("series", **{"@type": "@id"}),
    **_ours("adaptedFrom", **{"@type": "@id"}),
    **_ours("result", **{"@type": "@id"}),
}

# So do `textHash`, `previous`, `byArea`, `area`, `suppressed`.
CAMPAIGNS: Final[dict[str, Json]] = {
    **_ours("supersedes", **{"@type": "@id"}),
    **_ours("asOf", **{"@type": _DATE_TIME}),
    **_ours("seq", **{"@type": _INTEGER}),
    **_ours("confirmed", **{"@type": _INTEGER}),
    **_ours("unconfirmed", **{"@type": _INTEGER}),
    **_ours("removed", **{"@type": _INTEGER}),
    **_ours("count", **{"@type": _INTEGER}),
}
