"""Language channels in the database."""

from __future__ import annotations

import hashlib
from datetime import datetime

from node.community.model import Channel
from node.ids import moment, stamp
from node.storage.database import Row, Transaction


async def add(tx: Transaction, channel: Channel) -> None:
    """Keep a new channel."""
    await tx.run(
        "insert into channel (actor, handle, language, name, created) "
        "values (:actor, :handle, :language, :name, :created)",
        actor=channel.actor,
        handle=channel.handle,
        language=channel.language,
        name=channel.name,
        created=stamp(channel.created),
    )


async def remove(tx: Transaction, actor: str, at: datetime) -> None:
    """Let nobody follow the channel any more; its address is kept."""
    await tx.run("update channel set removed = :at where actor = :actor", actor=actor, at=stamp(at))
    for table in ("follower", "pending_follower", "follower_digest"):
        await tx.run(f"delete from {table} where community = :actor", actor=actor)  # noqa: S608
    await tx.run("delete from channel_share where channel = :actor", actor=actor)


async def living(tx: Transaction) -> list[Channel]:
    """The channels that there are, oldest first."""
    rows = await tx.rows("select * from channel where removed is null order by created, actor")
    return [_channel(row) for row in rows]


async def by_handle(tx: Transaction, handle: str) -> Channel | None:
    """The channel of this name, a removed one too; None if there never was one."""
    row = await tx.row("select * from channel where handle = :handle", handle=handle)
    return _channel(row) if row else None


async def by_actor(tx: Transaction, actor: str) -> Channel | None:
    """The channel with this address that there is now."""
    row = await tx.row(
        "select * from channel where actor = :actor and removed is null", actor=actor
    )
    return _channel(row) if row else None


async def is_taken(tx: Transaction, handle: str) -> bool:
    """Whether a channel or a member has this handle, or had it."""
    row = await tx.row(
        "select 1 as found from channel where handle = :handle "
        "union all select 1 from persona where handle = :handle "
        "union all select 1 from persona_handle_gone where digest = :digest",
        handle=handle,
        digest=hashlib.sha256(handle.encode()).hexdigest(),
    )
    return row is not None


def _channel(row: Row) -> Channel:
    return Channel(
        actor=row["actor"],
        handle=row["handle"],
        language=row["language"],
        name=row["name"],
        created=moment(row["created"]),
        removed=moment(row["removed"]) if row["removed"] else None,
    )
