"""Likes and shares of our things: counted, one of each for an actor, never with a name."""

from __future__ import annotations

from activitypub.activities import Activity, Announce, EmojiReact, Like, Undo, object_id
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.policy import Standing
from node.community import store as community_store
from node.context import Context
from node.conversations import subjects
from node.conversations.model import MOST_REACTIONS_OF_HOST, Counts, ReactionKind
from node.ids import stamp
from node.listening import listeners
from node.moderation import actions as moderation
from node.storage.database import Transaction

RANK = 30


@listeners.on(Like, rank=RANK)
@listeners.on(EmojiReact, rank=RANK)
async def on_like(context: Context, heard: Heard) -> None:
    """Somebody likes something of ours, by whatever emoji: counted once."""
    await _count(context, heard, ReactionKind.LIKE)


@listeners.on(Announce, rank=RANK)
async def on_announce(context: Context, heard: Heard) -> None:
    """Somebody shares something of ours: counted once."""
    await _count(context, heard, ReactionKind.SHARE)


@listeners.on(Undo, Like, rank=RANK)
@listeners.on(Undo, EmojiReact, rank=RANK)
async def on_undo_like(context: Context, heard: Heard) -> None:
    """The like is taken back and no longer counted."""
    await _uncount(context, heard, ReactionKind.LIKE)


@listeners.on(Undo, Announce, rank=RANK)
async def on_undo_announce(context: Context, heard: Heard) -> None:
    """The share of something of ours is taken back and no longer counted."""
    undone = heard.activity.object
    shared = object_id(undone) if isinstance(undone, Activity) else None
    if shared is None or not context.urls.is_ours(shared):
        raise NotMine("not-about-us")
    await _uncount(context, heard, ReactionKind.SHARE)


async def _count(context: Context, heard: Heard, kind: ReactionKind) -> None:
    about = object_id(heard.activity) or ""
    thing = await subjects.subject_of(context.tx, context.urls, about)
    if thing is None or not thing.public:
        raise NotMine("not-about-us")
    standing = await moderation.standing(context, heard.sender.id)
    if standing is Standing.SUSPENDED:
        raise Ignored("blocked")
    name = heard.kept.activity_id
    if await community_store.was_undone(context.tx, heard.sender.id, name):
        raise Ignored("undone")
    if await _of_host(context.tx, thing.id, heard.sender.host) >= MOST_REACTIONS_OF_HOST:
        raise Ignored("too-many-there")
    await context.tx.run(
        "insert into reaction (thing, actor, host, kind, activity, barred, at) "
        "values (:thing, :actor, :host, :kind, :activity, :barred, :at) "
        "on conflict (thing, kind, actor) do update set activity = excluded.activity",
        thing=thing.id,
        actor=heard.sender.id,
        host=heard.sender.host,
        kind=kind.value,
        activity=name,
        barred=int(standing is Standing.LIMITED),
        at=stamp(context.now),
    )


async def _uncount(context: Context, heard: Heard, kind: ReactionKind) -> None:
    """Only the sender's own row can go: by the name of what she undoes, or where it has none by
    what it was about."""
    undone = heard.activity.object
    if not isinstance(undone, Activity) or undone.actor not in (None, heard.sender.id):
        raise Ignored("not-the-signers")
    if undone.id:
        await community_store.note_undo(context.tx, heard.sender.id, undone.id, context.now)
        clause, value = "activity = :value", undone.id
    else:
        clause, value = "thing = :value", object_id(undone) or ""
    await context.tx.run(
        f"delete from reaction where actor = :actor and kind = :kind and {clause}",  # noqa: S608
        actor=heard.sender.id,
        kind=kind.value,
        value=value,
    )


async def counts(tx: Transaction, thing: str) -> Counts:
    """How many like this thing of ours and have shared it, without those the rules keep away."""
    rows = await tx.rows(
        "select kind, count(*) as many from reaction where thing = :thing and barred = 0 "
        "group by kind",
        thing=thing,
    )
    found = {row["kind"]: int(row["many"]) for row in rows}
    return Counts(likes=found.get("like", 0), shares=found.get("share", 0))


async def _of_host(tx: Transaction, thing: str, host: str) -> int:
    row = await tx.row(
        "select count(*) as many from reaction where thing = :thing and host = :host",
        thing=thing,
        host=host,
    )
    return int(row["many"]) if row else 0


async def forget_actor(tx: Transaction, actor: str) -> None:
    """Drop what an actor gave that is no more."""
    await tx.run("delete from reaction where actor = :actor", actor=actor)


async def forget_thing(tx: Transaction, thing: str) -> None:
    """Drop what was given to a thing that is no more."""
    await tx.run("delete from reaction where thing = :thing", thing=thing)


async def actors(tx: Transaction) -> list[tuple[str, bool]]:
    """(everybody who gave something, whether that is not counted)."""
    rows = await tx.rows("select actor, max(barred) as barred from reaction group by actor")
    return [(row["actor"], bool(row["barred"])) for row in rows]


async def bar(tx: Transaction, actor: str, barred: bool) -> None:
    """Count what this actor gave no longer, or again."""
    await tx.run(
        "update reaction set barred = :barred where actor = :actor",
        actor=actor,
        barred=int(barred),
    )
