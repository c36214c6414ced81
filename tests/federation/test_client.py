"""The one gate: what it connects to, and what it reads."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from federation.errors import AddressRefused, FederationError, TooLarge, Unreachable
from federation.network.addresses import AddressPolicy, networks
from federation.network.client import Client
from federation.ports import Response
from keys.message import Request
from tests.support.peers import drip, hang, peer, reset
from tests.support.stranger import LOOPBACK, OURS, Page, Stranger

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


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    found = Stranger()
    async with found.server:
        yield found


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    found = Client(LOOPBACK, OURS)
    yield found
    await found.close()


@pytest.fixture
async def strict() -> AsyncIterator[Client]:
    found = Client(AddressPolicy(), OURS)
    yield found
    await found.close()


async def _get(client: Client, url: str, *, limit: int = 1000, seconds: float = 5) -> Response:
    request = Request(method="GET", url=url)
    return await client.send(request, limit=limit, seconds=seconds)


@pytest.mark.parametrize("url", REFUSED)
async def test_a_forbidden_address_is_never_connected_to(
    url: str, strict: Client, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", none, raising=False)
    with pytest.raises(FederationError) as caught:
        await _get(strict, url.format(port=stranger.server.port))
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
        await _get(strict, "https://rebinding.example/")
    assert asked == ["rebinding.example"]


async def test_plain_http_does_not_go_to_the_open_network_even_with_private_peers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for url in ("http://wien.example/", "https://wien.example:8443/", "http://93.184.216.34/"):
        with pytest.raises(AddressRefused):
            await _get(client, url)


async def test_private_peers_other_than_the_address_are_refused(stranger: Stranger) -> None:
    client = Client(AddressPolicy(networks(["10.0.0.0/8"])), OURS)
    with pytest.raises(AddressRefused):
        await _get(client, f"{stranger.origin}/x")
    await client.close()
    assert not stranger.hits


async def test_an_answer_comes_back_with_status_headers_and_body(
    client: Client, stranger: Stranger
) -> None:
    stranger.pages["/x?a=%2F&b=%41"] = Page(body=b"hello", status=203, headers={"X-Y": "z"})
    answer = await _get(client, f"{stranger.origin}/x?a=%2F&b=%41")
    assert (answer.status, answer.body, answer.headers["x-y"]) == (203, b"hello", "z")
    seen = stranger.seen["/x?a=%2F&b=%41"]
    assert seen.headers["User-Agent"] == f"JosoorConnect/0.1 (+{OURS})"
    assert seen.headers["Accept-Encoding"] == "gzip"
    assert "Cookie" not in seen.headers


async def test_localhost_is_spoken_to_where_the_loopback_is_a_private_peer(
    client: Client, stranger: Stranger
) -> None:
    answer = await _get(client, f"http://localhost:{stranger.server.port}/x")
    assert answer.status == 404


async def test_a_redirect_is_an_answer(client: Client, stranger: Stranger) -> None:
    stranger.pages["/x"] = Page(status=302, headers={"Location": "/y"})
    assert (await _get(client, f"{stranger.origin}/x")).headers["location"] == "/y"
    assert "/y" not in stranger.hits


async def test_a_cookie_is_not_sent_back(client: Client, stranger: Stranger) -> None:
    stranger.pages["/x"] = Page(headers={"Set-Cookie": "a=b"})
    await _get(client, f"{stranger.origin}/x")
    await _get(client, f"{stranger.origin}/x")
    assert "Cookie" not in stranger.seen["/x"].headers


async def test_a_proxy_of_the_environment_is_not_used(
    client: Client, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert (await _get(client, f"{stranger.origin}/x")).status == 404


async def test_an_announced_or_growing_body_above_the_limit_is_refused(
    client: Client, stranger: Stranger
) -> None:
    stranger.pages["/x"] = Page(body=b"x" * 1001)
    with pytest.raises(TooLarge):
        await _get(client, f"{stranger.origin}/x")


async def test_the_limit_counts_what_comes_out_of_gzip(client: Client, stranger: Stranger) -> None:
    packed = gzip.compress(b"0" * 20_000_000)
    stranger.pages["/x"] = Page(body=packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        await _get(client, f"{stranger.origin}/x", limit=100_000)
    stranger.pages["/y"] = Page(body=gzip.compress(b"yes"), headers={"Content-Encoding": "gzip"})
    assert (await _get(client, f"{stranger.origin}/y")).body == b"yes"


async def test_an_encoding_that_was_not_offered_is_refused(
    client: Client, stranger: Stranger
) -> None:
    stranger.pages["/x"] = Page(body=b"?", headers={"Content-Encoding": "compress"})
    with pytest.raises(Unreachable):
        await _get(client, f"{stranger.origin}/x")


@pytest.mark.parametrize("answer", [hang, drip])
async def test_the_time_is_for_everything_together(client: Client, answer) -> None:
    async with peer(answer) as slow:
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            await _get(client, slow.url("/x"), limit=100_000, seconds=0.4)
        assert time.monotonic() - begun < 3


async def _post(client: Client, url: str) -> Response:
    return await client.send(Request(method="POST", url=url, body=b"{}"), limit=10**6, seconds=5)


async def test_a_post_has_its_answer_however_slowly_the_body_drips(client: Client) -> None:
    async with peer(drip) as slow:
        begun = time.monotonic()
        assert (await _post(client, slow.url("/x"))).status == 200
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("encoding", ["identity", "gzip", "compress"])
async def test_of_the_answer_to_a_post_no_more_than_4_kib_are_read(
    client: Client, stranger: Stranger, encoding: str
) -> None:
    body = gzip.compress(b"0" * 20_000_000) if encoding == "gzip" else b"0" * 200_000
    stranger.pages["/x"] = Page(body=body, status=202, headers={"Content-Encoding": encoding})
    for _ in range(2):
        answer = await _post(client, f"{stranger.origin}/x")
        assert (answer.status, answer.body) == (202, b"0" * 4096)


async def test_a_post_whose_answer_breaks_off_after_its_status_was_answered(
    client: Client,
) -> None:
    async def cut(request: web.Request, _: int) -> web.StreamResponse:
        response = web.StreamResponse(status=202, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"thank")
        assert request.transport is not None
        request.transport.close()
        return response

    async with peer(cut) as rude:
        assert (await _post(client, rude.url("/x"))).status == 202


async def test_a_cut_connection_and_a_closed_port_are_unreachable(client: Client) -> None:
    async with peer(reset) as cutting:
        with pytest.raises(Unreachable):
            await _get(client, cutting.url("/x"))
    with pytest.raises(Unreachable):
        await _get(client, cutting.url("/x"))


async def test_no_line_break_gets_into_a_request(client: Client, stranger: Stranger) -> None:
    with pytest.raises(AddressRefused):
        await _get(client, f"{stranger.origin}/x\r\nX-Evil: 1")
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
        assert (await _get(trusting, f"https://linz.example:{port}/x")).status == 404
        for wrong, url in ((trusting, "https://graz.example"), (client, "https://linz.example")):
            with pytest.raises(Unreachable):
                await _get(wrong, f"{url}:{port}/x")
    finally:
        await trusting.close()
        await stranger.server.close()
