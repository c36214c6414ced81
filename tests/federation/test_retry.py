"""What a peer's answer means, by the table of answer classes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import AddressRefused, Blocked, FederationError, TooLarge, Unreachable
from federation.outward.lanes import held
from federation.outward.retry import SCHEDULE, Decision, Verdict, held_until, judge, pause, sign_of
from federation.ports import Delivery, Response, Sign

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
    refusals: int = 0,
    refused: timedelta | None = None,
) -> Decision:
    """`refusals` before this one, since `refused` ago."""
    delivery = Delivery(
        sequence=1,
        activity_id="https://wien.test/a/1",
        actor="https://wien.test/wien",
        kind=kind,
        inbox="https://a.test/in",
        host="a.test",
        body=b"{}",
        attempts=attempts,
        created=NOW - age,
        first_attempt_at=NOW - age,
        refusals=refusals,
        refused_since=None if refused is None else NOW - refused,
    )
    return judge(outcome, delivery, now=NOW, random=lambda: random)


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


def test_a_host_that_we_block_by_now_gets_nothing() -> None:
    decision = _judge(Blocked("by a rule"))
    assert (decision.verdict, decision.reason) == (Verdict.CANCEL, "blocked")


def test_too_large_for_the_peer_parks_at_once() -> None:
    assert _judge(_answer(413)).verdict is Verdict.PARK


@pytest.mark.parametrize(("status", "last"), [(401, 8), (403, 8), (404, 4), (410, 4)])
def test_a_refusal_parks_after_its_number_of_attempts(status: int, last: int) -> None:
    assert _judge(_answer(status), refusals=last - 2).verdict is Verdict.RETRY
    assert _judge(_answer(status), refusals=last - 1).verdict is Verdict.PARK


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_attempts_that_met_nobody_do_not_count_as_refusals(status: int) -> None:
    """A server that was away for weeks and is badly set up on its return loses nothing."""
    decision = _judge(_answer(status), attempts=35, age=DAY * 7)
    assert (decision.verdict, decision.refused) == (Verdict.RETRY, True)


@pytest.mark.parametrize("status", [404, 410, 301, 308])
def test_where_an_inbox_is_not_found_its_actor_is_asked(status: int) -> None:
    assert _judge(_answer(status)).ask


@pytest.mark.parametrize("status", [400, 401, 302, 307, 413, 500, 503])
def test_otherwise_no_actor_is_troubled(status: int) -> None:
    assert not _judge(_answer(status)).ask


@pytest.mark.parametrize("status", [400, 406, 411, 415, 422, 301, 302])
def test_what_is_unwanted_ends_after_three_attempts_in_a_day(status: int) -> None:
    early = _judge(_answer(status), refusals=9, refused=DAY / 2)
    few = _judge(_answer(status), refusals=1, refused=DAY)
    end = _judge(_answer(status), refusals=2, refused=DAY)
    assert [each.verdict for each in (early, few, end)] == [
        Verdict.RETRY,
        Verdict.RETRY,
        Verdict.PARK,
    ]


def test_who_cannot_do_it_is_asked_after_three_attempts_in_a_day_and_given_up_later() -> None:
    assert not _judge(_answer(501), refusals=2, refused=DAY / 2).ask
    third = _judge(_answer(501), refusals=2, refused=DAY)
    assert (third.verdict, third.ask) == (Verdict.RETRY, True)
    assert _judge(_answer(501), refusals=5, refused=DAY).verdict is Verdict.PARK


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (_answer(202), Sign.ALIVE),
        (_answer(400), Sign.ALIVE),
        (_answer(401), Sign.ALIVE),
        (_answer(403), Sign.ALIVE),
        (_answer(404), Sign.ALIVE),
        (_answer(429), Sign.ALIVE),
        (_answer(501), Sign.ALIVE),
        (_answer(408), Sign.TROUBLE),
        (_answer(500), Sign.TROUBLE),
        (_answer(503), Sign.TROUBLE),
        (Unreachable("reset"), Sign.TROUBLE),
        (TooLarge("256 kB"), Sign.TROUBLE),
        (AddressRefused("10.0.0.1"), Sign.NOTHING),
        (Blocked("by a rule"), Sign.NOTHING),
    ],
)
def test_an_outcome_says_whether_the_host_is_alive(
    outcome: Response | FederationError, sign: Sign
) -> None:
    assert sign_of(outcome) is sign


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_says_when_to_come_again_is_left_alone(status: int) -> None:
    assert held_until(_answer(status, retry_after="600"), NOW) == NOW + timedelta(minutes=10)
    assert held_until(_answer(status), NOW) is None
    assert held_until(_answer(500, retry_after="600"), NOW) is None


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
