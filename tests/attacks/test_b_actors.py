"""B08-B13, B20: who an actor is, however its document and its keys change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from keys.serialisation import public_pem
from node.storage.database import Row, Transaction
from tests.support.forging import cavage, post
from tests.support.hostile import Persona, answer
from tests.support.neighbours import key_of
from tests.support.nodes import until
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def kept(us: Stage, actor_id: str) -> Row | None:
    return await us.node.look(
        lambda tx: tx.row("select * from remote_actor where id = :id", id=actor_id)
    )


async def known(us: Stage, **changes: str) -> Persona:
    """Somebody whose Follow was believed."""
    eve = us.stranger(**changes)
    assert (await us.tell(us.signed(eve))).status == 202
    return eve


def renewed(eve: Persona) -> Persona:
    """The same actor with another key, which its server does not show yet."""
    other = with_key(eve, "others")
    return Persona(id=eve.id, key=key_of("others"), document=other)


def with_key(eve: Persona, key: str) -> dict[str, Any]:
    own = eve.document["publicKey"]
    pem = public_pem(key_of(key).public_key())
    return {**eve.document, "publicKey": {**own, "publicKeyPem": pem}}


async def test_b08_an_update_signed_with_the_key_that_it_brings_is_refused(us: Stage) -> None:
    eve = await known(us)
    new = renewed(eve)
    update = us.activity(eve.id, "Update", object=new.document)
    request = cavage(post(INBOX, update), new.key, new.key_id)
    assert (await us.refuses(request, asks=[eve.id])).verdict == (401, "signature-invalid")
    held = await kept(us, eve.id)
    assert held is not None
    assert b"publicKeyPem" in held["document"]


async def test_b09_a_key_that_the_origin_shows_is_believed_after_one_look(us: Stage) -> None:
    eve = await known(us)
    new = renewed(eve)
    us.evil.serve(eve.id, new.document)
    us.evil.asked.clear()
    assert (await us.tell(us.signed(new))).status == 202
    assert us.evil.urls() == [eve.id]


async def test_b09_a_second_failure_causes_no_second_look(us: Stage) -> None:
    eve = await known(us)
    wrong = cavage(us.post(eve), key_of("others"), eve.key_id)
    assert (await us.refuses(wrong, asks=[eve.id])).verdict == (401, "signature-invalid")
    again = cavage(us.post(eve), key_of("third"), eve.key_id)
    assert (await us.refuses(again)).verdict == (401, "signature-invalid")


async def test_b10_a_thousand_bad_signatures_cause_one_look(us: Stage) -> None:
    eve = await known(us)
    us.evil.asked.clear()
    wrong = [cavage(us.post(eve), key_of("others"), eve.key_id).raw() for _ in range(200)]
    told = [await us.tell(each) for each in wrong]
    assert {each.status for each in told} <= {401, 429}
    assert len(us.evil.asked) <= 1


async def test_b10_invented_keys_of_a_known_actor_cause_one_look(us: Stage) -> None:
    eve = await known(us)
    us.evil.asked.clear()
    for number in range(50):
        invented = cavage(us.post(eve), eve.key, f"{eve.id}#key-{number}")
        assert (await us.tell(invented)).status in (401, 429)
    assert len(us.evil.asked) <= 1


async def test_b10_a_key_that_is_not_there_is_asked_for_once(us: Stage) -> None:
    eve = us.stranger()
    us.evil.scripts[eve.id] = answer(404)
    us.evil.asked.clear()
    told = await asyncio.gather(*(us.tell(us.signed(eve)) for _ in range(20)))
    told += [await us.tell(us.signed(eve)) for _ in range(20)]
    assert {each.status for each in told} <= {401, 429}
    assert len(us.evil.asked) == 1


INWARD = [
    "http://169.254.169.254/",
    "https://169.254.169.254/latest/meta-data",
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://10.0.0.1/x",
    "https://router.local/x",
    "https://db.internal/x",
    "http://inward.test/x",
    "https://inward.test/x",
    "https://inward.test:6379/x",
    "https://single/x",
    "file:" + "///etc/passwd",
    "gopher://inward.test/x",
    "unix:/run/x",
    "data:,x",
    "acct:eve@inward.test",
]


@pytest.mark.parametrize("address", INWARD, ids=lambda address: f"B11-{address}")
async def test_no_key_leads_inward(us: Stage, address: str) -> None:
    us.wire.name("inward.test", "127.0.0.1", "10.0.0.1", "::1")
    activity = {**us.activity("https://x.test/u"), "actor": address, "id": f"{address}#1"}
    request = cavage(post(INBOX, activity), key_of("theirs"), f"{address}#main-key")
    told = await us.refuses(request)
    assert told.status in {400, 401, 503}
    assert told.title in {
        "address-refused",
        "malformed-actor",
        "foreign-id",
        "foreign-key",
        "unreachable",
        "signature-malformed",
    }


async def test_b12_what_was_kept_under_older_rules_is_asked_again(us: Stage) -> None:
    eve = await known(us)

    async def age(tx: Transaction) -> None:
        await tx.run("update remote_actor set rules = rules - 1 where id = :id", id=eve.id)

    await us.node.database.write(age)
    us.evil.asked.clear()
    assert (await us.tell(us.signed(eve))).status == 202
    assert us.evil.urls() == [eve.id]


GONE = pytest.mark.parametrize("status", [404, 410], ids=lambda status: f"B13-{status}")


@GONE
async def test_the_deletion_of_somebody_unknown_is_thanked_for_and_dropped(
    us: Stage, status: int
) -> None:
    eve = us.stranger()
    us.evil.scripts[eve.id] = answer(status)
    delete = us.activity(eve.id, "Delete", object=eve.id)
    before = await us.contents()
    us.evil.asked.clear()
    told = await us.tell(cavage(post(INBOX, delete), eve.key, eve.key_id))
    assert (told.status, us.evil.urls()) == (202, [])
    assert await us.contents() == before


@pytest.mark.parametrize("status", [200, 404, 500], ids=lambda status: f"B13-{status}-still-there")
async def test_a_known_actor_is_not_deleted_while_its_server_does_not_say_so(
    busy: Stage, status: int
) -> None:
    eve = await known(busy)
    await until(lambda: _follows_us(busy, eve.id))
    if status != 200:
        busy.evil.scripts[eve.id] = answer(status)
    forged = us_delete(busy, eve)
    assert (await busy.tell(forged)).status in (401, 503)
    assert await _follows_us(busy, eve.id)


def us_delete(us: Stage, eve: Persona) -> bytes:
    """By somebody who has not the actor's key."""
    delete = us.activity(eve.id, "Delete", object=eve.id)
    return cavage(post(INBOX, delete), key_of("others"), eve.key_id).raw()


