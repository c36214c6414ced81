"""From what another server wrote to the card that a reader sees of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from activitypub.objects import Event as RemoteEvent
from activitypub.objects import Object, Writing
from activitypub.registry import read as read_object
from node.i18n import dates
from node.i18n.names import OWN_NAMES, language_name
from node.i18n.speaking import named
from node.network import particulars
from node.network.model import RemoteThing
from node.network.views import RemoteCard, remote_card
from node.reading import LANGUAGE
from node.text.markdown import to_html
from node.text.sanitise import plain
from node.web.pages import Guest

_FILE = re.compile(r"\S+\.(jpe?g|png|gif|webp|avif|heic)", re.IGNORECASE)
_WHEN = 80
"""How long a moment and a town can be in words."""
_MOST_LANGUAGES = 8


def remote_cards(
    things: Sequence[RemoteThing], guest: Guest, own_zone: str | None = None
) -> list[RemoteCard]:
    """Things from elsewhere, each in the language that suits this guest best; `own_zone` is the
    clock of the community here."""
    return [_card(thing, guest, own_zone) for thing in things]


def _card(thing: RemoteThing, guest: Guest, own_zone: str | None) -> RemoteCard:
    found = read_object(dict(thing.document))
    words, summary, language = words_of(found, guest.languages)
    start, end, zone = _clock(thing, found, own_zone)
    when = _when(start, end, zone, language or guest.ui_language)
    return remote_card(
        name=words,
        language=language,
        summary=_news(summary, found, when, language),
        url=thing.url,
        community=thing.author_name or thing.author,
        kind=thing.kind,
        ui_language=guest.ui_language,
        start=start,
        end=end,
        timezone=zone,
        cancelled=thing.cancelled,
        place=_place(found),
        spoken=[language_name(tag, guest.ui_language) for tag in _spoken(found)],
        picture=_alt(found),
        report=f"/report?about={quote(thing.id, safe='')}",
    )


def _alt(found: Object) -> str:
    """What its picture shows, in words; what is only a file's name, or Mobilizon's mark for the
    one at the top, says nothing."""
    said = str(particulars.picture(found).get("alt") or "").strip()
    return "" if said.casefold() == "banner" or _FILE.fullmatch(said) else said


def _clock(
    thing: RemoteThing, found: Object, own_zone: str | None
) -> tuple[datetime | None, datetime | None, str | None]:
    """(start, end, zone) as its organiser tells them: in her zone, else with the offset that she
    wrote; where she wrote UTC only, as Friendica does, on the community's own clock."""
    if thing.start is None or not isinstance(found, RemoteEvent):
        return None, None, None
    if found.timezone:
        return thing.start, thing.end, found.timezone
    start = found.start_time or thing.start
    return start, found.end_time or thing.end, None if start.utcoffset() else own_zone


def _when(start: datetime | None, end: datetime | None, zone: str | None, language: str) -> str:
    """When it is, in words; empty where nothing is said of it."""
    if start is None:
        return ""
    finish = dates.local(end, zone) if end else None
    return dates.span(dates.local(start, zone), finish, language)


def _place(found: Object) -> str:
    """Where it is, in one line; no part of the name is said twice."""
    where = particulars.places(found) if isinstance(found, RemoteEvent) else {}
    name, address = where.get("name") or "", where.get("address") or ""
    if name and name in address:
        return str(address)
    said = address.split(", ")
    parts = [part for part in name.split(", ") if part and part not in said]
    return ", ".join([*parts, address] if address else parts)


def _spoken(found: Object) -> list[str]:
    """The languages spoken there, of those that have a name."""
    tags = found.languages_spoken if isinstance(found, Writing) else ()
    known = [tag for tag in tags if LANGUAGE.fullmatch(tag)]
    return [tag for tag in known if tag.partition("-")[0] in OWN_NAMES][:_MOST_LANGUAGES]


def _news(summary: str, found: Object, when: str, language: str | None) -> str:
    """What a summary says that the card does not: communities like ours begin theirs with when and
    where, and end with the languages."""
    rest = summary.removeprefix(when).removesuffix(_ending(found, language)).strip(" ·")
    place = particulars.places(found).get("name") if isinstance(found, RemoteEvent) else None
    return "" if rest == place else rest


def _ending(found: Object, language: str | None) -> str:
    return named(_spoken(found), language or "en")


def words_of(found: Object, languages: Sequence[str]) -> tuple[str, str, str | None]:
    """(title, a few plain words, their language) of a remote object; a post's title is its text."""
    content, language = found.content.best(languages) if found.content else ("", None)
    if found.media_type == "text/markdown":
        content = to_html(content)
    if found.name is None:
        text = plain(content)
        return text[:120], text, language
    name, language = found.name.best(languages)
    summary = found.summary.best(languages)[0] if found.summary else content
    if isinstance(found, RemoteEvent) and content and _tells_again(plain(summary), found, language):
        summary = content
    return plain(name), plain(summary), language


def _tells_again(summary: str, found: RemoteEvent, language: str | None) -> bool:
    """Whether a summary only says when, where and in which languages, which the card says:
    Mobilizon, Gancio and we write one line with the place in it."""
    place = particulars.places(found).get("name") or ""
    rest = summary.removesuffix(_ending(found, language))
    return bool(place) and place in rest and len(rest) < len(place) + _WHEN
