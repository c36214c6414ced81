"""Tests of node/rsvp/forgetting.py: first the names go, then the rows; the number stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from node.rsvp import links
from node.rsvp.forgetting import forget_names, forget_seats
from node.rsvp.model import Door
from node.storage.database import Database
from tests.node.rsvp.stage import Stage, staged

ANNA = "https://mz.example/@anna"
END = datetime(2026, 12, 8, 20, 0, tzinfo=UTC)


async def _over(database: Database) -> tuple[Stage, str]:
    """An event with two guests, and what the link of one of them carries."""
    stage = await staged(database, start="2026-12-08T18:00", end="2026-12-08T21:00")
    one = await stage.says("web:1", name="Samira", language="ar", words="Mit Kind")
    await stage.says(
        ANNA, door=Door.JOIN, actor=ANNA, inbox=f"{ANNA}/inbox", activity_id=f"{ANNA}/join/1"
    )
    address = await stage.act(lambda context: links.link_to(context, one))
    return stage, address.rsplit("/", 1)[-1]


async def _do_all(stage: Stage, now: datetime) -> str:
    """Everything that is kept of guests after the jobs were done at this moment."""
    stage.now = now
    await stage.act(forget_names)
    await stage.act(forget_seats)
    rows = await stage.database.read(lambda tx: tx.rows("select * from participation"))
    return str(rows)


async def test_before_the_week_is_over_everything_is_there(database: Database) -> None:
    stage, secret = await _over(database)
    assert "Samira" in await _do_all(stage, END + timedelta(days=6))
    assert await database.read(lambda tx: links.find(tx, secret))


async def test_after_a_week_nobody_is_known_by_name_or_link(database: Database) -> None:
    stage, secret = await _over(database)
    kept = await _do_all(stage, END + timedelta(days=7, hours=1))
    assert "going" in kept
    for word in ("Samira", "Mit Kind", "mz.example", "web:1", "'ar'"):
        assert word not in kept
    assert await database.read(lambda tx: links.find(tx, secret)) is None
    assert await _do_all(stage, END + timedelta(days=8)) == kept


async def test_after_a_month_only_the_number_is_left(database: Database) -> None:
    stage, _ = await _over(database)
    assert await _do_all(stage, END + timedelta(days=31)) == "[]"
    assert (await stage.present()).going == 2
