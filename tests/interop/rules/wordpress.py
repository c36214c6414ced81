"""WordPress with `activitypub` and Event Bridge 1.1: it follows event sources."""

from __future__ import annotations

from tests.interop.rules.verdict import PUBLIC, Json, Verdict, dropped, id_of, ids, kept, many

HEARD = {
    *("Create", "Update", "Delete", "Follow", "Undo", "Accept", "Reject", "Like", "Announce"),
    *("Move", "Join", "Leave"),
}


def read(activity: Json, *, source: bool = True, own: frozenset[str] = frozenset()) -> Verdict:
    """`source`: the site follows the actor for its events; `own` are the site's own posts."""
    kind, about = activity.get("type"), activity.get("object")
    if kind not in HEARD:
        return dropped(f"{kind} is not heard")
    if kind not in ("Create", "Update") or not isinstance(about, dict):
        return kept(does=kind, object=id_of(about))
    if about.get("type") == "Event" and source:
        return _event(about)
    if id_of(about.get("inReplyTo")) in own:
        return kept(comment=about.get("content"))
    return dropped("only events of sources, and comments on posts of the site")


def _event(thing: Json) -> Verdict:
    if PUBLIC not in ids(thing.get("to")) + ids(thing.get("cc")) or not thing.get("startTime"):
        return dropped("not for everybody, or no start")
    place = next(iter(many(thing.get("location"))), None) or {}
    pictures = [
        each["url"]
        for each in many(thing.get("attachment"))
        if each.get("type") in ("Image", "Document") and "url" in each
    ]
    image = thing.get("image")
    return kept(
        name=thing.get("name"),
        text=thing.get("content"),
        start=thing["startTime"],
        end=thing.get("endTime"),
        place=place.get("name"),
        address=place.get("address"),
        picture=next(iter(pictures), None) or (image or {}).get("url"),
        tags=[each["name"] for each in many(thing.get("tag"))],
    )
