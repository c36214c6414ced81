"""What is forgotten of guests once an event is over: first who they were, then that they came.

Spec: security 4.8
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from node.context import Context
from node.ids import stamp
from node.jobs import jobs

NAMES_LIFE: Final = timedelta(days=7)
"""So long after the end of an event names, links, words and actors are kept."""
ROWS_LIFE: Final = timedelta(days=30)
"""So long what has no name any more; of the event the number of those who came stays."""
_AT_ONCE: Final = 1000


@jobs.every(timedelta(hours=1))
async def forget_names(context: Context) -> None:
    """Leave of each guest only her seat, a week after the event."""
    over = stamp(context.now - NAMES_LIFE)
    await context.tx.run(
        "delete from rsvp_link where digest in (select l.digest from rsvp_link l "
        "join participation p on p.id = l.participation join event e on e.id = p.event "
        "where e.end_at < :over limit :limit)",
        over=over,
        limit=_AT_ONCE,
    )
    await context.tx.run(
        "update participation set party = 'gone:' || id, actor = null, host = '', inbox = null, "
        "name = null, language = null, reason = null, words = null, activity_id = null "
        "where id in (select p.id from participation p join event e on e.id = p.event "
        "where e.end_at < :over and p.party not like 'gone:%' limit :limit)",
        over=over,
        limit=_AT_ONCE,
    )


@jobs.every(timedelta(hours=1))
async def forget_seats(context: Context) -> None:
    """Leave only the number of those who came, a month after the event."""
    await context.tx.run(
        "delete from participation where id in (select p.id from participation p "
        "join event e on e.id = p.event where e.end_at < :over limit :limit)",
        over=stamp(context.now - ROWS_LIFE),
        limit=_AT_ONCE,
    )
