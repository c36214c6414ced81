"""Five hundred answers through four doors at once: exactly as many come as there are places."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp

from node.rsvp import poll_store
from node.services import Node
from tests.support.neighbours import Json, Neighbour, neighbour
from tests.support.nodes import EVENT, do, running, until

PLACES, OF_EACH, AT_ONCE = 30, 125, 24
RUSH = {**EVENT, "capacity": PLACES, "waitlist": True, "poll": True}


async def all_at_once(send: Callable[[int], Awaitable[Any]]) -> list[Any]:
    """What each of the guests of one door got; so many knock at a time."""
    door = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Any:
        async with door:
            return await send(number)

    return await asyncio.gather(*(one(number) for number in range(OF_EACH)))


async def by_web(node: Node, event: str) -> list[str]:
    """What each guest reads on her page."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def send(number: int) -> str:
            form = {"ticket": secrets.token_urlsafe(24), "answer": "yes", "name": f"Web {number}"}
            headers = {"Origin": node.urls.origin, "Accept": "text/html", "Accept-Language": "en"}
            async with session.post(f"{event}/rsvp", data=form, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
                return await answer.text()

        return await all_at_once(send)


async def by_activity(node: Node, server: Neighbour, activity: Callable[[str], Json]) -> list[str]:
    """The actors whose signed activities were taken."""
    inbox = node.urls.inbox(node.urls.community)

    async def send(number: int) -> str:
        actor = server.actor(f"p{number}/guest")
        await server.insists(inbox, activity(actor))
        return actor

    return await all_at_once(send)


def join(server: Neighbour, event: str) -> Callable[[str], Json]:
    return lambda actor: server.activity("Join", actor, event)


def vote(server: Neighbour, poll: str, option: str, node: Node) -> Callable[[str], Json]:
    def ballot(actor: str) -> Json:
        note = {"name": option, "inReplyTo": poll}
        return _note(server, actor, node, note)

    return ballot


def reply(server: Neighbour, event: str, node: Node) -> Callable[[str], Json]:
    def said(actor: str) -> Json:
        return _note(server, actor, node, {"content": "<p>Ja!</p>", "inReplyTo": event})

    return said


def _note(server: Neighbour, actor: str, node: Node, more: Json) -> Json:
    to = [node.urls.community]
    note = {"id": server.new_id(), "type": "Note", "attributedTo": actor, "to": to, **more}
    return server.activity("Create", actor, note, to=to)


def answers(server: Neighbour, kinds: set[str]) -> Counter[str]:
    """How many answers came to each guest's inbox."""
    return Counter(
        each.path
        for each in server.arrivals
        if each.path.endswith("/guest/inbox") and each.document["type"] in kinds
    )


async def test_thirty_come_the_others_wait_in_order_and_each_is_told_once(tmp_path: Path) -> None:
    async with (
        running(tmp_path / "wien") as wien,
        neighbour() as mobilizon,
        neighbour() as mastodon,
        neighbour() as gotosocial,
    ):
        event = str((await do(wien, "event.publish", document=RUSH))["id"])
        poll = await wien.look(lambda tx: poll_store.of_event(tx, event.rsplit("/", 1)[-1]))
        assert poll is not None
        option = poll.options[0]
        pages, *_ = await asyncio.gather(
            by_web(wien, event),
            by_activity(wien, mobilizon, join(mobilizon, event)),
            by_activity(wien, mastodon, vote(mastodon, wien.urls.poll(poll.id), option, wien)),
            by_activity(wien, gotosocial, reply(gotosocial, event, wien)),
        )

        async def everybody() -> list[Json]:
            found: list[Json] = await do(wien, "event.rsvps", id=event)
            return found if len(found) == 4 * OF_EACH else []

        guests = await until(everybody)
        check_seats(guests)
        check_pages(pages, guests)
        await until(lambda: nothing_waits(wien), 30)
        check_told(mobilizon, mastodon, gotosocial)
        await check_promotion(wien, event, guests)


async def nothing_waits(node: Node) -> bool:
    return not (await do(node, "status"))["waiting"]


def check_seats(guests: list[Json]) -> None:
    assert [one["place"] for one in guests] == list(range(1, 4 * OF_EACH + 1))
    seats = [one["seat"] for one in guests]
    assert seats == ["going"] * PLACES + ["waiting"] * (4 * OF_EACH - PLACES)
    assert Counter(one["door"] for one in guests) == dict.fromkeys(
        ("web", "join", "poll", "reply"), OF_EACH
    )
    assert [one["since"] for one in guests] == sorted(one["since"] for one in guests)


def check_pages(pages: list[str], guests: list[Json]) -> None:
    """Each was told at once where she stands; numbers of those who wait are told only once."""
    seated = sum("You have a place." in page for page in pages)
    numbers = [int(found[1]) for page in pages if (found := _NUMBER.search(page))]
    going = sum(one["door"] == "web" and one["seat"] == "going" for one in guests)
    assert (seated, len(numbers)) == (going, OF_EACH - going)
    assert len(set(numbers)) == len(numbers)


_NUMBER = re.compile(r"You are number (\d+) on the waiting list")


def check_told(mobilizon: Neighbour, mastodon: Neighbour, gotosocial: Neighbour) -> None:
    for server in (mobilizon, mastodon, gotosocial):
        told = answers(server, {"Accept", "Reject", "Create"})
        assert len(told) == OF_EACH
        assert set(told.values()) == {1}


async def check_promotion(node: Node, event: str, guests: list[Json]) -> None:
    """The next three in line get the places of three who are refused."""
    for one in guests[:3]:
        await do(node, "event.rsvp.refuse", id=event, participation=one["id"])
    seats = [one["seat"] for one in await do(node, "event.rsvps", id=event)]
    assert seats[: PLACES + 4] == ["refused"] * 3 + ["going"] * PLACES + ["waiting"]
