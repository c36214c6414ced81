"""The courier: claims what is due, signs it, sends it, records what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from activitypub.names import ACTIVITY_JSON
from federation.errors import FederationError
from federation.ports import Clock, Delivery, DeliveryLog, Keyring, Response, Transport
from federation.retry import Decision, Verdict, judge, pause
from federation.waiting import first_of
from keys.http_signatures import sign
from keys.message import Request

_log = logging.getLogger(__name__)

IN_FLIGHT = 32
PER_HOST = 2
LEASE = timedelta(seconds=60)
SECONDS = 15.0
_ANSWER_LIMIT = 256 * 1024
_LONGEST_SLEEP = 30.0
_SHORTEST_SLEEP = 0.25
_BREATHS = (0.05, 0.2, 1.0, 4.0)


class Courier:
    """Sends deliveries, up to 32 at once and 2 to one host.

    `boot` names this process among the lease holders. `alone`: no other courier works on the same
    log, so that at start every lease but ours is void; with several, old leases run out instead.
    `seconds` is the whole time for one request, well below the lease. `random` answers 0 to 1.
    """

    def __init__(
        self,
        log: DeliveryLog,
        keyring: Keyring,
        transport: Transport,
        clock: Clock,
        random: Callable[[], float],
        boot: str,
        *,
        alone: bool = True,
        seconds: float = SECONDS,
    ) -> None:
        self._deliveries = log
        self._keyring = keyring
        self._transport = transport
        self._clock = clock
        self._random = random
        self._boot = boot
        self._alone = alone
        self._seconds = seconds

    async def start(self) -> int:
        """Void the leases that a former process left behind; how many."""
        return await self._deliveries.release_all(except_lease=self._boot) if self._alone else 0

    async def step(self) -> int:
        """How many deliveries were claimed and attempted, all of them to their end."""
        claimed = await self._claim(IN_FLIGHT)
        async with asyncio.TaskGroup() as group:
            for delivery in claimed:
                group.create_task(self._attempt(delivery))
        return len(claimed)

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Delivers until `stop` is set, then waits for what is under way.

        `wake` is set by whoever commits a delivery, and here when one has ended: a place is free.
        """
        await self.start()
        flying: set[asyncio.Task[None]] = set()

        def landed(task: asyncio.Task[None]) -> None:
            flying.discard(task)
            wake.set()

        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                wake.clear()
                claimed = await self._claim_calmly(IN_FLIGHT - len(flying))
                for delivery in claimed:
                    task = group.create_task(self._attempt(delivery))
                    flying.add(task)
                    task.add_done_callback(landed)
                await first_of(wake, stop, seconds=await self._sleep(claimed, len(flying)))

    async def _claim_calmly(self, limit: int) -> Sequence[Delivery]:
        """What was claimed; nothing when the log is in trouble, for the courier outlives that."""
        try:
            return await self._claim(limit)
        except Exception:
            _log.exception("Claiming deliveries failed.")
            return ()

    async def _claim(self, limit: int) -> Sequence[Delivery]:
        if limit <= 0:
            return ()
        now = self._clock.now()
        return await self._deliveries.claim(
            now=now, lease=self._boot, until=now + LEASE, limit=limit, per_host=PER_HOST
        )

    async def _sleep(self, claimed: Sequence[Delivery], flying: int) -> float:
        """Seconds until it is worth looking again, if nothing wakes us."""
        if claimed and flying < IN_FLIGHT:
            return 0.0
        try:
            due = await self._deliveries.next_due()
        except Exception:
            _log.exception("Asking for the next delivery failed.")
            due = None
        if due is None:
            return _LONGEST_SLEEP
        # One that is due and was not given to us waits for its host or another process: no hurry.
        left = (due - self._clock.now()).total_seconds()
        return min(max(left, _SHORTEST_SLEEP), _LONGEST_SLEEP)

    async def _attempt(self, delivery: Delivery) -> None:
        """One delivery to its end; nothing that happens to it reaches another."""
        try:
            decision = await self._send_and_judge(delivery)
            await self._record_surely(delivery, decision)
        except Exception:
            # The lease runs out and the same bytes are sent again: at least once, never less.
            _log.exception("Delivery %d could not be recorded.", delivery.sequence)

    async def _send_and_judge(self, delivery: Delivery) -> Decision:
        outcome: Response | FederationError
        try:
            outcome = await self._send(delivery)
        except FederationError as error:
            outcome = error
        except KeyError:
            return Decision(verdict=Verdict.PARK, at=None, reason="no-signing-key")
        except Exception as error:
            _log.exception("Delivery %d met with an unforeseen error.", delivery.sequence)
            at = self._clock.now() + pause(delivery.attempts, self._random)
            return Decision(verdict=Verdict.RETRY, at=at, reason=type(error).__name__)
        return judge(
            outcome,
            attempts=delivery.attempts,
            created=delivery.created,
            first_attempt_at=delivery.first_attempt_at,
            now=self._clock.now(),
            kind=delivery.kind,
            random=self._random,
        )

    async def _send(self, delivery: Delivery) -> Response:
        key = await self._keyring.signing_key(delivery.actor)
        request = Request(
            method="POST",
            url=delivery.inbox,
            headers=(("Content-Type", ACTIVITY_JSON),),
            body=delivery.body,
        )
        # The keyring's promise; peers know no other keys for signing requests.
        assert isinstance(key.key, RSAPrivateKey)
        signed = sign(request, key_id=key.id, key=key.key, now=self._clock.now())
        return await self._transport.send(signed, limit=_ANSWER_LIMIT, seconds=self._seconds)

    async def _record_surely(self, delivery: Delivery, decision: Decision) -> None:
        """Records, again after a breath or two when the log is in trouble: what is not recorded
        is sent twice."""
        for breath in _BREATHS:
            try:
                await self._record(delivery, decision)
            except Exception as error:
                _log.warning("Recording %d failed: %r. Again.", delivery.sequence, error)
                await asyncio.sleep(breath)
            else:
                return
        await self._record(delivery, decision)

    async def _record(self, delivery: Delivery, decision: Decision) -> None:
        held = await self._write_down(delivery, decision, self._clock.now())
        level = logging.INFO if decision.verdict in _ORDINARY else logging.WARNING
        outcome = decision.verdict.value if held else "no longer ours"
        told = (delivery.sequence, delivery.host, outcome, decision.reason)
        _log.log(level, "Delivery %d to %s: %s, %s.", *told)

    async def _write_down(self, delivery: Delivery, decision: Decision, now: datetime) -> bool:
        """Whether the lease was still ours."""
        log, sequence, reason = self._deliveries, delivery.sequence, decision.reason
        match decision.verdict:
            case Verdict.DELIVERED:
                return await log.delivered(sequence, lease=self._boot, now=now)
            case Verdict.RETRY:
                at = decision.at or now
                return await log.retry(sequence, lease=self._boot, at=at, reason=reason)
            case Verdict.PARK:
                return await log.park(sequence, lease=self._boot, now=now, reason=reason)
            case Verdict.GONE:
                await log.end_follow(inbox=delivery.inbox, now=now, reason=reason)
                return True


_ORDINARY = frozenset({Verdict.DELIVERED, Verdict.RETRY})
