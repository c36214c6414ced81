"""Servers that we trusted or followed until one of us ended that: still known for a while, so that
nobody does in two steps what she does not do alone. Spec: security DP14"""

from __future__ import annotations

from datetime import datetime, timedelta

from node.context import Context
from node.ids import stamp
from node.jobs import jobs

KEPT = timedelta(days=30)


async def note(context: Context, host: str) -> None:
    """Remember that our trust in this server, or a follow of ours there, ends now."""
    await context.tx.run(
        "insert into once_known (host, at) values (:host, :at) "
        "on conflict (host) do update set at = excluded.at",
        host=host,
        at=stamp(context.now),
    )


async def hosts(context: Context) -> set[str]:
    """Servers for which that ended within the last 30 days."""
    rows = await context.tx.rows(
        "select host from once_known where at >= :since", since=_since(context.now)
    )
    return {row["host"] for row in rows}


@jobs.every(timedelta(hours=1))
async def forget_hosts(context: Context) -> None:
    """Forget for which servers it ended longer ago."""
    await context.tx.run("delete from once_known where at < :since", since=_since(context.now))


def _since(now: datetime) -> str:
    return stamp(now - KEPT)
