"""Tests of node/events/recurrence.py: rules that were taken before repeated parts were refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.events.recurrence import each_once
from node.services import Node
from tests.support.browsers import Browser
from tests.support.nodes import EVENT, do, running


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("FREQ=WEEKLY;FREQ=DAILY", "FREQ=DAILY"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2;BYDAY=FR", "FREQ=WEEKLY;BYDAY=FR;COUNT=2"),
        ("FREQ=MONTHLY;BYDAY=1SA", "FREQ=MONTHLY;BYDAY=1SA"),
        (None, None),
    ],
)
def test_of_a_repeated_part_the_last_counts(kept: str | None, read: str | None):
    assert each_once(kept) == read


async def test_an_event_with_such_a_rule_stays_and_its_calendar_says_each_part_once(tmp_path: Path):
    async with running(tmp_path / "wien", at_work=False) as node, Browser(node) as browser:
        document = {**EVENT, "recurrence": "FREQ=WEEKLY;BYDAY=MO"}
        event = await do(node, "event.publish", document=document)
        await _kept_twice(node)
        shown = await do(node, "event.show", id=event["id"])
        calendar = await browser.get(f"/e/{event['short_id']}.ics")
    assert shown["recurrence"] == "FREQ=WEEKLY;BYDAY=FR"
    assert calendar.text.count("RRULE") == 1
    assert "RRULE:FREQ=WEEKLY;BYDAY=FR\r\n" in calendar.text


async def _kept_twice(node: Node) -> None:
    old, new = "BYDAY=MO", "BYDAY=MO;BYDAY=FR"
    await node.act(
        lambda context: context.tx.run(
            "update event set draft = replace(draft, :old, :new)", old=old, new=new
        )
    )
