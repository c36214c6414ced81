"""Which language a reader gets: negotiation, names of languages, directions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from node.i18n.names import OWN_NAMES

Texts = Mapping[str, str]
"""A text in several languages: language tag to text, the original language first."""
UI_LANGUAGES = ("en", "de", "ar", "fa", "uk", "tr", "fr")
"""Languages the interface speaks; the first is the last resort."""

_RIGHT_TO_LEFT = frozenset(
    {
        *("ar", "arc", "arz", "ary", "apc", "azb", "bgn", "ckb", "dv", "fa", "glk", "he", "iw"),
        *("khw", "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur"),
        "yi",
    }
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "aran", "hebr", "nkoo", "syrc", "thaa"})
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_NEAREST = {"prs": "fa", "arz": "ar", "apc": "ar", "ary": "ar"}
"""Languages whose readers read another one as well: Dari and Persian, spoken Arabic and Arabic."""
_LONGEST_HEADER = 1000
_MOST_LANGUAGES = 12


def primary(tag: str) -> str:
    """The language of a tag without region and script, in lower case."""
    return tag.split("-", 1)[0].casefold()


def direction(tag: str) -> str:
    """ "rtl" or "ltr" for a language; a script in the tag decides before the language."""
    scripts = {part.casefold() for part in tag.split("-")[1:] if len(part) == 4}
    if scripts:
        return "rtl" if scripts & _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if primary(tag) in _RIGHT_TO_LEFT else "ltr"


def own_name(tag: str) -> str:
    """The name of a language in itself; the tag where we do not know it."""
    return OWN_NAMES.get(tag) or OWN_NAMES.get(primary(tag), tag)


def is_tag(tag: str) -> bool:
    """Whether this has the form of a language tag. Spec: RFC 5646 2.1, without private use."""
    return _TAG.fullmatch(tag) is not None


def _header_languages(accept_language: str) -> list[str]:
    """The tags of an Accept-Language header, best first. Spec: RFC 9110 12.5.4."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language[:_LONGEST_HEADER].split(",")):
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        if is_tag(tag.strip()) and weight > 0:
            found.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(found)]


def _weight(parameters: str) -> float:
    match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameters, re.IGNORECASE)
    return min(float(match[1]), 1.0) if match else (0.0 if parameters.strip() else 1.0)


def reader_languages(
    accept_language: str, asked: str | None = None, cookie: str | None = None
) -> tuple[str, ...]:
    """All languages the reader takes, best first: asked for, remembered, then of the browser.

    Each regional tag is followed by its language alone. At most twelve; () where nothing is known.
    """
    wishes = [tag for tag in (asked, cookie) if tag and is_tag(tag)]
    order: dict[str, None] = {}
    for tag in wishes + _header_languages(accept_language):
        order.setdefault(tag)
        order.setdefault(primary(tag))
    return tuple(order)[:_MOST_LANGUAGES]


def negotiate(
    accept_language: str,
    available: Sequence[str],
    *,
    asked: str | None = None,
    cookie: str | None = None,
) -> str:
    """The one of `available` that suits the reader best; its first where none does."""
    for wish in reader_languages(accept_language, asked, cookie):
        for match in _matches(wish, available):
            return match
    return available[0]


def _matches(wish: str, available: Sequence[str]) -> Iterator[str]:
    """The available tags that serve a wish: the same, the same language, a near one."""
    wanted = wish.casefold()
    yield from (tag for tag in available if tag.casefold() == wanted)
    yield from (tag for tag in available if primary(tag) == primary(wish))
    near = _NEAREST.get(primary(wish))
    yield from (tag for tag in available if primary(tag) == near)


def choose(texts: Mapping[str, str], languages: Sequence[str]) -> tuple[str, str]:
    """The text that suits the reader best, and its language; the original (first) as a last resort.

    Empty texts do not count. ("", "") where there is no text at all.
    """
    filled = {tag: text for tag, text in texts.items() if text.strip()}
    for wish in languages:
        for tag in _matches(wish, tuple(filled)):
            return filled[tag], tag
    return next(((text, tag) for tag, text in filled.items()), ("", ""))
