"""GoToSocial of October 2025: `internal/ap`, `internal/typeutils` (reference: mastodon 3.4, 4.2)."""

from __future__ import annotations

from datetime import datetime

from tests.interop.rules.verdict import (
    ACTORS,
    PUBLIC,
    Json,
    Verdict,
    dropped,
    host,
    id_of,
    ids,
    kept,
    many,
)

STATUSES = {"Article", "Document", "Image", "Video", "Note", "Page", "Event", "Place", "Profile"}
HEARD = {
    *("Create", "Update", "Delete", "Announce", "Like", "Follow", "Block", "Undo", "Accept"),
    *("Reject", "Flag", "Move"),
}


def read(activity: Json, stored: Json | None = None) -> Verdict:
    """What an instance makes of it on which somebody follows the actor."""
    kind = activity.get("type")
    if kind not in HEARD:
        return dropped(f"{kind} is not heard")
    if kind not in ("Create", "Update"):
        return kept(does=kind, object=id_of(activity.get("object")))
    thing = activity["object"]
    if thing.get("type") in ACTORS:
        return kept(profile=thing.get("name"))
    if thing.get("type") not in STATUSES | {"Question"}:
        return dropped(f"{thing.get('type')} is no status")
    if host(thing.get("id")) != host(activity.get("actor")):
        return dropped("the object is of another host")
    if ids(thing.get("attributedTo"))[:1] != [activity["actor"]]:
        return dropped("the author is not who sent it")
    if thing.get("updated") and _moment(thing["updated"]) < _moment(thing["published"]):
        return dropped("updated before it was published")
    if kind == "Update" and stored and "updated" not in thing and thing["type"] != "Question":
        return dropped("nothing newer")
    return _status(thing)


def _status(thing: Json) -> Verdict:
    """The content is the body; summary, else name, is the content warning."""
    to, cc = ids(thing.get("to")), ids(thing.get("cc"))
    public = "public" if PUBLIC in to else "unlisted" if PUBLIC in cc else "private"
    options = thing.get("oneOf") or thing.get("anyOf") or []
    return kept(
        text=thing.get("content") or "",
        warning=thing.get("summary") or thing.get("name") or "",
        visibility=public,
        language=next(iter(thing.get("contentMap") or {}), None),
        media=[each["url"] for each in many(thing.get("attachment")) if _is_media(each)],
        poll=[each["name"] for each in options],
        reply_to=id_of(thing.get("inReplyTo")),
    )


def _is_media(each: Json) -> bool:
    """Without a mediaType it is not taken."""
    return bool(each.get("url")) and each.get("mediaType", "").startswith(("image/", "video/"))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def actor(document: Json) -> Verdict:
    """An account: needs inbox, outbox, a key of its own, and a name."""
    wanted = ("preferredUsername", "inbox", "outbox", "followers", "following", "publicKey")
    missing = [key for key in wanted if not document.get(key)]
    if document.get("type") not in ACTORS or missing:
        return dropped(f"not an account: {missing}")
    if document["publicKey"].get("owner") != document["id"]:
        return dropped("the key is somebody else's")
    return kept(name=document.get("name"), locked=document.get("manuallyApprovesFollowers"))
