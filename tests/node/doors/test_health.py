"""Tests of what a watcher or a proxy asks: whether the node lives, and whether it is ready."""

from __future__ import annotations

import asyncio

from tests.support.guests import Guest


async def test_health_is_told_whatever_the_host(guest: Guest):
    for path in ("/healthz", "/readyz"):
        assert (await guest.get(path, Host="10.0.0.7")).status == 200


async def test_a_node_whose_courier_has_ended_is_not_ready_and_says_when_to_ask_again(guest: Guest):
    async def end() -> None:
        """A worker that has ended."""

    ended = asyncio.create_task(end())
    await ended
    guest.node.workers.append(ended)
    answer = await guest.get("/readyz")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    guest.node.workers.remove(ended)
