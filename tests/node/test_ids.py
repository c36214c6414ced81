"""Moments as they are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from node.ids import edited_at, rfc3339

EVENING = datetime(2026, 12, 5, 18, 0, 0, 700_000, tzinfo=UTC)


def test_a_moment_of_another_clock_is_told_in_utc() -> None:
    vienna = timezone(timedelta(hours=1))
    assert rfc3339(EVENING.astimezone(vienna)) == "2026-12-05T18:00:00Z"


def test_an_edit_is_of_a_later_second_than_what_it_changes() -> None:
    assert rfc3339(edited_at(EVENING, EVENING)) == "2026-12-05T18:00:01Z"
    later = EVENING + timedelta(hours=1)
    assert edited_at(later, EVENING) == later
