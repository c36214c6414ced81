"""Tests of node/desk/event_series.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from node.desk.event_series import next_date
from node.events.draft import read_draft
from node.people.model import Role
from node.services import Node
from tests.support.browsers import signed_in
from tests.support.nodes import EVENT, do, running

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        ("2026-10-03T18:00", "FREQ=MONTHLY;BYDAY=1SA", "2026-12-05"),
        ("2026-12-05T18:00", "FREQ=MONTHLY;BYDAY=1SA", "2027-01-02"),
        ("2026-11-22T09:00", "FREQ=WEEKLY", "2026-11-29"),
        ("2026-10-03T18:00", "FREQ=MONTHLY;BYDAY=1SA;COUNT=2", None),
        ("2026-10-03T18:00", None, None),
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


async def test_a_copy_of_an_event_that_repeats_has_its_next_day_already(node: Node):
    weekly = {**EVENT, "start": "2031-12-05T18:00", "end": "2031-12-05T21:00"}
    event = await do(node, "event.publish", document={**weekly, "recurrence": "FREQ=WEEKLY"})
    once = await do(node, "event.publish", document=weekly)
    async with signed_in(node, "amal", Role.COORDINATOR) as desk:
        again = await desk.get(f"/desk/events/new?copy={event['short_id']}")
        other = await desk.get(f"/desk/events/new?copy={once['short_id']}")

    assert 'value="2031-12-12"' in again.text
    assert 'value="2031-12-12"' not in other.text
