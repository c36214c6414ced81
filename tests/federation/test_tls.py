"""Sessions of TLS: taken up by the host that gave them, and not kept without end."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from federation.network import tls
from federation.network.addresses import AddressPolicy
from federation.network.client import Client
from federation.network.tls import client_context
from keys.message import Request
from tests.support.authority import Authority
from tests.support.hostile import hostile
from tests.support.wire import wired


def test_nothing_older_than_tls_1_2_is_spoken_and_every_certificate_is_checked() -> None:
    context = client_context()
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


async def test_whom_the_machine_trusts_we_trust_from_the_first_connection_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    client = Client(AddressPolicy(), "https://us.test")
    with wired() as wire:
        async with hostile(wire, authority) as server:
            server.host("a.test")
            request = Request(method="POST", url="https://a.test/inbox", body=b"{}")
            await client.send(request, limit=1000, seconds=5)
            await client.close()
            assert server.handshakes == [False]


async def test_the_sessions_of_the_hosts_met_longest_ago_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "MOST_SESSIONS", 2)
    authority = Authority(tmp_path)
    client = Client(AddressPolicy(), "https://us.test", ca_file=authority.bundle)
    with wired() as wire:
        async with hostile(wire, authority) as server:
            for name in ("a.test", "b.test", "c.test", "a.test", "c.test"):
                server.host(name)
                request = Request(method="POST", url=f"https://{name}/inbox", body=b"{}")
                await client.send(request, limit=1000, seconds=5)
                server.hang_up()
            await client.close()
            assert server.handshakes == [False, False, False, False, True]


async def test_a_session_is_taken_up_again_and_again_and_renewed_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "MOST_TIMES", 2)
    authority = Authority(tmp_path)
    client = Client(AddressPolicy(), "https://us.test", ca_file=authority.bundle)
    with wired() as wire:
        async with hostile(wire, authority) as server:
            for name in ("a.test", "b.test") * 5:
                server.host(name)
                request = Request(method="POST", url=f"https://{name}/inbox", body=b"{}")
                await client.send(request, limit=1000, seconds=5)
                server.hang_up()
            await client.close()
            assert server.handshakes == [False] * 2 + [True] * 8
