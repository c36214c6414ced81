"""Other servers in one process, which hold our keys as Mastodon and as GoToSocial do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from activitypub.identity import host_of
from federation.errors import Unreachable
from federation.memory import FakeClock
from federation.ports import Response
from keys.errors import KeysError
from keys.http_signatures import check, parse, verify
from keys.message import Request
from keys.serialisation import read_public_pem

Json: TypeAlias = dict[str, Any]
READING = timedelta(seconds=45)
Ask: TypeAlias = Callable[[str, str], Awaitable[Json]]
"""What fetches an actor of ours, signed by this host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One POST that was answered."""

    at: datetime
    status: int
    key_id: str
    activity: Json

    @property
    def kind(self) -> str:
        return str(self.activity["type"])


class Profile:
    """A server that believes what is signed with the key that it holds for the actor.

    It answers first and reads later: what an Update brings counts after `READING`.
    """

    def __init__(self, host: str, ask: Ask, clock: FakeClock) -> None:
        self.host = host
        self.up = True
        self.heard: list[Heard] = []
        self.refollows = 0
        self.held: dict[str, str] = {}
        self._unread: list[tuple[datetime, str, str]] = []
        self._ask = ask
        self._clock = clock

    async def receive(self, request: Request) -> int:
        """The status with which a POST is answered."""
        now, signature = self._clock.now(), parse(request)
        self._read(now)
        check(request, signature, now=now, authorities={self.host})
        actor = signature.key_id.partition("#")[0]
        activity = orjson.loads(request.body)
        assert activity["actor"] == actor
        status = 202 if await self._believes(request, actor) else 401
        if status == 202 and activity["type"] == "Update" and activity["object"]["id"] == actor:
            brought = activity["object"]["publicKey"]["publicKeyPem"]
            self._unread.append((now + READING, actor, brought))
        self.heard.append(Heard(at=now, status=status, key_id=signature.key_id, activity=activity))
        return status

    def _read(self, now: datetime) -> None:
        while self._unread and self._unread[0][0] <= now:
            _, actor, brought = self._unread.pop(0)
            self.held[actor] = brought

    async def _believes(self, request: Request, actor: str) -> bool:
        if actor not in self.held:
            self.held[actor] = await self._shown(actor)
        return self._holds(request, actor)

    def _holds(self, request: Request, actor: str) -> bool:
        key = read_public_pem(self.held[actor])
        assert isinstance(key, RSAPublicKey)
        try:
            verify(request, parse(request), key)
        except KeysError:
            return False
        return True

    async def _shown(self, actor: str) -> str:
        document = await self._ask(actor, self.host)
        assert isinstance(document["publicKey"], dict), "a list of keys breaks it"
        return str(document["publicKey"]["publicKeyPem"])

    @property
    def statuses(self) -> set[int]:
        return {each.status for each in self.heard}


class GoToSocial(Profile):
    """Holds a key until an Update signed with it brings another: it never asks again."""


class Mastodon(Profile):
    """Asks for the actor once more when a signature does not hold; when that shows another key for
    which no old one has vouched, all its people unfollow and follow anew."""

    async def _believes(self, request: Request, actor: str) -> bool:
        if await super()._believes(request, actor):
            return True
        shown = await self._shown(actor)
        if shown != self.held[actor]:
            self.refollows += 1
            self.held[actor] = shown
        return self._holds(request, actor)


class Fediverse:
    """`Transport` to the servers in it."""

    def __init__(self) -> None:
        self.servers: dict[str, Profile] = {}

    def add(self, server: Profile) -> Profile:
        self.servers[server.host] = server
        return server

    async def send(self, request: Request, *, limit: int, seconds: float) -> Response:
        """The answer of the server whose host this is. Raises: Unreachable while it is down."""
        server = self.servers[host_of(request.url)]
        if not server.up:
            raise Unreachable("The server cannot be reached, or broke off.")
        status = await server.receive(request)
        return Response(status=status, url=request.url, headers={}, body=b"")
