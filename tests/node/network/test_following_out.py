"""Tests of following whatever is out there: found by all its names, and its past read once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from activitypub.names import ACTIVITY_JSON, PUBLIC
from federation.trust.history import Bounds
from node.errors import Conflict, NotFound
from node.network import actions, past_store
from node.network.backfilling import Backfiller
from node.network.model import Backfill, FollowState, ReadingState
from node.services import Node
from tests.support.nodes import do, running, until
from tests.support.served import Served, served


def reader(node: Node, bounds: Bounds | None = None) -> Backfiller:
    return Backfiller(node.look, node.act, node.fetcher, node.actors, node.clock, bounds)


async def reading(node: Node, actor: str, bounds: Bounds | None = None) -> Backfill:
    """One reading, done now."""
    held = await reader(node, bounds).read(actor)
    assert held is not None
    return held


async def followed(node: Node, there: Served, name: str | None = None) -> dict[str, Any]:
    """Our follow, let by the other side."""
    follow: dict[str, Any] = await do(node, "network.follow", actor=name or f"@{there.handle}")
    await there.accept(node.urls.inbox(node.urls.community))

    async def accepted() -> bool:
        return [each["state"] for each in await do(node, "network.following")] == ["accepted"]

    await until(accepted)
    return follow


async def timeline(node: Node) -> list[tuple[str, str]]:
    """(kind, name) of what is shown, newest first."""
    found = await do(node, "network.timeline")
    return [(each["type"], _name(each)) for each in found]


def _name(thing: dict[str, Any]) -> str:
    name = thing["name"] or thing["object"].get("content")
    return str(next(iter(name.values())) if isinstance(name, dict) else name)


SHOWN = {
    "mastodon": [("Note", "<p>Guten Abend</p>"), ("Note", "<p>Wer wir sind</p>")],
    "mobilizon": [("Event", "Sprachcafé")],
    "gancio": [("Event", "Sprachcafé")],
    "lemmy": [("Page", "Tomaten im Hof")],
    "peertube": [("Video", "Unser Hoffest")],
    "wordpress": [("Event", "Deutsch üben")],
}


@pytest.mark.parametrize("software", SHOWN)
async def test_what_was_published_before_is_shown(software: str, node: Node):
    async with served(software) as there:
        follow = await followed(node, there)
        await do_read(node, there)
        past = (await do(node, "network.following"))[0]["backfill"]

        assert (follow["id"], follow["handle"]) == (there.actor_id, there.handle)
        assert await timeline(node) == SHOWN[software]
        assert (past["state"], past["found"] >= len(SHOWN[software])) == ("done", True)


async def test_the_past_is_read_by_itself_once_the_follow_is_accepted(node: Node):
    async with served("gancio") as there:
        await followed(node, there)

        async def ended() -> Any:
            return (await do(node, "network.following"))[0]["backfill"]["ended"]

        await until(ended)
        assert await timeline(node) == SHOWN["gancio"]


@pytest.mark.parametrize("software", SHOWN)
async def test_an_actor_is_found_by_its_handle_its_address_and_its_page(software: str, node: Node):
    async with served(software) as there:
        link = f'<link rel="alternate" type="{ACTIVITY_JSON}" href="{there.actor_id}">'
        there.pages["/page"] = (f"<html><head>{link}</head>".encode(), "text/html")
        for name in (there.handle, f"acct:{there.handle}", there.actor_id, f"{there.origin}/page"):
            found = await node.discovery.find(name)
            assert found.id == there.actor_id, name
            assert await node.discovery.handle_of(found) == there.handle


async def test_a_calendar_server_is_found_by_its_front_page(node: Node):
    async with served("gancio") as there:
        there.pages["/"] = (b"<html><title>Agenda</title>", "text/html")
        assert (await node.discovery.find(f"{there.origin}/")).id == there.actor_id
        del there.pages["/.well-known/nodeinfo"]
        there.webfinger = {**(there.webfinger or {}), "aliases": [f"{there.origin}/"]}
        assert (await node.discovery.find(there.origin)).id == there.actor_id


async def test_things_of_the_past_come_in_the_order_in_which_they_were_published(node: Node):
    async with served("mastodon") as there:
        await followed(node, there)
        await do_read(node, there)
        found = await do(node, "network.timeline")
        assert [each["received"][:10] for each in found] == ["2026-05-01", "2025-01-01"]


async def do_read(node: Node, there: Served) -> dict[str, Any]:
    """The past, read by command; the errand of the node may be at it already."""

    async def read() -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = await do(node, "network.backfill", actor=there.handle)
        except Conflict:
            return None
        return found

    answer: dict[str, Any] = await until(read)
    return answer


async def test_the_past_is_read_again_when_asked_and_keeps_nothing_twice(node: Node):
    async with served("gancio") as there:
        await followed(node, there)
        await do_read(node, there)
        again = await do_read(node, there)
        assert (again["backfill"]["found"], again["backfill"]["kept"]) == (1, 0)
        assert len(await timeline(node)) == 1


async def test_nobody_is_read_who_is_not_followed_or_has_not_answered(node: Node):
    async with served("gancio") as there:
        with pytest.raises(NotFound):
            await do(node, "network.backfill", actor=there.handle)
        await do(node, "network.follow", actor=there.handle)
        with pytest.raises(Conflict):
            await do(node, "network.backfill", actor=there.handle)
        assert not [path for path in there.hits if "outbox" in path]


async def test_a_reading_that_was_broken_off_is_done_after_a_restart(tmp_path: Path):
    async with served("gancio") as there, running(tmp_path, at_work=False) as node:
        actor = await node.discovery.find(there.handle)
        await accepted_quietly(node, there)
        # a process that took it in hand and died
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        await node.act(lambda context: past_store.claim(context.tx, actor.id, long_ago))
        assert await reader(node).step()
        held = await node.look(lambda tx: past_store.find(tx, actor.id))
        assert held is not None
        assert (held.state, held.kept, held.attempts) == (ReadingState.DONE, 1, 2)
        assert not await reader(node).step()


async def test_a_server_in_trouble_is_tried_again_later_and_then_given_up(tmp_path: Path):
    async with served("gancio") as there, running(tmp_path, at_work=False) as node:
        actor = await accepted_quietly(node, there)
        there.statuses["/federation/u/relay/outbox"] = 503
        first = await reading(node, actor)
        assert (first.state, first.outcome) == (ReadingState.WAITING, "peer-trouble")
        assert not await reader(node).step()
        await reader(node).read(actor)
        last = await reading(node, actor)
        assert (last.state, last.attempts) == (ReadingState.FAILED, 3)


async def accepted_quietly(node: Node, there: Served) -> str:
    """The actor, followed without a word over the network."""
    actor = await node.discovery.find(there.handle)
    await node.act(lambda context: actions.follow(context, actor))
    await node.act(lambda context: actions.answered(context, actor.id, None, FollowState.ACCEPTED))
    return actor.id


def many_events(there: Served, number: int, **more: Any) -> None:
    """An outbox of so many pages with one event each, and one page more than there is."""
    outbox = "/federation/u/relay/outbox"
    for n in range(number):
        event = {
            "id": f"{there.origin}/federation/m/{n + 100}",
            "type": "Event",
            "name": f"Nummer {n}",
            "attributedTo": there.actor_id,
            "to": [PUBLIC],
            "startTime": "2031-05-01T18:00:00Z",
            "published": f"2026-04-{n + 1:02}T10:00:00Z",
            **more,
        }
        page = {
            "id": f"{there.origin}{outbox}?page={n + 1}",
            "type": "OrderedCollectionPage",
            "next": f"{there.origin}{outbox}?page={n + 2}",
            "orderedItems": [{"type": "Create", "id": f"{event['id']}#c", "object": event}],
        }
        there.put(f"{outbox}?page={n + 1}", page)


async def test_no_more_is_read_than_the_bounds_allow(tmp_path: Path):
    async with served("gancio") as there, running(tmp_path, at_work=False) as node:
        actor = await accepted_quietly(node, there)
        many_events(there, 20)
        held = await reading(node, actor, Bounds(pages=5))
        assert (held.outcome, held.kept) == ("bounds", 4)
        held = await again(node, actor, Bounds(items=7))
        assert (held.outcome, held.found) == ("bounds", 7)
        held = await again(node, actor, Bounds(octets=2000))
        assert held.outcome == "bounds"
        assert sum(there.hits.values()) < 60


async def again(node: Node, actor: str, bounds: Bounds) -> Any:
    await node.act(lambda context: past_store.ask(context.tx, actor, context.now))
    return await reading(node, actor, bounds)


@pytest.mark.parametrize(
    "more",
    [
        {"to": ["https://gancio.example/federation/u/relay/followers"]},
        {"attributedTo": "https://victim.example/u/anna"},
        {"type": "Person"},
        {"type": "Note", "inReplyTo": "https://victim.example/n/1"},
        {"id": "https://victim.example/m/1"},
    ],
)
async def test_what_is_not_public_or_not_its_own_word_is_left_out(
    more: dict[str, Any], tmp_path: Path
):
    async with served("gancio") as there, running(tmp_path, at_work=False) as node:
        actor = await accepted_quietly(node, there)
        many_events(there, 1, **more)
        held = await reading(node, actor)
        assert (held.state, held.kept) == (ReadingState.DONE, 0)


async def test_collections_on_other_servers_are_not_read(tmp_path: Path):
    async with (
        served("gancio") as there,
        served("mobilizon") as victim,
        running(tmp_path, at_work=False) as node,
    ):
        actor = await accepted_quietly(node, there)
        path = "/federation/u/relay/outbox"
        elsewhere = f"{victim.origin}/@integration_wien/outbox?page=1"
        there.put(
            path,
            {"id": there.origin + path, "type": "OrderedCollection", "first": elsewhere},
        )
        await reader(node).read(actor)
        assert not victim.hits


async def test_one_other_host_is_asked_for_a_few_things_only(tmp_path: Path):
    async with (
        served("gancio") as there,
        served("mobilizon") as victim,
        running(tmp_path, at_work=False) as node,
    ):
        actor = await accepted_quietly(node, there)
        path = "/federation/u/relay/outbox"
        shares = [
            {
                "type": "Announce",
                "id": f"{there.origin}/a/{n}",
                "object": f"{victim.origin}/events/{n}",
            }
            for n in range(30)
        ]
        there.put(
            path,
            {"id": there.origin + path, "type": "OrderedCollection", "orderedItems": shares},
        )
        await reader(node).read(actor)
        assert sum(victim.hits.values()) == Bounds().foreign


async def test_who_is_followed_no_more_is_not_read(tmp_path: Path):
    async with served("gancio") as there, running(tmp_path, at_work=False) as node:
        actor = await accepted_quietly(node, there)
        await do(node, "network.unfollow", actor=there.handle)
        await node.act(lambda context: past_store.ask(context.tx, actor, context.now))
        assert await reader(node).read(actor) is None
        assert await node.look(lambda tx: past_store.find(tx, actor)) is None
