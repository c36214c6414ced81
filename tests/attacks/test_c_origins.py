"""C01-C15: what an address gives, under its own id and from its own server, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import (
    attempt,
    befriend,
    effects,
    friend,
    hear,
    held,
    host_of,
    neighbour_of,
    note,
    place,
    posted,
)
from tests.support.entries import ENTRIES
from tests.support.hostile import Persona, moved
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def victims() -> list[int]:
    """How many victims there were."""
    return [0]


def victim(us: Stage, victims: list[int], name: str = "vera") -> Persona:
    """An honest actor on a server of her own, whom we do not follow."""
    victims[0] += 1
    return us.evil.persona(name, f"victim{victims[0]}.test", key="victims")


async def test_c01_a_document_that_names_another_server_is_not_believed(
    busy: Stage, victims: list[int]
) -> None:
    eve, vera = await friend(busy), victim(busy, victims)
    there, here = place(busy, vera), place(busy, eve)
    busy.evil.serve(here, note(vera.id, there, content="forged"))
    busy.evil.serve(there, note(vera.id, there, content="true"))
    before = await effects(busy)
    busy.evil.asked.clear()
    assert await ENTRIES["fetched"](busy, here)
    await hear(busy, eve, "Announce", object=here)
    assert await effects(busy) == before
    assert there not in busy.evil.urls()


async def test_c01_another_id_of_the_same_server_is_asked_once_and_not_in_a_circle(
    busy: Stage,
) -> None:
    eve = await friend(busy)
    one, two = place(busy, eve), place(busy, eve)
    busy.evil.serve(one, note(eve.id, two))
    busy.evil.serve(two, note(eve.id, one))
    busy.evil.asked.clear()
    assert (await hear(busy, eve, "Announce", object=one)).startswith("refused")
    assert busy.evil.urls() == [one, two]
    assert [await held(busy, each) for each in (one, two)] == [None, None]


TYPES = [
    "text/plain",
    "application/json",
    "application/octet-stream",
    "image/jpeg",
    "application/ld+json",
    'application/ld+json; profile="https://evil.test/ns"',
    "text/html; charset=application/activity+json",
]


@pytest.mark.parametrize("kind", ["Create", "Announce"], ids=lambda kind: f"C03-{kind}")
@pytest.mark.parametrize("type", TYPES)
async def test_what_somebody_uploaded_is_no_document(
    busy: Stage, victims: list[int], type: str, kind: str
) -> None:
    eve, vera = await friend(busy), victim(busy, victims)
    upload = f"https://{host_of(vera)}/media/1"
    busy.evil.serve(upload, note(vera.id, upload), type=type)
    before = await effects(busy)
    assert (await hear(busy, eve, kind, object=upload)).startswith("refused")
    assert await effects(busy) == before


async def test_c06_a_web_page_does_not_lead_to_another_server(
    busy: Stage, victims: list[int]
) -> None:
    eve = busy.stranger()
    before = await effects(busy)
    busy.evil.asked.clear()
    assert await ENTRIES["alternate"](busy, eve.id)
    assert eve.id not in busy.evil.urls()
    assert await effects(busy) == before


async def test_c07_an_embedded_thing_of_another_server_is_not_believed(
    busy: Stage, victims: list[int]
) -> None:
    eve, vera = await friend(busy), victim(busy, victims)
    there = place(busy, vera)
    before = await effects(busy)
    for kind in ("Create", "Update"):
        forged = note(vera.id, there, content="forged")
        assert (await hear(busy, eve, kind, object=forged)).startswith("refused")
    assert await effects(busy) == before


@pytest.mark.parametrize("kind", ["Create", "Update"], ids=lambda kind: f"C07-{kind}")
async def test_nobody_publishes_what_is_of_another_server(
    busy: Stage, victims: list[int], kind: str
) -> None:
    eve, vera = await friend(busy), victim(busy, victims)
    true = note(vera.id, place(busy, vera), content="true")
    busy.evil.serve(true["id"], true)
    before = await effects(busy)
    for about in (true["id"], true, {**true, "attributedTo": eve.id, "content": "forged"}):
        assert (await hear(busy, eve, kind, object=about)).startswith("refused")
    assert await effects(busy) == before


@pytest.mark.parametrize("whose", ["C09-neighbour", "C09-elsewhere", "C09-both", "C09-ours"])
async def test_nobody_writes_in_the_name_of_another(
    busy: Stage, victims: list[int], whose: str
) -> None:
    eve = await friend(busy)
    bert = neighbour_of(busy, eve)
    authors: dict[str, Any] = {
        "C09-neighbour": bert.id,
        "C09-elsewhere": victim(busy, victims).id,
        "C09-both": [bert.id, eve.id],
        "C09-ours": busy.community,
    }
    before = await effects(busy)
    forged = note(authors[whose], place(busy, eve))
    if whose != "C09-neighbour":
        # Her server would say the same; of its own people it may say what it likes.
        busy.evil.serve(forged["id"], forged)
    assert (await hear(busy, eve, "Create", object=forged)).startswith("refused")
    assert await effects(busy) == before


async def test_c10_the_author_of_a_thing_never_changes(busy: Stage) -> None:
    anna = await friend(busy)
    bert = neighbour_of(busy, anna)
    await befriend(busy, bert)
    mine = await posted(busy, anna)
    before = await effects(busy)
    for more in ({}, {"updated": "2026-10-01T10:00:00Z"}, {"attributedTo": [bert.id, anna.id]}):
        stolen = {**note(bert.id, mine["id"], content="stolen"), **more}
        assert (await hear(busy, bert, "Create", object=stolen)).startswith("refused")
    assert await effects(busy) == before


async def test_c11_what_the_origin_served_is_what_is_kept(busy: Stage, victims: list[int]) -> None:
    eve, vera = await friend(busy), victim(busy, victims)
    true = note(vera.id, place(busy, vera), content="true", url="https://other.test/x")
    busy.evil.serve(true["id"], true)
    forged = {**true, "content": "forged", "attributedTo": eve.id}
    assert await hear(busy, eve, "Announce", object=forged) == "done"
    thing = await held(busy, true["id"])
    assert thing is not None
    assert (thing.document["content"], thing.author) == ("true", vera.id)


async def test_c13_nothing_is_asked_without_tls(busy: Stage, victims: list[int]) -> None:
    eve, vera = await friend(busy), victim(busy, victims)
    secure = place(busy, vera)
    plain = secure.replace("https:", "http:")
    busy.evil.scripts[secure] = moved(plain)
    busy.evil.serve(plain, note(vera.id, plain))
    before, tries = await effects(busy), len(busy.wire.attempts)
    for address in (plain, secure):
        assert (await hear(busy, eve, "Announce", object=address)).startswith("refused")
    assert {port for _, port in busy.wire.attempts[tries:]} <= {443}
    assert await effects(busy) == before


def spellings(address: str) -> list[str]:
    """Addresses that somebody might take for the same one."""
    return [
        f"{address}#1",
        f"{address}/",
        f"{address}?",
        address.replace("/n/", "/N/"),
        address.replace("/n/", "/%6e/"),
        address.replace("/n/", "/x/../n/"),
        address.replace("/n/", "//n/"),
        address.replace(".test/", ".test:443/"),
        address.replace("https://", "https://eve@"),
        address.replace(".test/", ".test./"),
        address.replace("https://evil", "https://EVIL"),
        address.replace("https://", "HTTPS://"),
    ]


@pytest.mark.parametrize("number", range(12), ids=lambda number: f"C14-{number}")
async def test_another_spelling_is_another_thing(busy: Stage, number: int) -> None:
    anna = await friend(busy)
    mine = await posted(busy, anna)
    address = spellings(mine["id"])[number]
    before = await held(busy, mine["id"])
    for kind, about in (
        ("Update", {**mine, "id": address, "content": "other", "updated": "2026-10-01T10:00:00Z"}),
        ("Delete", address),
        ("Delete", {"id": address, "type": "Tombstone"}),
    ):
        assert await attempt(busy, anna, kind, object=about) in (202, 400)
    assert await held(busy, mine["id"]) == before


UNASKABLE = [
    "data:application/activity+json,{}",
    "file:" + "///etc/passwd",
    "urn:uuid:0b6bb4a0-9a8a-4b6d-9f2e-1f7f9f5f3a11",
    "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "acct:eve@evil.test",
    "bear:?t=x&u=https://evil.test/x",
    "ap://did:key:z6Mk/x",
    "javascript:alert(1)",
    "//evil.test/x",
    "x",
]


@pytest.mark.parametrize("address", UNASKABLE, ids=lambda address: f"C15-{address.split(':')[0]}")
async def test_what_is_no_address_is_never_fetched(busy: Stage, address: str) -> None:
    eve = await friend(busy)
    before, tries = await effects(busy), len(busy.wire.attempts)
    for kind, about in (
        ("Announce", address),
        ("Create", address),
        ("Create", note(eve.id, address)),
        ("Update", note(eve.id, address)),
        ("Delete", address),
    ):
        assert await attempt(busy, eve, kind, object=about) in (202, 400)
    assert await effects(busy) == before
    assert len(busy.wire.attempts) == tries
