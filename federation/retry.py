"""What a peer's answer means for a delivery: pure, from the answer and the times alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from federation.errors import FederationError, TooLarge
from federation.outbox import ACTOR_UPDATE
from federation.ports import Response

_DAY = timedelta(hours=24)
SCHEDULE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
"""Pauses after the first, second … attempt; after the last of them one day each."""

HELD_LONG = frozenset({"Delete", "Undo", "Block", "Remove", "Reject", "Move", ACTOR_UPDATE})
"""What a peer must learn even after a long absence."""

_FORBIDDEN_ATTEMPTS = 8
_UNFOUND_ATTEMPTS = 4
_UNWANTED_ATTEMPTS = 3


class Verdict(Enum):
    """What becomes of a delivery after an attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    PARK = "park"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with a kebab-case reason; `at` is when to try again, None unless it is RETRY."""

    verdict: Verdict
    at: datetime | None
    reason: str


def pause(attempts: int, random: Callable[[], float]) -> timedelta:
    """How long to wait after this many attempts, ±20 %; `random` answers from 0 to 1."""
    planned = SCHEDULE[attempts - 1] if attempts <= len(SCHEDULE) else _DAY
    return planned * (0.8 + 0.4 * random())


def held(kind: str) -> timedelta:
    """For how long an activity of this kind is kept for an absent peer."""
    return timedelta(days=90 if kind in HELD_LONG else 14)


def judge(
    outcome: Response | FederationError,
    *,
    attempts: int,
    created: datetime,
    first_attempt_at: datetime,
    now: datetime,
    kind: str,
    random: Callable[[], float],
) -> Decision:
    """What to do after attempt number `attempts`, which ended in `outcome`.

    A redirect is not followed: the body was signed for the address it was sent to.
    Spec: ActivityPub 7, RFC 9110 15.
    """
    tried_long = attempts >= _UNWANTED_ATTEMPTS and now - first_attempt_at >= _DAY
    verdict, reason = _verdict(outcome, attempts, tried_long)
    if verdict is not Verdict.RETRY:
        return Decision(verdict=verdict, at=None, reason=reason)
    deadline = created + held(kind)
    if now >= deadline:
        return Decision(verdict=Verdict.PARK, at=None, reason="held-too-long")
    wait = max(pause(attempts, random), _asked_pause(outcome, now))
    return Decision(verdict=Verdict.RETRY, at=min(now + wait, deadline), reason=reason)


def _verdict(
    outcome: Response | FederationError, attempts: int, tried_long: bool
) -> tuple[Verdict, str]:
    if isinstance(outcome, FederationError):
        # An answer too long to read hides its status: it may have been a trouble page.
        retry = outcome.retry or isinstance(outcome, TooLarge)
        return Verdict.RETRY if retry else Verdict.PARK, outcome.reason
    match outcome.status:
        case status if 200 <= status < 300:
            verdict = Verdict.DELIVERED
        case 410:
            verdict = Verdict.GONE
        case 501:
            verdict = Verdict.GONE if tried_long else Verdict.RETRY
        case 413:
            verdict = Verdict.PARK
        case 401 | 403:
            # Their clock or key cache may be wrong; both mend themselves.
            verdict = _until(attempts >= _FORBIDDEN_ATTEMPTS)
        case 404:
            verdict = _until(attempts >= _UNFOUND_ATTEMPTS)
        case 408 | 425 | 429:
            verdict = Verdict.RETRY
        case status if 300 <= status < 500:
            # Peers answer 400 during a bad deploy.
            verdict = _until(tried_long)
        case _:
            verdict = Verdict.RETRY
    return verdict, f"status-{outcome.status}"


def _until(enough: bool) -> Verdict:
    return Verdict.PARK if enough else Verdict.RETRY


def _asked_pause(outcome: Response | FederationError, now: datetime) -> timedelta:
    """What Retry-After asks for, at most a day; zero when absent or unreadable.

    Spec: RFC 9110 10.2.3.
    """
    value = outcome.headers.get("retry-after", "") if isinstance(outcome, Response) else ""
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:6])), _DAY)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return timedelta()
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta()), _DAY)
