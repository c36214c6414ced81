"""Mobilizon 5.1: `lib/federation/activity_stream/converter/*.ex` (reference: platforms b.1)."""

from __future__ import annotations

import re
from typing import Any

from tests.interop.rules.verdict import ACTORS, PUBLIC, Json, Verdict, dropped, id_of, ids, kept

CATEGORIES = {
    *("ARTS", "AUTO_BOAT_AIR", "BOOK_CLUBS", "BUSINESS", "CAUSES", "COMEDY", "COMMUNITY", "CRAFTS"),
    *("FAMILY_EDUCATION", "FASHION_BEAUTY", "FILM_MEDIA", "FOOD_DRINK", "GAMES", "HEALTH"),
    *("LANGUAGE_CULTURE", "LEARNING", "LGBTQ", "MEETING", "MOVEMENTS_POLITICS", "MUSIC"),
    *("NETWORKING", "OUTDOORS_ADVENTURE", "PARTY", "PERFORMING_VISUAL_ARTS", "PETS"),
    *("PHOTOGRAPHY", "SCIENCE_TECH", "SPIRITUALITY_RELIGION_BELIEFS", "SPORTS", "THEATRE"),
}
JOIN_MODES = {"free", "restricted", "invite", "external"}
STATES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}
HEARD = {
    *("Create", "Update", "Delete", "Announce", "Undo", "Follow", "Accept", "Reject", "Join"),
    *("Leave", "Invite", "Remove", "Add", "Move", "Flag"),
}
CREATED = {"Event", "Note", "Article", "Member", "Tombstone", "TodoList", "Todo", "Document"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def read(activity: Json) -> Verdict:
    """What an instance makes of it whose relay or group follows the actor."""
    kind, about = activity.get("type"), activity.get("object")
    if kind not in HEARD:
        return dropped(f"{kind} is not supported")
    if kind in ("Create", "Update") and isinstance(about, dict):
        if about.get("type") == "Event":
            return event(about)
        if about.get("type") in ACTORS:
            return actor(about)
        if about.get("type") not in CREATED:
            return dropped(f"{about.get('type')} is not supported")
        return _note(about) if about["type"] == "Note" else kept(name=about.get("name"))
    if (
        kind == "Undo"
        and isinstance(about, dict)
        and about.get("type") not in ("Announce", "Follow")
    ):
        return dropped("only shares and follows can be undone")
    # Announce: the object is always fetched by its id; the share is what lists it
    return kept(does=kind, object=id_of(about), listed=kind == "Announce")


def event(thing: Json) -> Verdict:
    """What the converter of events makes of it, or where it breaks."""
    broken = next((why for why, wrong in _breaking(thing).items() if wrong), None)
    if broken:
        return dropped(broken)
    place = thing.get("location")
    return kept(
        name=thing["name"],
        text=thing.get("content"),
        start=thing["startTime"],
        public=PUBLIC in ids(thing.get("to")),
        state=(thing.get("status") or thing.get("ical:status") or "CONFIRMED").upper(),
        category=thing.get("category") if thing.get("category") in CATEGORIES else "MEETING",
        join=thing.get("joinMode", "free"),
        banner=_banner(thing),
        website=_website(thing),
        place=place.get("name") if isinstance(place, dict) else place,
        located=_located(place),
        comments=thing.get("repliesModerationOption"),
    )


def _breaking(thing: Json) -> dict[str, bool]:
    attachments = thing.get("attachment") or []
    tags = [
        each["name"].lstrip("#") for each in thing.get("tag") or [] if each["type"] == "Hashtag"
    ]
    return {
        "no start": not thing.get("startTime"),
        "the name is too short or too long": not 3 <= len(thing.get("name") or "") <= 200,
        "no actor found": any(isinstance(thing.get(key), list) for key in ("actor", "attributedTo"))
        or not (thing.get("actor") or thing.get("attributedTo")),
        "the end is before the start": _ends_early(thing),
        "an unknown join mode": thing.get("joinMode", "free") not in JOIN_MODES,
        "a null status": any(thing.get(key, "") is None for key in ("status", "ical:status")),
        "an unknown status": any(
            (thing.get(key) or "CONFIRMED").upper() not in STATES
            for key in ("status", "ical:status")
        ),
        "a list of places": isinstance(thing.get("location"), list),
        "a list or null for the image": "image" in thing and not isinstance(thing["image"], dict),
        "a field of a profile among the attachments": any(
            each.get("type") == "PropertyValue" and "propertyID" not in each for each in attachments
        ),
        "a tag of one letter": any(not 2 <= len(tag) <= 40 for tag in tags),
        "no uuid": "uuid" in thing and not _UUID.fullmatch(str(thing["uuid"])),
    }


def _ends_early(thing: Json) -> bool:
    return bool(thing.get("endTime")) and thing["endTime"] < (thing.get("startTime") or "")


def _banner(thing: Json) -> str | None:
    pictures = [
        each
        for each in thing.get("attachment") or []
        if each.get("type") in ("Document", "Image") and each.get("url")
    ]
    named = [each["url"] for each in pictures if each.get("name") == "Banner"]
    image = (thing.get("image") or {}).get("url")
    return next(iter(named), None) or image or next((each["url"] for each in pictures), None)


def _website(thing: Json) -> str | None:
    for each in thing.get("attachment") or []:
        if (each.get("type"), each.get("mediaType"), each.get("name")) == (
            *("Link", "text/html"),
            "Website",
        ):
            return str(each["href"])
    return None


def _located(place: Any) -> bool:
    """Coordinates count only as JSON floats."""
    if not isinstance(place, dict):
        return False
    return all(isinstance(place.get(key), float) for key in ("latitude", "longitude"))


def _note(thing: Json) -> Verdict:
    """A comment; one that is not for everybody becomes a private conversation."""
    return kept(
        text=thing.get("content"),
        reply_to=id_of(thing.get("inReplyTo")),
        private=PUBLIC not in ids(thing.get("to")),
    )


def actor(document: Json) -> Verdict:
    """An actor; only groups and applications can be followed."""
    key = document.get("publicKey")
    if document.get("type") not in ACTORS or not isinstance(key, dict) or "publicKeyPem" not in key:
        return dropped("no actor with one key")
    if not document.get("preferredUsername") or not document.get("inbox"):
        return dropped("no name or no inbox")
    for name in ("icon", "image"):
        picture = document.get(name)
        if picture is not None and not (
            isinstance(picture, dict) and isinstance(picture.get("url"), str)
        ):
            return dropped(f"the {name} is not one object")
    if document.get("openness", "open") not in ("open", "moderated", "invite_only"):
        return dropped("an unknown openness")
    held = ("members", "posts", "resources", "todos", "discussions", "events")
    endpoints = document.get("endpoints") or {}
    return kept(
        followable=document["type"] in ("Group", "Application"),
        listed=document.get("discoverable", False),
        collections=[name for name in held if endpoints.get(name)],
    )
