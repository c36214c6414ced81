"""Friendica of October 2024: `src/Protocol/ActivityPub/{Receiver,Processor}.php`."""

from __future__ import annotations

from tests.interop.rules.verdict import PUBLIC, Json, Verdict, dropped, id_of, ids, kept, many

CONTENT = {"Note", "Article", "Video", "Image", "Event", "Audio", "Page", "Question"}
ACTIVITIES = {
    *("Like", "Dislike", "Accept", "Reject", "TentativeAccept", "Announce", "Follow", "Undo"),
    *("Update", "Delete", "Add", "Remove", "Move", "Block", "Flag"),
}


def read(activity: Json) -> Verdict:
    """What it makes of what an actor sends whom somebody there follows."""
    kind, about = activity.get("type"), activity.get("object")
    if kind in ("Create", "Update") and isinstance(about, dict) and about.get("type") in CONTENT:
        return _event(about) if about["type"] == "Event" else _item(about)
    if kind not in ACTIVITIES:
        return dropped(f"{kind} is not known")
    return kept(does=kind, object=id_of(about))


def _item(thing: Json) -> Verdict:
    """The name is the title, the summary a content warning, pictures follow the text."""
    broken = [each for each in many(thing.get("attachment")) if not each.get("mediaType")]
    if broken:
        return dropped("an attachment without a media type")
    return kept(
        title=thing.get("name") or "",
        warning=thing.get("summary") or "",
        text=thing.get("content") or "",
        pictures=[
            each["url"]
            for each in many(thing.get("attachment"))
            if each["mediaType"].startswith("image/")
        ],
        public=PUBLIC in ids(thing.get("to")) + ids(thing.get("cc")),
        reply_to=id_of(thing.get("inReplyTo")),
    )


def _event(thing: Json) -> Verdict:
    """An entry of its calendar, to which its users can say yes, no or maybe."""
    item = _item(thing)
    if not item.kept or not thing.get("startTime"):
        return dropped(item.why or "no start")
    place = thing.get("location")
    return kept(
        **item.shows,
        start=thing["startTime"],
        end=thing.get("endTime"),
        no_end=not thing.get("endTime"),
        place=place.get("name") if isinstance(place, dict) else place,
    )
