"""What keeps the way out in order: done again and again, never in a hurry."""

from __future__ import annotations

from datetime import timedelta

from node.context import Context
from node.jobs import jobs
from node.storage.hosts import forget_hosts, mend
from node.storage.outbox import park_expired


@jobs.every(timedelta(minutes=1))
async def park_what_was_held_too_long(context: Context) -> None:
    """Put aside what a host that is away can no longer get in time; it is listed, not lost."""
    await park_expired(context.tx, context.now)


@jobs.every(timedelta(minutes=10))
async def mend_the_queue(context: Context) -> None:
    """Let nothing wait because a clock was wrong or a wake-up was lost."""
    await mend(context.tx, context.now)


@jobs.every(timedelta(days=1))
async def forget_quiet_hosts(context: Context) -> None:
    """Drop what is known of hosts with which we have nothing to do any more."""
    await forget_hosts(context.tx, context.now)
