"""E15: what a peer announces about its followers, and how little of it is believed (FEP-8fcf)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from federation.followers.synchronisation import digest_of
from tests.support.cast import befriend, effects, host_of, note, place, said
from tests.support.forging import cavage, post
from tests.support.hostile import Persona
from tests.support.nodes import until
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOBODY = digest_of(())
HEADER = "collection-synchronization"
NOTHING = (0, False)


def header(who: Persona, **changes: str) -> str:
    """What she announces; honest but for what is changed."""
    said = {
        "collectionId": f"{who.id}/followers",
        "url": f"{who.id}/followers_synchronization",
        "digest": NOBODY,
        **changes,
    }
    return ", ".join(f'{name}="{value}"' for name, value in said.items())


async def announce(us: Stage, by: Persona, value: str) -> None:
    """Something of hers arrives with this header, and what comes of that is over."""
    activity = us.activity(by.id, "Create", object=note(by.id, place(us, by)))
    answered = await said(us, by, activity, collection_synchronization=value)
    assert answered.status == 202
    await settled(us)


async def settled(us: Stage) -> None:
    """Once nothing is compared any more."""
    seen: list[Any] = []

    async def still() -> bool:
        seen.append((us.node.counters.snapshot(), len(us.evil.asked)))
        return len(seen) > 3 and seen[-4] == seen[-1]

    await until(still)


async def listing(us: Stage, **changes: Any) -> Persona:
    """A friend with a list of followers at the usual address, on which we are not."""
    anna = us.stranger("anna")
    anna.document["followers"] = f"{anna.id}/followers"
    us.evil.serve(anna.id, anna.document)
    await befriend(us, anna)
    serve(us, anna, **changes)
    us.evil.asked.clear()
    return anna


def serve(us: Stage, who: Persona, **changes: Any) -> str:
    """Her list, with these changes."""
    url = f"{who.id}/followers_synchronization"
    document = {"id": url, "type": "OrderedCollection", "orderedItems": [], **changes}
    return us.evil.serve(url, {"@context": "https://www.w3.org/ns/activitystreams", **document})


def fetched(us: Stage) -> list[str]:
    """What was asked for but deliveries."""
    return [each.url for each in us.evil.asked if each.method == "GET"]


async def test_e15_an_honest_announcement_is_looked_into(busy: Stage) -> None:
    anna = await listing(busy)
    before = (await effects(busy))["following"]
    await announce(busy, anna, header(anna))
    assert fetched(busy) == [f"{anna.id}/followers_synchronization"]

    async def asked_again() -> list[bytes]:
        return [each.body for each in busy.evil.asked if b'"Follow"' in each.body]

    assert await until(asked_again)
    assert (await effects(busy))["following"] != before


async def test_e15_what_fits_causes_nothing(busy: Stage) -> None:
    anna = await listing(busy)
    before = await effects(busy)
    await announce(busy, anna, header(anna, digest=digest_of([busy.community])))
    assert fetched(busy) == []
    assert (await effects(busy))["following"] == before["following"]


async def effect(us: Stage, anna: Persona, value: str) -> tuple[int, bool]:
    """How often the announcement makes us ask, and whether any of our follows changes."""
    before = (await effects(us))["following"]
    await announce(us, anna, value)
    return len(fetched(us)), (await effects(us))["following"] != before


async def test_e15_a_list_on_another_server_is_not_asked_for(busy: Stage) -> None:
    anna = await listing(busy)
    for host in ("other.test", f"x.{host_of(anna)}"):
        url = f"{busy.evil.host(host)}/x"
        busy.evil.serve(url, {"id": url, "type": "Collection", "items": []})
        assert await effect(busy, anna, header(anna, url=url)) == NOTHING
    for url in ("http://127.0.0.1/x", f"http://{host_of(anna)}/x", ""):
        assert await effect(busy, anna, header(anna, url=url)) == NOTHING


async def test_e15_the_collection_of_somebody_else_is_nobodys(busy: Stage) -> None:
    anna = await listing(busy)
    for collection in (f"{anna.id}/following", f"{busy.community}/followers", anna.id, ""):
        assert await effect(busy, anna, header(anna, collectionId=collection)) == NOTHING


async def test_e15_followers_on_another_server_are_not_hers(busy: Stage) -> None:
    anna = busy.stranger("anna", followers="https://other.test/followers")
    await befriend(busy, anna)
    busy.evil.asked.clear()
    assert (
        await effect(busy, anna, header(anna, collectionId="https://other.test/followers"))
        == NOTHING
    )


@pytest.mark.parametrize(
    "value",
    ["x", 'digest="1"', '{whole}, digest="' + "0" * 64 + '"', "{whole},", "{whole}" * 2,
     "{short}", 'url="' + "x" * 5000 + '"', "{quoted}"],
    ids=lambda value: f"E15-{value[:9]}",
)  # fmt: skip
async def test_an_odd_header_counts_for_nothing(busy: Stage, value: str) -> None:
    anna = await listing(busy)
    whole = header(anna)
    forms = {"whole": whole, "short": header(anna, digest="0" * 63), "quoted": whole + '"'}
    assert await effect(busy, anna, value.format_map(forms)) == NOTHING


async def test_e15_a_header_that_is_not_signed_counts_for_nothing(busy: Stage) -> None:
    anna = await listing(busy)
    activity = busy.activity(anna.id, "Create", object=note(anna.id, place(busy, anna)))
    request = cavage(post(INBOX, activity), anna.key, anna.key_id)
    before = (await effects(busy))["following"]

    async def taken_in() -> bool:
        return (await busy.tell(request.also(HEADER, header(anna)))).status == 202

    await until(taken_in)
    await settled(busy)
    assert fetched(busy) == []
    assert (await effects(busy))["following"] == before


async def test_e15_a_list_that_is_not_as_announced_ends_nothing(busy: Stage) -> None:
    anna = await listing(busy, orderedItems=[f"{busy.community}x"])
    assert await effect(busy, anna, header(anna)) == (1, False)


async def test_e15_no_page_is_on_another_server(busy: Stage) -> None:
    away = "https://other.test/page"
    busy.evil.host("other.test")
    busy.evil.serve(away, {"id": away, "type": "CollectionPage", "items": []})
    for more in ({"first": away}, {"next": away}, {"first": {"items": [], "next": away}}):
        anna = await listing(busy, **more)
        assert await effect(busy, anna, header(anna)) == (1, False)


async def test_e15_the_third_page_is_on_no_other_server_either(busy: Stage) -> None:
    anna = await listing(busy)
    one, two = (f"{anna.id}/page{number}" for number in (1, 2))
    serve(busy, anna, first=one)
    busy.evil.serve(one, {"id": one, "type": "CollectionPage", "items": [], "next": two})
    away = "https://other.test/page"
    busy.evil.serve(two, {"id": two, "type": "CollectionPage", "items": [], "next": away})
    assert await effect(busy, anna, header(anna)) == (3, False)


async def test_e15_no_more_than_ten_pages_are_read(busy: Stage) -> None:
    anna = await listing(busy)
    pages = [f"{anna.id}/page{number}" for number in range(12)]
    serve(busy, anna, first=pages[0])
    for page, following in pairwise(pages):
        document = {"id": page, "type": "CollectionPage", "items": [], "next": following}
        busy.evil.serve(page, document)
    assert await effect(busy, anna, header(anna)) == (10, False)


async def test_e15_one_server_makes_us_ask_once_an_hour(busy: Stage) -> None:
    anna = await listing(busy, orderedItems=[f"{busy.community}x"])
    for number in range(5):
        await announce(busy, anna, header(anna, digest=f"{number:064x}"))
    assert len(fetched(busy)) == 1


async def test_e15_whom_we_do_not_follow_is_told_so_where_it_thinks_otherwise(busy: Stage) -> None:
    eve = busy.stranger("eve")
    eve.document["followers"] = f"{eve.id}/followers"
    busy.evil.serve(eve.id, eve.document)
    serve(busy, eve, orderedItems=[busy.community])
    before = (await effects(busy))["following"]
    await announce(busy, eve, header(eve, digest=digest_of([busy.community])))

    async def undone() -> list[bytes]:
        return [each.body for each in busy.evil.asked if b'"Undo"' in each.body]

    assert await until(undone)
    assert (await effects(busy))["following"] == before
