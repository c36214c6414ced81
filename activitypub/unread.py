"""What of a document is not understood, place by place, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from activitypub.contexts import load
from activitypub.errors import UrlRefused
from activitypub.identity import same_origin
from activitypub.objects import Object
from activitypub.registry import Term, terms_of
from activitypub.shapes import Json, Shape, Text, id_of

_OWN_WORD: Final = frozenset({"attachment", "icon", "image", "location", "tag", "generator"})
"""Where something of another server may stand without being a claim about that server."""


class Why(Enum):
    """Why something of a document counts for nothing."""

    UNKNOWN = "unknown term"
    ODD = "odd shape"
    PART = "read in part"
    FOREIGN = "foreign origin"
    BOUND = "over the bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A place in the document, such as `object.attachment.0.blurhash`, and why it is left."""

    path: str
    why: Why


def unread(value: Object, *, longest: int) -> Iterator[Unread]:
    """Every place that is not understood; texts of more than `longest` characters are cut."""
    yield from _of(value, "", value.id, longest)


def unknown_contexts(document: Mapping[str, Json]) -> list[str]:
    """The addresses of contexts that are not bundled with us, and so are not asked."""
    named = document.get("@context")
    every = named if isinstance(named, list) else [named]
    return [each for each in every if isinstance(each, str) and load(each) is None]


def _of(value: Object, path: str, home: str | None, longest: int) -> Iterator[Unread]:
    terms = terms_of(type(value))
    for key, raw in value.extra.items():
        if key not in terms or raw not in ([], {}, ""):
            yield Unread(path=path + key, why=_why(terms.get(key), value, raw))
    keys = {each.name: each.key for each in terms.values()}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if field.name in keys and held:
            yield from _inside(held, path + keys[field.name], home, longest)


def _why(declared: Term | None, value: Object, raw: Json) -> Why:
    if declared is None:
        return Why.UNKNOWN
    empty = declared.shape.empty if isinstance(declared.shape, Shape) else None
    return Why.ODD if getattr(value, declared.name) in (empty, None) else Why.PART


def _inside(held: Any, path: str, home: str | None, longest: int) -> Iterator[Unread]:
    if isinstance(held, Text):
        if any(len(each) > longest for each in (held.value, *held.by_language.values())):
            yield Unread(path=path, why=Why.BOUND)
    elif isinstance(held, Object):
        if path.rpartition(".")[2] not in _OWN_WORD and _is_foreign(held, home):
            yield Unread(path=path, why=Why.FOREIGN)
        else:
            yield from _of(held, f"{path}.", home, longest)
    elif isinstance(held, tuple):
        for place, each in enumerate(held):
            if isinstance(each, Object):
                yield from _one_of(each, path, place if len(held) > 1 else None, home, longest)


def _one_of(
    each: Object, path: str, place: int | None, home: str | None, longest: int
) -> Iterator[Unread]:
    here = path if place is None else f"{path}.{place}"
    if path.rpartition(".")[2] not in _OWN_WORD and _is_foreign(each, home):
        yield Unread(path=here, why=Why.FOREIGN)
    else:
        yield from _of(each, f"{here}.", home, longest)


def _is_foreign(held: Object, home: str | None) -> bool:
    """Whether it speaks for another server than the one that the document is from."""
    found = id_of(held.id)
    try:
        return found is not None and home is not None and not same_origin(found, home)
    except UrlRefused:
        return True
