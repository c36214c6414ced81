"""What others wrote and the community shares, in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from node.ids import moment, stamp
from node.storage.database import Row, Transaction


class ShareRule(Enum):
    """Whose posts to the community it shares by itself."""

    NOBODY = "nobody"
    TRUSTED = "trusted"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Something by somebody else that the community shares.

    `announce_id` is the Announce of its id, `wrapped_id` the one that carries the activity by which
    it came, for those who follow threads; None where it did not come so.
    """

    object: str
    author: str
    announce_id: str
    wrapped_id: str | None
    by_rule: bool
    at: datetime


async def rule(tx: Transaction, handle: str) -> ShareRule:
    """The community's rule; nobody's posts until somebody says otherwise."""
    row = await tx.row("select rule from sharing_rule where handle = :handle", handle=handle)
    return ShareRule(row["rule"]) if row else ShareRule.NOBODY


async def set_rule(tx: Transaction, handle: str, value: ShareRule) -> None:
    """Keep the community's rule."""
    await tx.run(
        "insert into sharing_rule (handle, rule) values (:handle, :rule) "
        "on conflict (handle) do update set rule = excluded.rule",
        handle=handle,
        rule=value.value,
    )


async def add(tx: Transaction, share: Share) -> None:
    """Keep a share."""
    await tx.run(
        "insert into share (object, author, announce_id, wrapped_id, by_rule, at) "
        "values (:object, :author, :announce_id, :wrapped_id, :by_rule, :at)",
        object=share.object,
        author=share.author,
        announce_id=share.announce_id,
        wrapped_id=share.wrapped_id,
        by_rule=int(share.by_rule),
        at=stamp(share.at),
    )


async def find(tx: Transaction, object_id: str) -> Share | None:
    """The share of this thing; None if it is not shared."""
    row = await tx.row("select * from share where object = :object", object=object_id)
    return _share(row) if row else None


async def remove(tx: Transaction, object_id: str) -> None:
    """Forget a share."""
    await tx.run("delete from share where object = :object", object=object_id)


async def latest(tx: Transaction, limit: int) -> list[Share]:
    """What is shared, newest first."""
    rows = await tx.rows("select * from share order by at desc, object limit :limit", limit=limit)
    return [_share(row) for row in rows]


async def of_author(tx: Transaction, author: str) -> list[Share]:
    """What is shared of this author."""
    return [
        _share(row)
        for row in await tx.rows("select * from share where author = :author", author=author)
    ]


async def authors(tx: Transaction) -> list[str]:
    """Everybody of whom something is shared."""
    return [row["author"] for row in await tx.rows("select distinct author from share")]


async def by_rule_since(tx: Transaction, since: datetime, author: str | None = None) -> int:
    """How much was shared by the rule since then, of this author or of all."""
    clause = "and author = :author" if author else ""
    row = await tx.row(
        "select count(*) as number from share where by_rule = 1 and at > :since "  # noqa: S608  fixed
        f"{clause}",
        since=stamp(since),
        **({"author": author} if author else {}),
    )
    return int(row["number"]) if row else 0


async def add_carrier(tx: Transaction, activity_id: str) -> None:
    """Remember that this activity of ours has somebody else's words in it."""
    await tx.run(
        "insert into share_carrier (activity_id) values (:id) on conflict do nothing",
        id=activity_id,
    )


async def blank_carriers(tx: Transaction, limit: int) -> int:
    """Drop the bytes of carriers that nobody is to get any more; how many."""
    rows = await tx.rows(
        "select c.activity_id from share_carrier c where not exists (select 1 from delivery d "
        "where d.activity_id = c.activity_id and d.state in ('due', 'parked')) limit :limit",
        limit=limit,
    )
    names = [{"id": row["activity_id"]} for row in rows]
    await tx.run_many(
        "update outgoing set body = :empty where id = :id",
        [{**name, "empty": b""} for name in names],
    )
    await tx.run_many("delete from share_carrier where activity_id = :id", names)
    return len(names)


async def running(tx: Transaction, software: Collection[str]) -> frozenset[str]:
    """The hosts of which we know that they run one of these programs."""
    rows = await tx.rows("select host, name from peer_software where name is not null")
    return frozenset(row["host"] for row in rows if row["name"] in software)


def _share(row: Row) -> Share:
    return Share(
        object=row["object"],
        author=row["author"],
        announce_id=row["announce_id"],
        wrapped_id=row["wrapped_id"],
        by_rule=bool(row["by_rule"]),
        at=moment(row["at"]),
    )
