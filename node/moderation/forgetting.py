"""What is kept of reports and cases, and for how long. Spec: limits 4.8"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from node.context import Context
from node.ids import stamp
from node.jobs import jobs
from node.moderation import case_store
from node.moderation.case_model import APPEALS_WITHIN, KEPT, CaseState
from node.moderation.cases import CaseClosed

AT_ONCE = 500


@jobs.every(timedelta(hours=1))
async def close_cases(context: Context) -> None:
    """Close what was decided and nobody appealed against in time."""
    before = context.now - APPEALS_WITHIN
    for case in await case_store.due(context.tx, before, CaseState.DECIDED, AT_ONCE):
        closed = replace(case, state=CaseState.CLOSED, closed=context.now)
        await case_store.change(context.tx, closed)
        await context.tell(CaseClosed(closed))


@jobs.every(timedelta(hours=1))
async def forget_cases(context: Context) -> None:
    """Ninety days after it was closed only numbers are left of a case, and of a report."""
    before = context.now - KEPT
    await case_store.count_and_drop(
        context.tx, await case_store.due(context.tx, before, CaseState.CLOSED, AT_ONCE)
    )
    await context.tx.run(
        "delete from report where id in (select r.id from report r where "
        "((r.state = 'closed' and r.closed_at < :before) "
        "or (r.direction = 'out' and r.created < :before)) "
        "and not exists (select 1 from complaint c where c.report = r.id) limit :limit)",
        before=stamp(before),
        limit=AT_ONCE,
    )
