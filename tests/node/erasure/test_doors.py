"""An account is closed at once and erased when it is due; the same by command, API and page."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from node.errors import Conflict, NotFound
from node.moderation.twos import ask_to_suspend
from node.operations.carrying_out import carry_out, sweep_leftovers
from node.people import erasing, store
from node.people.model import Role
from node.services import Node, SystemClock
from node.storage.migrate import read_migrations
from tests.node.erasure.lives import takes_part
from tests.support.browsers import Browser, Later, account
from tests.support.nodes import EVENT, do, running

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "data", at_work=False) as node:
        await account(node, "lina", Role.AMBASSADOR)
        await account(node, "amal", Role.MEMBER)
        yield node


async def names(node: Node) -> set[str]:
    return {person.name for person in await node.look(store.everybody)}


async def test_until_it_is_due_the_account_opens_nothing_and_is_still_there(node: Node) -> None:
    async with Browser(node) as browser:
        assert (await browser.sign_in("amal")).status == 303
        receipt = await do(node, "user.erase", name="amal")
        assert receipt["erased"] is None
        assert (await browser.get("/me")).status != 200
        assert (await browser.sign_in("amal")).status != 303
    assert await names(node) == {"lina", "amal"}


async def test_within_72_hours_it_is_taken_back_and_not_later(node: Node) -> None:
    await do(node, "user.erase", name="amal")
    assert (await do(node, "user.keep", name="amal"))["kept"]
    async with Browser(node) as browser:
        assert (await browser.sign_in("amal")).status == 303
    await do(node, "user.erase", name="amal")
    node.clock = Later(erasing.REGRET - timedelta(minutes=1))
    await carry_out(node)
    assert "amal" in await names(node)
    node.clock = Later(erasing.REGRET + timedelta(minutes=1))
    await carry_out(node)
    assert await names(node) == {"lina"}
    with pytest.raises(NotFound):
        await do(node, "user.keep", name="amal")


async def test_nobody_is_kept_by_asking_again_for_later(node: Node) -> None:
    person = await node.look(lambda tx: store.by_name(tx, "amal"))
    assert person is not None
    for after in (timedelta(0), erasing.REGRET):
        await node.act(partial(erasing.erase_person, person_id=person.id, after=after))
    await carry_out(node)
    assert await names(node) == {"lina"}


async def test_the_last_ambassador_cannot_go(node: Node) -> None:
    with pytest.raises(Conflict, match="no ambassador left"):
        await do(node, "user.erase", name="lina", now=True)
    assert (await do(node, "erasures.list")) == []


async def test_who_decided_what_stays_as_an_id_and_the_log_is_whole(node: Node) -> None:
    person = await node.look(lambda tx: store.by_name(tx, "amal"))
    assert person is not None
    await do(node, "user.erase", name="amal", now=True)
    verbs = [row["verb"] for row in await do(node, "audit.list", about=person.id)]
    assert "erase" in verbs
    assert "amal" not in str(await do(node, "audit.list"))
    assert (await do(node, "audit.verify"))["broken"] == []


async def test_her_place_goes_to_whoever_waits(node: Node) -> None:
    event = (await do(node, "event.publish", document={**EVENT, "capacity": 1, "waitlist": True}))[
        "id"
    ]
    for name in ("amal", "lina"):
        person = await node.look(partial(store.by_name, name=name))
        assert person is not None
        await takes_part(node, event, person)
    await do(node, "user.erase", name="amal", now=True)
    (left,) = await do(node, "event.rsvps", id=event)
    assert (left["name"], left["seat"]) == ("lina", "going")


async def test_a_wish_about_a_server_of_her_name_stays_when_she_is_erased(node: Node) -> None:
    await account(node, "friend.example", Role.MEMBER)
    lina = await node.look(lambda tx: store.by_name(tx, "lina"))
    assert lina is not None
    ask = partial(ask_to_suspend, host="friend.example", reason="Hetze.", by=lina.id)
    await node.act(ask)
    await do(node, "user.erase", name="friend.example", now=True)
    assert await names(node) == {"lina", "amal"}
    assert [one["target"] for one in await do(node, "decision.list")] == ["friend.example"]


async def test_the_api_erases_and_takes_back(node: Node) -> None:
    person = await node.look(lambda tx: store.by_name(tx, "amal"))
    assert person is not None
    path = f"/api/v1/users/{person.id}"
    assert (await api(node, "POST", f"{path}/erase", {}))["erased"] is None
    assert (await api(node, "POST", f"{path}/keep", {}))["kept"]
    receipt = await api(node, "POST", f"{path}/erase", {"now": True})
    assert receipt["erased"] is None
    assert await api(node, "GET", f"/api/v1/erasures/{receipt['id']}") == receipt
    assert await api(node, "GET", "/api/v1/erasures") == [receipt]
    link = {"target": node.urls.rsvp("nothing")}
    assert (await api(node, "POST", "/api/v1/erasures", link))["status"] == 404


async def api(node: Node, method: str, path: str, body: Any = None) -> Any:
    token = (await do(node, "token.create", user="lina", scope="admin"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        ClientSession() as session,
        session.request(method, f"{node.urls.origin}{path}", json=body, headers=headers) as answer,
    ):
        return json.loads(await answer.text())


async def test_the_command_prints_the_receipt_and_an_honest_sentence(tmp_path: Path) -> None:
    async with running(tmp_path / "data", at_work=False) as node:
        await account(node, "lina", Role.AMBASSADOR)
        await account(node, "amal", Role.MEMBER)
    code, out, err = await command(node, "user", "erase", "amal")
    assert (code, "72" in out or "taken" in out) == (0, True), err
    code, out, err = await command(node, "user", "erase", "amal", "--now")
    assert code == 0, err
    assert "Done here on" in out
    assert "No other server had been sent anything" in out
    assert "cannot be called back" in out
    code, out, _ = await command(node, "erasures", "verify")
    # closed, to be erased, erased
    assert (code, "3 lines, whole, 0 still" in out) == (0, True)


async def command(node: Node, *words: str) -> tuple[int, str, str]:
    inherited = {key: value for key, value in os.environ.items() if key[:7] != "JOSOOR_"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", *words),
        cwd=ROOT,
        env={**inherited, "JOSOOR_DATA": str(node.config.data)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def test_what_a_broken_off_backup_left_is_removed(tmp_path: Path) -> None:
    for name in (".backup-a", ".restore-b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "person.jsonl").write_text("amal")
    now = SystemClock().now()
    assert sweep_leftovers(tmp_path, now) == 0
    assert sweep_leftovers(tmp_path, now + timedelta(days=1)) == 2
    assert list(tmp_path.iterdir()) == []


def test_every_table_that_refers_to_a_person_is_emptied(tmp_path: Path) -> None:
    """A new table with a reference needs a word in `erasing`, or `on delete cascade`."""
    schema = sqlite3.connect(":memory:")
    for migration in read_migrations():
        for statement in migration.statements:
            schema.execute(statement)
    tables = [
        row[0] for row in schema.execute("select name from sqlite_master where type = 'table'")
    ]
    referring = {
        name
        for name in tables
        for row in schema.execute(f'pragma foreign_key_list("{name}")')
        if row[2] == "person" and row[6] != "CASCADE"
    }
    by_a_room_of_its_own = {"persona", "mail_address"}
    assert referring - by_a_room_of_its_own == {table for table, _ in erasing._HERS}
