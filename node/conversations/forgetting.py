"""What is kept of conversations, and for how long. Spec: limits 4.8"""

from __future__ import annotations

from datetime import timedelta

from node.context import Context
from node.ids import stamp
from node.jobs import jobs

ASIDE_LIFE = timedelta(days=90)
"""Messages and mentions that are dealt with, words that were hidden, stamps that were revoked."""
WAITING_LIFE = timedelta(days=180)
"""What waited so long and nobody looked at."""
AT_ONCE = 1000


@jobs.every(timedelta(hours=1))
async def forget_conversations(context: Context) -> None:
    """Drop what nobody needs any more; of a hidden reply its words go, and that it is hidden stays,
    or its author could bring it back."""
    aside, waited = stamp(context.now - ASIDE_LIFE), stamp(context.now - WAITING_LIFE)
    await context.tx.run(
        "delete from reply where id in (select id from reply where state = 'hidden' "
        "and (visibility = 'direct' or subject is null) and decided < :before limit :limit)",
        before=aside,
        limit=AT_ONCE,
    )
    await context.tx.run(
        "delete from reply where id in "
        "(select id from reply where state = 'held' and received < :before limit :limit)",
        before=waited,
        limit=AT_ONCE,
    )
    await context.tx.run(
        "update reply set html = '', warning = null, links = '[]' where id in (select id "
        "from reply where state = 'hidden' and decided < :before and (html <> '' or links <> '[]') "
        "limit :limit)",
        before=aside,
        limit=AT_ONCE,
    )
    await context.tx.run(
        "delete from answer where visibility = 'direct' and published < :before", before=aside
    )
    await context.tx.run("delete from quote_stamp where revoked < :before", before=waited)
