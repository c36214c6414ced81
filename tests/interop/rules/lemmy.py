"""Lemmy 0.18 to 0.19: `crates/apub`: a Page is by a person, in a community, for everybody."""

from __future__ import annotations

from tests.interop.rules.verdict import PUBLIC, Json, Verdict, dropped, host, id_of, ids, kept, many

POSTS = {"Page", "Article", "Note", "Video", "Event"}
HEARD = {
    *("Create", "Update", "Delete", "Undo", "Like", "Dislike", "Flag", "Follow", "Accept"),
    *("Reject", "Announce", "Block", "Add", "Remove", "Lock"),
}


def read(activity: Json, *, persons: frozenset[str] = frozenset()) -> Verdict:
    """What an instance makes of it; `persons` are the actors known to be people."""
    kind, about = activity.get("type"), activity.get("object")
    if kind not in HEARD:
        return dropped(f"{kind} is not heard")
    if kind == "Announce" and isinstance(about, dict):
        return read(about, persons=persons)
    if kind == "Announce":
        return dropped("a share of an address alone is for others")
    if kind in ("Create", "Update") and isinstance(about, dict):
        return _post(about, persons)
    return kept(does=kind, object=id_of(about))


def _post(thing: Json, persons: frozenset[str]) -> Verdict:
    if thing.get("type") not in POSTS:
        return dropped(f"{thing.get('type')} is no post")
    authors = [each for each in ids(thing.get("attributedTo")) if each in persons]
    if not authors:
        return dropped("no person has written it")
    if host(authors[0]) != host(thing["id"]):
        return dropped("the author lives elsewhere")
    if PUBLIC not in ids(thing.get("to")) + ids(thing.get("cc")):
        return dropped("not for everybody")
    if thing.get("inReplyTo") and thing["type"] == "Note":
        return kept(comment=thing.get("content"), reply_to=id_of(thing["inReplyTo"]))
    places = ids(thing.get("audience")) + ids(thing.get("to")) + ids(thing.get("cc"))
    if not any(each not in persons and each != PUBLIC for each in places):
        return dropped("in no community")
    first: Json = next(iter(many(thing.get("attachment"))), {})
    title = (thing.get("name") or "")[:200]
    return kept(title=title, text=thing.get("content"), link=first.get("href") or first.get("url"))


def community(document: Json) -> Verdict:
    """Whether an actor can be subscribed to: a Group with these parts."""
    wanted = ("preferredUsername", "inbox", "outbox", "followers", "publicKey")
    missing = [key for key in wanted if not document.get(key)]
    if document.get("type") != "Group" or missing:
        return dropped(f"no community: {missing}")
    return kept(title=document.get("name"), sidebar=document.get("summary"))
