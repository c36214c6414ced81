"""Who takes part, for the organisers: by operation, by API and by command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from node.cli import main
from node.context import Context
from node.errors import NotFound
from node.rsvp import actions
from node.rsvp.model import Answer, Door, NotPossible
from node.services import Node
from tests.support.nodes import EVENT, do, running

Json = dict[str, Any]


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


async def asked(node: Node, **changes: Any) -> tuple[str, list[Json]]:
    """An event for which two people have asked, and both of them."""
    document = {**EVENT, "join": "restricted", **changes}
    event = str((await do(node, "event.publish", document=document))["id"])
    short = event.rsplit("/", 1)[-1]

    async def work(context: Context) -> None:
        for name in ("Samira", "Anna"):
            await actions.answer(
                context,
                short,
                party=f"web:{name}",
                answer=Answer.YES,
                door=Door.WEB,
                at=context.now,
                name=name,
            )

    await node.act(work)
    return event, await do(node, "event.rsvps", id=event)


async def call(node: Node, scope: str, method: str, path: str, **more: Any) -> tuple[int, Any]:
    people = await do(node, "user.list")
    if not people:
        await do(node, "user.create", name="lena", role="ambassador")
    token = (await do(node, "token.create", user="lena", scope=scope))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"{node.urls.origin}{path}", **more) as answer,
    ):
        return answer.status, await answer.json()


async def test_the_list_says_who_by_which_door_and_where_she_sits(wien: Node) -> None:
    event, (first, second) = await asked(wien)
    assert first["id"] == f"{event}#{first['short_id']}"
    told = [(one["name"], one["door"], one["seat"], one["place"]) for one in (first, second)]
    assert told == [("Samira", "web", "asked", 1), ("Anna", "web", "asked", 2)]
    assert "party" not in first


async def test_the_api_lists_approves_and_refuses(wien: Node) -> None:
    event, (first, second) = await asked(wien)
    path = f"/api/v1/events/{event.rsplit('/', 1)[-1]}/rsvps"
    status, found = await call(wien, "write", "GET", path)
    assert (status, [one["name"] for one in found]) == (200, ["Samira", "Anna"])
    status, found = await call(wien, "write", "POST", f"{path}/{first['short_id']}/approve")
    assert (status, found["seat"]) == (200, "going")
    refuse = f"{path}/{second['short_id']}/refuse"
    status, found = await call(wien, "write", "POST", refuse, json={"reason": "Voll"})
    assert (status, found["seat"], found["reason"]) == (200, "refused", "Voll")
    status, found = await call(wien, "write", "POST", refuse, json={"why": "Voll"})
    assert (status, list(found["errors"])) == (422, ["why"])


async def test_who_may_only_read_does_not_see_the_guests(wien: Node) -> None:
    event, _ = await asked(wien)
    path = f"/api/v1/events/{event.rsplit('/', 1)[-1]}/rsvps"
    status, _ = await call(wien, "read", "GET", path)
    assert status == 403


async def test_a_guest_is_found_only_under_her_own_event(wien: Node) -> None:
    _, (first, _) = await asked(wien)
    other, _ = await asked(wien)
    with pytest.raises(NotFound):
        await do(wien, "event.rsvp.approve", id=other, participation=first["short_id"])
    with pytest.raises(NotFound):
        await do(wien, "event.rsvps", id="0" * 26)


async def test_nobody_is_approved_beyond_the_places(wien: Node) -> None:
    event, (first, second) = await asked(wien, capacity=1, waitlist=False)
    await do(wien, "event.rsvp.approve", id=event, participation=first["id"])
    with pytest.raises(NotPossible) as refused:
        await do(wien, "event.rsvp.approve", id=event, participation=second["id"])
    assert refused.value.reason == "full"


async def test_the_command_shows_and_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path / "wien", at_work=False) as wien:
        event, (first, second) = await asked(wien)
        settings = {"JOSOOR_DATA": wien.config.data, "JOSOOR_ORIGIN": wien.urls.origin}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))

    def josoor(*words: str) -> tuple[int, str]:
        ran = CliRunner().invoke(main, ["event", "rsvps", event, *words])
        return ran.exit_code, ran.output

    code, shown = await asyncio.to_thread(josoor, "--json")
    assert (code, [one["id"] for one in json.loads(shown)]) == (0, [first["id"], second["id"]])
    code, shown = await asyncio.to_thread(josoor, "--approve", first["short_id"])
    assert (code, "going" in shown) == (0, True)
    code, shown = await asyncio.to_thread(josoor, "--refuse", second["id"], "--reason", "Voll")
    assert (code, "refused" in shown) == (0, True)
    code, shown = await asyncio.to_thread(josoor)
    assert code == 0
    assert ["Samira" in line for line in shown.splitlines()] == [False, True, False]
    assert (await asyncio.to_thread(josoor, "--reason", "Voll"))[0] == 2
