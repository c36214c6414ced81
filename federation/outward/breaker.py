"""How a host is doing, and how much it may be sent at the moment: a pure state machine.

    closed ── 5 failures within 10 minutes, no success between ──> open
    open ── any sign of life ──> recovering ── 6 minutes ──> closed

While it is open only a probe goes out, one at a time: after 1 minute, then after twice as long each
time up to 6 hours; from the 14th day on once a day. While it recovers one delivery goes out each
second, twice as many each further minute. Spec: reliability rules 2.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Final

from federation.ports import Grade, Report, Sign

FAILURES: Final = 5
WITHIN: Final = timedelta(minutes=10)
FIRST_PROBE: Final = timedelta(minutes=1)
LONGEST_PROBE: Final = timedelta(hours=6)
LATE_PROBE: Final = timedelta(hours=24)
PATIENCE: Final = timedelta(days=14)
SLOW: Final = 2.0
"""Seconds for one answer, beyond which a host gets one request at a time."""
MOST_AT_ONCE: Final = 16
_FEWEST_AT_ONCE: Final = 2
_WANTED_RATE: Final = 50
_RECOVERY_STEP: Final = timedelta(seconds=60)
_RECOVERY_STEPS: Final = 6
_HEARD_PAUSE: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=29)
_SMOOTHING: Final = 0.3


class Phase(Enum):
    """The breaker as people see it."""

    CLOSED = "closed"
    OPEN = "open"
    RECOVERING = "recovering"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is known of one host.

    `failures` counts those since the last success, within the window that began at
    `failing_since`; `probes` those that failed since `opened_at`; `probe_at` is when the next probe
    may go, while it recovers the next delivery; `round_trip` is in seconds, smoothed, None before
    the first answer.
    """

    name: str
    failures: int = 0
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    opened_at: datetime | None = None
    probes: int = 0
    probe_at: datetime | None = None
    recovering_since: datetime | None = None
    held_until: datetime | None = None
    round_trip: float | None = None
    last_ok: datetime | None = None
    heard_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether only a probe may go out."""
        return self.opened_at is not None


_TROUBLES: Final = attrgetter(
    *("failures", "failing_since", "failed_at", "opened_at", "probes", "probe_at"),
    *("recovering_since", "held_until", "heard_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many deliveries may be begun now, and, when there may be more, not before `again_at`.

    A `probe` may be any delivery, also one whose own time has not come.
    """

    rows: int
    probe: bool = False
    again_at: datetime | None = None


def reported(host: HostState, report: Report, now: datetime) -> HostState:
    """The host after one attempt."""
    held = report.held_until
    if held is not None and (host.held_until is None or held > host.held_until):
        host = replace(host, held_until=held)
    if report.sign is Sign.ALIVE:
        return _lives(host, report.seconds, now)
    if report.sign is Sign.TROUBLE:
        return _fails(host, report.chance, now)
    return host


def _lives(host: HostState, seconds: float, now: datetime) -> HostState:
    before = host.round_trip
    smoothed = seconds if before is None else before + _SMOOTHING * (seconds - before)
    recovering = phase(host, now) is Phase.RECOVERING
    return replace(
        host,
        failures=0,
        failing_since=None,
        opened_at=None,
        probes=0,
        probe_at=host.probe_at if recovering else None,
        recovering_since=now if host.is_open else host.recovering_since if recovering else None,
        round_trip=smoothed,
        last_ok=now,
    )


def only_lives(before: HostState, after: HostState) -> bool:
    """Whether nothing was learned but that it lives, and how fast it answers."""
    return _TROUBLES(before) == _TROUBLES(after)


def _fails(host: HostState, chance: float, now: datetime) -> HostState:
    host = replace(host, failed_at=now)
    if host.opened_at is not None:
        if host.probe_at is not None and now < host.probe_at:
            # Begun before it opened, or by another process: no probe.
            return host
        return _probing(host, host.opened_at, host.probes + 1, chance, now)
    since = host.failing_since
    if since is None or not timedelta() <= now - since <= WITHIN:
        return replace(host, failures=1, failing_since=now)
    if host.failures + 1 < FAILURES:
        return replace(host, failures=host.failures + 1)
    return _probing(replace(host, failures=FAILURES), now, 0, chance, now)


def _probing(
    host: HostState, opened_at: datetime, probes: int, chance: float, now: datetime
) -> HostState:
    pause = min(FIRST_PROBE * 2 ** min(probes, 16), LONGEST_PROBE)
    if now - opened_at >= PATIENCE:
        pause = LATE_PROBE
    return replace(
        host,
        opened_at=opened_at,
        probes=probes,
        probe_at=now + pause * (0.9 + 0.2 * chance),
        recovering_since=None,
    )


def heard(host: HostState, now: datetime) -> HostState | None:
    """The host after it sent us something that we believed: its next probe is now.

    None when that changes nothing: it is not open, or it was heard within the last minute, for a
    peer must not steer us.
    """
    if not host.is_open:
        return None
    if host.heard_at is not None and timedelta() <= now - host.heard_at < _HEARD_PAUSE:
        return None
    return replace(host, heard_at=now, probe_at=now, held_until=None)


def phase(host: HostState, now: datetime) -> Phase:
    """Where the breaker stands."""
    if host.is_open:
        return Phase.OPEN
    since = host.recovering_since
    if since is not None and timedelta() <= now - since < _RECOVERY_STEP * _RECOVERY_STEPS:
        return Phase.RECOVERING
    return Phase.CLOSED


def grade(host: HostState) -> Grade:
    """Which places its deliveries take."""
    if host.is_open or host.failures or (host.round_trip or 0) > SLOW:
        return Grade.DOUBTFUL
    return Grade.NEW if host.last_ok is None else Grade.PROVEN


def at_once(host: HostState) -> int:
    """How many requests it may be working on for us.

    As many as bring it 50 deliveries a second, from 2 to 16; while it is doubtful or new, one.
    """
    if grade(host) is not Grade.PROVEN or host.round_trip is None:
        return 1
    wanted = math.ceil(_WANTED_RATE * host.round_trip)
    return max(_FEWEST_AT_ONCE, min(wanted, MOST_AT_ONCE))


def allowance(host: HostState, busy: int, now: datetime) -> Allowance:
    """What may be begun now, `busy` requests being under way."""
    if host.held_until is not None and now < (until := _near(host.held_until, now)):
        return Allowance(rows=0, again_at=until)
    if host.is_open:
        return _probe(host, busy, now)
    free = max(0, at_once(host) - busy)
    if phase(host, now) is Phase.RECOVERING:
        return _gently(host, free, now)
    return Allowance(rows=free)


def _probe(host: HostState, busy: int, now: datetime) -> Allowance:
    due = _near(host.probe_at, now) if host.probe_at else now
    if due > now:
        return Allowance(rows=0, again_at=due)
    return Allowance(rows=0 if busy else 1, probe=True)


def _gently(host: HostState, free: int, now: datetime) -> Allowance:
    assert host.recovering_since is not None
    if host.probe_at is not None and now < (due := _near(host.probe_at, now)):
        return Allowance(rows=0, again_at=due)
    rate = 2 ** ((now - host.recovering_since) // _RECOVERY_STEP)
    rows = min(free, max(1, rate // 4))
    return Allowance(rows=rows, again_at=now + timedelta(seconds=rows / rate) if rows else None)


def _near(moment: datetime, now: datetime) -> datetime:
    """The moment; at once when it lies further ahead than we ever set one: a clock was wrong."""
    return moment if moment - now <= _LONGEST_WAIT else now
