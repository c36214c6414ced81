"""The outbox: an activity and its deliveries together, and erasure that overtakes."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from federation.outbox import ACTOR_UPDATE, erase
from federation.ports import Destination, OutboxLog, Outgoing
from tests.support.outbox_logs import (
    ACTOR,
    EVENT,
    NOW,
    Logs,
    activity,
    claim,
    inboxes,
    post,
    to,
)


async def _erase(logs: Logs, destinations: list[Destination]) -> Outgoing:
    async def work(log: OutboxLog) -> Outgoing:
        document = activity("delete", "Delete")
        return await erase(log, document, object_id=EVENT, destinations=destinations, now=NOW)

    return await logs.within(work)


async def test_every_distinct_inbox_gets_one_delivery_with_the_same_bytes(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in", "b.test/in", "a.test/in"))
    claimed = await claim(logs)
    assert inboxes(claimed) == ["a.test/in", "b.test/in"]
    assert {each.body for each in claimed} == {orjson.dumps(activity("1"))}


async def test_what_was_put_comes_back_as_it_was(logs: Logs) -> None:
    outgoing = await post(logs, "1", to("a.test/in"))
    (claimed,) = await claim(logs, now=NOW + timedelta(seconds=5))
    assert (claimed.activity_id, claimed.actor, claimed.kind) == (outgoing.id, ACTOR, "Create")
    assert (claimed.host, claimed.attempts, claimed.created) == ("a.test", 1, NOW)
    assert claimed.first_attempt_at == NOW + timedelta(seconds=5)


async def test_a_transaction_that_fails_leaves_nothing(logs: Logs) -> None:
    async def work(log: OutboxLog) -> None:
        await log.add(_outgoing("1"), to("a.test/in"))
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        await logs.within(work)
    assert await claim(logs) == []


async def test_an_activity_for_nobody_is_kept_without_deliveries(logs: Logs) -> None:
    await post(logs, "1", [])
    assert await logs.deliveries.next_due() is None


@pytest.mark.parametrize("missing", ["id", "type", "actor"])
async def test_an_activity_without_id_type_or_actor_is_refused(logs: Logs, missing: str) -> None:
    document = activity("1")
    del document[missing]

    async def work(log: OutboxLog) -> None:
        await erase(log, document, object_id=EVENT, destinations=[], now=NOW)

    with pytest.raises(ValueError, match=missing):
        await logs.within(work)


async def test_an_update_of_the_actor_itself_is_marked_for_a_long_hold(logs: Logs) -> None:
    outgoing = await post(logs, "1", to("a.test/in"), kind="Update", object_id=ACTOR)
    assert outgoing.kind == ACTOR_UPDATE
    other = await post(logs, "2", to("a.test/in"), kind="Update")
    assert other.kind == "Update"


async def test_a_delete_cancels_what_was_never_attempted(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in", "b.test/in"))
    await _erase(logs, [])
    assert await claim(logs) == []


async def test_a_delete_goes_wherever_an_attempt_was_begun(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in", "b.test/in"))
    (begun,) = await claim(logs, limit=1)
    await _erase(logs, [])
    assert await claim(logs) == [], "the Delete waits for the attempt that is under way"
    await logs.deliveries.delivered(begun.sequence, lease="me", now=NOW)
    (delete,) = await claim(logs)
    assert (delete.kind, delete.inbox) == ("Delete", begun.inbox)


async def test_a_delete_goes_to_present_followers_too_but_once(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    (begun,) = await claim(logs)
    await logs.deliveries.delivered(begun.sequence, lease="me", now=NOW)
    await _erase(logs, to("a.test/in", "c.test/in"))
    assert inboxes(await claim(logs)) == ["a.test/in", "c.test/in"]


async def test_a_delete_leaves_other_objects_alone(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"), object_id="https://wien.test/e/2")
    await _erase(logs, [])
    assert len(await claim(logs)) == 1


async def test_cancel_to_withdraws_what_one_actor_has_for_one_inbox(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in", "b.test/in"))
    await post(logs, "2", to("a.test/in"), object_id="https://wien.test/e/2")

    async def work(log: OutboxLog) -> tuple[int, int]:
        stranger = await log.cancel_to("https://wien.test/other", "https://a.test/in")
        return stranger, await log.cancel_to(ACTOR, "https://a.test/in")

    assert await logs.within(work) == (0, 2)
    assert inboxes(await claim(logs)) == ["b.test/in"]


def _outgoing(name: str) -> Outgoing:
    return Outgoing(
        id=f"https://wien.test/a/{name}",
        actor=ACTOR,
        kind="Create",
        object_id=EVENT,
        body=b"{}",
        created=NOW,
    )
