"""The one gate: what it connects to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from federation.errors import AddressRefused, FederationError, Unreachable
from federation.network.addresses import AddressPolicy, networks
from federation.network.client import Client
from keys.message import Request
from tests.federation.client.asking import get
from tests.support.stranger import LOOPBACK, OURS, Stranger

REFUSED = [
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::1]:{port}/",
    "http://0.0.0.0:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST.:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f.1:{port}/",
    "http://127.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "https://localhost/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://2130706433/",
    "https://0x7f.0.0.0x1/",
    "https://a.localhost/",
    "https://printer.local/",
    "https://single/",
    "https://93.184.216.34/",
    "http://wien.example/",
    "https://wien.example:22/",
    "https://wien.example:6379/",
    "ftp://wien.example/",
    "file:" + "///etc/passwd",
    "gopher://wien.example/",
    "unix:/run/x",
    "data:,x",
    "https://user@wien.example/",
    "https://wien.example:0/",
    "https:///path",
    "https://wien.example:99999/",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_a_forbidden_address_is_never_connected_to(
    url: str, strict: Client, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", none, raising=False)
    with pytest.raises(FederationError) as caught:
        await get(strict, url.format(port=stranger.server.port))
    # A special name may simply not be known to the resolver.
    assert isinstance(caught.value, AddressRefused | Unreachable)
    assert not stranger.hits


async def test_a_public_name_that_means_a_private_address_is_refused_at_connect_time(
    strict: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(AddressRefused):
        await get(strict, "https://rebinding.example/")
    assert asked == ["rebinding.example"]


async def test_plain_http_does_not_go_to_the_open_network_even_with_private_peers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for url in ("http://wien.example/", "https://wien.example:8443/", "http://93.184.216.34/"):
        with pytest.raises(AddressRefused):
            await get(client, url)


async def test_private_peers_other_than_the_address_are_refused(stranger: Stranger) -> None:
    client = Client(AddressPolicy(networks(["10.0.0.0/8"])), OURS)
    with pytest.raises(AddressRefused):
        await get(client, f"{stranger.origin}/x")
    await client.close()
    assert not stranger.hits


async def test_localhost_is_spoken_to_where_the_loopback_is_a_private_peer(
    client: Client, stranger: Stranger
) -> None:
    answer = await get(client, f"http://localhost:{stranger.server.port}/x")
    assert answer.status == 404


async def test_a_proxy_of_the_environment_is_not_used(
    client: Client, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert (await get(client, f"{stranger.origin}/x")).status == 404


async def test_no_line_break_gets_into_a_request(client: Client, stranger: Stranger) -> None:
    with pytest.raises(AddressRefused):
        await get(client, f"{stranger.origin}/x\r\nX-Evil: 1")
    request = Request(method="GET", url=f"{stranger.origin}/x", headers=(("A", "b\r\nX: y"),))
    with pytest.raises(AddressRefused):
        await client.send(request, limit=10, seconds=5)
    assert not stranger.hits


def _certificate(name: str, folder: Path) -> Path:
    """A certificate that its own key signed, with the key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file


async def test_a_certificate_is_believed_only_of_a_known_authority_and_for_its_name(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    pem = _certificate("linz.example", tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(pem)
    stranger = Stranger()
    await stranger.server.start_server(ssl=tls)
    trusting = Client(LOOPBACK, OURS, ca_file=pem)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    port = stranger.server.port
    try:
        assert (await get(trusting, f"https://linz.example:{port}/x")).status == 404
        for wrong, url in ((trusting, "https://graz.example"), (client, "https://linz.example")):
            with pytest.raises(Unreachable):
                await get(wrong, f"{url}:{port}/x")
    finally:
        await trusting.close()
        await stranger.server.close()
