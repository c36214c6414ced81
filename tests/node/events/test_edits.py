"""Edits of an event as peers see them, who read whole seconds."""

from __future__ import annotations

from pathlib import Path

from tests.support.nodes import EVENT, do, running


async def test_edits_within_one_second_are_each_newer_than_the_one_before(tmp_path: Path) -> None:
    async with running(tmp_path, at_work=False) as node:
        first = await do(node, "event.publish", document=EVENT)
        second = await do(node, "event.update", id=first["id"], document={**EVENT, "capacity": 5})
        third = await do(node, "event.cancel", id=first["id"])
    assert first["published"] < second["updated"] < third["updated"]
