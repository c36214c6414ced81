"""What keeps the way out in order: done again and again, never in a hurry."""

from __future__ import annotations

from datetime import timedelta

from node.context import Context
from node.jobs import jobs
from node.storage.hosts import forget_hosts, mend
from node.storage.intake_mending import mend_inbox
from node.storage.outbox import park_expired
from node.storage.retention import (
    blank_erased,
    forget_answers,
    forget_contents,
    forget_strangers,
)


@jobs.every(timedelta(minutes=1))
async def park_what_was_held_too_long(context: Context) -> None:
    """Put aside what a host that is away can no longer get in time; it is listed, not lost."""
    await park_expired(context.tx, context.now)


@jobs.every(timedelta(minutes=10))
async def mend_the_queue(context: Context) -> None:
    """Let nothing wait because a clock was wrong or a wake-up was lost, on its way out or in."""
    await mend(context.tx, context.now)
    await mend_inbox(context.tx, context.now)


@jobs.every(timedelta(days=1))
async def forget_quiet_hosts(context: Context) -> None:
    """Drop what is known of hosts with which we have nothing to do any more."""
    await forget_hosts(context.tx, context.now)


@jobs.every(timedelta(minutes=10))
async def forget_what_was_deleted(context: Context) -> None:
    """Drop the words of what was deleted, as soon as nobody waits for them."""
    await blank_erased(context.tx, context.now)
    await forget_contents(context.tx)


@jobs.every(timedelta(hours=1))
async def forget_what_is_over(context: Context) -> None:
    """Forget old answers, and actors with whom we have nothing to do any more."""
    await forget_answers(context.tx, context.now)
    await forget_strangers(context.tx, context.now)
