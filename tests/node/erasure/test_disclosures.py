"""Which hosts were told about a person is known before they are told, and all of them hear of her
end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from activitypub.contexts import OBJECT_CONTEXT
from federation.outward import outbox
from federation.ports import Destination, Grade
from keys.vault import Vault, make_master
from node.community import store as community_store
from node.community.keyring import make_pair, seal_pair
from node.community.model import ActorKey
from node.context import Context
from node.storage.buried import destroy_keys, is_buried
from node.storage.database import Database, Row
from node.storage.disclosures import NAMED_LIFE, forget_disclosures, subject_of, told_about
from node.storage.outbox import StoredDeliveries
from tests.conftest import NOW
from tests.node.rsvp.stage import URLS, Stage

AMAL = f"{URLS.origin}/m/amal"
ANNA = "https://m.example/users/anna"
ROOM = dict.fromkeys(Grade, 100)


def way(host: str) -> Destination:
    return Destination(inbox=f"https://{host}/inbox", host=host)


async def put(stage: Stage, actor: str, *hosts: str, name: str = "1", named: str = "") -> None:
    thing = f"{actor}/posts/{name}"
    activity = {
        "@context": OBJECT_CONTEXT,
        "id": f"{URLS.origin}/a/{actor[-4:]}{name}",
        "type": "Create",
        "actor": actor,
        "object": {"id": thing, "type": "Note", "content": "Hallo", "tag": _mention(named)},
    }

    async def work(context: Context) -> None:
        ways = [way(host) for host in hosts]
        await outbox.put(
            context.outbox, activity, object_id=thing, destinations=ways, now=context.now
        )

    await stage.act(work)


def _mention(actor: str) -> list[dict[str, str]]:
    return [{"type": "Mention", "href": actor, "name": "@somebody"}] if actor else []


async def send(stage: Stage, *, delivered: bool = True) -> None:
    """Begin everything that is due, and bring it to its end."""
    log = StoredDeliveries(stage.database)
    claimed = await log.claim(
        now=stage.now, lease="us", until=stage.now + timedelta(minutes=1), room=ROOM
    )
    if delivered:
        await asyncio.gather(
            *[log.delivered(each.sequence, lease="us", now=stage.now) for each in claimed]
        )


async def delete_actor(stage: Stage, actor: str) -> list[str]:
    """The hosts to which the Delete goes."""
    activity = {"id": f"{URLS.origin}/a/end", "type": "Delete", "actor": actor, "object": actor}
    await stage.act(
        lambda context: outbox.erase(
            context.outbox, activity, object_id=actor, destinations=[], now=context.now
        )
    )
    rows = await rows_of(stage, "select host from delivery where activity_id like '%/end'")
    return sorted(row["host"] for row in rows)


async def rows_of(stage: Stage, sql: str) -> list[Row]:
    return await stage.database.read(lambda tx: tx.rows(sql))


async def _keep_key(key: ActorKey, context: Context) -> None:
    await community_store.add_key(context.tx, key)


async def hosts(stage: Stage, actor: str) -> list[str]:
    found = await stage.database.read(lambda tx: told_about(tx, actor))
    return [each.host for each in found]


async def test_a_host_is_noted_when_the_attempt_begins_and_not_before(database: Database) -> None:
    stage = Stage(database)
    await put(stage, AMAL, "a.example", "b.example")
    assert await hosts(stage, AMAL) == []
    await send(stage, delivered=False)
    assert await hosts(stage, AMAL) == ["a.example", "b.example"]


async def test_what_the_community_says_is_about_nobody_whom_it_does_not_name(
    database: Database,
) -> None:
    stage = Stage(database)
    await put(stage, URLS.community, "a.example")
    await put(stage, URLS.community, "b.example", name="2", named=ANNA)
    await send(stage)
    assert await hosts(stage, URLS.community) == []
    assert await hosts(stage, ANNA) == ["b.example"]


async def test_first_last_and_kind_are_kept_and_no_name(database: Database) -> None:
    stage = Stage(database)
    await put(stage, AMAL, "a.example")
    await send(stage)
    first, stage.now = stage.now, stage.now + timedelta(days=1)
    await put(stage, URLS.community, "a.example", name="2", named=AMAL)
    await send(stage)
    (row,) = await rows_of(stage, "select * from disclosure")
    assert row["subject"] == subject_of(AMAL)
    assert row["kinds"] == "both"
    assert (row["first"][:10], row["last"][:10]) == (f"{first:%Y-%m-%d}", f"{stage.now:%Y-%m-%d}")
    assert "amal" not in str(row)


async def test_the_end_of_an_actor_is_told_to_hosts_of_which_no_letter_is_left(
    database: Database,
) -> None:
    stage = Stage(database)
    await put(stage, AMAL, "a.example", "b.example")
    await send(stage)
    await stage.act(lambda context: context.tx.run("delete from delivery"))
    await stage.act(lambda context: context.tx.run("delete from outgoing"))
    await put(stage, AMAL, "c.example", name="2")
    await send(stage)
    assert await delete_actor(stage, AMAL) == ["a.example", "b.example", "c.example"]


async def test_her_key_lives_until_all_were_told_then_only_a_digest_is_left(
    database: Database,
) -> None:
    stage = Stage(database)
    for key in seal_pair(AMAL, make_pair(), Vault(make_master()), NOW, number=1):
        await stage.act(partial(_keep_key, key))
    await put(stage, AMAL, "a.example")
    await send(stage)
    await delete_actor(stage, AMAL)
    assert await stage.act(lambda context: destroy_keys(context.tx, context.now)) == 0
    await send(stage)
    assert await stage.act(lambda context: destroy_keys(context.tx, context.now)) == 1
    assert await rows_of(stage, "select id from actor_key") == []
    assert await rows_of(stage, "select id from outgoing") == []
    assert await hosts(stage, AMAL) == []
    assert AMAL not in str(await rows_of(stage, "select * from buried_actor"))
    assert await database.read(lambda tx: is_buried(tx, AMAL))
    assert not await database.read(lambda tx: is_buried(tx, ANNA))


async def test_a_host_that_never_answers_keeps_her_key_for_ninety_days(
    database: Database,
) -> None:
    stage = Stage(database)
    await put(stage, AMAL, "a.example")
    await send(stage)
    await delete_actor(stage, AMAL)
    stage.now += timedelta(days=89)
    assert await stage.act(lambda context: destroy_keys(context.tx, context.now)) == 0
    stage.now += timedelta(days=2)
    assert await stage.act(lambda context: destroy_keys(context.tx, context.now)) == 1
    assert await rows_of(stage, "select state from delivery") == []


async def test_where_words_went_that_named_somebody_is_forgotten_in_the_end(
    database: Database,
) -> None:
    stage = Stage(database)
    await put(stage, URLS.community, "b.example", named=ANNA)
    await send(stage)
    await stage.act(lambda context: forget_disclosures(context.tx, context.now))
    assert await hosts(stage, ANNA) == ["b.example"]
    stage.now += NAMED_LIFE + timedelta(days=1)
    await stage.act(lambda context: forget_disclosures(context.tx, context.now))
    assert await hosts(stage, ANNA) == []
