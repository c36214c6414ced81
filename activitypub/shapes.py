"""The JSON shapes AS2 allows for a property, each read to one Python type.

A shape reads a raw value into `(value, whole)`: `whole` is False when the value says less than the
raw one did, so that `registry.read` keeps the raw one beside it. Reading never raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from activitypub.names import PUBLIC, PUBLIC_SPELLINGS

Json = Any

_LARGEST_WHOLE: Final = 2**53


@dataclass(frozen=True, slots=True)
class Shape:
    """How one key is read and written; `empty` is its value when nothing usable is there.

    `read_null` is true for the few properties where an explicit null says something.
    """

    read: Callable[[Json], tuple[Any, bool]]
    write: Callable[[Any], Json]
    empty: Any = None
    read_null: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """How a value spread over several keys is read and written.

    `read` also says which of the keys hold more than the value does; `write` gives the keys.
    """

    keys: Callable[[str], tuple[str, ...]]
    read: Callable[[Mapping[str, Json], str], tuple[Any, tuple[str, ...]]]
    write: Callable[[Any, str], dict[str, Json]]
    empty: Any = None


def as_it_is(value: Json) -> Json:
    """The value itself: what is read plainly is written plainly."""
    return value


def _first(read: Callable[[Json], tuple[Any, bool]]) -> Callable[[Json], tuple[Any, bool]]:
    """A reader that also takes an array, of which it reads the first usable element."""

    def read_first(raw: Json) -> tuple[Any, bool]:
        if not isinstance(raw, list):
            return read(raw)
        for element in raw:
            value, whole = read(element)
            if value is not None:
                return value, whole and len(raw) == 1
        return None, False

    return read_first


def _read_string(raw: Json) -> tuple[str | None, bool]:
    return (raw, True) if isinstance(raw, str) and raw else (None, False)


def _read_strings(raw: Json) -> tuple[tuple[str, ...], bool]:
    elements = raw if isinstance(raw, list) else [raw]
    values = tuple(each for each in elements if isinstance(each, str) and each)
    return values, bool(values) and len(values) == len(elements)


def id_of(raw: Json) -> str | None:
    """The id that a string or an object with an id stands for; None for anything else."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    return raw if isinstance(raw, str) and raw else None


def _read_id(raw: Json) -> tuple[str | None, bool]:
    return id_of(raw), isinstance(raw, str)


def _read_ids(raw: Json) -> tuple[tuple[str, ...], bool]:
    elements = raw if isinstance(raw, list) else [raw]
    values = tuple(each for each in map(id_of, elements) if each is not None)
    return values, bool(values) and all(isinstance(each, str) and each for each in elements)


def _read_addresses(raw: Json) -> tuple[tuple[str, ...], bool]:
    # Addressees are always written as plain ids, so that the raw form is kept only if nothing of
    # it was readable.
    values, _ = _read_ids(raw)
    named = tuple(PUBLIC if each in PUBLIC_SPELLINGS else each for each in values)
    return named, bool(named)


def one_or_many(values: Sequence[Json]) -> Json:
    """The only value by itself, several as an array."""
    return values[0] if len(values) == 1 else list(values)


def _read_moment(raw: Json) -> tuple[datetime | None, bool]:
    if not isinstance(raw, str) or len(raw) < 16 or raw[10] not in "Tt ":
        return None, False
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return None, False
    # The first and last years are left out because a change of zone would leave the calendar.
    if not 1 < moment.year < 9999:
        return None, False
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), True


def write_moment(moment: datetime) -> str:
    """ISO 8601 with its offset, `Z` for UTC. Raises ValueError for a moment without a zone."""
    if moment.utcoffset() is None:
        raise ValueError("A moment that leaves needs a time zone.")
    text = moment.isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _read_number(raw: Json) -> tuple[float | None, bool]:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None, False
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None, False
    return (number, True) if math.isfinite(number) else (None, False)


def _read_numbers(raw: Json) -> tuple[tuple[float, ...], bool]:
    elements = raw if isinstance(raw, list) else []
    values = tuple(_read_number(each)[0] for each in elements)
    if not values or None in values:
        return (), False
    whole = not any(isinstance(each, str) for each in elements)
    return tuple(each for each in values if each is not None), whole


