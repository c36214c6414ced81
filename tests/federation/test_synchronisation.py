"""What is said of followers in a header and in lists (FEP-8fcf)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import OriginMismatch, TooLarge
from federation.followers.synchronisation import (
    PAGES,
    Announced,
    digest_of,
    listed,
    read_header,
    write_header,
)

# As in the text of the FEP: ids of one server.
FEP_IDS = (
    "https://testing.example.org/users/1",
    "https://testing.example.org/users/2",
    "https://testing.example.org/users/2",
)
THERE, OURS = "https://there.test/u", "https://us.test"


def test_a_digest_is_the_xor_of_the_hashes_whatever_the_order_and_however_often() -> None:
    one, two = (int(hashlib.sha256(each.encode()).hexdigest(), 16) for each in FEP_IDS[:2])
    assert digest_of(FEP_IDS) == digest_of(reversed(FEP_IDS)) == f"{one ^ two:064x}"
    assert digest_of(()) == "0" * 64


@given(st.lists(st.text(min_size=1), max_size=5, unique=True), st.text(min_size=1))
def test_whoever_comes_or_goes_changes_the_digest(ids: list[str], other: str) -> None:
    assert (digest_of([*ids, other]) == digest_of(ids)) == (other in ids)


def test_a_header_is_read_as_it_was_written() -> None:
    said = Announced(collection=f"{THERE}/followers", url=f"{THERE}/x?a=1,2", digest="a" * 64)
    name, value = write_header(said)
    assert (name, read_header(value)) == ("Collection-Synchronization", said)


def test_mastodons_header_is_read() -> None:
    value = (
        'collectionId="https://m.test/users/a/followers", digest="' + "0F" * 32 + '", '
        'url="https://m.test/users/a/followers_synchronization"'
    )
    found = read_header(value)
    assert found is not None
    assert found.digest == "0f" * 32


@given(st.text(max_size=200))
def test_no_header_breaks_the_reader(value: str) -> None:
    assert read_header(value) is None or 'digest="' in value


class Pages:
    """Documents by address; `asked` is how often."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = {page["id"]: page for page in pages}
        self.asked = 0

    async def document(self, url: str) -> dict[str, Any]:
        self.asked += 1
        return self.pages[url]


def page(number: int, *ids: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{THERE}/{number}", "orderedItems": list(ids), **more}


async def test_all_pages_are_read_and_only_what_is_ours_is_kept() -> None:
    first = {"items": [f"{OURS}/a"], "next": f"{THERE}/1"}
    pages = Pages(
        {"id": THERE, "first": first},
        page(1, f"{OURS}/b", "https://us.test.evil/c", next=f"{THERE}/2"),
        page(2, {"id": f"{OURS}/d"}, 5, None),  # type: ignore[arg-type]
    )
    assert await listed(pages, THERE, OURS) == {f"{OURS}/a", f"{OURS}/b", f"{OURS}/d"}


async def test_a_circle_of_pages_ends() -> None:
    pages = Pages(page(1, next=f"{THERE}/2"), page(2, next=f"{THERE}/1"))
    with pytest.raises(TooLarge):
        await listed(pages, f"{THERE}/1", OURS)
    assert pages.asked == PAGES


@pytest.mark.parametrize("away", ["http://there.test/u/2", "https://there.test:8443/2", 5, ["x"]])
async def test_a_page_elsewhere_is_not_asked_for(away: Any) -> None:
    pages = Pages(page(1, next=away))
    with pytest.raises(OriginMismatch):
        await listed(pages, f"{THERE}/1", OURS)
