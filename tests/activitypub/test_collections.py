"""Collections are built for our outboxes and read from those of others."""

from __future__ import annotations

from activitypub.collections import collection_page, items, ordered_collection

ID = "https://a.example/outbox"


def test_an_empty_collection_carries_an_empty_list():
    built = ordered_collection(ID, 0)
    assert built == {"id": ID, "type": "OrderedCollection", "totalItems": 0, "orderedItems": []}


def test_a_long_collection_points_to_its_first_page():
    built = ordered_collection(ID, 30, first=f"{ID}?page=1")
    assert built["first"] == f"{ID}?page=1"
    assert "orderedItems" not in built
    assert items(built) == []


def test_a_page_knows_its_collection_and_its_neighbours():
    page = collection_page(f"{ID}?page=1", ID, ["a"], next=f"{ID}?page=2")
    assert page["partOf"] == ID
    assert page["orderedItems"] == ["a"]
    assert "prev" not in page
    assert items(ordered_collection(ID, 30, first=page)) == ["a"]


def test_items_are_found_in_either_spelling_and_odd_ones_are_none():
    assert items({"type": "Collection", "items": ["a", {"id": "b"}]}) == ["a", {"id": "b"}]
    assert items({"type": "Collection", "items": "a"}) == ["a"]
    assert items({"type": "Collection", "first": {"first": {"items": ["a"]}}}) == []
    assert items({}) == []
