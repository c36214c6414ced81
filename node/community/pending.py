"""Follows that wait for somebody here to say yes, and what ends when the rules change."""

from __future__ import annotations

from datetime import datetime

from activitypub.contexts import OBJECT_CONTEXT
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.policy import Standing
from node.community import actions, store
from node.community.model import Follower
from node.context import Context
from node.errors import NotFound
from node.happenings import happenings
from node.ids import moment, stamp
from node.moderation import actions as moderation
from node.moderation.actions import RulesChanged
from node.storage.database import Row, Transaction
from node.storage.digests import forget_digest


async def ask(context: Context, follower: Follower) -> Standing:
    """What came of a Follow: OPEN or TRUSTED she follows now, LIMITED her wish waits for somebody
    here, SUSPENDED it is passed over."""
    standing = await moderation.standing(context, follower.actor)
    if standing is Standing.LIMITED and not await _follows(context.tx, follower):
        if not await store.was_undone(context.tx, follower.actor, follower.follow_id):
            await _keep(context.tx, follower)
    elif standing is not Standing.SUSPENDED:
        await actions.take_follower(context, follower)
    return standing


async def approve(context: Context, actor: str) -> Follower:
    """The new follower, who is told that she may. Raises: NotFound."""
    wishes = await _take_off(context, actor)
    for follower in wishes:
        await actions.take_follower(context, follower)
    return wishes[0]


async def reject(context: Context, actor: str) -> Follower:
    """Who wanted to follow, and is told that she may not. Raises: NotFound."""
    wishes = await _take_off(context, actor)
    for follower in wishes:
        await outbox.put(
            context.outbox,
            _reject(context, follower),
            object_id=follower.actor,
            destinations=destinations([(follower.inbox, None, follower.actor)]),
            now=context.now,
        )
    return wishes[0]


async def waiting(tx: Transaction) -> list[Follower]:
    """Who waits, longest first."""
    rows = await tx.rows("select * from pending_follower order by since, actor")
    return [_follower(row) for row in rows]


async def withdraw(tx: Transaction, community: str, actor: str) -> None:
    """The actor wants to follow this actor of ours no more."""
    await tx.run(
        "delete from pending_follower where community = :community and actor = :actor",
        community=community,
        actor=actor,
    )


async def withdraw_by_id(tx: Transaction, actor: str, follow_id: str) -> None:
    """What the actor wished by this Follow is no more."""
    await tx.run(
        "delete from pending_follower where actor = :actor and follow_id = :follow_id",
        actor=actor,
        follow_id=follow_id,
    )


@happenings.on(RulesChanged)
async def let_suspended_go(context: Context, fact: RulesChanged) -> None:
    """Who is suspended follows us no more; nobody is told."""
    rows = await context.tx.rows(
        "select distinct actor from follower union select actor from pending_follower"
    )
    for actor in (str(row["actor"]) for row in rows):
        if fact.book.standing(actor) is Standing.SUSPENDED:
            fact.severed.followers += await _drop(context.tx, actor, context.now)


async def _drop(tx: Transaction, actor: str, at: datetime) -> int:
    # Her Follow may still be under way a second time: it must not count when she is let in again.
    for row in await tx.rows("select follow_id from follower where actor = :actor", actor=actor):
        await store.note_undo(tx, actor, row["follow_id"], at)
    gone = await tx.run("delete from follower where actor = :actor", actor=actor)
    await forget_digest(tx, actor)
    return gone + await tx.run("delete from pending_follower where actor = :actor", actor=actor)


async def _keep(tx: Transaction, follower: Follower) -> None:
    await tx.run(
        "insert into pending_follower (community, actor, inbox, shared_inbox, follow_id, since) "
        "values (:community, :actor, :inbox, :shared_inbox, :follow_id, :since) "
        "on conflict (community, actor) do update set inbox = excluded.inbox, "
        "shared_inbox = excluded.shared_inbox, follow_id = excluded.follow_id",
        community=follower.community,
        actor=follower.actor,
        inbox=follower.inbox,
        shared_inbox=follower.shared_inbox,
        follow_id=follower.follow_id,
        since=stamp(follower.since),
    )


async def _follows(tx: Transaction, follower: Follower) -> bool:
    row = await tx.row(
        "select 1 as found from follower where community = :community and actor = :actor",
        community=follower.community,
        actor=follower.actor,
    )
    return row is not None


async def _take_off(context: Context, actor: str) -> list[Follower]:
    """Raises: NotFound."""
    rows = await context.tx.rows(
        "delete from pending_follower where actor = :actor returning *", actor=actor
    )
    if not rows:
        raise NotFound(f"{actor} does not wait for anything.")
    return [_follower(row) for row in rows]


def _reject(context: Context, follower: Follower) -> dict[str, object]:
    return {
        "@context": OBJECT_CONTEXT,
        "id": context.urls.activity(context.new_id()),
        "type": "Reject",
        "actor": follower.community,
        "to": [follower.actor],
        "object": {
            "id": follower.follow_id,
            "type": "Follow",
            "actor": follower.actor,
            "object": follower.community,
        },
    }


def _follower(row: Row) -> Follower:
    return Follower(
        community=row["community"],
        actor=row["actor"],
        inbox=row["inbox"],
        shared_inbox=row["shared_inbox"],
        follow_id=row["follow_id"],
        since=moment(row["since"]),
    )
