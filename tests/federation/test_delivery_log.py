"""What every delivery log promises: order within a lane, leases, fences, turns."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from federation.outbox import put
from federation.ports import OutboxLog
from tests.support.outbox_logs import NOW, Logs, StoredLogs, activity, claim, inboxes, post, to

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
    assert not await log.retry(lost.sequence, lease="me", at=NOW, reason="x")
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
    await post(logs, "1", to("a.test/in", "b.test/in"))
    await post(logs, "2", to("a.test/in", "b.test/in"), kind="Update")
    first = await claim(logs)
    assert {each.kind for each in first} == {"Create"}
    (of_a,) = (each for each in first if each.host == "a.test")
    await logs.deliveries.delivered(of_a.sequence, lease="me", now=NOW)
    (second,) = await claim(logs)
    assert (second.kind, second.host) == ("Update", "a.test")


async def test_a_lane_waits_while_its_first_waits_for_another_attempt(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    await post(logs, "2", to("a.test/in"), kind="Update")
    (create,) = await claim(logs)
    await logs.deliveries.retry(create.sequence, lease="me", at=NOW + MINUTE, reason="x")
    assert await claim(logs) == []
    (again,) = await claim(logs, now=NOW + MINUTE)
    assert again.sequence == create.sequence


async def test_a_parked_delivery_lets_its_lane_go_on(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"))
    await post(logs, "2", to("a.test/in"), kind="Update")
    (create,) = await claim(logs)
    assert await logs.deliveries.park(create.sequence, lease="me", now=NOW, reason="x")
    (update,) = await claim(logs)
    assert update.kind == "Update"


async def test_different_objects_do_not_wait_for_each_other(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in"), object_id=FIRST)
    await post(logs, "2", to("a.test/in"), object_id=SECOND)
    assert len(await claim(logs)) == 2


async def test_a_host_gets_no_more_than_its_share_even_over_several_claims(logs: Logs) -> None:
    for number in range(4):
        await post(logs, str(number), to("a.test/in"), object_id=f"https://wien.test/e/{number}")
    await post(logs, "b", to("b.test/in"))
    assert [each.host for each in await claim(logs)] == ["a.test", "a.test", "b.test"]
    assert await claim(logs) == []


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
    assert hosts == ["a.test", "b.test", "c.test", "flood.test", "flood.test"]


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
    await post(logs, "2", to("a.test/in"), kind="Update")
    assert await logs.deliveries.next_due() == NOW
    (create,) = await claim(logs)
    due = await logs.deliveries.next_due()
    assert due is None or due == NOW + MINUTE, "not before the lease runs out"
    await logs.deliveries.retry(create.sequence, lease="me", at=NOW + 5 * MINUTE, reason="x")
    assert await logs.deliveries.next_due() == NOW + 5 * MINUTE


async def test_a_gone_inbox_loses_its_deliveries_and_nobody_else_does(logs: Logs) -> None:
    await post(logs, "1", to("a.test/in", "b.test/in"))
    await post(logs, "2", to("a.test/in"), object_id=SECOND)
    await logs.deliveries.end_follow(inbox="https://a.test/in", now=NOW, reason="status-410")
    assert inboxes(await claim(logs)) == ["b.test/in"]


async def test_a_gone_inbox_loses_its_followers(stored: StoredLogs) -> None:
    names = ("actor", "inbox", "shared")
    followers = [
        ("anna", "https://a.test/anna/in", "https://a.test/in"),
        ("omar", "https://a.test/in", None),
        ("sara", "https://b.test/in", None),
    ]
    await stored.database.write(
        lambda tx: tx.run_many(
            "insert into follower (community, actor, inbox, shared_inbox, follow_id, since) "
            "values ('wien', :actor, :inbox, :shared, :actor, 'now')",
            [dict(zip(names, each, strict=True)) for each in followers],
        )
    )
    await stored.deliveries.end_follow(inbox="https://a.test/in", now=NOW, reason="status-410")
    left = await stored.database.read(lambda tx: tx.rows("select actor from follower"))
    assert [row["actor"] for row in left] == ["sara"]


async def test_a_delivery_discarded_under_way_is_waited_for_no_more(stored: StoredLogs) -> None:
    await post(stored, "1", to("a.test/in"))
    (claimed,) = await claim(stored)
    await stored.database.write(lambda tx: tx.run("update delivery set state = 'cancelled'"))
    assert await stored.deliveries.next_due() is None
    assert not await stored.deliveries.delivered(claimed.sequence, lease="me", now=NOW)
