"""A host is met with the signature that it takes and with the key that it holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web

from federation.errors import AddressRefused, Unreachable
from federation.memory import FakeClock, MemoryKeyring
from federation.network.client import Client
from federation.network.sending import LIFE, MemorySchemes, Sender
from federation.ports import Response, SigningKey
from keys.http_signatures import check, parse, verify
from keys.keypair import make_rsa
from keys.message import Request
from keys.signature import Scheme
from tests.support.peers import Answer, Arrival, Peer, hang, open_transport, peer

ACTOR = "https://wien.test/c/wien"
OLD, NEW = f"{ACTOR}#main-key", f"{ACTOR}#main-key-2"
OLD_KEY, NEW_KEY = make_rsa(), make_rsa()
KEYS = {OLD: OLD_KEY, NEW: NEW_KEY}
DRAFT, RFC = Scheme.DRAFT_CAVAGE, Scheme.RFC9421


class Office:
    """A sender of ours with all that it holds."""

    def __init__(self, transport: Client) -> None:
        self.clock, self.schemes = FakeClock(), MemorySchemes()
        self.keyring = MemoryKeyring({ACTOR: OLD_KEY})
        self.sender = Sender(transport, self.keyring, self.schemes, self.clock)

    async def post(self, server: Peer, *, key_id: str | None = None, seconds: float = 5) -> int:
        answer = await self.sender.send(
            Request(
                method="POST",
                url=server.url("/in"),
                headers=(("Content-Type", "application/activity+json"),),
                body=b'{"type":"Note"}',
            ),
            actor=ACTOR,
            key_id=key_id,
            limit=1024,
            seconds=seconds,
        )
        return answer.status

    async def get(self, server: Peer) -> Response:
        request = Request(method="GET", url=server.url("/n/1?page=2"))
        return await self.sender.fetch(request, actor=ACTOR, limit=1024, seconds=5)

    def rotate(self) -> None:
        self.keyring.rotate(ACTOR, SigningKey(id=NEW, key=NEW_KEY))


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with open_transport() as transport:
        yield Office(transport)


def _claim(headers: object) -> tuple[Scheme, str]:
    """The kind of signature and the key id of a request that arrived."""
    signature = parse(Request(method="POST", url="http://here/in", headers=tuple(headers)))  # type: ignore[arg-type]
    return signature.scheme, signature.key_id


def believing(holds: Callable[[Scheme, str], bool], *, no: int = 401, yes: int = 202) -> Answer:
    """Answers `yes` to what is signed so that it `holds`, else `no`."""

    async def answer(request: web.Request, _: int) -> web.StreamResponse:
        believed = holds(*_claim(request.headers.items()))
        return web.Response(status=yes if believed else no)

    return answer


def _knocks(server: Peer) -> list[Scheme]:
    return [_claim(arrival.headers)[0] for arrival in server.arrivals]


def _keys(server: Peer) -> list[str]:
    return [_claim(arrival.headers)[1] for arrival in server.arrivals]


async def test_a_host_that_takes_the_draft_is_asked_once(office: Office) -> None:
    async with peer(believing(lambda scheme, _: scheme is DRAFT)) as server:
        assert [await office.post(server), await office.post(server)] == [202, 202]
        assert _knocks(server) == [DRAFT, DRAFT]
        assert office.schemes.schemes == {}, "what is usual need not be remembered"


@pytest.mark.parametrize("refusal", [400, 401])
async def test_a_host_that_takes_only_rfc_9421_is_knocked_at_twice_and_then_once(
    office: Office, refusal: int
) -> None:
    async with peer(believing(lambda scheme, _: scheme is RFC, no=refusal)) as server:
        assert [await office.post(server), await office.post(server)] == [202, 202]
        assert _knocks(server) == [DRAFT, RFC, RFC]


@pytest.mark.parametrize("scheme", Scheme)
async def test_each_knock_carries_a_whole_signature_of_its_kind(
    office: Office, scheme: Scheme
) -> None:
    async with peer(believing(lambda sent, _: sent is scheme)) as server:
        await office.post(server)
        sent = _request(server, server.arrivals[-1])
        signature = parse(sent)
        check(sent, signature, now=office.clock.now(), authorities={server.host})
        verify(sent, signature, OLD_KEY.public_key())
        assert (signature.scheme, signature.key_id) == (scheme, OLD)


def _request(server: Peer, arrival: Arrival) -> Request:
    return Request(
        method="POST", url=server.url(arrival.path), headers=arrival.headers, body=arrival.body
    )


async def test_what_a_host_took_is_asked_anew_after_a_week(office: Office) -> None:
    async with peer(believing(lambda scheme, _: scheme is RFC)) as server:
        await office.post(server)
        office.clock.advance(LIFE)
        await office.post(server)
        assert _knocks(server) == [DRAFT, RFC, DRAFT, RFC]


async def test_a_host_that_changes_its_mind_teaches_again(office: Office) -> None:
    taken = {RFC}
    async with peer(believing(lambda scheme, _: scheme in taken)) as server:
        await office.post(server)
        taken.clear()
        taken.add(DRAFT)
        assert [await office.post(server), await office.post(server)] == [202, 202]
        assert _knocks(server) == [DRAFT, RFC, RFC, DRAFT, DRAFT]


async def test_a_401_for_another_cause_teaches_nothing(office: Office) -> None:
    believed = {RFC}
    async with peer(believing(lambda scheme, _: scheme in believed)) as server:
        await office.post(server)
        believed.clear()
        assert [await office.post(server), await office.post(server)] == [401, 401]
        believed.add(RFC)
        assert await office.post(server) == 202
        assert _knocks(server) == [DRAFT, RFC, *[RFC, DRAFT] * 2, RFC]


@pytest.mark.parametrize("status", [202, 403, 404, 410, 500, 503])
async def test_only_400_and_401_are_worth_a_second_knock(office: Office, status: int) -> None:
    async with peer(believing(lambda *_: False, no=status)) as server:
        assert await office.post(server) == status
        assert len(server.arrivals) == 1


@pytest.mark.parametrize(("second", "told"), [(400, 401), (404, 404), (410, 410), (503, 503)])
async def test_the_second_answer_counts_where_it_says_more_than_the_first(
    office: Office, second: int, told: int
) -> None:
    async def answer(_: web.Request, number: int) -> web.StreamResponse:
        return web.Response(status=401 if number == 1 else second)

    async with peer(answer) as server:
        assert await office.post(server) == told
        assert office.schemes.schemes == {}, "only a 2xx teaches"


@pytest.mark.alone
async def test_all_knocks_together_keep_one_deadline(office: Office) -> None:
    async def answer(request: web.Request, number: int) -> web.StreamResponse:
        if number == 1:
            await asyncio.sleep(0.3)
            return web.Response(status=401)
        return await hang(request, number)

    async with peer(answer) as server:
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            await office.post(server, seconds=0.5)
        assert time.monotonic() - begun < 0.75
        assert len(server.arrivals) == 2


async def test_what_is_no_address_is_refused_before_anything_is_sent(office: Office) -> None:
    with pytest.raises(AddressRefused):
        await office.sender.send(
            Request(method="GET", url="ftp:nowhere"), actor=ACTOR, limit=1, seconds=1
        )


async def test_a_request_is_signed_with_the_newest_key_or_with_the_one_asked_for(
    office: Office,
) -> None:
    office.rotate()
    async with peer(believing(lambda *_: True)) as server:
        await office.post(server)
        await office.post(server, key_id=OLD)
        await office.post(server, key_id=f"{ACTOR}#long-destroyed")
        assert _keys(server) == [NEW, OLD, NEW]


@pytest.mark.parametrize("refusal", [401, 403])
async def test_where_an_old_key_is_not_believed_the_newest_is_tried_once_and_acknowledged(
    office: Office, refusal: int
) -> None:
    office.rotate()
    async with peer(believing(lambda _, key: key == NEW, no=refusal)) as server:
        assert await office.post(server, key_id=OLD) == 202
        assert _keys(server)[-1] == NEW
        assert len(server.arrivals) == (3 if refusal == 401 else 2)
        assert await office.schemes.known_key(ACTOR, server.host) == NEW


async def test_a_host_that_believes_no_key_has_acknowledged_none(office: Office) -> None:
    office.rotate()
    async with peer(believing(lambda *_: False)) as server:
        assert await office.post(server, key_id=OLD) == 401
        assert _keys(server) == [OLD, OLD, NEW]
        assert office.schemes.keys == {}


async def test_the_newest_key_is_not_tried_twice(office: Office) -> None:
    async with peer(believing(lambda *_: False)) as server:
        assert await office.post(server, key_id=OLD) == 401
        assert _knocks(server) == [DRAFT, RFC]


async def test_a_document_is_fetched_with_the_key_that_its_host_holds(office: Office) -> None:
    office.rotate()
    async with peer(believing(lambda *_: True, yes=200)) as server:
        await office.get(server)
        await office.schemes.acknowledge(ACTOR, server.host, OLD, office.clock.now())
        await office.get(server)
        assert _keys(server) == [NEW, OLD]


async def test_an_actor_that_is_not_ours_cannot_sign(office: Office) -> None:
    with pytest.raises(KeyError):
        await office.sender.send(
            Request(method="GET", url="https://there.test/"),
            actor="https://wien.test/c/else",
            limit=1,
            seconds=1,
        )
