"""A full disk, at every statement and at every page: writing says so, reading goes on, nothing is
half-done, and it mends itself when there is room again."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from node.invariants import findings
from node.services import Node
from node.storage import sqlite_connections
from node.storage.database import Transaction
from node.storage.inspection import inspect
from node.storage.sqlite import SqliteDatabase
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import EVENT, do, running

FULL = sqlite3.OperationalError("database or disk is full")
FULL.sqlite_errorcode = sqlite3.SQLITE_FULL
MOST_STATEMENTS = 200
"""Far more than any one request needs: the loops below end long before."""
LARGE = {**EVENT, "description": {"de": "Viel Text. " * 800}}


@dataclass(frozen=True, slots=True)
class Scene:
    """A node with a follower, a client with a token, and what was acknowledged."""

    wien: Node
    there: Neighbour
    session: aiohttp.ClientSession
    events: list[str]

    async def publish(self) -> int:
        """The status of publishing an event; 503 says when to come back."""
        url = f"{self.wien.urls.origin}/api/v1/events"
        async with self.session.post(url, json=LARGE) as answer:
            if answer.status == 503:
                assert int(answer.headers["Retry-After"]) > 0
            else:
                assert answer.status == 201, await answer.text()
                self.events.append((await answer.json())["id"])
            return answer.status

    async def write(self) -> tuple[int, str]:
        """The status of an activity of the follower's, and its id."""
        create = self.there.activity(
            "Create", f"{self.there.origin}/linz", self.there.event(f"{self.there.origin}/linz")
        )
        return await self.there.send(f"{self.wien.urls.community}/inbox", create), create["id"]

    async def readable(self) -> bool:
        """Whether people still see the home page and the last event."""
        addresses = [f"{self.wien.urls.origin}/", *self.events[-1:]]
        for address in addresses:
            async with self.session.get(address, headers={"Accept": "text/html"}) as answer:
                if answer.status != 200:
                    return False
        return True

    async def everything(self) -> dict[str, int]:
        """How many rows each table holds that a write may touch."""
        tables = ("event", "outgoing", "delivery", "inbox_activity")

        async def read(tx: Transaction) -> dict[str, int]:
            return {t: (await tx.rows(f"select count(*) as n from {t}"))[0]["n"] for t in tables}

        return await self.wien.look(read)

    async def kept(self, activity: str) -> bool:
        """Whether this activity of the follower's is in the inbox."""

        async def read(tx: Transaction) -> bool:
            sql = "select 1 as here from inbox_activity where activity_id = :id"
            return await tx.row(sql, id=activity) is not None

        return await self.wien.look(read)

    async def unsound(self) -> list[str]:
        """The invariants that are broken."""
        now, url = self.wien.clock.now(), self.wien.config.database
        found = await inspect(url, lambda tx, engine: findings(tx, engine, now))
        return [each.name for each in found if each.many]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with neighbour() as there, running(tmp_path / "wien") as wien:
        await there.follow(there.actor("linz"), wien.urls.community)
        await do(wien, "user.create", name="amal", role="ambassador")
        token = (await do(wien, "token.create", user="amal", scope="admin"))["token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            it = Scene(wien, there, session, [])
            assert await it.publish() == 201
            yield it


@contextmanager
def full_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bool]]:
    """Within the block the writing statement with this number finds the disk full; the answer of
    the yielded function is whether it came to that."""
    seen = count(1)
    came: list[bool] = []
    check = sqlite_connections.SqliteTransaction._check

    def fail(self: Any) -> None:
        check(self)
        writes = not self._connection.execute("pragma query_only").fetchone()[0]
        if writes and next(seen) == number:
            came.append(True)
            raise self._lose(FULL)

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_connections.SqliteTransaction, "_check", fail)
        yield lambda: bool(came)


@contextmanager
def no_commit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within the block no COMMIT finds room."""

    def fail(self: SqliteDatabase) -> None:
        self._make_clean(alarm=False)
        raise FULL

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "_commit", fail)
        yield


async def test_a_disk_that_is_full_at_any_statement_of_publishing_leaves_all_or_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    for number in range(1, MOST_STATEMENTS):
        before = await scene.everything()
        known = len(scene.events)
        with full_at(number, monkeypatch) as came:
            status = await scene.publish()
        assert await scene.readable()
        if status == 503:
            after = await scene.everything()
            assert (after["event"], after["outgoing"]) == (before["event"], before["outgoing"])
        else:
            assert len(scene.events) == known + 1
        if not came():
            break
    assert number > 5
    assert await scene.unsound() == []


async def test_a_disk_that_is_full_at_any_statement_of_the_inbox_is_told_as_503_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with (
        neighbour() as there,
        # at rest: no worker of the node writes as well, so every number is the inbox's
        running(tmp_path / "wien", at_work=False) as wien,
        aiohttp.ClientSession() as session,
    ):
        there.actor("linz")
        scene = Scene(wien, there, session, [])
        for number in range(1, MOST_STATEMENTS):
            with full_at(number, monkeypatch) as came:
                status, activity = await scene.write()
            assert status == (503 if came() else 202)
            assert await scene.kept(activity) == (status == 202)
            if not came():
                break
        assert number > 1
        assert await scene.unsound() == []


async def test_a_disk_without_room_for_a_commit_is_told_as_503_until_there_is_room(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    before = await scene.everything()
    with no_commit(monkeypatch):
        assert await scene.publish() == 503
        assert (await scene.write())[0] == 503
        assert await scene.readable()
    assert (await scene.everything())["event"] == before["event"]
    assert await scene.publish() == 201
    assert (await scene.write())[0] == 202
    assert await scene.unsound() == []


async def test_a_file_that_may_not_grow_refuses_writes_page_by_page_and_mends_itself(scene: Scene):
    writer = scene.wien.database._writer  # type: ignore[attr-defined]
    assert await scene.publish() == 201
    outcomes = []
    for more in range(0, 80, 2):
        pages = writer.execute("pragma page_count").fetchone()[0]
        writer.execute(f"pragma max_page_count = {pages + more}").fetchall()
        outcomes.append(await scene.publish())
        assert await scene.readable()
    assert set(outcomes) == {201, 503}
    writer.execute(f"pragma max_page_count = {2**31 - 2}").fetchall()

    assert await scene.publish() == 201
    for event in scene.events:
        async with scene.session.get(event) as answer:
            assert answer.status == 200
    assert await scene.unsound() == []
