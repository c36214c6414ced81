"""What every delivery log promises: order within a lane, leases, fences, turns."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from federation.outward.outbox import put
from federation.ports import Grade, OutboxLog
from node.storage import queue
from tests.support.outbox_logs import (
    ALIVE,
    NOW,
    Logs,
    StoredLogs,
    activity,
    claim,
    fail,
    inboxes,
    post,
    prove,
    to,
)

MINUTE = timedelta(minutes=1)
FIRST, SECOND = "https://wien.test/e/1", "https://wien.test/e/2"


async def test_nothing_is_claimed_twice_under_one_lease_or_another(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    assert len(await claim(logs)) == 1
    assert await claim(logs) == []
    assert await claim(logs, lease="other") == []


async def test_a_lease_that_ran_out_is_claimed_again_with_the_attempt_counted(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    (first,) = await claim(logs)
    (second,) = await claim(logs, now=NOW + 2 * MINUTE, lease="other")
    assert (second.sequence, second.attempts) == (first.sequence, 2)
    assert second.first_attempt_at == first.first_attempt_at == NOW


async def test_who_lost_the_lease_finishes_nothing(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    (lost,) = await claim(logs)
    (held,) = await claim(logs, now=NOW + 2 * MINUTE, lease="other")
    log = logs.deliveries
    assert not await log.delivered(lost.sequence, lease="me", now=NOW)
    assert not await log.retry(lost.sequence, lease="me", now=NOW, at=NOW, reason="x")
    assert not await log.park(lost.sequence, lease="me", now=NOW, reason="x")
    assert await log.delivered(held.sequence, lease="other", now=NOW)
    assert not await log.delivered(held.sequence, lease="other", now=NOW), "once is enough"


async def test_the_leases_of_former_processes_are_void_at_start(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    await claim(logs, lease="old boot")
    assert await logs.deliveries.release_all(except_lease="new boot") == 1
    (again,) = await claim(logs, lease="new boot")
    assert again.attempts == 2
    assert await logs.deliveries.release_all(except_lease="new boot") == 0


async def test_a_later_activity_waits_for_the_earlier_one_of_its_lane(logs: Logs) -> None:
    await prove(logs, "a.test", "b.test")
    await post(logs, "1", to("a.test/in", "b.test/in"))
    first = await claim(logs)
    await post(logs, "2", to("a.test/in", "b.test/in"), kind="Update")
    assert {each.kind for each in first} == {"Create"}
    assert await claim(logs) == []
    (of_a,) = (each for each in first if each.host == "a.test")
    await logs.deliveries.delivered(of_a.sequence, lease="me", now=NOW)
    (second,) = await claim(logs)
    assert (second.kind, second.host) == ("Update", "a.test")


async def test_a_lane_waits_while_its_first_waits_for_another_attempt(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    (create,) = await claim(logs)
    await post(logs, "2", to("a.test/in"), kind="Update")
    await logs.deliveries.retry(create.sequence, lease="me", now=NOW, at=NOW + MINUTE, reason="x")
    assert await claim(logs) == []
    (again,) = await claim(logs, now=NOW + MINUTE)
    assert again.sequence == create.sequence


async def test_a_parked_delivery_lets_its_lane_go_on(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    (create,) = await claim(logs)
    await post(logs, "2", to("a.test/in"), kind="Update")
    assert await logs.deliveries.park(create.sequence, lease="me", now=NOW, reason="x")
    (update,) = await claim(logs)
    assert update.kind == "Update"


async def test_different_objects_do_not_wait_for_each_other(logs: Logs) -> None:
    await prove(logs, "a.test")
    await post(logs, "1", to("a.test/in"), object_id=FIRST)
    await post(logs, "2", to("a.test/in"), object_id=SECOND)
    assert len(await claim(logs)) == 2


async def test_a_host_gets_no_more_than_its_share_even_over_several_claims(logs: Logs) -> None:
    await prove(logs, "a.test")
    for number in range(4):
        await post(logs, str(number), to("a.test/in"), object_id=f"https://wien.test/e/{number}")
    await post(logs, "b", to("b.test/in"))
    assert [each.host for each in await claim(logs)] == ["a.test", "a.test", "b.test"]
    assert await claim(logs) == []


async def test_a_host_that_was_never_tried_gets_one_at_first(logs: Logs) -> None:
    for number in range(4):
        await post(logs, str(number), to("a.test/in"), object_id=f"https://wien.test/e/{number}")
    (first,) = await claim(logs)
    await logs.deliveries.delivered(first.sequence, lease="me", now=NOW, report=ALIVE)
    assert len(await claim(logs)) == 2


async def test_a_host_far_away_gets_enough_at_once_to_be_quick_all_the_same(logs: Logs) -> None:
    """At 250 ms for an answer, thirty a second are more than seven at once."""
    await prove(logs, "a.test", seconds=0.25)
    for number in range(40):
        await post(logs, str(number), to("a.test/in"), object_id=f"https://wien.test/e/{number}")
    assert 8 <= len(await claim(logs)) <= 16


async def test_a_slow_host_and_a_failing_one_get_one_at_a_time(logs: Logs) -> None:
    await prove(logs, "slow.test", seconds=6)
    for number in range(4):
        both = to("slow.test/in", "bad.test/in")
        await post(logs, str(number), both, object_id=f"https://wien.test/e/{number}")
    claimed = await claim(logs)
    assert {each.host for each in claimed} == {"slow.test", "bad.test"}
    await fail(logs, [each for each in claimed if each.host == "bad.test"])
    assert [(each.host, each.grade) for each in await claim(logs)] == [("bad.test", Grade.DOUBTFUL)]


async def test_doubtful_hosts_take_no_place_of_proven_ones(logs: Logs) -> None:
    bad = [f"bad{number}.test" for number in range(5)]
    await prove(logs, "well.test")
    await post(logs, "first", to(*(f"{host}/in" for host in bad)))
    await fail(logs, await claim(logs))
    await post(logs, "second", to("well.test/in", *(f"{host}/in" for host in bad)), object_id="x")
    hosts = [each.host for each in await claim(logs, limit=1)]
    assert (len(hosts), hosts[0]) == (2, "well.test")


async def test_a_long_queue_for_one_host_does_not_hide_the_others(logs: Logs) -> None:
    async def flood(log: OutboxLog) -> None:
        for number in range(200):
            object_id = f"https://wien.test/flood/{number}"
            document = activity(f"flood-{number}", "Create", object_id)
            await put(log, document, object_id=object_id, destinations=to("flood.test/in"), now=NOW)

    await logs.within(flood)
    for host in "abc":
        await post(logs, host, to(f"{host}.test/in"), now=NOW + MINUTE)
    later = NOW + 2 * MINUTE
    hosts = sorted(each.host for each in await claim(logs, now=later))
    assert hosts == ["a.test", "b.test", "c.test", "flood.test"]


async def test_when_many_hosts_wait_they_take_turns(logs: Logs) -> None:
    destinations = to(*(f"h{number:03}.test/in" for number in range(200)))
    await post(logs, "1", destinations)
    seen: list[str] = []
    for _ in range(10):
        claimed = await claim(logs, limit=20)
        seen += inboxes(claimed)
        for each in claimed:
            await logs.deliveries.delivered(each.sequence, lease="me", now=NOW)
    assert sorted(seen) == sorted(each.inbox.removeprefix("https://") for each in destinations)


async def test_claiming_none_claims_none(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    assert await claim(logs, limit=0) == []
    assert len(await claim(logs)) == 1


async def test_two_couriers_at_once_never_get_the_same_delivery(logs: Logs) -> None:
    destinations = to(*(f"h{number}.test/in" for number in range(40)))
    await post(logs, "1", destinations)
    both = await asyncio.gather(
        *(claim(logs, lease=lease, limit=10) for lease in ("x", "y", "x", "y"))
    )
    claimed = [each.sequence for part in both for each in part]
    assert len(claimed) == len(set(claimed))
    assert claimed


async def test_next_due_is_when_something_can_be_claimed(logs: Logs) -> None:
    assert await logs.deliveries.next_due() is None
    await post(logs, "1", to("a.test/in"))
    assert await logs.deliveries.next_due() == NOW
    (create,) = await claim(logs)
    await post(logs, "2", to("a.test/in"), kind="Update")
    assert await claim(logs) == []
    due = await logs.deliveries.next_due()
    assert due is None or due == NOW + MINUTE, "not before the lease runs out"
    await logs.deliveries.retry(
        create.sequence, lease="me", now=NOW, at=NOW + 5 * MINUTE, reason="x"
    )
    assert await claim(logs) == []
    assert await logs.deliveries.next_due() == NOW + 5 * MINUTE


async def test_who_is_gone_loses_deliveries_and_nobody_else_does(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in", "b.test/in"))
    await post(logs, "2", to("a.test/in"), object_id=SECOND)
    await logs.deliveries.end_follow(
        actor="https://a.test/u", inbox="https://a.test/in", now=NOW, reason="status-410"
    )
    assert inboxes(await claim(logs)) == ["b.test/in"]


async def _follow(stored: StoredLogs, *followers: tuple[str, str, str | None]) -> None:
    names = ("actor", "inbox", "shared")
    await stored.database.write(
        lambda tx: tx.run_many(
            "insert into follower (community, actor, inbox, shared_inbox, follow_id, since) "
            "values ('wien', :actor, :inbox, :shared, :actor, 'now')",
            [dict(zip(names, each, strict=True)) for each in followers],
        )
    )


async def test_who_is_gone_follows_no_more_and_those_who_share_the_inbox_do(
    stored: StoredLogs,
) -> None:
    shared = "https://a.test/in"
    await _follow(
        stored,
        ("anna", "https://a.test/anna/in", shared),
        ("omar", "https://a.test/omar/in", shared),
    )
    await post(stored, "1", to("a.test/in"))
    log = stored.deliveries
    assert await log.behind(shared) == ["anna", "omar"]
    await log.end_follow(actor="anna", inbox=shared, now=NOW, reason="status-410")
    assert await log.behind(shared) == ["omar"]
    assert len(await claim(stored)) == 1


async def test_what_waits_for_an_inbox_goes_to_where_that_moved(stored: StoredLogs) -> None:
    await _follow(stored, ("anna", "https://a.test/in", None))
    await post(stored, "1", to("a.test/in"))
    (new,) = to("b.test/in")
    await stored.deliveries.moved(
        actor="anna", inbox="https://a.test/in", to=new, sequence=0, now=NOW
    )
    (claimed,) = await claim(stored)
    assert (claimed.inbox, claimed.host) == (new.inbox, "b.test")
    assert await stored.deliveries.behind(new.inbox) == ["anna"]


async def test_a_delivery_discarded_under_way_is_waited_for_no_more(stored: StoredLogs) -> None:
    await post(stored, "1", to("a.test/in"))
    (claimed,) = await claim(stored)
    await stored.database.write(lambda tx: queue.discard(tx, NOW, str(claimed.sequence)))
    assert await claim(stored, now=NOW + MINUTE) == []
    assert await stored.deliveries.next_due() is None
    assert not await stored.deliveries.delivered(claimed.sequence, lease="me", now=NOW)


async def test_refusals_are_counted_until_something_else_happens(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    moment, log = NOW, logs.deliveries
    seen = []
    for refused in (True, True, False, True):
        (one,) = await claim(logs, now=moment)
        seen.append((one.refusals, one.refused_since))
        later = moment + MINUTE
        await log.retry(one.sequence, lease="me", now=moment, at=later, reason="x", refused=refused)
        moment = later
    assert seen == [(0, None), (1, NOW), (2, NOW), (0, None)]


async def test_a_lease_that_is_renewed_runs_longer(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    (one,) = await claim(logs)
    assert await logs.deliveries.renew(one.sequence, lease="me", until=NOW + 3 * MINUTE)
    assert not await logs.deliveries.renew(one.sequence, lease="other", until=NOW + 9 * MINUTE)
    assert await claim(logs, now=NOW + 2 * MINUTE, lease="other") == []
