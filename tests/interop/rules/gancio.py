"""Gancio 1.21: `server/federation/*`, `server/api/models/*` (reference: platforms b.2.3)."""

from __future__ import annotations

from typing import Any

from tests.interop.rules.verdict import Json, Verdict, dropped, id_of, kept


def read(activity: Json, *, trusted: bool = True) -> Verdict:
    """What an instance makes of it; `trusted`: its admin follows the actor and ticked the box."""
    kind, about = activity.get("type"), activity.get("object")
    if kind in ("Create", "Update", "Delete") and not trusted:
        return dropped("only who is followed and trusted may write")
    if kind in ("Create", "Update") and isinstance(about, dict):
        if about.get("type") == "Event":
            return _event(about, new=kind == "Create")
        if about.get("type") == "Note":
            return kept(resource_of=id_of(about.get("inReplyTo")), text=about.get("content"))
        return dropped(f"{about.get('type')} is not found")
    if kind == "Delete":
        of = about.get("formerType", about.get("type")) if isinstance(about, dict) else None
        return kept(deletes=id_of(about)) if of in ("Event", "Note") else dropped("of what?")
    if kind in ("Like", "Announce") and not isinstance(about, str):
        return dropped("an embedded object is not found")
    if kind in ("Follow", "Undo", "Like", "Announce", "Accept"):
        return kept(does=kind)
    return dropped(f"{kind} is not found")


def _event(thing: Json, *, new: bool) -> Verdict:
    if not (thing.get("name") and thing.get("startTime") and thing.get("id")):
        return dropped("no name, start or id")
    try:
        picture = _picture(thing) if new else _picture_of_update(thing)
    except (KeyError, TypeError, AttributeError) as wrong:
        return dropped(f"it breaks at an attachment: {wrong!r}")
    place = thing.get("location")
    if isinstance(place, list) and not new:
        return dropped("it breaks at a list of places")
    if isinstance(place, list):
        place = next((each for each in place if each.get("type") == "Place"), None)
    if not new and not isinstance(thing.get("tag"), list):
        return dropped("it breaks where tags are no list")
    text = thing.get("content") or thing.get("summary")
    if not isinstance(text, str):
        return dropped("content is no text")
    name = (place or {}).get("name")
    return kept(
        name=thing["name"],
        text=text,
        start=thing["startTime"],
        end=thing.get("endTime"),
        place=name,
        merged_as=(name or "").lower(),
        picture=picture,
        tags=[each["name"].lstrip("#") for each in thing.get("tag") or []],
    )


def _picture(thing: Json) -> Any:
    """The first attachment whose mediaType speaks of an image; one without breaks it."""
    for each in thing.get("attachment") or []:
        if "image" in each["mediaType"]:
            return each["url"]
    return None


def _picture_of_update(thing: Json) -> Any:
    """The first attachment, whatever it is; the list must be there."""
    if len(thing["attachment"]) == 0:
        return None
    return thing["attachment"][0]["url"]
