"""The inbox: what arrives is refused cheaply, believed, kept, and only then acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from activitypub.errors import DocumentError
from activitypub.negotiation import is_activity
from activitypub.parsing import parse
from federation.counting import Counters
from federation.errors import Blocked, FederationError, Gone, Malformed, NotBelieved
from federation.inward.answer import Answer as Answer
from federation.inward.claims import Claim, claimed_host, probable_signers, read_claim
from federation.inward.pressure import Limits, Pressure
from federation.inward.replay import Replays, mark_of
from federation.policy import Policy
from federation.ports import Clock, InboxLog, Receipt, Received, RemoteActor
from federation.remembering import Remembered
from federation.trust.authenticate import Authenticator
from keys.errors import KeysError
from keys.http_signatures import parse as parse_signature
from keys.message import Request

HeardFrom = Callable[[str, datetime], Awaitable[None]]
"""Told that a host lives, once a minute at most."""
Witness = Callable[[Request, RemoteActor], None]
"""Shown each request that was believed and kept, with the actor who signed it."""

_log = logging.getLogger(__name__)

LARGEST_BODY: Final = 1024 * 1024
KEEPING_SECONDS: Final = 2.0
_HEARD_PAUSE: Final = timedelta(minutes=1)
_NOT_ITS_OWN: Final = frozenset({"foreign-key", "not-the-actor"})
_IN_VAIN: Final = frozenset({400, 401})


async def _nobody(host: str, now: datetime) -> None:
    """Nobody wants to know who lives."""


def _unseen(request: Request, sender: RemoteActor) -> None:
    """Nobody looks at the request."""


class Inbox:
    """The door for activities, one for all inboxes of the node."""

    def __init__(
        self,
        authenticator: Authenticator,
        log: InboxLog,
        policy: Policy,
        clock: Clock,
        *,
        counters: Counters | None = None,
        heard_from: HeardFrom = _nobody,
        limits: Limits | None = None,
        witness: Witness = _unseen,
    ) -> None:
        self._authenticator = authenticator
        self._kept = log
        self._policy = policy
        self._clock = clock
        self._counters = counters or Counters()
        self._heard_from = heard_from
        self._witness = witness
        self._pressure = Pressure(log, clock, limits or Limits())
        self._replays = Replays(clock)
        self._heard: Remembered[bool] = Remembered(clock, 4096)

    async def admit(self, request: Request, *, address: str, length: int | None) -> Answer | None:
        """The refusal of a request whose body was not read yet; None when it may be read.

        `address` is where the connection comes from, `length` what the head says of the body.
        """
        answer = _refusal_unread(request, length or 0) or await self._unwelcome(request, address)
        if answer is not None:
            # No line for each: those come by the thousand just when there is no time for them.
            self._counters.count("inbox", answer.reason)
        return answer

    async def _unwelcome(self, request: Request, address: str) -> Answer | None:
        host = claimed_host(request)
        if host and self._policy.blocked(host):
            return Answer(status=403, reason=Blocked.reason)
        try:
            await self._pressure.look()
        except Exception as error:
            return _our_trouble(error)
        return self._pressure.refusal(address, host)

    def note_lag(self, seconds: float) -> None:
        """Say how late the loop is; while it stays very late, nothing more is let in."""
        self._pressure.was_late(seconds)

    async def receive(self, request: Request, inbox: str, *, address: str = "") -> Answer:
        """The answer to a POST to `inbox`, the id of one of our inboxes.

        202 leaves only after the activity is kept durably. Our own trouble is always 503, since
        senders take 4xx as final.
        """
        with self._pressure.under_way(address):
            answer = await self._answer(request, inbox, address)
        if answer.status in _IN_VAIN:
            self._pressure.was_in_vain(address, claimed_host(request))
        return self._told(answer)

    def _told(self, answer: Answer) -> Answer:
        if answer.receipt is not Receipt.KEPT:
            self._counters.count("inbox", answer.reason)
            # Reasons are slugs of ours: no byte of the sender gets into the log.
            _log.info("An activity was answered %d: %s.", answer.status, answer.reason)
        return answer

    async def _answer(self, request: Request, inbox: str, address: str) -> Answer:
        refusal = _refusal_unread(request, len(request.body))
        if refusal is not None:
            return refusal
        digest = hashlib.sha256(request.body).hexdigest()
        mark = mark_of(request, digest)
        if self._replays.seen(mark):
            return Answer(status=202, reason="replayed", receipt=Receipt.SEEN_BEFORE)
        try:
            claim = self._claim(request.body, digest)
            answer = await self._believe_and_keep(request, claim, inbox, address)
        except DocumentError as error:
            return Answer(status=400, reason=error.reason)
        except FederationError as error:
            return Answer(status=_status(error), reason=error.reason)
        except Exception as error:
            return _our_trouble(error)
        if answer.receipt is not None:
            self._replays.remember(mark)
        return answer

    def _claim(self, body: bytes, digest: str) -> Claim:
        claim = read_claim(parse(body), digest)
        if self._policy.actor_blocked(claim.actor):
            raise Blocked("We do not speak with this server.")
        return claim

    async def _believe_and_keep(
        self, request: Request, claim: Claim, inbox: str, address: str
    ) -> Answer:
        if claim.deletes_its_actor and not await self._authenticator.knows(claim.actor):
            # Servers tell everybody of every deletion; the key of a deleted actor is gone.
            return Answer(status=202, reason="unknown-actor-deleted")
        hint = False
        try:
            sender = await self._authenticator.sender(request, claim.actor)
        except NotBelieved as error:
            if claim.deletes_its_actor and error.reason == Gone.reason:
                return Answer(status=202, reason="gone-actor-deleted")
            if error.reason not in _NOT_ITS_OWN or not claim.is_hint:
                raise
            sender, hint = await self._forwarder(request, error), True
        await self._pressure.look()
        full = self._pressure.full(sender.host)
        self._pressure.was_believed(address, sender.host)
        if full:
            return full
        answer = await self._keep(self._received(claim, sender, inbox, request.body, hint))
        if not hint:
            self._witness(request, sender)
        return answer

    async def _forwarder(self, request: Request, error: NotBelieved) -> RemoteActor:
        """Who brings what somebody else has said: Mastodon forwards replies to those who follow
        the one replied to. Raises: NotBelieved, Blocked."""
        try:
            key_id = parse_signature(request).key_id
        except KeysError as broken:
            raise error from broken
        for actor_id in probable_signers(key_id):
            if self._policy.actor_blocked(actor_id):
                raise Blocked("We do not speak with this server.")
            try:
                return await self._authenticator.sender(request, actor_id)
            except NotBelieved:
                continue
        raise error

    async def _keep(self, received: Received) -> Answer:
        async with asyncio.timeout(KEEPING_SECONDS):
            with self._pressure.keeping():
                receipt = await self._kept.add(received)
        if receipt is Receipt.KEPT:
            self._pressure.was_kept(received.host)
        await self._tell_of(received.host)
        return Answer(
            status=202, reason="hint" if received.hint else receipt.value, receipt=receipt
        )

    async def _tell_of(self, host: str) -> None:
        if self._heard.get(host):
            return
        now = self._clock.now()
        self._heard.put(host, True, _HEARD_PAUSE)
        try:
            await self._heard_from(host, now)
        except Exception:
            # The activity is kept: that nobody could be told is no reason to have it sent again.
            _log.exception("Nobody could be told that a host lives.")

    def _received(
        self, claim: Claim, sender: RemoteActor, inbox: str, body: bytes, hint: bool
    ) -> Received:
        return Received(
            activity_id=claim.id,
            digest=claim.digest,
            sender=claim.actor,
            host=sender.host,
            kind=claim.kind,
            object_id=claim.about,
            touches=claim.touches,
            inbox=inbox,
            body=body,
            received_at=self._clock.now(),
            friend=self._pressure.is_friend(sender.host),
            hint=hint,
        )


def _refusal_unread(request: Request, length: int) -> Answer | None:
    """The refusal for which the body need not be read, None when there is none."""
    try:
        content_type = request.header("content-type")
        encoding = request.header("content-encoding")
    except KeysError:
        return Answer(status=400, reason="header-malformed")
    if content_type is None:
        return Answer(status=400, reason="content-type-missing")
    if not is_activity(content_type):
        return Answer(status=415, reason="content-type-refused")
    if (encoding or "identity").lower() != "identity":
        return Answer(status=415, reason="content-encoding-refused")
    if length > LARGEST_BODY:
        return Answer(status=413, reason="too-large")
    return None


def _our_trouble(error: Exception) -> Answer:
    """Whatever it is, it is ours: the sender comes again, and we have the traceback."""
    _log.error("An activity could not be kept.", exc_info=error)
    return Answer(status=503, reason=getattr(error, "reason", "storage"))


def _status(error: FederationError) -> int:
    if error.retry:
        return 503
    if isinstance(error, Malformed):
        return 400
    return 403 if isinstance(error, Blocked) else 401
