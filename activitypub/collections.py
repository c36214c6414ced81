"""Collections and their pages: built for our outboxes, read from those of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activitypub.nested import nested_items, nested_one
from activitypub.objects import Object
from activitypub.registry import kind, term
from activitypub.shapes import Json, id_one, whole_number


@kind("Collection", "CollectionPage", "OrganizersCollection", "AttendeesCollection")
@dataclass(frozen=True, slots=True, kw_only=True)
class Collection(Object):
    """Things together; `total_items` may be more than the `items` that are shown."""

    type: str = "Collection"
    total_items: int | None = term("totalItems", whole_number)
    items: tuple[Object | str, ...] = term("items", nested_items)
    first: Object | str | None = term("first", nested_one)
    next: Object | str | None = term("next", nested_one)
    prev: Object | str | None = term("prev", nested_one)
    last: Object | str | None = term("last", nested_one)
    current: Object | str | None = term("current", nested_one)
    part_of: str | None = term("partOf", id_one)
    start_index: int | None = term("startIndex", whole_number)


@kind("OrderedCollection", "OrderedCollectionPage")
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedCollection(Collection):
    """Things in order, newest first unless its property says otherwise."""

    type: str = "OrderedCollection"
    ordered_items: tuple[Object | str, ...] = term("orderedItems", nested_items)


def ordered_collection(
    id: str,  # the field's own word
    total: int,
    *,
    first: str | Mapping[str, Json] | None = None,
    items: Sequence[Json] | None = None,
) -> dict[str, Json]:
    """An OrderedCollection without @context; `first` is a page or its id, `items` the whole of it.

    Empty ones carry `orderedItems: []`, since Mobilizon reads that key of every group collection.
    """
    document: dict[str, Json] = {"id": id, "type": "OrderedCollection", "totalItems": total}
    if first is not None:
        document["first"] = first if isinstance(first, str) else dict(first)
    if items is not None or first is None:
        document["orderedItems"] = list(items or ())
    return document


def collection_page(
    id: str,  # the field's own word
    part_of: str,
    items: Sequence[Json],
    *,
    next: str | None = None,  # the field's own word
    prev: str | None = None,
    total: int | None = None,
) -> dict[str, Json]:
    """An OrderedCollectionPage without @context."""
    document: dict[str, Json] = {"id": id, "type": "OrderedCollectionPage", "partOf": part_of}
    optional = {"totalItems": total, "next": next, "prev": prev}
    document |= {key: value for key, value in optional.items() if value is not None}
    document["orderedItems"] = list(items)
    return document


def items(document: Mapping[str, Json]) -> list[Json]:
    """The items of a collection or page, those of an embedded first page included.

    Empty when the items are elsewhere; then `first` or `next` holds an address.
    """
    for key in ("orderedItems", "items"):
        raw = document.get(key)
        if raw is not None:
            return list(raw) if isinstance(raw, list) else [raw]
    first = document.get("first")
    return items(first) if isinstance(first, dict) and "first" not in first else []
