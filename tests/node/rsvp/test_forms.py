"""The answers of Mobilizon, Friendica and Hubzilla in the very forms that these send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.services import Node
from tests.node.rsvp.peers import Json, fixture, person
from tests.support.neighbours import Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


async def published(node: Node) -> str:
    return str((await do(node, "event.publish", document=EVENT))["id"])


async def send(node: Node, there: Neighbour, form: str, event: str, undone: str = "") -> Json:
    """The activity of this form, once it was heard."""
    activity = fixture(form, there, person(there, "anna"), node)
    inner = activity["object"]
    activity["object"] = {**inner, "id": undone, "object": event} if undone else event
    await there.insists(node.urls.inbox(node.urls.community), activity)
    assert await outcome(node, activity["id"]) == "done"
    return activity


async def seats(node: Node, event: str) -> list[tuple[str, str]]:
    return [(one["door"], one["seat"]) for one in await do(node, "event.rsvps", id=event)]


async def test_mobilizon_joins_and_leaves(wien: Node, there: Neighbour) -> None:
    event = await published(wien)
    await send(wien, there, "mobilizon/join", event)
    assert await seats(wien, event) == [("join", "going")]
    await send(wien, there, "mobilizon/leave", event)
    assert await seats(wien, event) == [("join", "left")]


@pytest.mark.parametrize("software", ["friendica", "hubzilla"])
async def test_attending_maybe_and_not_attending(
    wien: Node, there: Neighbour, software: str
) -> None:
    event = await published(wien)
    for form, seat in (("accept", "going"), ("tentative_accept", "maybe"), ("reject", "declined")):
        await send(wien, there, f"{software}/{form}_event", event)
        assert await seats(wien, event) == [("friendica", seat)]


async def test_friendica_takes_its_answer_back(wien: Node, there: Neighbour) -> None:
    event = await published(wien)
    accept = await send(wien, there, "friendica/accept_event", event)
    await send(wien, there, "friendica/undo_accept_event", event, accept["id"])
    assert await seats(wien, event) == [("friendica", "left")]
