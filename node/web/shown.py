"""Texts as they are shown, with their language and direction, and what all pages share.

A text that people wrote is a `Shown`: it carries its own language and direction, since a page in
one language often shows texts in another. Templates print these values and decide nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from node.i18n import dates
from node.i18n.languages import UI_LANGUAGES, Texts, choose, direction, own_name
from node.text.sanitise import strip_bidi


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A text as it is shown. `lang` is "" and `dir` "auto" where the language is not known."""

    text: str
    lang: str = ""
    dir: str = "auto"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """The same page in another language; `name` is that language's name for itself."""

    tag: str
    name: str
    dir: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A date tile; `machine` is ISO 8601 with offset, `words` the whole moment as a sentence."""

    weekday: str
    day: str
    month: str
    machine: str
    words: str


def shown(texts: Texts, languages: Sequence[str]) -> Shown:
    """The best text for a reader, with its language and direction; else the original."""
    text, language = choose(texts, languages)
    return Shown(text=strip_bidi(text), lang=language, dir=direction(language))


def remote_text(text: str, language: str | None) -> Shown:
    """A foreign text as shown: plain, without direction marks that reach beyond it."""
    known = language or ""
    return Shown(text=strip_bidi(text), lang=known, dir=direction(known) if known else "auto")


def initial(name: str) -> str:
    """The letter in a community's round mark: of its own name, not of "Josoor" before it."""
    words = [word.lstrip("@#\"'«„“(") for word in name.split()]
    words = [word for word in words if word] or ["•"]
    own = words[1:] if len(words) > 1 and words[0].casefold() in {"josoor", "جسور"} else words
    word = own[0]
    return (word[2:] if word.startswith("ال") and len(word) > 3 else word)[0].upper()


def language_links(path: str, current: str) -> tuple[LanguageLink, ...]:
    """The page in each of the other languages of the interface, by `?lang=`."""
    return tuple(language_link(path, tag) for tag in UI_LANGUAGES if tag != current)


def language_link(path: str, tag: str) -> LanguageLink:
    """One such link; `path` is without a query."""
    url = f"{path}?lang={quote(tag)}"
    return LanguageLink(tag=tag, name=own_name(tag), dir=direction(tag), url=url)


def tile(start: datetime, end: datetime | None, ui_language: str) -> Tile:
    """The date tile of a moment on its own clock."""
    return Tile(
        weekday=dates.weekday_short(start, ui_language),
        day=str(start.day),
        month=dates.month_short(start, ui_language),
        machine=start.isoformat(timespec="minutes"),
        words=dates.span(start, end, ui_language),
    )


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0].casefold()
