"""Hubzilla, Pixelfed and PeerTube, as far as our documents reach them."""

from __future__ import annotations

from tests.interop.rules.verdict import Json, Verdict, dropped, id_of, kept, many

_BASE = {"Follow", "Accept", "Reject", "Undo", "Like", "Announce", "Delete"}


def pixelfed(activity: Json) -> Verdict:
    """Notes with a picture, and replies; `app/Util/ActivityPub/Inbox.php`."""
    kind, about = activity.get("type"), activity.get("object")
    if kind in ("Create", "Update") and isinstance(about, dict):
        if about.get("type") != "Note":
            return dropped(f"{about.get('type')} is not shown")
        media = [each["url"] for each in many(about.get("attachment")) if each.get("url")]
        if not media and not about.get("inReplyTo"):
            return dropped("a post without a picture")
        return kept(text=about.get("content"), pictures=media, reply_to=about.get("inReplyTo"))
    return kept(does=kind) if kind in _BASE | {"Flag"} else dropped(f"{kind} is not heard")


def peertube(activity: Json, *, videos: frozenset[str] = frozenset()) -> Verdict:
    """Notes only under videos; `server/core/lib/activitypub/process/process-create.ts`."""
    kind, about = activity.get("type"), activity.get("object")
    if kind == "Create" and isinstance(about, dict):
        if about.get("type") != "Note" or id_of(about.get("inReplyTo")) not in videos:
            return dropped("not under a video")
        return kept(comment=about.get("content"))
    if kind in _BASE | {"Update", "Dislike", "Flag", "View"}:
        return kept(does=kind, object=id_of(about))
    return dropped(f"{kind} is not heard")


def hubzilla(activity: Json) -> Verdict:
    """Posts, and events of a calendar to which its people answer; known from its documents."""
    kind, about = activity.get("type"), activity.get("object")
    if kind in ("Create", "Update", "Invite") and isinstance(about, dict):
        shown = {"title": about.get("name"), "text": about.get("content")}
        if about.get("type") == "Event":
            if not about.get("startTime"):
                return dropped("no start")
            shown |= {"start": about["startTime"], "end": about.get("endTime")}
        return kept(**shown, reply_to=id_of(about.get("inReplyTo")))
    heard = _BASE | {"Update", "TentativeAccept", "Dislike", "Add", "Remove", "Flag", "Ignore"}
    return kept(does=kind, object=id_of(about)) if kind in heard else dropped(f"{kind}?")
