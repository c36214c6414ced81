"""What people are written about their place, in the seven languages that we write in.

Names and places are of any language, so each is isolated: it cannot turn the line it stands in.
By characters, since Mastodon drops the element for it (mastodon: 3.5).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from node.events.model import Event, Place
from node.i18n import dates
from node.i18n.languages import choose
from node.rsvp.model import Participation, Seat
from node.rsvp.speaking import LANGUAGES, ours
from node.text.sanitise import strip_bidi
from node.urls import Urls

_DATA: Final = Path(__file__).with_name("messages.json")
_ISOLATE, _POP = "\u2068", "\u2069"
_TOLD_WHERE: Final = frozenset({"going", "promoted", "changed"})
_CAN_CHANGE: Final = frozenset({Seat.GOING, Seat.WAITING, Seat.MAYBE, Seat.ASKED, Seat.DECLINED})


class Message:
    """One message about an event, to be said in several languages; `kind` is a key of the data.

    `number` is the place on the waiting list, `link` where the answer can be changed; without
    `linked` the event has no page any more. The exact address and the online address are told to
    nobody but who has a place.
    """

    def __init__(
        self,
        kind: str,
        event: Event,
        urls: Urls,
        *,
        to: Participation | None = None,
        number: int = 0,
        reason: str | None = None,
        link: str | None = None,
        linked: bool = True,
    ) -> None:
        self._kind = kind
        self._event = event
        self._urls = urls
        self._to = to
        self._number = number
        self._reason = reason
        self._link = link
        self._linked = linked

    def texts(self, first: Sequence[str | None]) -> dict[str, str]:
        """Language to HTML: the first of these that we write in, then the others of them."""
        tags = [tag for tag in map(ours, first) if tag] or [LANGUAGES[0]]
        return {tag: self._html(tag) for tag in dict.fromkeys(tags)}

    def _html(self, tag: str) -> str:
        lines = [self._sentence(tag)]
        if self._reason:
            lines.append(self._filled(tag, "reason", reason=self._reason))
        if self._linked:
            # The first link is the one that servers fetch for a preview: it is the public one.
            lines.append(_link(self._urls.event(self._event.id), words(tag)["event"]))
        lines += self._where(tag)
        if self._link and self._to and self._to.seat in _CAN_CHANGE and not self._event.cancelled:
            lines.append(_link(self._link, words(tag)["change"]))
            lines.append(words(tag)["hint"])
        return "".join(f"<p>{line}</p>" for line in lines)

    def _sentence(self, tag: str) -> str:
        draft = self._event.draft
        name, _ = choose(draft.name, [tag])
        when = dates.span(draft.start, draft.end, tag)
        sentence = words(tag)[self._kind]
        return sentence.format(
            name=_isolated(name), when=escape(when, quote=False), number=self._number
        )

    def _where(self, tag: str) -> list[str]:
        """The place and the online address, as far as this person may know them."""
        if self._kind not in _TOLD_WHERE or self._event.cancelled:
            return []
        draft = self._event.draft
        seated = self._to is not None and self._to.seat is Seat.GOING
        place = draft.place if seated else self._event.public_place()
        lines = [self._filled(tag, "place", place=_address(place))] if place else []
        if seated and draft.online_url:
            url = escape(draft.online_url)
            link = f'<a href="{url}">{url}</a>'
            online = words(tag)["online"]
            lines.append(online.format(url=link))
        return lines

    def _filled(self, tag: str, key: str, **values: str) -> str:
        safe = {name: _isolated(value) for name, value in values.items()}
        sentence = words(tag)[key]
        return sentence.format(**safe)


def refusal_of(reason: str) -> str:
    """The key of the sentence for the slug of a `NotPossible`."""
    key = f"not-{reason}"
    return key if key in words(LANGUAGES[0]) else "not-other"


def words(tag: str) -> Mapping[str, str]:
    """The sentences of one language."""
    return table()[tag]


@cache
def table() -> dict[str, dict[str, str]]:
    """All sentences: language to key to sentence."""
    found: dict[str, dict[str, str]] = json.loads(_DATA.read_text("utf-8"))
    return found


def _address(place: Place) -> str:
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    parts = [place.name, place.street, town if town not in place.name else None]
    return ", ".join(part for part in parts if part)


def _isolated(value: str) -> str:
    return f"{_ISOLATE}{escape(strip_bidi(value), quote=False)}{_POP}"


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{text}</a>'