def _read_decimal(raw: Json) -> tuple[str | None, bool]:
    """A number as its text, whichever of the two was sent."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)) or raw == "":
        return None, False
    return str(raw), isinstance(raw, str)


def _read_whole(raw: Json) -> tuple[int | None, bool]:
    number, _ = _read_number(raw)
    if number is None or not number.is_integer() or abs(number) >= _LARGEST_WHOLE:
        return None, False
    return int(number), True


def _read_boolean(raw: Json) -> tuple[bool | None, bool]:
    return (raw, True) if isinstance(raw, bool) else (None, False)


def _links(raw: Json) -> list[tuple[str, str | None]]:
    """Every http(s) address in a `url` value with its media type."""
    found = []
    for each in raw if isinstance(raw, list) else [raw]:
        media_type = None
        if isinstance(each, dict):
            media_type = each.get("mediaType", each.get("mimeType"))
            each = each.get("href")  # from here on it is the address
        if isinstance(each, str) and each[:8].lower().startswith(("http://", "https://")):
            found.append((each, media_type if isinstance(media_type, str) else None))
    return found


def _read_url(raw: Json) -> tuple[str | None, bool]:
    links = _links(raw)
    for wanted in ("text/html", None):
        for href, media_type in links:
            if media_type == wanted:
                return href, isinstance(raw, str)
    return (links[0][0] if links else None), False


string: Final = Shape(_first(_read_string), as_it_is)
strings: Final = Shape(_read_strings, list, ())
id_one: Final = Shape(_first(_read_id), as_it_is)
ids: Final = Shape(_read_ids, one_or_many, ())
addresses: Final = Shape(_read_addresses, list, ())
moment: Final = Shape(_first(_read_moment), write_moment)
number: Final = Shape(_first(_read_number), float)
numbers: Final = Shape(_read_numbers, list, ())
decimal: Final = Shape(_first(_read_decimal), as_it_is)
whole_number: Final = Shape(_first(_read_whole), as_it_is)
boolean: Final = Shape(_first(_read_boolean), as_it_is)
url: Final = Shape(_read_url, as_it_is)


# --- words in several languages ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its translations: `name` and `nameMap` together.

    `by_language` keeps the order in which languages came; `original` is the main language, which
    is written first because Mastodon takes the first key for the language of the whole post.
    """

    value: str
    by_language: Mapping[str, str] = field(default_factory=dict)
    original: str | None = None

    def __str__(self) -> str:
        return self.value

    def best(self, languages: Sequence[str]) -> tuple[str, str | None]:
        """The text for the first of these languages that is there, and its language.

        A region does not stand in the way ("de" finds "de-AT" and the other way round); where no
        language fits, the value itself with the main language, None when that is not known.
        """
        for wanted in languages:
            if wanted in self.by_language:
                return self.by_language[wanted], wanted
            for language, words in self.by_language.items():
                if _primary(language) == _primary(wanted):
                    return words, language
        return self.value, self.original


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _read_map(raw: Json) -> dict[str, str]:
    if not isinstance(raw, dict):
        return {}
    return {key: each for key, each in raw.items() if isinstance(each, str) and each}


def _read_text(document: Mapping[str, Json], key: str) -> tuple[Text | None, tuple[str, ...]]:
    raw, map_key = document.get(key), key + "Map"
    raw_map = document.get(map_key)
    value, whole = (None, True) if raw is None else string.read(raw)
    kept = () if whole else (key,)
    if raw_map is None:
        return (None if value is None else Text(value)), kept
    languages = _read_map(raw_map)
    if not languages or len(languages) != len(raw_map):
        kept = (*kept, map_key)
    if not languages:
        return (None if value is None else Text(value)), kept
    original = next(iter(languages))
    return Text(value or languages[original], languages, original), kept


def _write_text(text: Text, key: str) -> dict[str, Json]:
    if text.original is None and not text.by_language:
        return {key: text.value}
    first = {} if text.original is None else {text.original: text.value}
    return {key: text.value, key + "Map": {**first, **text.by_language}}


text: Final = Spread(lambda key: (key, key + "Map"), _read_text, _write_text)
