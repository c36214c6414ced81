"""How a request of ours is signed: in the way that the host takes, with the key that it knows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.errors import AddressRefused, Unreachable
from federation.ports import Clock, Keyring, Response, SigningKey, Transport
from keys.errors import SignatureMalformed
from keys.http_signatures import sign
from keys.message import Request
from keys.signature import Scheme

LIFE: Final = timedelta(days=7)
# A server that reads only the other kind of signature answers 401; Mastodon also 400, when it
# stumbles over a header that it knows in another form.
_ANOTHER_SCHEME: Final = frozenset({400, 401})
_ANOTHER_KEY: Final = frozenset({401, 403})
_OTHER: Final[Mapping[Scheme, Scheme]] = {
    Scheme.DRAFT_CAVAGE: Scheme.RFC9421,
    Scheme.RFC9421: Scheme.DRAFT_CAVAGE,
}


class SchemeLog(Protocol):
    """What each host has taught us: the kind of signature it takes, the key of ours it holds.

    `host` is in lower case, with its port if that is not the usual one.
    """

    async def scheme(self, host: str, now: datetime) -> Scheme | None:
        """The kind of signature that this host took, None when not known or too long ago."""

    async def learn(self, host: str, scheme: Scheme, until: datetime) -> None:
        """Keep what the host took, in place of what was kept."""

    async def known_key(self, actor: str, host: str) -> str | None:
        """The id of our actor's key that this host holds, None when it holds none of ours."""

    async def acknowledge(self, actor: str, host: str, key_id: str, at: datetime) -> None:
        """Keep that this host has believed this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knock:
    """One request to one host, signed with one key."""

    request: Request
    host: str
    key: SigningKey
    limit: int
    seconds: float


class Sender:
    """Signs and sends; knocks a second time where the first signature was of a kind not taken.

    A kind is remembered for a host, for 7 days, only when it has led to a 2xx after the other did
    not: a 401 with another cause teaches nothing. At most three requests for one call.
    """

    def __init__(
        self, transport: Transport, keyring: Keyring, schemes: SchemeLog, clock: Clock
    ) -> None:
        self._transport = transport
        self._keyring = keyring
        self._schemes = schemes
        self._clock = clock

    async def send(
        self, request: Request, *, actor: str, key_id: str | None = None, limit: int, seconds: float
    ) -> Response:
        """The answer to the request signed by this local actor.

        `key_id` is the key that the host holds; None means the newest. Where an older key is not
        believed any more, the newest is tried once: the host has fetched our new document. `limit`
        in bytes and `seconds` as in `Transport`, the seconds for all knocks together.
        Raises: AddressRefused, Unreachable, TooLarge; KeyError for an actor that is not ours.
        """
        host = _host(request)
        key = await self._keyring.signing_key(actor, key_id)
        knock = _Knock(request=request, host=host, key=key, limit=limit, seconds=seconds)
        try:
            async with asyncio.timeout(seconds):
                return await self._with_either_key(knock, actor)
        except TimeoutError as error:
            raise Unreachable("The server did not answer in time.") from error

    async def fetch(self, request: Request, *, actor: str, limit: int, seconds: float) -> Response:
        """The same as `send`, with the key of the actor that this host is known to hold."""
        key_id = await self._schemes.known_key(actor, _host(request))
        return await self.send(request, actor=actor, key_id=key_id, limit=limit, seconds=seconds)

    async def _with_either_key(self, knock: _Knock, actor: str) -> Response:
        scheme = await self._schemes.scheme(knock.host, self._clock.now()) or Scheme.DRAFT_CAVAGE
        answer = await self._with_either_scheme(knock, scheme)
        if answer.status not in _ANOTHER_KEY:
            return answer
        newest = await self._keyring.signing_key(actor)
        if newest.id == knock.key.id:
            return answer
        second = await self._once(replace(knock, key=newest), scheme)
        if _good(second):
            at = self._clock.now()
            await self._schemes.acknowledge(actor, knock.host, newest.id, at)
        return answer if second.status in _ANOTHER_KEY else second

    async def _with_either_scheme(self, knock: _Knock, scheme: Scheme) -> Response:
        """Of two refusals the first: the other kind may only have failed for being the other."""
        answer = await self._once(knock, scheme)
        if answer.status not in _ANOTHER_SCHEME:
            return answer
        second = await self._once(knock, _OTHER[scheme])
        if _good(second):
            await self._schemes.learn(knock.host, _OTHER[scheme], self._clock.now() + LIFE)
        return answer if second.status in _ANOTHER_SCHEME else second

    async def _once(self, knock: _Knock, scheme: Scheme) -> Response:
        key = knock.key
        # The keyring's promise; peers know no other keys for signing requests.
        assert isinstance(key.key, RSAPrivateKey)
        try:
            ready = sign(
                knock.request, key_id=key.id, key=key.key, now=self._clock.now(), scheme=scheme
            )
        except SignatureMalformed as error:
            raise AddressRefused("This is not an address that can be asked.") from error
        return await self._transport.send(ready, limit=knock.limit, seconds=knock.seconds)


def _good(answer: Response) -> bool:
    return 200 <= answer.status < 300


def _host(request: Request) -> str:
    try:
        return host_of(request.url)
    except UrlRefused as error:
        raise AddressRefused("This is not an address that can be asked.") from error


class MemorySchemes:
    """`SchemeLog` in memory."""

    def __init__(self) -> None:
        self.schemes: dict[str, tuple[Scheme, datetime]] = {}
        self.keys: dict[tuple[str, str], str] = {}

    async def scheme(self, host: str, now: datetime) -> Scheme | None:
        """What was learned and is not over."""
        scheme, until = self.schemes.get(host, (None, now))
        return scheme if until > now else None

    async def learn(self, host: str, scheme: Scheme, until: datetime) -> None:
        """Keep it."""
        self.schemes[host] = scheme, until

    async def known_key(self, actor: str, host: str) -> str | None:
        """What was acknowledged last."""
        return self.keys.get((actor, host))

    async def acknowledge(self, actor: str, host: str, key_id: str, at: datetime) -> None:
        """Keep it."""
        self.keys[actor, host] = key_id
