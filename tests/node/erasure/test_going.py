"""Tests of node/erasure/gone.py: the things a line can speak of, on each engine."""

from __future__ import annotations

from pathlib import Path

from node.context import Context
from node.erasure import gone
from node.members.model import Audience
from node.members.posting import publish
from node.people import coming_back, passkeys
from node.people import store as people
from node.people.model import Role
from node.people.passkey_checks import NewKey
from node.people.silence_store import Thing
from node.storage.database import Transaction
from tests.node.erasure.lives import guest
from tests.support.browsers import signed_in
from tests.support.members import persona_of, public_account
from tests.support.nodes import EVENT, do, running


async def test_each_thing_goes_and_a_second_time_does_no_harm(tmp_path: Path, database_url: str):
    async with running(tmp_path / "data", database=database_url, at_work=False) as node:
        event = (await do(node, "event.publish", document=EVENT))["id"]
        other = (await do(node, "event.publish", document=EVENT))["id"]
        await guest(node, other)
        await do(node, "conversation.say", id=event, document={"texts": {"de": "Ja."}}, by="lina")
        async with signed_in(node, "samira", Role.MEMBER) as samira:
            await public_account(node, samira)
        persona = await persona_of(node)
        await node.act(
            lambda context: publish(
                context, persona, "Hallo", audience=Audience.PUBLIC, language="de"
            )
        )
        await node.act(_ways_in)
        names = await node.look(gone.names)
        assert {name.partition(" ")[0] for name in names} == {
            each.value for each in Thing if each is not Thing.SAID
        }
        for name in sorted(names) * 2:
            await node.act(_again(name))
        assert set((await node.look(_left)).values()) == {0}
        seats = await node.look(lambda tx: tx.rows("select seat, name from participation"))
        assert all((row["seat"], row["name"]) == ("left", None) for row in seats)
        # what is done again is not written down again
        assert await node.look(lambda tx: tx.rows("select id from silence")) == []


async def _ways_in(context: Context) -> None:
    """By whatever somebody can come in, with an address that is used for everything."""
    (person,) = await people.everybody(context.tx)
    new = NewKey(credential="c", public_key="k", counter=0)
    await passkeys.add(context, person, new, "h", "Phone")
    await coming_back.new_codes(context, person)
    await context.tx.run(
        "insert into mail_address (id, person, state, sealed, digest, language, created, news_from)"
        " values ('a', :person, 'kept', :sealed, 'd', 'de', '2026', '2026-11-22T18:00:00.000000Z')",
        person=person.id,
        sealed=b"",
    )


def _again(name: str):
    async def work(context: Context) -> None:
        await gone.let_go_again(context, name)

    return work


async def _left(tx: Transaction) -> dict[str, int]:
    found = {}
    for table, where in (
        ("event", "state <> 'deleted'"),
        ("answer", "deleted = 0"),
        ("persona_post", "state <> 'deleted'"),
        ("person", "password is not null"),
        ("passkey", "1 = 1"),
        ("recovery_code", "1 = 1"),
        ("mail_address", "1 = 1"),
    ):
        row = await tx.row(f"select count(*) as many from {table} where {where}")
        found[table] = int(row["many"]) if row else 0
    return found
