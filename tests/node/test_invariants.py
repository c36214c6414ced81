"""The invariant checker sees each thing that must never be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from node.invariants import INVARIANTS, findings
from node.services import Node
from node.storage.database import Transaction
from node.storage.inspection import inspect
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import EVENT, do, running, until

NOW = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


@pytest.fixture
async def wien(tmp_path: Path, there: Neighbour) -> AsyncIterator[Node]:
    """A node with one follower, who has one event of it and its update."""
    async with running(tmp_path / "wien") as node:
        linz = there.actor("linz")
        await there.follow(linz, node.urls.community)
        event = await do(node, "event.publish", document=EVENT)
        await there.comes(linz, "Create")  # else the Update is merged into it
        await do(node, "event.update", id=event["id"], document=EVENT)
        await there.comes(linz, "Update")

        async def recorded() -> bool:
            return not (await do(node, "status"))["waiting"]

        await until(recorded)
        yield node


async def broken(node: Node) -> set[str]:
    """The names of the invariants that do not hold, as another process sees them."""
    url = node.config.database
    found = await inspect(url, lambda tx, engine: findings(tx, engine, NOW))
    return {each.name for each in found if each.many}


async def test_a_node_that_did_its_work_breaks_none(wien: Node):
    assert await broken(wien) == set()


async def _both(tx: Transaction, *statements: str) -> None:
    for statement in statements:
        await tx.run(statement)


async def _two_in_hand(tx: Transaction) -> None:
    await tx.run(
        "update inbox_activity set state = 'waiting', done_at = null, blanked = 0, lane = 'one', "
        "lease = 'me', lease_until = '2031-01-01T00:01:00.000000Z'"
    )
    await tx.run(
        "insert into inbox_activity (activity_id, digest, sender, host, kind, lane, inbox, body, "
        "state, due_at, received_at, lease) values ('x', 'x', 'x', 'x', 'x', 'one', 'x', :body, "
        "'waiting', 'x', 'x', 'me')",
        body=b"{}",
    )


def _guest(seat: str) -> str:
    return (
        "insert into participation (id, event, party, host, door, answer, seat, place, "
        "activity_id, since, changed, heard_at) select 'p', id, 'p', '', 'join', 'yes', "
        f"{seat}, 1, 'https://a.example/1', 'x', 'x', 'x' from event limit 1"
    )


_ADDRESS = "https://a.example/1"
_SHOWN = (
    "insert into reply (id, address, subject, depth, author, author_name, handle, host, inbox, "
    "html, links, visibility, state, published, updated, received) values ('r', "
    f"'{_ADDRESS}', 'https://b.example/e', 1, 'https://a.example/anna', 'Anna', '@anna', "
    "'a.example', '', '', '[]', 'public', 'shown', 'x', 'x', 'x')"
)
_ANSWERED = (
    "insert into answer (id, parent, visibility, texts, document, published, updated) "
    "values ('a', 'x', 'direct', '{}', :open, 'x', 'x')"
)


_HARM: dict[str, Callable[[Transaction], Awaitable[object]]] = {
    "fan-out": lambda tx: tx.run(
        "delete from delivery where sequence = (select max(sequence) from delivery)"
    ),
    "attempts": lambda tx: tx.run("update delivery set attempts = 0"),
    "pictures": lambda tx: _both(
        tx,
        "insert into media (id, alt, created) values ('m', '{}', '2030')",
        "insert into media_use (media, used_by) values ('m', 'https://wien.example/e/gone')",
    ),
    "order": lambda tx: tx.run(
        "update delivery set first_attempt_at = '2020-01-01T00:00:00.000000Z' where sequence = "
        "(select d.sequence from delivery d join outgoing o on o.id = d.activity_id "
        "where o.kind = 'Update' order by d.sequence desc limit 1)"
    ),
    "leases": lambda tx: _both(
        tx,
        "update delivery set state = 'due', lease = 'gone', "
        "lease_until = '2030-12-31T00:00:00.000000Z' where sequence = 1",
        "update host set next_at = '2031'",
    ),
    "looked at": lambda tx: _both(
        tx,
        "update delivery set state = 'due', done_at = null where sequence = 1",
        "update host set next_at = null",
    ),
    "letters": lambda tx: _both(
        tx,
        "update outgoing set body = x''",
        "update delivery set state = 'parked' where sequence = 1",
    ),
    "erased": lambda tx: tx.run(
        "insert into outgoing (id, actor, kind, object_id, body, created) "
        "select 'x', actor, 'Delete', object_id, body, '2030' from outgoing where kind = 'Create'"
    ),
    "suspended": lambda tx: _both(
        tx,
        "insert into host_rule (host, standing, created, updated) "
        "values ('127.0.0.1', 'suspended', 'x', 'x')",
        "update delivery set state = 'parked' where sequence = 1",
    ),
    "digests": lambda tx: tx.run(
        "insert into follower_digest (community, host, digest, number) "
        "select community, host, 'wrong', 1 from follower where true "
        "on conflict (community, host) do update set digest = excluded.digest"
    ),
    "acknowledged": lambda tx: tx.run("update inbox_activity set done_at = null"),
    "waiting bytes": lambda tx: tx.run(
        "update inbox_activity set state = 'waiting', done_at = null, body = :nothing", nothing=b""
    ),
    "one in hand": _two_in_hand,
    "told": lambda tx: tx.run("update event set create_id = null"),
    "private words": lambda tx: tx.run(_ANSWERED, open=b"{}"),
    "barred": lambda tx: _both(
        tx,
        _SHOWN,
        "insert into host_rule (host, standing, created, updated) "
        "values ('a.example', 'suspended', 'x', 'x')",
    ),
    "taken back": lambda tx: _both(
        tx,
        _SHOWN,
        "insert into tombstone (id, author, at) "
        f"values ('{_ADDRESS}', 'https://a.example/anna', 'x')",
    ),
    "guests": lambda tx: _both(tx, _guest("'left'"), "update event set going = 2"),
    "nobody's": lambda tx: tx.run(
        "insert into erasure (id, kind, name, asked, due_at, erased_at) "
        "values ('e', 'person', 'p', '2026', '2026', '2026')"
    ),
    "joined": lambda tx: _both(tx, _guest("'refused'"), "update event set going = 0"),
    "waiting list": lambda tx: tx.run(_guest("'waiting'")),
    "left over": lambda tx: _both(
        tx,
        "insert into poll (id, event, options, content, published, ends) "
        "select 'q', id, '[]', '{}', 'x', '2031' from event limit 1",
        "update event set state = 'deleted'",
    ),
    "shut out": lambda tx: _both(
        tx,
        "insert into person (id, name, role, created, disabled_at) "
        "values ('p', 'eve', 'member', '2026', '2026')",
        "insert into token (id, person, digest, scope, created) "
        "values ('t', 'p', 'd', 'read', '2026')",
    ),
    "hidden": lambda tx: _both(
        tx,
        "insert into person (id, name, role, created) values ('p', 'eve', 'member', '2026')",
        "insert into profile (person, id, name, bio, languages, visibility, hidden_at, updated) "
        "values ('p', 'm', 'Eve', '{}', '[]', 'public', '2026', '2026')",
    ),
    "log": lambda tx: tx.run("update audit_head set digest = 'changed'"),
    "sealed keys": lambda tx: tx.run("update actor_key set sealed = :der", der=b"\x30\x82open"),
    "channels": lambda tx: _both(
        tx,
        "insert into channel (actor, handle, language, created, removed) values "
        "('https://wien.test/c/wien-ar', 'wien-ar', 'ar', '2026-01-01', '2026-01-02')",
        "insert into channel_share (channel, object, event, activity, at) "
        "select 'https://wien.test/c/wien-ar', id, id, id, published from event",
    ),
    "followers": lambda tx: _both(
        tx,
        "update follower set community = 'https://nobody.example/'",
        "delete from follower_digest",
    ),
}


@pytest.mark.parametrize("name", _HARM)
async def test_it_sees_this_harm_and_no_other(wien: Node, name: str):
    await wien.database.write(_HARM[name])
    assert await broken(wien) == {name}


async def test_it_sees_what_was_deleted_elsewhere_and_is_still_here(wien: Node):
    async def rise(tx: Transaction) -> None:
        await tx.run(
            "insert into remote_object (id, author, author_name, kind, url, document, published, "
            "updated, received) values ('https://a.example/1', 'a', 'a', 'Event', 'u', '{}', "
            "'2026', '2026', '2026')"
        )
        await tx.run("insert into tombstone (id, at) values ('https://a.example/1', '2026')")

    await wien.database.write(rise)
    assert await broken(wien) == {"tombstones"}


def test_every_invariant_has_a_harm_that_breaks_it():
    named = {each.name for each in INVARIANTS} | {"sealed keys", "digests", "waiting list", "log"}
    assert named == {*_HARM, "tombstones"}


async def test_it_works_beside_a_running_node_and_leaves_the_log_alone(wien: Node):
    log = wien.config.data / "josoor.db-wal"
    before = log.stat().st_size
    assert before > 0
    await broken(wien)
    assert log.stat().st_size == before
    later = NOW + timedelta(days=1)
    assert await inspect(wien.config.database, lambda tx, engine: findings(tx, engine, later))
