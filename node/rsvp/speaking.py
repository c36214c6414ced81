"""Which of our languages somebody speaks, as far as her own words and profile tell."""

from __future__ import annotations

from typing import Any, Final

import orjson

from activitypub.shapes import Text
from node.i18n.languages import primary

LANGUAGES: Final = ("en", "de", "ar", "fa", "uk", "tr", "fr")
"""The languages in which we write to people; the first is the last resort."""
_NEAREST: Final = {"prs": "fa", "arz": "ar", "apc": "ar", "ary": "ar", "ru": "uk"}


def ours(tag: str | None) -> str | None:
    """The one of `LANGUAGES` that serves a language tag; None where none does."""
    language = primary(tag or "")
    language = _NEAREST.get(language, language)
    return language if language in LANGUAGES else None


def written_in(content: Text | None) -> str | None:
    """The language of a note: the first key of its `contentMap` (mastodon: 3.5)."""
    return ours(content.original) if content else None


def spoken_by(actor: bytes) -> str | None:
    """The language of an actor's profile: the first key of its maps, where it has any."""
    try:
        document: Any = orjson.loads(actor)
    except orjson.JSONDecodeError:
        return None
    for name in ("summaryMap", "nameMap", "contentMap"):
        words = document.get(name) if isinstance(document, dict) else None
        if isinstance(words, dict) and words:
            return ours(next(iter(words)))
    return None
