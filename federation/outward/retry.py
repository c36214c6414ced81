"""What a peer's answer means for a delivery: pure, from the answer and the times alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from federation.errors import AddressRefused, Blocked, FederationError, TooLarge
from federation.outward.lanes import held
from federation.ports import Delivery, Response, Sign

_DAY = timedelta(hours=24)
SCHEDULE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
"""Pauses after the first, second … attempt; after the last of them one day each."""

_FORBIDDEN_ATTEMPTS = 8
_UNFOUND_ATTEMPTS = 4
_UNWANTED_ATTEMPTS = 3
_HOLDING = frozenset({429, 503})
_PASSING = frozenset({408, 425, 429})
_MISSING = frozenset({404, 410})
_ELSEWHERE = frozenset({301, 308})


class Verdict(Enum):
    """What becomes of a delivery after an attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    PARK = "park"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict with a kebab-case reason; `at` is when to try again, None unless it is RETRY.

    `refused`: the peer spoke and did not want it; such answers are counted by themselves. `ask`:
    first ask the actor whether its inbox is still there.
    """

    verdict: Verdict
    at: datetime | None
    reason: str
    refused: bool = False
    ask: bool = False


def pause(attempts: int, random: Callable[[], float]) -> timedelta:
    """How long to wait after this many attempts, ±20 %; `random` answers from 0 to 1."""
    planned = SCHEDULE[attempts - 1] if attempts <= len(SCHEDULE) else _DAY
    return planned * (0.8 + 0.4 * random())


def judge(
    outcome: Response | FederationError,
    delivery: Delivery,
    *,
    now: datetime,
    random: Callable[[], float],
) -> Decision:
    """What to do after this attempt, which ended in `outcome`.

    A redirect is not followed: the body was signed for the address it was sent to.
    Spec: ActivityPub 7, RFC 9110 15.
    """
    verdict, reason, refused, ask = _judged(outcome, delivery, now)
    if verdict is not Verdict.RETRY:
        return Decision(verdict=verdict, at=None, reason=reason, refused=refused, ask=ask)
    deadline = delivery.created + held(delivery.kind)
    if now >= deadline:
        return Decision(verdict=Verdict.PARK, at=None, reason="held-too-long")
    wait = max(pause(delivery.attempts, random), asked_pause(outcome, now))
    at = min(now + wait, deadline)
    return Decision(verdict=verdict, at=at, reason=reason, refused=refused, ask=ask)


def _judged(
    outcome: Response | FederationError, delivery: Delivery, now: datetime
) -> tuple[Verdict, str, bool, bool]:
    """Verdict, reason, whether it counts as a refusal, whether to ask the actor."""
    if isinstance(outcome, Blocked):
        return Verdict.CANCEL, outcome.reason, False, False
    if isinstance(outcome, FederationError):
        # An answer too long to read hides its status: it may have been a trouble page.
        retry = outcome.retry or isinstance(outcome, TooLarge)
        return Verdict.RETRY if retry else Verdict.PARK, outcome.reason, False, False
    reason, status = f"status-{outcome.status}", outcome.status
    if 200 <= status < 300:
        return Verdict.DELIVERED, reason, False, False
    if status == 413:
        return Verdict.PARK, reason, True, False
    if status in _PASSING or (status >= 500 and status != 501):
        return Verdict.RETRY, reason, False, False
    enough, ask = _refused(status, delivery, now)
    return Verdict.PARK if enough else Verdict.RETRY, reason, True, ask


def _refused(status: int, delivery: Delivery, now: datetime) -> tuple[bool, bool]:
    """Whether a peer has refused often enough, and whether to ask the actor."""
    times = delivery.refusals + 1
    day_long = now - (delivery.refused_since or now) >= _DAY
    unwanted = times >= _UNWANTED_ATTEMPTS and day_long
    if status in {401, 403}:
        # Their clock or key cache may be wrong; both mend themselves.
        return times >= _FORBIDDEN_ATTEMPTS, False
    if status in _MISSING:
        return times >= _UNFOUND_ATTEMPTS, True
    if status == 501:
        return unwanted and times >= _UNWANTED_ATTEMPTS + _UNFOUND_ATTEMPTS - 1, unwanted
    # Peers answer 400 during a bad deploy.
    return unwanted, status in _ELSEWHERE


def sign_of(outcome: Response | FederationError) -> Sign:
    """What the outcome says of the host: whoever answers with a plain no is alive.

    What our own rules forbid says nothing of it.
    """
    if isinstance(outcome, AddressRefused | Blocked):
        return Sign.NOTHING
    if isinstance(outcome, FederationError):
        return Sign.TROUBLE
    status = outcome.status
    failing = status in {408, 425} or (status >= 500 and status != 501)
    return Sign.TROUBLE if failing else Sign.ALIVE


def held_until(outcome: Response | FederationError, now: datetime) -> datetime | None:
    """Until when the host asked to be left alone altogether, None if it did not."""
    if not isinstance(outcome, Response) or outcome.status not in _HOLDING:
        return None
    wait = asked_pause(outcome, now)
    return now + wait if wait else None


def asked_pause(outcome: Response | FederationError, now: datetime) -> timedelta:
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
