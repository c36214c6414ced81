"""The breaker: when it opens, how it probes, how gently it lets go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.outward.breaker import (
    HostState,
    Phase,
    allowance,
    at_once,
    grade,
    heard,
    phase,
    reported,
)
from federation.ports import Grade, Report, Sign

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW = HostState(name="a.test")


def _lives(host: HostState, at: datetime = NOW, seconds: float = 0.01) -> HostState:
    return reported(host, Report(sign=Sign.ALIVE, seconds=seconds), at)


def _fails(host: HostState, at: datetime = NOW, times: int = 1) -> HostState:
    for _ in range(times):
        host = reported(host, Report(sign=Sign.TROUBLE), at)
    return host


OPEN = _fails(NEW, times=5)


def _probes(until: timedelta, chance: float = 0.5) -> list[timedelta]:
    """When a host that never answers is probed, since it was given up."""
    host, times = OPEN, []
    while host.probe_at is not None and host.probe_at - NOW <= until:
        at = host.probe_at
        assert allowance(host, 0, at).rows == 1
        times.append(at - NOW)
        host = reported(host, Report(sign=Sign.TROUBLE, chance=chance), at)
    return times


def test_five_failures_within_ten_minutes_open_it() -> None:
    assert not _fails(NEW, times=4).is_open
    assert OPEN.is_open


def test_a_success_between_starts_the_count_again() -> None:
    assert not _fails(_lives(_fails(NEW, times=4)), times=4).is_open


def test_failures_far_apart_do_not_open_it() -> None:
    host = NEW
    for number in range(20):
        host = _fails(host, NOW + number * 11 * MINUTE)
    assert not host.is_open
    assert grade(host) is Grade.DOUBTFUL


def test_what_says_nothing_of_the_host_changes_nothing() -> None:
    assert reported(OPEN, Report(), NOW) == OPEN


def test_the_first_probes_double_from_one_minute_to_six_hours() -> None:
    minutes = [1, 3, 7, 15, 31, 63, 127, 255, 511, 871]
    assert _probes(15 * HOUR) == [timedelta(minutes=each) for each in minutes]


@pytest.mark.parametrize(("days", "about"), [(7, 35), (14, 63), (90, 63 + 76), (100, 63 + 86)])
def test_an_absence_costs_few_probes(days: int, about: int) -> None:
    """Ten in the first 14.5 hours, then every 6 hours, from the 14th day on one a day."""
    assert abs(len(_probes(days * DAY)) - about) <= 2


@given(st.floats(0, 1))
def test_chance_moves_a_probe_by_a_tenth_at_most(chance: float) -> None:
    regular, moved = _probes(15 * HOUR), _probes(15 * HOUR, chance)
    assert all(0.89 <= b / a <= 1.11 for a, b in zip(regular, moved, strict=False))


def test_while_it_is_open_nothing_goes_but_one_probe_in_its_time() -> None:
    assert allowance(OPEN, 0, NOW + 59 * SECOND).rows == 0
    assert allowance(OPEN, 0, NOW + 59 * SECOND).again_at == NOW + MINUTE
    due = allowance(OPEN, 0, NOW + MINUTE)
    assert (due.rows, due.probe) == (1, True)
    assert allowance(OPEN, 1, NOW + MINUTE).rows == 0


def test_a_failure_that_began_before_it_opened_is_no_probe() -> None:
    assert _fails(OPEN, NOW + SECOND).probe_at == OPEN.probe_at


def test_any_sign_of_life_closes_it_gently() -> None:
    host = _lives(OPEN, NOW + DAY)
    assert (phase(host, NOW + DAY), host.failures) == (Phase.RECOVERING, 0)
    assert phase(host, NOW + DAY + 6 * MINUTE) is Phase.CLOSED


def _released(host: HostState, since: datetime, until: timedelta) -> int:
    """How many go to a recovering host until then, each answered at once."""
    moment, number = since, 0
    while moment - since < until:
        allowed = allowance(host, 0, moment)
        number += allowed.rows
        if allowed.rows and allowed.again_at:
            host = _lives(host, moment)
            host = replace(host, probe_at=allowed.again_at)
        moment = max(allowed.again_at or moment, moment + SECOND / 100)
    return number


def test_after_recovery_one_a_second_goes_then_twice_as_many_each_minute() -> None:
    host = _lives(OPEN, NOW)
    assert 58 <= _released(host, NOW, MINUTE) <= 62
    assert 170 <= _released(host, NOW, 2 * MINUTE) <= 190
    assert 3500 <= _released(host, NOW, 6 * MINUTE) <= 4000


def test_five_thousand_are_through_within_the_hour() -> None:
    assert _released(_lives(OPEN, NOW), NOW, 10 * MINUTE) >= 5000


def test_the_end_of_one_delivery_does_not_hasten_the_next_while_it_recovers() -> None:
    host = _lives(OPEN, NOW)
    first = allowance(host, 0, NOW)
    assert (first.rows, first.again_at) == (1, NOW + SECOND)
    paced = replace(host, probe_at=first.again_at)
    assert allowance(_lives(paced, NOW + SECOND / 2), 0, NOW + SECOND / 2).rows == 0


def test_a_host_that_sends_us_something_is_probed_now() -> None:
    later = _fails(OPEN, NOW + MINUTE)
    moved = heard(later, NOW + 2 * MINUTE)
    assert moved is not None
    assert allowance(moved, 0, NOW + 2 * MINUTE).rows == 1


def test_a_host_steers_us_once_a_minute_at_most() -> None:
    moved = heard(OPEN, NOW)
    assert moved is not None
    assert heard(moved, NOW + 59 * SECOND) is None
    assert heard(moved, NOW + MINUTE) is not None


def test_what_a_well_host_sends_changes_nothing() -> None:
    assert heard(_lives(NEW), NOW) is None


@pytest.mark.parametrize(
    ("seconds", "number"), [(0.001, 2), (0.04, 2), (0.1, 5), (0.25, 13), (1.0, 16), (3.0, 1)]
)
def test_the_further_away_the_more_at_once(seconds: float, number: int) -> None:
    assert at_once(_lives(NEW, seconds=seconds)) == number


def test_hosts_have_grades() -> None:
    assert grade(NEW) is Grade.NEW
    assert grade(_lives(NEW)) is Grade.PROVEN
    assert grade(_fails(_lives(NEW))) is Grade.DOUBTFUL
    assert grade(_lives(NEW, seconds=5)) is Grade.DOUBTFUL
    assert grade(OPEN) is Grade.DOUBTFUL


def test_a_host_that_asks_for_it_is_left_alone() -> None:
    report = Report(sign=Sign.ALIVE, held_until=NOW + HOUR)
    host = reported(_lives(NEW), report, NOW)
    assert allowance(host, 0, NOW + HOUR - SECOND).rows == 0
    assert allowance(host, 0, NOW + HOUR).rows == 2


@pytest.mark.parametrize("jump", [-2 * HOUR, -DAY, -30 * DAY])
def test_a_clock_that_was_ahead_does_not_keep_a_host_waiting_for_long(jump: timedelta) -> None:
    host = reported(OPEN, Report(held_until=NOW + HOUR), NOW)
    now = NOW + jump
    again = allowance(host, 0, now).again_at
    assert (again or now) - now <= timedelta(hours=29)


@given(
    st.lists(
        st.tuples(st.sampled_from(Sign), st.integers(-100_000, 400_000), st.floats(0, 20)),
        max_size=60,
    )
)
def test_no_order_of_events_makes_it_stuck(events: list[tuple[Sign, int, float]]) -> None:
    """Whatever happened, whatever the clock did: within 29 hours something may go again."""
    host, now = NEW, NOW
    for sign, seconds, took in events:
        now += timedelta(seconds=seconds)
        host = reported(host, Report(sign=sign, seconds=took), now)
    allowed = allowance(host, 0, now)
    later = allowed.again_at or now
    assert later - now <= timedelta(hours=29)
    assert allowed.rows or allowance(host, 0, later).rows
