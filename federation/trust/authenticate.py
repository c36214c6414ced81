"""Who sent this? Answered by a signature, or not at all."""

from __future__ import annotations

from activitypub.identity import same_origin
from federation.errors import FederationError, NotBelieved
from federation.ports import Clock, RemoteActor
from federation.trust.actors import RemoteActors
from keys.errors import AlgorithmRefused, KeysError, SignatureInvalid
from keys.http_signatures import Signature, check, parse, verify
from keys.keypair import PublicKey
from keys.message import Request


class Authenticator:
    """Believes a request only when the actor it speaks for has signed it.

    `authorities` are our own names (`host[:port]`), `local_origin` is ours (`https://wien.example`).
    """

    def __init__(
        self, actors: RemoteActors, clock: Clock, authorities: frozenset[str], local_origin: str
    ) -> None:
        self._actors = actors
        self._clock = clock
        self._authorities = authorities
        self._local_origin = local_origin

    async def knows(self, actor_id: str) -> bool:
        """Whether this actor was ever fetched; nothing is fetched."""
        return await self._actors.knows(actor_id)

    async def sender(self, request: Request, activity_actor: str) -> RemoteActor:
        """The actor `activity_actor`, who signed this request.

        Nothing is fetched before all that needs no key is found good.
        Raises: NotBelieved, which is final; FederationError with `retry` when the key could not be
        had at the moment.
        """
        signature = self._claim(request, activity_actor)
        try:
            return await self._prove(request, signature, activity_actor)
        except KeysError as error:
            raise NotBelieved.because(error) from error
        except FederationError as error:
            if error.retry or isinstance(error, NotBelieved):
                raise
            raise NotBelieved(error.reason, f"The key could not be had. {error}") from error

    def _claim(self, request: Request, activity_actor: str) -> Signature:
        try:
            signature = parse(request)
            check(request, signature, now=self._clock.now(), authorities=self._authorities)
        except KeysError as error:
            raise NotBelieved.because(error) from error
        if same_origin(signature.key_id, self._local_origin):
            raise NotBelieved("our-own-key", "Nobody else signs with a key of this server.")
        if not same_origin(signature.key_id, activity_actor):
            raise NotBelieved("foreign-key", "The key is not of the actor's server.")
        return signature

    async def _prove(
        self, request: Request, signature: Signature, activity_actor: str
    ) -> RemoteActor:
        owner, key = await self._key(signature, activity_actor, refetch=False)
        try:
            verify(request, signature, key)
        except (SignatureInvalid, AlgorithmRefused):
            # The key may have been changed since: once more with what its owner lists today.
            owner, key = await self._key(signature, activity_actor, refetch=True)
            verify(request, signature, key)
        return owner

    async def _key(
        self, signature: Signature, activity_actor: str, *, refetch: bool
    ) -> tuple[RemoteActor, PublicKey]:
        owner, key = await self._actors.key(signature.key_id, refetch=refetch)
        if owner.id != activity_actor:
            raise NotBelieved("not-the-actor", "The signer is not the actor of the activity.")
        return owner, key
