"""Mastodon 4.3 to 4.6: `app/lib/activitypub/**` (reference: mastodon 1.2, 3.1 to 3.6, 4)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

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

NATIVE = {"Note", "Question"}
CONVERTED = {"Image", "Audio", "Video", "Article", "Page", "Event"}
HEARD = {
    *("Create", "Announce", "Delete", "Follow", "Like", "Block", "Update", "Undo", "Accept"),
    *("Reject", "Flag", "Add", "Remove", "Move"),
}
SINCE = {"QuoteRequest": 4.4, "FeatureRequest": 4.6}
MEDIA = re.compile(r"image/(jpeg|png|gif|hei[cf]|webp|avif)|video/(webm|mp4|quicktime|ogg)|audio/")
WHITELIST = {
    *("p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i"),
    *("em", "ul", "ol", "li", "ruby", "rt", "rp"),
}
USERNAME = re.compile(r"[A-Za-z0-9_]+([.-]+[A-Za-z0-9_]+)*")


def read(activity: Json, version: float = 4.5, stored: Json | None = None) -> Verdict:
    """What a server that follows the actor makes of it; `stored` is the object it has already."""
    kind = activity.get("type")
    if "https://www.w3.org/ns/activitystreams" not in many(activity.get("@context")):
        return dropped("no context of ActivityStreams")
    if kind not in HEARD and not version >= SINCE.get(str(kind), 99):
        return dropped(f"{kind} is not heard")
    if kind == "Create":
        return _status(activity)
    if kind == "Update":
        return _update(activity, version, stored)
    if kind == "Announce":
        return _announce(activity)
    if kind == "Undo" and not isinstance(activity.get("object"), dict):
        return dropped("the undone activity is not embedded")
    return kept(does=kind, object=id_of(activity.get("object")))


def _status(activity: Json) -> Verdict:
    thing = activity["object"]
    kinds = set(many(thing.get("type")))
    if host(thing.get("id")) != host(activity.get("actor")):
        return dropped("the object is of another host")
    if kinds & CONVERTED:
        return _converted(activity, thing)
    if not kinds & NATIVE:
        return dropped(f"{thing.get('type')} is no kind that is shown")
    text = thing.get("content") or next(iter((thing.get("contentMap") or {}).values()), "")
    if not text.strip() and not _media(thing) and not thing.get("name"):
        return dropped("blank")
    return kept(text=text, warning=thing.get("summary") or "", **_common(activity, thing))


def _converted(activity: Json, thing: Json) -> Verdict:
    """A heading, the summary, and the link; the content is never shown."""
    link = _url(thing) or thing["id"]
    parts = [f"<h2>{thing['name']}</h2>" if thing.get("name") else "", thing.get("summary") or ""]
    text = "\n\n".join([*(part for part in parts if part), f'<a href="{link}">{link}</a>'])
    return kept(text=text, warning="", link=link, **_common(activity, thing))


def _common(activity: Json, thing: Json) -> Json:
    return {
        "type": thing["type"],
        "author": activity["actor"],
        "visibility": visibility(thing, activity),
        "language": _language(thing),
        "media": _media(thing),
        "poll": _poll(thing),
        "reply_to": id_of(thing.get("inReplyTo")),
        "mentions": [tag["href"] for tag in many(thing.get("tag")) if tag["type"] == "Mention"],
        "quotable": bool((thing.get("interactionPolicy") or {}).get("canQuote") or {}),
    }


def visibility(thing: Json, activity: Json) -> str:
    """As the parser of statuses judges the addressees of the object."""
    to = ids(thing.get("to") or activity.get("to"))
    cc = ids(thing.get("cc") or activity.get("cc"))
    if PUBLIC in to:
        return "public"
    if PUBLIC in cc:
        return "unlisted"
    return "private" if f"{activity['actor']}/followers" in to else "direct"


def _language(thing: Json) -> str | None:
    for key in ("contentMap", "nameMap", "summaryMap"):
        if thing.get(key):
            return str(next(iter(thing[key])))
    return None


def _media(thing: Json) -> list[Json]:
    found = []
    for each in many(thing.get("attachment"))[:4]:
        url = each.get("url") if isinstance(each, dict) else None
        if isinstance(url, str) and MEDIA.match(each.get("mediaType") or ""):
            found.append({"url": url, "alt": each.get("summary") or each.get("name")})
    return found


def _poll(thing: Json) -> Json | None:
    options = thing.get("oneOf") or thing.get("anyOf")
    if thing.get("type") != "Question" or not options:
        return None
    return {
        "options": [each.get("name") or each.get("content") for each in options],
        "votes": [(each.get("replies") or {}).get("totalItems", 0) for each in options],
        "ends": thing.get("closed") or thing.get("endTime"),
    }


def _update(activity: Json, version: float, stored: Json | None) -> Verdict:
    thing = activity["object"]
    if thing.get("type") in ACTORS:
        same = thing.get("id") == activity["actor"]
        return kept(profile=thing.get("name")) if same else dropped("not its own profile")
    if thing.get("type") in CONVERTED and version < 4.5:
        return dropped("before 4.5 a change of what is no Note is ignored")
    if stored is None:
        return _status(activity)
    newer = _moment(thing.get("updated")) > _moment(stored.get("updated") or stored["published"])
    if newer:
        return _status(activity)
    if thing.get("type") == "Question" and _options(thing) == _options(stored):
        return kept(tally=_poll(thing))
    return dropped("nothing newer")


def _options(thing: Json) -> Any:
    poll = _poll(thing)
    return poll and poll["options"]


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "1970-01-01T00:00:00Z")


def _announce(activity: Json) -> Verdict:
    to, cc = ids(activity.get("to")), ids(activity.get("cc"))
    if PUBLIC not in to + cc and f"{activity['actor']}/followers" not in to:
        return dropped("a share that is for nobody")
    about = activity.get("object")
    if isinstance(about, dict) and about.get("type") not in NATIVE | CONVERTED:
        return dropped("a shared activity")
    return kept(shared=id_of(about))


def _url(thing: Json) -> str | None:
    found: list[str] = [each for each in many(thing.get("url")) if isinstance(each, str)]
    return next(iter(found), None)


def actor(document: Json) -> Verdict:
    """What Mastodon makes of an actor."""
    if document.get("type") not in ACTORS:
        return dropped("no kind of actor")
    name = document.get("preferredUsername") or ""
    if not document.get("inbox") or not USERNAME.fullmatch(name):
        return dropped("no inbox or no name")
    keys = many(document.get("publicKey"))
    if not keys or keys[0].get("owner") != document["id"] or "publicKeyPem" not in keys[0]:
        return dropped("nothing that it signs can be verified")
    url = _url(document)
    return kept(
        name=document.get("name"),
        note=document.get("summary"),
        url=url if host(url) == host(document["id"]) else document["id"],
        key_found_by_id=keys[0]["id"].partition("#")[0] == document["id"],
        followers=document.get("followers"),
        fields=[
            each["name"]
            for each in document.get("attachment") or []
            if each.get("type") == "PropertyValue"
        ],
        group=document["type"] == "Group",
    )


def unknown_tags(html: str) -> set[str]:
    """Elements that would be dropped; headings become paragraphs and count as known."""
    tags = {tag.lower() for tag in re.findall(r"<\s*([a-zA-Z][a-zA-Z0-9]*)", html)}
    return tags - WHITELIST - {f"h{level}" for level in range(1, 7)}
