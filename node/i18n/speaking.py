"""Languages as people name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from node.i18n.languages import UI_LANGUAGES, primary
from node.i18n.names import OWN_NAMES, language_name
from node.reading import LANGUAGE

MAIN = ("en", "de", "ar", "fa", "uk", "tr", "fr")
"""The languages that forms offer by themselves; every other one can be named."""
_ARABIC_COMMA = frozenset({"ar", "ckb", "fa", "prs", "ps", "ug", "ur"})


def languages_in(text: str) -> tuple[list[str], list[str]]:
    """(tags, words that are no language) of names or tags with commas between them.

    A name may be the language's own, or that in any language of the interface.
    """
    words = [word.strip() for word in re.split(r"[,،;\n]+", text) if word.strip()]
    found = [(word, _tag(word)) for word in words]
    return [tag for _, tag in found if tag], [word for word, tag in found if tag is None]


def named(tags: Iterable[str], ui_language: str) -> str:
    """The names of languages in a language of the interface, as `languages_in` reads them."""
    return listed((language_name(tag, ui_language) for tag in tags), ui_language)


def listed(words: Iterable[str], language: str) -> str:
    """Words in a row, with the comma of a language between them."""
    return ("، " if primary(language) in _ARABIC_COMMA else ", ").join(words)


def _tag(word: str) -> str | None:
    if tag := _by_name().get(_plain(word)):
        return tag
    return word if LANGUAGE.fullmatch(word) and word.partition("-")[0] in OWN_NAMES else None


@cache
def _by_name() -> dict[str, str]:
    found = {_plain(name): tag for tag, name in OWN_NAMES.items()}
    for ui_language in UI_LANGUAGES:
        for tag in (*OWN_NAMES, "sgn"):
            found.setdefault(_plain(language_name(tag, ui_language)), tag)
    return found


def _plain(name: str) -> str:
    """Whatever the case, Turkish letters included: İ is no i in lower case, and I is no ı."""
    return name.casefold().replace("i\u0307", "i").replace("ı", "i")
