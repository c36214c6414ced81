"""The outbox: an activity and its deliveries together, and erasure that overtakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import orjson
import pytest

from federation.outward.outbox import ACTOR_UPDATE, erase, put
from federation.ports import Delivery, Destination, OutboxLog, Outgoing
from tests.support.outbox_logs import (
    ACTOR,
    ALIVE,
    EVENT,
    NOW,
    Logs,
    activity,
    claim,
    inboxes,
    post,
    prove,
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


def _kinds(deliveries: Sequence[Delivery]) -> list[str]:
    return sorted(f"{each.host} {each.kind}" for each in deliveries)


async def _say(logs: Logs, name: str, kind: str, about: object, *hosts: str) -> Outgoing:
    """One activity with an object of its own, in the lane of the event."""

    async def work(log: OutboxLog) -> Outgoing:
        document = {**activity(name, kind), "object": about}
        destinations = to(*(f"{host}/in" for host in hosts))
        return await put(log, document, object_id=EVENT, destinations=destinations, now=NOW)

    return await logs.within(work)


async def test_of_several_updates_never_tried_the_last_one_goes(logs: Logs) -> None:
    for number in range(3):
        await _say(logs, f"u{number}", "Update", {"id": EVENT, "name": number}, "a.test")
    (only,) = await claim(logs)
    assert orjson.loads(only.body)["object"]["name"] == 2


async def test_a_create_never_tried_goes_with_the_newest_object_under_its_own_id(
    logs: Logs,
) -> None:
    create = await _say(logs, "c", "Create", {"id": EVENT, "name": 0}, "a.test", "b.test")
    (tried,) = await claim(logs, limit=1)
    for number in (1, 2):
        about = {"id": EVENT, "name": number}
        await _say(logs, f"u{number}", "Update", about, "a.test", "b.test")
    (other,) = await claim(logs)
    assert (other.activity_id, other.kind) == (create.id, "Create")
    assert orjson.loads(other.body) == {**activity("c"), "object": {"id": EVENT, "name": 2}}
    await logs.deliveries.delivered(tried.sequence, lease="me", now=NOW)
    await logs.deliveries.delivered(other.sequence, lease="me", now=NOW)
    (update,) = await claim(logs)
    assert (update.host, update.kind) == (tried.host, "Update")
    assert orjson.loads(tried.body)["object"]["name"] == 0, "what was tried never changes"


async def test_a_create_that_carries_a_proof_is_left_as_it_is(logs: Logs) -> None:
    async def work(log: OutboxLog) -> None:
        document = {**activity("c"), "proof": {"type": "DataIntegrityProof"}}
        await put(log, document, object_id=EVENT, destinations=to("a.test/in"), now=NOW)

    await logs.within(work)
    await _say(logs, "u", "Update", {"id": EVENT}, "a.test")
    (create,) = await claim(logs)
    assert orjson.loads(create.body)["proof"]
    await logs.deliveries.delivered(create.sequence, lease="me", now=NOW)
    assert _kinds(await claim(logs)) == ["a.test Update"]


async def test_an_update_of_another_object_in_the_lane_merges_with_nothing(logs: Logs) -> None:
    await _say(logs, "c", "Create", {"id": EVENT}, "a.test")
    await _say(logs, "n", "Update", {"id": "https://wien.test/n/1"}, "a.test")
    (create,) = await claim(logs)
    assert orjson.loads(create.body)["object"] == {"id": EVENT}


@pytest.mark.parametrize("kind", ["Follow", "Like", "Announce"])
async def test_what_is_undone_before_it_was_tried_was_never_said(logs: Logs, kind: str) -> None:
    said = await _say(logs, "f", kind, "https://a.test/u", "a.test", "b.test")
    (tried,) = await claim(logs, limit=1)
    await _say(logs, "u", "Undo", {"id": said.id, "type": kind}, "a.test", "b.test")
    assert await claim(logs) == []
    await logs.deliveries.delivered(tried.sequence, lease="me", now=NOW)
    assert _kinds(await claim(logs)) == [f"{tried.host} Undo"]


async def test_who_was_never_told_of_it_is_not_told_of_its_deletion(logs: Logs) -> None:
    """Create and Delete both go nowhere; those who may have it otherwise get the Delete."""
    await post(logs, "1", to("a.test/in", "b.test/in"))
    await _erase(logs, to("a.test/in", "b.test/in", "c.test/in"))
    assert _kinds(await claim(logs)) == ["c.test Delete"]


async def test_the_delete_of_an_actor_waits_for_nothing(logs: Logs) -> None:
    await prove(logs, "a.test")
    await post(logs, "tried", to("a.test/in"))
    (tried,) = await claim(logs)
    await post(logs, "fresh", to("b.test/in"), object_id="https://wien.test/e/2")

    async def work(log: OutboxLog) -> None:
        document = activity("gone", "Delete", ACTOR)
        await erase(log, document, object_id=ACTOR, destinations=to("c.test/in"), now=NOW)

    await logs.within(work)
    assert tried.host == "a.test"
    assert _kinds(await claim(logs)) == ["a.test Delete", "c.test Delete"]


async def _announce_key(logs: Logs, *hosts: str) -> Outgoing:
    async def work(log: OutboxLog) -> Outgoing:
        document = activity("key", "Update", ACTOR)
        destinations = to(*(f"{host}/in" for host in hosts))
        key_id = f"{ACTOR}#key-2"
        return await put(
            log, document, object_id=ACTOR, destinations=destinations, now=NOW, announces_key=key_id
        )

    return await logs.within(work)


async def test_an_update_that_brings_a_key_goes_first_and_alone(logs: Logs) -> None:
    await prove(logs, "a.test", "b.test")
    await post(logs, "before", to("a.test/in", "b.test/in"))
    await _announce_key(logs, "a.test")
    claimed = await claim(logs)
    assert _kinds(claimed) == ["a.test Update:actor", "b.test Create"]
    assert await claim(logs) == [], "it is alone at its host"
    (key,) = (each for each in claimed if each.host == "a.test")
    assert key.key_id is None
    assert await logs.deliveries.delivered(key.sequence, lease="me", now=NOW, report=ALIVE)
    # The host may be given a moment to take the key in.
    later = await claim(logs, now=NOW + timedelta(minutes=5))
    (create,) = (each for each in later if each.host == "a.test")
    assert (create.kind, create.key_id) == ("Create", f"{ACTOR}#key-2")


async def test_an_update_that_brings_a_key_waits_for_what_is_under_way(logs: Logs) -> None:
    await prove(logs, "a.test")
    await post(logs, "before", to("a.test/in"))
    (flying,) = await claim(logs)
    await _announce_key(logs, "a.test")
    await post(logs, "after", to("a.test/in"), object_id="https://wien.test/e/2")
    assert await claim(logs) == []
    await logs.deliveries.delivered(flying.sequence, lease="me", now=NOW, report=ALIVE)
    assert _kinds(await claim(logs)) == ["a.test Update:actor"]


async def test_while_it_waits_for_another_attempt_the_others_go_on(logs: Logs) -> None:
    await prove(logs, "a.test")
    await _announce_key(logs, "a.test")
    (key,) = await claim(logs)
    await post(logs, "after", to("a.test/in"))
    later = NOW + timedelta(minutes=5)
    await logs.deliveries.retry(key.sequence, lease="me", now=NOW, at=later, reason="x")
    assert _kinds(await claim(logs)) == ["a.test Create"]


def _outgoing(name: str) -> Outgoing:
    return Outgoing(
        id=f"https://wien.test/a/{name}",
        actor=ACTOR,
        kind="Create",
        object_id=EVENT,
        body=b"{}",
        created=NOW,
    )
