"""What arrived waits no longer than a rule of ours asks for, whatever the clock once said."""

from __future__ import annotations

from datetime import datetime, timedelta

from node.ids import stamp
from node.storage.database import Transaction

_LONGEST_WAIT = timedelta(hours=12)
"""More than the longest pause between two attempts, and than the pause before a hint."""
_LONGEST_LEASE = timedelta(minutes=10)


async def mend_inbox(tx: Transaction, now: datetime) -> None:
    """Let nothing wait for a moment that only a wrong clock could have set.

    What was never taken up waits for nobody, save for a hint; and for the first of its lane, which
    holds it back by itself.
    """
    await tx.run(
        "update inbox_activity set lease = null, lease_until = null "
        "where lease is not null and lease_until > :far",
        far=stamp(now + _LONGEST_LEASE),
    )
    await tx.run(
        "update inbox_activity set due_at = :now where state = 'waiting' and lease is null "
        "and due_at > :now and (due_at > :far or (attempts = 0 and hint = 0))",
        now=stamp(now),
        far=stamp(now + _LONGEST_WAIT),
    )
