"""What a peer's answer means, by the table of answer classes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import AddressRefused, FederationError, TooLarge, Unreachable
from federation.ports import Response
from federation.retry import SCHEDULE, Decision, Verdict, held, judge, pause

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _answer(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, url="https://a.test/in", headers=named, body=b"")


def _judge(
    outcome: Response | FederationError,
    *,
    attempts: int = 1,
    age: timedelta = timedelta(0),
    kind: str = "Create",
    random: float = 0.5,
) -> Decision:
    return judge(
        outcome,
        attempts=attempts,
        created=NOW - age,
        first_attempt_at=NOW - age,
        now=NOW,
        kind=kind,
        random=lambda: random,
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_delivered(status: int) -> None:
    assert _judge(_answer(status)).verdict is Verdict.DELIVERED


def test_the_pauses_are_those_of_the_schedule() -> None:
    minutes = [1, 5, 15, 60, 180, 360, 720, 1440, 1440]
    found = [pause(attempts, lambda: 0.5) for attempts in range(1, 10)]
    assert found == [timedelta(minutes=each) for each in minutes]


@given(st.integers(1, 40), st.floats(0, 1))
def test_jitter_stays_within_a_fifth(attempts: int, random: float) -> None:
    planned = pause(attempts, lambda: 0.5)
    assert 0.79 <= pause(attempts, lambda: random) / planned <= 1.21


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_trouble_is_tried_again(status: int) -> None:
    decision = _judge(_answer(status), attempts=2)
    assert decision == Decision(
        verdict=Verdict.RETRY, at=NOW + SCHEDULE[1], reason=f"status-{status}"
    )


def test_an_unreachable_peer_is_tried_again() -> None:
    assert _judge(Unreachable("reset")).verdict is Verdict.RETRY


def test_an_answer_too_long_to_read_is_tried_again() -> None:
    assert _judge(TooLarge("256 kB")).verdict is Verdict.RETRY


def test_a_refused_address_parks_at_once() -> None:
    decision = _judge(AddressRefused("10.0.0.1"))
    assert decision.verdict is Verdict.PARK
    assert decision.reason == AddressRefused.reason


def test_gone_ends_at_once() -> None:
    assert _judge(_answer(410)).verdict is Verdict.GONE


def test_too_large_for_the_peer_parks_at_once() -> None:
    assert _judge(_answer(413)).verdict is Verdict.PARK


@pytest.mark.parametrize(("status", "last"), [(401, 8), (403, 8), (404, 4)])
def test_a_refusal_parks_after_its_number_of_attempts(status: int, last: int) -> None:
    assert _judge(_answer(status), attempts=last - 1).verdict is Verdict.RETRY
    assert _judge(_answer(status), attempts=last).verdict is Verdict.PARK


@pytest.mark.parametrize(
    ("status", "end"),
    [(400, Verdict.PARK), (406, Verdict.PARK), (422, Verdict.PARK), (301, Verdict.PARK),
     (501, Verdict.GONE)],
)  # fmt: skip
def test_what_is_unwanted_ends_after_three_attempts_in_a_day(status: int, end: Verdict) -> None:
    assert _judge(_answer(status), attempts=9, age=DAY / 2).verdict is Verdict.RETRY
    assert _judge(_answer(status), attempts=2, age=DAY).verdict is Verdict.RETRY
    assert _judge(_answer(status), attempts=3, age=DAY).verdict is end


def test_retry_after_in_seconds_lengthens_the_pause() -> None:
    assert _judge(_answer(429, retry_after="600")).at == NOW + timedelta(minutes=10)


def test_retry_after_as_a_date_lengthens_the_pause() -> None:
    decision = _judge(_answer(503, retry_after="Sat, 05 Dec 2026 19:00:00 GMT"))
    assert decision.at == NOW + timedelta(hours=1)


def test_retry_after_never_shortens_the_pause() -> None:
    assert _judge(_answer(503, retry_after="0"), attempts=4).at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "value", ["999999999999", "Sat, 05 Dec 2037 19:00:00 GMT", "Sat, 05 Dec 2037 19:00:00 -0000"]
)
def test_retry_after_is_believed_for_a_day_at_most(value: str) -> None:
    assert _judge(_answer(503, retry_after=value)).at == NOW + DAY


@given(st.text(max_size=40))
def test_an_odd_retry_after_never_raises(value: str) -> None:
    assert _judge(_answer(503, retry_after=value)).verdict is Verdict.RETRY


def test_content_is_held_14_days_and_no_longer() -> None:
    late = _judge(_answer(500), attempts=20, age=timedelta(days=13.9))
    assert late.at == NOW + timedelta(days=0.1), "the last attempt is at the end of the time"
    over = _judge(_answer(500), attempts=21, age=timedelta(days=14))
    assert (over.verdict, over.reason) == (Verdict.PARK, "held-too-long")


@pytest.mark.parametrize("kind", ["Delete", "Undo", "Block", "Reject", "Update:actor"])
def test_what_a_peer_must_learn_is_held_90_days(kind: str) -> None:
    assert held(kind) == timedelta(days=90)
    assert _judge(_answer(500), attempts=50, age=timedelta(days=89), kind=kind).at == NOW + DAY
    assert _judge(_answer(500), age=timedelta(days=90), kind=kind).verdict is Verdict.PARK


def test_a_delivery_on_the_very_last_day_still_counts() -> None:
    assert _judge(_answer(202), age=timedelta(days=200)).verdict is Verdict.DELIVERED
