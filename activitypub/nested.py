"""Shapes whose values are objects themselves, read and written by the registry."""

from __future__ import annotations

from typing import Any, Final

from activitypub.registry import read, write
from activitypub.shapes import Json, Shape, one_or_many


def _read_nested(raw: Json) -> Any:
    """An object for a JSON object, the id for a string, None for anything else."""
    if isinstance(raw, dict):
        return read(raw)
    return raw if isinstance(raw, str) and raw else None


def write_nested(value: Any) -> Json:
    """The document of an object, or the id itself."""
    return value if isinstance(value, str) else write(value)


def _read_one(raw: Json) -> tuple[Any, bool]:
    if not isinstance(raw, list):
        value = _read_nested(raw)
        return value, value is not None
    for element in raw:
        value = _read_nested(element)
        if value is not None:
            return value, len(raw) == 1
    return None, False


def _read_place(raw: Json) -> tuple[Any, bool]:
    """Of a hybrid event's locations the physical one, wherever it stands in the array."""
    if isinstance(raw, list) and len(raw) > 1:
        for element in raw:
            if isinstance(element, dict) and element.get("type") == "Place":
                return read(element), False
    return _read_one(raw)


def _read_all(raw: Json) -> tuple[tuple[Any, ...], bool]:
    elements = raw if isinstance(raw, list) else [raw]
    values = tuple(each for each in map(_read_nested, elements) if each is not None)
    return values, bool(values) and len(values) == len(elements)


def _read_objects(raw: Json) -> tuple[tuple[Any, ...], bool]:
    elements = raw if isinstance(raw, list) else [raw]
    values = tuple(read(each) for each in elements if isinstance(each, dict))
    return values, bool(values) and len(values) == len(elements)


def _read_picture(raw: Json) -> tuple[Any, bool]:
    """A picture may be given by its bare address."""
    value, whole = _read_one(raw)
    return (read({"type": "Image", "url": value}) if isinstance(value, str) else value), whole


def _read_disclosed(raw: Json) -> tuple[Any, bool]:
    """Null and the empty array say "deliberately not disclosed", as does an empty collection.

    Spec: FEP-8a8e, organizers.
    """
    if raw is None or raw == []:
        return read({"type": "Collection", "totalItems": 0}), True
    return _read_one(raw)


def _write_one_or_many(values: tuple[Any, ...]) -> Json:
    return one_or_many([write_nested(each) for each in values])


def _write_many(values: tuple[Any, ...]) -> Json:
    return [write_nested(each) for each in values]


nested_one: Final = Shape(_read_one, write_nested)
nested_place: Final = Shape(_read_place, write_nested)
nested_picture: Final = Shape(_read_picture, write_nested)
nested_disclosed: Final = Shape(_read_disclosed, write_nested, read_null=True)
nested_all: Final = Shape(_read_all, _write_one_or_many, ())
nested_items: Final = Shape(_read_all, _write_many, ())
nested_many: Final = Shape(_read_objects, _write_many, ())
