"""In which language something was written, and how its translations came about."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from activitypub.objects import Event, Object, Writing
from activitypub.shapes import Text


class TranslationState(Enum):
    """How a text in another language came about; OUTDATED when the original changed since."""

    HUMAN = "human"
    MACHINE = "machine"
    REVIEWED = "reviewed"
    OUTDATED = "outdated"


def original_language(value: Object, text: Text | None = None) -> str | None:
    """The tag of the language in which it was written first, None when nothing says so.

    Our own word for it comes first, because the order of a map is lost in some hands; then the
    first key of this text's map, of any map, and what calendars say.
    """
    said = value.original_language if isinstance(value, Writing) else None
    texts = [each for each in (text, value.content, value.name, value.summary) if each]
    if said and (text is None or not text.by_language or said in text.by_language):
        return said
    mapped = next((each.original for each in texts if each.original), None)
    return mapped or (value.in_language if isinstance(value, Event) else None)


def in_order(value: Object, text: Text) -> Text:
    """The text with its original language first, whatever order its map arrived in."""
    original = original_language(value, text)
    if original is None or original == text.original or original not in text.by_language:
        return text
    words = text.by_language
    ordered = {original: words[original], **words}
    return Text(value=words[original], by_language=ordered, original=original)


def translation_states(value: Object) -> Mapping[str, TranslationState]:
    """How each translation came about; words that we do not know are left out."""
    said = value.translation_state if isinstance(value, Writing) else None
    known = {each.value: each for each in TranslationState}
    return {tag: known[word] for tag, word in (said or {}).items() if word in known}
