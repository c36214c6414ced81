"""What was typed on the pages of the setup link so far, and the link itself, in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from node.ids import stamp
from node.storage.database import Transaction

Pairs = Sequence[tuple[str, str]]


async def drafts(tx: Transaction) -> Mapping[str, Pairs]:
    """What was typed, by step, as the forms sent it."""
    rows = await tx.rows("select step, fields from setup_draft")
    return {row["step"]: [(name, value) for name, value in json.loads(row["fields"])]
            for row in rows}  # fmt: skip


async def set_draft(tx: Transaction, step: str, pairs: Pairs, at: datetime) -> None:
    """Keep what was typed on one page, in place of what was there."""
    await tx.run(
        "insert into setup_draft (step, fields, at) values (:step, :fields, :at) "
        "on conflict (step) do update set fields = excluded.fields, at = excluded.at",
        step=step,
        fields=json.dumps([list(pair) for pair in pairs], ensure_ascii=False),
        at=stamp(at),
    )


async def drop_drafts(tx: Transaction, before: datetime | None = None) -> None:
    """Forget what was typed, or only what was typed before a moment."""
    if before is None:
        await tx.run("delete from setup_draft")
    else:
        await tx.run("delete from setup_draft where at < :before", before=stamp(before))


async def prolong(tx: Transaction, digest: str, now: datetime, expires: datetime) -> bool:
    """Let a link that holds end no sooner than this; False if it holds no more."""
    changed = await tx.run(
        "update setup_link set expires = case when expires < :expires then :expires "
        "else expires end where digest = :digest and used_at is null and expires > :now",
        digest=digest,
        now=stamp(now),
        expires=stamp(expires),
    )
    return changed == 1


async def was_used(tx: Transaction, digest: str, since: datetime) -> bool:
    """Whether a link was used up after a moment."""
    row = await tx.row(
        "select 1 as found from setup_link where digest = :digest and used_at > :since",
        digest=digest,
        since=stamp(since),
    )
    return row is not None
