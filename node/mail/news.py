"""Whether something new waits for somebody: only that, never what, and seldom."""

from __future__ import annotations

from datetime import datetime

from node.context import Context
from node.ids import stamp
from node.mail import queue_store, store
from node.mail.model import NEWS_PAUSE, Address, Kind
from node.members import exporting
from node.moderation.known_as import known_as
from node.people import approval_store, session_store
from node.people import store as people
from node.people.approval_store import Approval
from node.people.approvals import approvals
from node.people.model import Person
from node.people.rights import Right, may


async def look(context: Context) -> None:
    """Let everybody who wants it, and for whom something new waits, be told so.

    Once in four hours, unless she has signed in since she was last told.
    """
    for address in await store.wanting_news(context.tx):
        person = await people.by_id(context.tx, address.person)
        if person is None or not person.active:
            continue
        if await _waits(context, person.at(context.now), address):
            await queue_store.add(
                context.tx, context.new_id(), Kind.NEWS, context.now, address=address.id
            )
            await store.set_told(context.tx, address.id, context.now)


async def _waits(context: Context, person: Person, address: Address) -> bool:
    assert address.news_from is not None
    seen = await _last_seen(context, person)
    told = address.told
    if told and context.now < told + NEWS_PAUSE and (seen is None or seen <= told):
        return False
    since = max(filter(None, (address.news_from, told, seen)))
    return await _something_new(context, person, since)


async def _last_seen(context: Context, person: Person) -> datetime | None:
    """When she was here last, as far as it is known: to the hour, while she is signed in."""
    kept = await session_store.all_of(context.tx, person.id)
    return max((max(one.created, one.seen) for one in kept), default=None)


async def _something_new(context: Context, person: Person, since: datetime) -> bool:
    return (
        await _asks_to_join(context, person, since)
        or await _reported(context, person, since)
        or await _to_approve(context, person, since)
        or await _decided(context, person, since)
        or await _data_ready(context, person, since)
    )


async def _asks_to_join(context: Context, person: Person, since: datetime) -> bool:
    if not may(person, Right.MANAGE_PEOPLE):
        return False
    return any(one.created > since for one, _ in await people.applications(context.tx))


async def _reported(context: Context, person: Person, since: datetime) -> bool:
    if not may(person, Right.MODERATE):
        return False
    row = await context.tx.row(
        "select 1 as found from moderation_case where (state = 'open' and created > :since) "
        "or (state = 'appealed' and appealed > :since) limit 1",
        since=stamp(since),
    )
    return row is not None


async def _to_approve(context: Context, person: Person, since: datetime) -> bool:
    """Something waits for her as the second person."""

    def for_her(one: Approval) -> bool:
        others = one.asked > since and one.asked_by != person.id
        return others and may(person, approvals.right_of(one.verb))

    return any(map(for_her, await approval_store.waiting(context.tx, context.now)))


async def _decided(context: Context, person: Person, since: datetime) -> bool:
    """Something was decided about her, or somebody answered her appeal."""
    for name in await known_as(context.tx, context.urls, person.id):
        row = await context.tx.row(
            "select 1 as found from moderation_case where author = :name and told = 1 "
            "and (decided > :since or (outcome is not null and closed > :since)) limit 1",
            name=name,
            since=stamp(since),
        )
        if row is not None:
            return True
    return False


async def _data_ready(context: Context, person: Person, since: datetime) -> bool:
    found = await exporting.newest(context.tx, person.id)
    return found is not None and found.holds(context.now) and (found.ready or since) > since
