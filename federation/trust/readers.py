"""Who fetches from us? Asked only where it matters: the signature of a GET, and the rules."""

from __future__ import annotations

from urllib.parse import urldefrag

from activitypub.errors import UrlRefused
from activitypub.identity import host_of, same_origin
from federation.errors import FederationError
from federation.policy import Policy
from federation.ports import Clock, RemoteActor
from federation.trust.actors import RemoteActors
from keys.errors import KeysError
from keys.http_signatures import Signature, check, parse, verify
from keys.message import Request


class Readers:
    """Tells who may read documents; `authorities` are our own names, `local_origin` is ours."""

    def __init__(
        self,
        actors: RemoteActors,
        policy: Policy,
        clock: Clock,
        authorities: frozenset[str],
        local_origin: str,
    ) -> None:
        self._actors = actors
        self._policy = policy
        self._clock = clock
        self._authorities = authorities
        self._local_origin = local_origin

    def unwelcome(self, request: Request) -> bool:
        """Whether the request says that it comes from somebody with whom we do not speak.

        Its word is enough, as nobody gains by such a lie. One without a signature says nothing.
        """
        signature = _claim(request)
        return signature is not None and self._is_blocked(signature.key_id)

    async def proves_welcome(self, request: Request) -> bool:
        """Whether a signature proves that it comes from somebody with whom we speak.

        Nothing is fetched of anybody else. Where the key cannot be had it is not proven.
        """
        return await self.reader(request) is not None

    def claimed_host(self, request: Request) -> str | None:
        """The host whose key is said to have signed, None without a signature; not proven."""
        signature = _claim(request)
        return host_of(signature.key_id) if signature else None

    async def reader(self, request: Request) -> RemoteActor | None:
        """Who proves by a signature that it is she who asks; None for whom that is not proven, and
        for those with whom we do not speak."""
        signature = _claim(request)
        if signature is None or same_origin(signature.key_id, self._local_origin):
            return None
        if self._is_blocked(signature.key_id):
            return None
        try:
            check(request, signature, now=self._clock.now(), authorities=self._authorities)
            owner, key = await self._actors.key(signature.key_id)
            verify(request, signature, key)
        except (KeysError, FederationError):
            return None
        return None if self._policy.actor_blocked(owner.id) else owner

    def _is_blocked(self, key_id: str) -> bool:
        return self._policy.actor_blocked(urldefrag(key_id).url)


def _claim(request: Request) -> Signature | None:
    try:
        signature = parse(request)
        host_of(signature.key_id)
    except (KeysError, UrlRefused):
        return None
    return signature
