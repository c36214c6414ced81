"""The courier: claims what is due, lets it be signed and sent, records what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from activitypub.names import ACTIVITY_JSON
from federation.errors import AddressRefused, Blocked, FederationError
from federation.outward.moving import Finding, Seeker
from federation.outward.retry import Decision, Verdict, held_until, judge, pause, sign_of
from federation.outward.slots import PLACES, Slots
from federation.policy import Everyone, Policy
from federation.ports import Clock, Delivery, DeliveryLog, Grade, Report, Response
from federation.waiting import ClockWatch, first_of
from keys.message import Request

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
SECONDS = 15.0
_ANSWER_LIMIT = 4 * 1024
_LONGEST_SLEEP = 30.0
_SHORTEST_SLEEP = 0.1
_TROUBLED_SLEEP = 2.0
_BREATHS = (0.05, 0.2, 1.0, 4.0)


class Signing(Protocol):
    """Signs a request as one of our actors and sends it: `federation.network.sending.Sender`."""

    async def send(
        self, request: Request, *, actor: str, key_id: str | None = None, limit: int, seconds: float
    ) -> Response:
        """The answer. Raises: FederationError; KeyError for an actor that is not ours."""


Escort: TypeAlias = Callable[[Delivery], Awaitable[tuple[tuple[str, str], ...]]]
"""What goes along with a delivery, as headers: found at the moment of sending."""


async def _nothing_more(_: Delivery) -> tuple[tuple[str, str], ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    """How one attempt ended."""

    decision: Decision
    report: Report


class Courier:
    """Sends deliveries, as many at once as `slots` has places and as each host can take.

    `boot` names this process among the lease holders. `alone`: no other courier works on the same
    log, so that at start every lease but ours is void; with several, old leases run out instead.
    `seconds` is the whole time for one request, well below the lease. `random` answers 0 to 1.
    Without a `seeker` no actor is asked where its inbox went. `escort` names the headers that go
    along.
    """

    def __init__(
        self,
        log: DeliveryLog,
        sender: Signing,
        clock: Clock,
        random: Callable[[], float],
        boot: str,
        *,
        policy: Policy | None = None,
        seeker: Seeker | None = None,
        escort: Escort = _nothing_more,
        alone: bool = True,
        seconds: float = SECONDS,
    ) -> None:
        self._deliveries = log
        self._sender = sender
        self._clock = clock
        self._random = random
        self._boot = boot
        self._policy = policy or Everyone()
        self._seeker = seeker
        self._escort = escort
        self._alone = alone
        self._seconds = seconds
        self._under_way: set[int] = set()

    async def start(self) -> int:
        """Void the leases that a former process left behind; how many."""
        await self._deliveries.mend(self._clock.now())
        return await self._deliveries.release_all(except_lease=self._boot) if self._alone else 0

    async def step(self) -> int:
        """How many deliveries were claimed and attempted, all of them to their end."""
        claimed = await self._claim(PLACES)
        async with asyncio.TaskGroup() as group:
            for delivery in claimed:
                group.create_task(self._attempt(delivery))
        return len(claimed)

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Delivers until `stop` is set, then waits for what is under way.

        `wake` is set by whoever commits a delivery, and here when one has ended: a place is free.
        """
        await self.start()
        slots = Slots(asyncio.get_running_loop().time)
        watch = ClockWatch(self._clock, asyncio.get_running_loop().time)

        def landed(task: asyncio.Task[None]) -> None:
            slots.free(task)
            wake.set()

        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                wake.clear()
                claimed = await self._claim_calmly(slots.room(), watch)
                for delivery in claimed or ():
                    task = group.create_task(self._attempt(delivery))
                    slots.take(task, delivery.grade)
                    task.add_done_callback(landed)
                pause = _TROUBLED_SLEEP if claimed is None else await self._sleep(claimed, slots)
                await first_of(*([stop] if claimed is None else [wake, stop]), seconds=pause)

    async def _claim_calmly(
        self, room: Mapping[Grade, int], watch: ClockWatch
    ) -> Sequence[Delivery] | None:
        """What was claimed; None when the log is in trouble, for the courier outlives that."""
        try:
            if watch.jumped():
                _log.warning("The clock jumped by more than an hour.")
                await self._deliveries.mend(self._clock.now())
            return await self._claim(room)
        except Exception:
            _log.exception("Claiming deliveries failed.")
            return None

    async def _claim(self, room: Mapping[Grade, int]) -> Sequence[Delivery]:
        now = self._clock.now()
        claimed = await self._deliveries.claim(
            now=now, lease=self._boot, until=now + LEASE, room=room
        )
        # A clock that jumps ahead ends leases of what is still under way here.
        return [each for each in claimed if each.sequence not in self._under_way]

    async def _sleep(self, claimed: Sequence[Delivery], slots: Slots) -> float:
        """Seconds until it is worth looking again, if nothing wakes us."""
        try:
            due = await self._deliveries.next_due()
        except Exception:
            _log.exception("Asking for the next delivery failed.")
            due = None
        if due is None:
            return _LONGEST_SLEEP
        left = (due - self._clock.now()).total_seconds()
        if left > 0:
            return min(left, _LONGEST_SLEEP)
        # Something is due: again at once if that helped, else when a place is given back.
        return (
            0.0 if claimed and all(slots.room().values()) else min(slots.soonest(), _SHORTEST_SLEEP)
        )

    async def _attempt(self, delivery: Delivery) -> None:
        """One delivery to its end; nothing that happens to it reaches another."""
        self._under_way.add(delivery.sequence)
        try:
            ending = await self._send_and_judge(delivery)
            if ending.decision.ask:
                ending = await self._ask(delivery, ending)
            await self._record_surely(delivery, ending)
        except Exception:
            # The lease runs out and the same bytes are sent again: at least once, never less.
            _log.exception("Delivery %d could not be recorded.", delivery.sequence)
        finally:
            self._under_way.discard(delivery.sequence)

    async def _send_and_judge(self, delivery: Delivery) -> _Ending:
        time = asyncio.get_running_loop().time
        began = time()
        outcome: Response | FederationError
        try:
            outcome = await self._send(delivery)
        except FederationError as error:
            outcome = error
        except KeyError:
            return _unsent(Verdict.PARK, None, "no-signing-key")
        except Exception as error:
            _log.exception("Delivery %d met with an unforeseen error.", delivery.sequence)
            at = self._clock.now() + pause(delivery.attempts, self._random)
            return _unsent(Verdict.RETRY, at, type(error).__name__)
        now = self._clock.now()
        report = Report(
            sign=sign_of(outcome),
            seconds=time() - began,
            chance=self._random(),
            held_until=held_until(outcome, now),
        )
        return _Ending(
            decision=judge(outcome, delivery, now=now, random=self._random), report=report
        )

    async def _send(self, delivery: Delivery) -> Response:
        if not self._policy.allows_out(delivery.host):
            raise Blocked("We do not speak with this server.")
        request = Request(
            method="POST",
            url=delivery.inbox,
            headers=(("Content-Type", ACTIVITY_JSON), *await self._escort(delivery)),
            body=delivery.body,
        )
        return await self._sender.send(
            request,
            actor=delivery.actor,
            key_id=delivery.key_id,
            limit=_ANSWER_LIMIT,
            seconds=self._seconds,
        )

    async def _ask(self, delivery: Delivery, ending: _Ending) -> _Ending:
        """The ending after the actor was asked: what is gone is cancelled, what moved goes on."""
        if self._seeker is None:
            return ending
        until = self._clock.now() + LEASE
        await self._deliveries.renew(delivery.sequence, lease=self._boot, until=until)
        decision = ending.decision
        finding = await self._seeker.seek(delivery, decision.reason)
        if finding is Finding.GONE or (finding, decision.reason) == _NOBODYS:
            decision = replace(decision, verdict=Verdict.CANCEL, at=None)
        elif finding is Finding.MOVED:
            # From now on it is for another host, of which this answer says nothing.
            return _unsent(Verdict.RETRY, self._clock.now(), "moved")
        return replace(ending, decision=decision)

    async def _record_surely(self, delivery: Delivery, ending: _Ending) -> None:
        """Records, again after a breath or two when the log is in trouble: what is not recorded
        is sent twice."""
        for breath in _BREATHS:
            try:
                await self._record(delivery, ending)
            except Exception as error:
                _log.warning("Recording %d failed: %r. Again.", delivery.sequence, error)
                await asyncio.sleep(breath)
            else:
                return
        await self._record(delivery, ending)

    async def _record(self, delivery: Delivery, ending: _Ending) -> None:
        decision = ending.decision
        held = await self._write_down(delivery, ending, self._clock.now())
        level = logging.INFO if decision.verdict in _ORDINARY else logging.WARNING
        outcome = decision.verdict.value if held else "no longer ours"
        told = (delivery.sequence, delivery.host, outcome, decision.reason)
        _log.log(level, "Delivery %d to %s: %s, %s.", *told)
        if decision.reason == AddressRefused.reason:
            _log.error("Incident: %s leads to an address that may not be asked.", delivery.host)

    async def _write_down(self, delivery: Delivery, ending: _Ending, now: datetime) -> bool:
        """Whether the lease was still ours."""
        log, decision, report = self._deliveries, ending.decision, ending.report
        sequence, lease, reason = delivery.sequence, self._boot, decision.reason
        match decision.verdict:
            case Verdict.DELIVERED:
                return await log.delivered(sequence, lease=lease, now=now, report=report)
            case Verdict.RETRY:
                return await log.retry(
                    sequence,
                    lease=lease,
                    now=now,
                    at=decision.at or now,
                    reason=reason,
                    refused=decision.refused,
                    report=report,
                )
            case Verdict.PARK:
                return await log.park(sequence, lease=lease, now=now, reason=reason, report=report)
            case Verdict.CANCEL:
                return await log.cancel(
                    sequence, lease=lease, now=now, reason=reason, report=report
                )


def _unsent(verdict: Verdict, at: datetime | None, reason: str) -> _Ending:
    return _Ending(decision=Decision(verdict=verdict, at=at, reason=reason), report=Report())


_ORDINARY = frozenset({Verdict.DELIVERED, Verdict.RETRY, Verdict.CANCEL})
_NOBODYS = (Finding.NOBODY, "status-410")
