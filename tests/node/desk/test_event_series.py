"""Tests of node/desk/event_series.py."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from node.desk.event_series import next_date
from node.events.draft import read_draft
from node.people.model import Role
from node.services import Node
from tests.support.browsers import signed_in
from tests.support.nodes import EVENT, do

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        ("2026-10-03T18:00", "FREQ=MONTHLY;BYDAY=1SA", "2026-12-05"),
        ("2026-12-05T18:00", "FREQ=MONTHLY;BYDAY=1SA", "2027-01-02"),
        ("2026-11-22T09:00", "FREQ=WEEKLY", "2026-11-29"),
        ("2026-10-03T18:00", "FREQ=MONTHLY;BYDAY=1SA;COUNT=2", None),
        ("2026-10-03T18:00", None, None),
        ("2026-10-03T18:00", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1", "2026-12-31"),
        ("2001-10-03T18:00", "FREQ=DAILY", None),
    ],
)
def test_the_next_date_of_a_series_is_the_first_to_come(
    start: str, rule: str | None, expected: str | None
):
    end = start.replace("18:00", "21:00").replace("09:00", "10:00")
    document: dict[str, Any] = {**EVENT, "start": start, "end": end, "recurrence": rule}
    given = {name: value for name, value in document.items() if value is not None}
    draft = read_draft(given, language="de", timezone="Europe/Vienna")

    found = next_date(draft, NOW)

    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=SU",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=28",
        "FREQ=MONTHLY;BYDAY=9MO",
    ],
)
def test_no_rule_lets_anybody_wait_while_its_next_day_is_looked_for(rule: str):
    document: dict[str, Any] = {**EVENT, "start": "2026-10-03T18:00", "end": "2026-10-03T21:00"}
    draft = read_draft({**document, "recurrence": rule}, language="de", timezone="Europe/Vienna")
    began = time.process_time()

    assert next_date(draft, NOW) is None
    assert time.process_time() - began < 0.2


async def test_a_copy_of_an_event_that_repeats_has_its_next_day_already(node: Node):
    weekly = {**EVENT, "start": "2031-12-05T18:00", "end": "2031-12-05T21:00"}
    event = await do(node, "event.publish", document={**weekly, "recurrence": "FREQ=WEEKLY"})
    once = await do(node, "event.publish", document=weekly)
    async with signed_in(node, "amal", Role.COORDINATOR) as desk:
        again = await desk.get(f"/desk/events/new?copy={event['short_id']}")
        other = await desk.get(f"/desk/events/new?copy={once['short_id']}")

    assert 'value="2031-12-12"' in again.text
    assert 'value="2031-12-12"' not in other.text
