"""term(), kind(), read(), write(): declare once, read and write from the declaration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from activitypub.shapes import Json, Shape, Spread

T = TypeVar("T")

_OUTSIDE: Final = frozenset({"@context", "type"})
_DECLARED: Final = "term"


@dataclass(frozen=True, slots=True)
class Term:
    """A declared property: its field, its key on the wire and its shape."""

    name: str
    key: str
    shape: Shape | Spread


_kinds: Final[dict[str, Any]] = {}
_terms: Final[dict[type[Any], dict[str, Term]]] = {}


def term(key: str, shape: Shape | Spread) -> Any:
    """A dataclass field that is read from and written to this key."""
    return dataclasses.field(default=shape.empty, metadata={_DECLARED: (key, shape)})


def kind(*names: str) -> Callable[[type[T]], type[T]]:
    """Registers a dataclass for these AS2 types; the empty name stands for every other type."""

    def register(cls: type[T]) -> type[T]:
        _terms[cls] = dict(_keys_of(cls))
        _kinds.update(dict.fromkeys(names, cls))
        return cls

    return register


def _keys_of(cls: type[Any]) -> list[tuple[str, Term]]:
    """Every key on the wire with its term."""
    found = []
    for each in dataclasses.fields(cls):
        if _DECLARED in each.metadata:
            key, shape = each.metadata[_DECLARED]
            keys = shape.keys(key) if isinstance(shape, Spread) else (key,)
            found += [(spelling, Term(each.name, key, shape)) for spelling in keys]
    return found


def terms_of(cls: type[Any]) -> Mapping[str, Term]:
    """Every key on the wire that a registered class has a field for."""
    return _terms[cls]


def kinds() -> Mapping[str, type[Any]]:
    """Every type that has a class of its own; the empty name stands for all others."""
    return _kinds


def read(document: Mapping[str, Json]) -> Any:
    """The object that this document describes, of the class registered for its type.

    Never raises for a JSON object: a property of a strange shape reads as empty and is kept raw in
    `extra`, as is every property we do not know. Null reads as absent.
    """
    name = _type_of(document.get("type"))
    cls = _kinds.get(name, _kinds[""])
    terms = _terms[cls]
    values: dict[str, Any] = {"type": name}
    extra: dict[str, Json] = {}
    for key, raw in document.items():
        declared = terms.get(key)
        if declared is None:
            if raw is not None and (key not in _OUTSIDE or (key == "type" and not name)):
                extra[key] = raw
        elif type(declared.shape) is Shape:
            _read_one(declared.name, declared.shape, key, raw, values, extra)
        elif declared.name not in values:
            _read_spread(declared, document, values, extra)
    return cls(**values, extra=extra)


def _type_of(raw: Json) -> str:
    """The type; of several the first we know, else the first; empty when there is none."""
    if isinstance(raw, str):
        return raw
    names = [each for each in raw if isinstance(each, str)] if isinstance(raw, list) else []
    return next((each for each in names if each in _kinds and each), names[0] if names else "")


def _read_one(
    name: str, shape: Shape, key: str, raw: Json, values: dict[str, Any], extra: dict[str, Json]
) -> None:
    """Reads one key into `values`, and into `extra` what the value does not say."""
    if raw is None and not shape.read_null:
        return
    value, whole = shape.read(raw)
    if value is not None:
        values[name] = value
    if not whole:
        extra[key] = raw


def _read_spread(
    declared: Term,
    document: Mapping[str, Json],
    values: dict[str, Any],
    extra: dict[str, Json],
) -> None:
    """Reads a term that has several keys, once for all of them."""
    assert isinstance(declared.shape, Spread)
    value, kept = declared.shape.read(document, declared.key)
    values[declared.name] = value
    for key in kept:
        extra[key] = document[key]


def write(value: Any) -> dict[str, Json]:
    """The document of an object: no @context, no null, a plain string for its type.

    What was kept raw at reading is written again as long as the field still is what it reads as,
    so that a document passes through us without loss.
    """
    document: dict[str, Json] = {}
    if value.type:
        document["type"] = value.type
    terms = _terms[type(value)]
    for key, declared in terms.items():
        shape = declared.shape
        held = getattr(value, declared.name)
        if held is None or held == shape.empty:
            continue
        if isinstance(shape, Shape):
            document[key] = shape.write(held)
        elif key == declared.key:
            document.update(shape.write(held, key))
    if value.extra:
        _write_extra(value, terms, document)
    return document


def _write_extra(value: Any, terms: Mapping[str, Term], document: dict[str, Json]) -> None:
    for key, raw in value.extra.items():
        declared = terms.get(key)
        if declared is None:
            document.setdefault(key, raw)
        elif _reads_as(declared, value, document):
            document[key] = raw


def _reads_as(declared: Term, value: Any, document: Mapping[str, Json]) -> bool:
    """Whether the kept raw form still says what the field says."""
    shape, extra = declared.shape, value.extra
    if isinstance(shape, Spread):
        keys = shape.keys(declared.key)
        raws = {key: extra[key] if key in extra else document.get(key) for key in keys}
        found: Any = shape.read(raws, declared.key)[0]
    else:
        found = shape.read(extra[declared.key])[0]
    return bool(found == getattr(value, declared.name))
