"""The inbox: what arrives is refused cheaply, believed, kept, and only then acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from activitypub.activities import Activity, object_id
from activitypub.errors import DocumentError, UrlRefused
from activitypub.identity import host_of, same_origin
from activitypub.negotiation import is_activity
from activitypub.parsing import parse
from activitypub.registry import read
from activitypub.shapes import id_of
from federation.authenticate import Authenticator
from federation.errors import Blocked, FederationError, Gone, Malformed, NotBelieved
from federation.policy import Policy
from federation.ports import Clock, InboxLog, Receipt, Received, RemoteActor
from keys.errors import KeysError
from keys.message import Request

_log = logging.getLogger(__name__)

LARGEST_BODY: Final = 1024 * 1024
KEEPING_SECONDS: Final = 5.0
_LONGEST_ID: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to tell the sender. `receipt` is None unless the activity was believed and is kept.

    `status` is 202, 400, 401, 403, 413, 415 or 503; with 503 belongs a Retry-After.
    """

    status: int
    reason: str
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What a body says of itself, in the right shapes; nothing of it is believed yet."""

    id: str
    kind: str
    actor: str
    host: str
    about: str | None
    digest: str

    @property
    def deletes_its_actor(self) -> bool:
        return self.kind == "Delete" and self.about == self.actor


class Inbox:
    """The door for activities, one for all inboxes of the node."""

    def __init__(
        self, authenticator: Authenticator, log: InboxLog, policy: Policy, clock: Clock
    ) -> None:
        self._authenticator = authenticator
        self._kept = log
        self._policy = policy
        self._clock = clock

    async def receive(self, request: Request, inbox: str) -> Answer:
        """The answer to a POST to `inbox`, the id of one of our inboxes.

        202 leaves only after the activity is kept durably. Our own trouble is always 503, since
        senders take 4xx as final.
        """
        answer = await self._answer(request, inbox)
        if answer.receipt is None:
            # Reasons are slugs of ours: no byte of the sender gets into the log.
            _log.info("An activity was answered %d: %s.", answer.status, answer.reason)
        return answer

    async def _answer(self, request: Request, inbox: str) -> Answer:
        refusal = _refusal_unread(request)
        if refusal is not None:
            return refusal
        try:
            claim = self._claim(request.body)
            return await self._believe_and_keep(request, claim, inbox)
        except DocumentError as error:
            return Answer(status=400, reason=error.reason)
        except FederationError as error:
            return Answer(status=_status(error), reason=error.reason)
        except Exception as error:
            if not isinstance(error, OSError) and not hasattr(error, "retry"):
                raise
            _log.exception("An activity could not be kept.")
            return Answer(status=503, reason=getattr(error, "reason", "storage"))

    def _claim(self, body: bytes) -> _Claim:
        claim = _read_claim(parse(body), hashlib.sha256(body).hexdigest())
        if self._policy.blocked(claim.host):
            raise Blocked("We do not speak with this server.")
        return claim

    async def _believe_and_keep(self, request: Request, claim: _Claim, inbox: str) -> Answer:
        if claim.deletes_its_actor and not await self._authenticator.knows(claim.actor):
            # Servers tell everybody of every deletion; the key of a deleted actor is gone.
            return Answer(status=202, reason="unknown-actor-deleted")
        try:
            sender = await self._authenticator.sender(request, claim.actor)
        except NotBelieved as error:
            if claim.deletes_its_actor and error.reason == Gone.reason:
                return Answer(status=202, reason="gone-actor-deleted")
            raise
        received = self._received(claim, sender, inbox, request.body)
        async with asyncio.timeout(KEEPING_SECONDS):
            receipt = await self._kept.add(received)
        return Answer(status=202, reason=receipt.value, receipt=receipt)

    def _received(self, claim: _Claim, sender: RemoteActor, inbox: str, body: bytes) -> Received:
        return Received(
            activity_id=claim.id,
            digest=claim.digest,
            sender=sender.id,
            host=sender.host,
            kind=claim.kind,
            object_id=claim.about,
            inbox=inbox,
            body=body,
            received_at=self._clock.now(),
        )


def _refusal_unread(request: Request) -> Answer | None:
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
    if len(request.body) > LARGEST_BODY:
        return Answer(status=413, reason="too-large")
    return None


def _read_claim(document: Mapping[str, Any], digest: str) -> _Claim:
    """Raises: Malformed, NotBelieved when the id has another origin than the actor."""
    kind, actor = _string(document, "type"), _string(document, "actor")
    try:
        host = host_of(actor)
    except UrlRefused as error:
        raise Malformed("actor", "The actor is not an address.") from error
    # Some servers send a Follow without an id. With one of our making it is still kept once.
    nameless = kind == "Follow" and document.get("id") is None
    activity_id = f"{actor}#{kind}/{digest}" if nameless else _string(document, "id")
    if not same_origin(activity_id, actor):
        raise NotBelieved("foreign-id", "The activity's id belongs to another server.")
    return _Claim(
        id=activity_id,
        kind=kind,
        actor=actor,
        host=host,
        about=_about(document),
        digest=digest,
    )


def _string(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    # An array or object here reads differently in different servers.
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        raise Malformed(key, f"An activity needs a {key} that is a string.")
    return value


def _about(document: Mapping[str, Any]) -> str | None:
    activity = read(dict(document))
    if isinstance(activity, Activity):
        return object_id(activity)
    return id_of(document.get("object"))


def _status(error: FederationError) -> int:
    if error.retry:
        return 503
    if isinstance(error, Malformed):
        return 400
    return 403 if isinstance(error, Blocked) else 401
