"""Saying "not now" in time, to whom it concerns, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.counting import OTHER, Counters
from federation.errors import BudgetSpent
from federation.inward.answer import Answer
from federation.inward.inbox import Inbox
from federation.inward.pressure import Limits, Pressure
from federation.inward.replay import LIFE, Replays, mark_of
from federation.memory import FakeClock, MemoryInbox
from federation.network.budget import Allowance, Buckets, Rate, fetch_buckets
from federation.policy import Everyone
from federation.ports import Receipt, Received
from keys.message import Request
from tests.support.stranger import INBOX, OTHER_KEY, OURS, Inward, Stranger, post, signed

HERE = "192.0.2.1"


@pytest.fixture
def stranger(stranger: Stranger) -> Stranger:
    """On whose server Anna lives."""
    stranger.actor()
    return stranger


def like(stranger: Stranger, number: int, **more: Any) -> dict[str, Any]:
    me = f"{stranger.origin}/anna"
    return {"id": f"{me}/{number}", "type": "Like", "actor": me, "object": f"{OURS}/e/1", **more}


def inbox(node: Inward, **limits: Any) -> Inbox:
    return Inbox(
        node.authenticator, node.log, Everyone(), node.clock,
        counters=Counters(), limits=Limits(**limits),
    )  # fmt: skip


def request(node: Inward, stranger: Stranger, number: int, **more: Any) -> Request:
    key = more.pop("key", None)
    unsigned = post(like(stranger, number, **more))
    key_id = f"{stranger.origin}/anna#main-key"
    return (
        signed(unsigned, key_id, node.clock, key) if key else signed(unsigned, key_id, node.clock)
    )


async def tell(door: Inbox, request: Request) -> Answer:
    """As the door of the node does it: the head first."""
    refusal = await door.admit(request, address=HERE, length=len(request.body))
    return refusal or await door.receive(request, INBOX, address=HERE)


async def test_a11_the_same_request_again_is_thanked_for_and_neither_proven_nor_kept_again(
    node: Inward, stranger: Stranger
) -> None:
    door, once = inbox(node), request(node, stranger, 1)
    assert (await tell(door, once)).receipt is Receipt.KEPT
    await node.actors._cache.forget(f"{stranger.origin}/anna")
    stranger.pages.clear()
    again = await tell(door, once)
    assert (again.status, again.reason) == (202, "replayed")
    assert len(node.log._arrivals) == 1


async def test_a12_the_same_request_at_another_inbox_is_no_repetition(
    node: Inward, stranger: Stranger
) -> None:
    door, once = inbox(node), request(node, stranger, 1)
    await tell(door, once)
    elsewhere = replace(once, url=f"{OURS}/c/other/inbox")
    assert (await door.receive(elsewhere, elsewhere.url)).status == 401


async def test_what_was_not_believed_is_not_remembered(node: Inward, stranger: Stranger) -> None:
    door, forged = inbox(node), request(node, stranger, 1, key=OTHER_KEY)
    assert [(await tell(door, forged)).status for _ in range(2)] == [401, 401]


def test_replays_are_forgotten_in_time_and_when_there_are_too_many() -> None:
    clock = FakeClock()
    replays = Replays(clock, most=2)
    marks = [mark_of(Request(method="POST", url=f"https://a.test/{n}"), "") for n in range(3)]
    for mark in marks:
        replays.remember(mark)
    assert [replays.seen(mark) for mark in marks] == [False, True, True]
    clock.advance(LIFE)
    assert not replays.seen(marks[2])


async def test_g16_many_forgeries_from_one_place_are_refused_unread_and_cost_no_verification(
    node: Inward, stranger: Stranger
) -> None:
    door = inbox(node)
    answers = [await tell(door, request(node, stranger, n, key=OTHER_KEY)) for n in range(40)]
    assert [answer.status for answer in answers] == [401] * 30 + [429] * 10
    assert answers[-1].reason == "too-often-in-vain"
    assert answers[-1].retry_after == 10
    real = request(node, stranger, 99)
    other = await door.admit(real, address="192.0.2.9", length=9)
    assert other is None, "whose name was abused is heard from where it really is"
    node.clock.advance(timedelta(seconds=10))
    assert await door.admit(real, address=HERE, length=9) is None


async def test_g16_whoever_invents_a_host_each_time_is_refused_by_address(
    node: Inward,
) -> None:
    door = inbox(node)
    for number in range(300):
        unsigned = post({"type": "Like"}, Signature=f'keyId="https://h{number}.test/a",')
        assert (await tell(door, unsigned)).status == 400
    last = post({"type": "Like"}, Signature='keyId="https://new.test/a",')
    assert (await tell(door, last)).status == 429


async def test_one_host_is_taken_in_at_its_rate(node: Inward, stranger: Stranger) -> None:
    door = inbox(node, believed=Rate(burst=3, per_second=0.5))
    answers = [await tell(door, request(node, stranger, n)) for n in range(5)]
    assert [answer.status for answer in answers] == [202, 202, 202, 429, 429]
    assert answers[-1] == Answer(status=429, reason="too-many-requests", retry_after=2)
    node.clock.advance(timedelta(seconds=2))
    assert (await tell(door, request(node, stranger, 9))).status == 202


async def test_a_host_with_too_many_waiting_is_told_to_come_back(
    node: Inward, stranger: Stranger
) -> None:
    door = inbox(node, waiting_per_host=3)
    answers = [await tell(door, request(node, stranger, n)) for n in range(4)]
    assert [answer.status for answer in answers] == [202, 202, 202, 429]
    assert answers[-1].reason == "host-backlog"


async def test_when_too_much_waits_in_all_only_friends_are_taken_in(
    node: Inward, stranger: Stranger
) -> None:
    for number in range(5):
        await node.log.add(_waiting(node, number))
    door = inbox(node, waiting=5)
    full = await tell(door, request(node, stranger, 1))
    assert (full.status, full.reason, full.retry_after) == (503, "backlog", 60)
    node.log.friendly = frozenset({stranger.host})
    node.clock.advance(timedelta(minutes=1))
    assert (await tell(door, request(node, stranger, 2))).status == 202
    node.log.friendly = frozenset()
    node.clock.advance(timedelta(minutes=1))
    assert (await tell(door, request(node, stranger, 3))).status == 503
    for sequence in range(1, 7):
        await node.log.done(sequence, outcome="handled", now=node.clock.now())
    node.clock.advance(timedelta(seconds=2))
    assert (await tell(door, request(node, stranger, 4))).status == 202


def _waiting(node: Inward, number: int) -> Received:
    return Received(
        activity_id=f"https://b.test/{number}", digest=str(number), sender="https://b.test/b",
        host="b.test", kind="Like", object_id=None, inbox=INBOX, body=b"{}",
        received_at=node.clock.now(),
    )  # fmt: skip


async def test_while_too_many_wait_for_the_disk_nothing_more_is_read() -> None:
    pressure = Pressure(MemoryInbox(), FakeClock(), Limits(keeping=2))
    with pressure.keeping(), pressure.keeping():
        assert pressure.refusal(HERE, "a.test") == Answer(status=503, reason="busy", retry_after=30)
    assert pressure.refusal(HERE, "a.test") is None


async def test_while_the_loop_stays_late_nothing_more_is_read(
    node: Inward, stranger: Stranger
) -> None:
    door = inbox(node)
    for _ in range(10):
        door.note_lag(0.5)
    assert (await tell(door, request(node, stranger, 1))).status == 503
    for _ in range(10):
        door.note_lag(0.01)
    assert (await tell(door, request(node, stranger, 1))).status == 202


async def test_one_late_moment_turns_nobody_away(node: Inward, stranger: Stranger) -> None:
    door = inbox(node)
    door.note_lag(1.0)
    assert (await tell(door, request(node, stranger, 1))).status == 202


async def test_one_address_has_only_so_much_under_way() -> None:
    pressure = Pressure(MemoryInbox(), FakeClock(), Limits(under_way_per_address=1))
    with pressure.under_way(HERE):
        refusal = pressure.refusal(HERE, "a.test")
        assert refusal is not None
        assert refusal.status == 429
        assert pressure.refusal("192.0.2.2", "a.test") is None
    assert pressure.refusal(HERE, "a.test") is None


async def test_every_refusal_is_counted_by_its_reason(node: Inward, stranger: Stranger) -> None:
    counters = Counters()
    door = Inbox(node.authenticator, node.log, Everyone(), node.clock, counters=counters)
    for _ in range(2):
        await tell(door, post(like(stranger, 1)))
    await tell(door, request(node, stranger, 1))
    assert counters.snapshot() == {"inbox": {"signature-missing": 2}}


def test_reasons_that_nobody_foresaw_do_not_grow_without_end() -> None:
    counters = Counters()
    for number in range(300):
        counters.count("inbox", f"reason-{number}")
    counts = counters.snapshot()["inbox"]
    assert len(counts) == 201
    assert counts[OTHER] == 100


async def test_who_is_believed_is_known_to_be_alive_once_a_minute(
    node: Inward, stranger: Stranger
) -> None:
    heard = []

    async def heard_from(host: str, now: object) -> None:
        heard.append(host)
        raise OSError

    door = Inbox(node.authenticator, node.log, Everyone(), node.clock, heard_from=heard_from)
    for number in range(3):
        assert (await tell(door, request(node, stranger, number))).status == 202
    assert heard == [stranger.host]
    node.clock.advance(timedelta(minutes=1))
    await tell(door, request(node, stranger, 9))
    assert len(heard) == 2


class Origin:
    async def document(self, url: str) -> dict[str, Any]:
        return {"id": url}


async def test_g08_one_activity_causes_twenty_fetches_at_most() -> None:
    allowance = Allowance(Origin(), fetch_buckets(FakeClock()), "a.test")
    for number in range(20):
        await allowance.document(f"https://b.test/{number}")
    with pytest.raises(BudgetSpent):
        await allowance.document("https://b.test/21")


async def test_g08_one_host_causes_sixty_fetches_a_minute_and_the_next_host_its_own() -> None:
    clock = FakeClock()
    hosts = fetch_buckets(clock)
    for number in range(60):
        await Allowance(Origin(), hosts, "a.test").document(f"https://b.test/{number}")
    with pytest.raises(BudgetSpent):
        await Allowance(Origin(), hosts, "a.test").document("https://b.test/x")
    await Allowance(Origin(), hosts, "c.test").document("https://b.test/x")
    clock.advance(timedelta(seconds=1))
    await Allowance(Origin(), hosts, "a.test").document("https://b.test/x")


def test_a_clock_that_is_set_back_neither_fills_nor_empties_a_bucket() -> None:
    clock = FakeClock()
    buckets = Buckets(Rate(burst=2, per_second=1), clock)
    buckets.take("a")
    clock.advance(timedelta(hours=-2))
    assert buckets.take("a")
    assert not buckets.take("a")
