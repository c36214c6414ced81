"""Names: asked for in threads of their own."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from federation.errors import Unreachable
from federation.network.addresses import AddressPolicy
from federation.network.client import Client
from federation.network.resolver import Resolver
from keys.message import Request
from tests.support.stranger import OURS

_SENT = Request(method="POST", url="https://silent.example/inbox", body=b"{}")


async def test_a_name_has_the_addresses_that_the_system_knows() -> None:
    resolver = Resolver()
    try:
        found = await resolver.resolve("localhost", 443, socket.AF_INET)
        assert {(each["host"], each["port"]) for each in found} == {("127.0.0.1", 443)}
    finally:
        await resolver.close()


async def test_an_unknown_name_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    client = Client(AddressPolicy(), OURS)
    with pytest.raises(Unreachable):
        await client.send(_SENT, limit=10, seconds=5)
    await client.close()


async def test_name_servers_that_do_not_answer_hold_no_thread_that_others_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = threading.Event()

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        over.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    client = Client(AddressPolicy(), OURS)
    asked = [asyncio.create_task(client.send(_SENT, limit=10, seconds=10)) for _ in range(40)]
    await asyncio.sleep(0.1)
    async with asyncio.timeout(2):
        assert await asyncio.to_thread(lambda: "at once") == "at once"
    over.set()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in outcomes} == {Unreachable}
    await client.close()


async def test_an_address_that_means_something_on_one_cable_only_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1", port, 0, 2)),
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2001:db8::1", port, 0, 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = Resolver()
    found = await resolver.resolve("linz.example", 443, socket.AF_UNSPEC)
    assert [each["host"] for each in found] == ["2001:db8::1"]
    await resolver.close()