async def test_b13_a_known_actor_that_is_gone_is_forgotten(busy: Stage) -> None:
    eve = await known(busy)
    await until(lambda: _follows_us(busy, eve.id))
    busy.evil.scripts[eve.id] = answer(410)
    delete = busy.activity(eve.id, "Delete", object=eve.id)
    assert (await busy.tell(cavage(post(INBOX, delete), eve.key, eve.key_id))).status == 202

    async def forgotten() -> bool:
        return not await _follows_us(busy, eve.id)

    await until(forgotten)


async def _follows_us(us: Stage, actor_id: str) -> bool:
    row = await us.node.look(
        lambda tx: tx.row("select actor from follower where actor = :id", id=actor_id)
    )
    return row is not None


@pytest.mark.parametrize("kind", ["Group", "Application", "Note"], ids=lambda kind: f"B20-{kind}")
async def test_the_type_of_an_actor_is_what_its_origin_says(busy: Stage, kind: str) -> None:
    eve = await known(busy)
    other = {**eve.document, "type": kind, "name": "Renamed"}
    update = busy.activity(eve.id, "Update", object=other)
    assert (await busy.tell(cavage(post(INBOX, update), eve.key, eve.key_id))).status == 202
    await until(lambda: _heard(busy, str(update["id"])))
    held = await kept(busy, eve.id)
    assert held is not None
    assert held["type"] == "Person"


async def _heard(us: Stage, activity_id: str) -> Row | None:
    return await us.node.look(
        lambda tx: tx.row(
            "select state from inbox_activity where activity_id = :id and state <> 'waiting'",
            id=activity_id,
        )
    )
