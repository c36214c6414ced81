"""L02-L05, L10: what is half HTTP, two requests in one, or tells lies about where it comes from."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import pytest
from aiohttp import http_parser

from node.config import ConfigError, load_config
from node.serving import serve
from tests.support.edge import at_the_edge, connected, head_of, request
from tests.support.nodes import free_port, until
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHUNKED = "Transfer-Encoding: chunked"
ACTIVITY = "Content-Type: application/activity+json"
MARK = "<script>mark</script>"


# --- L02: where a request comes from --------------------------------------------------------------

FORWARDED = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "X-Forwarded-Host"]
FORWARDED += ["X-Forwarded-Proto", "X-Original-URL", "X-Rewrite-URL", "X-Host", "True-Client-IP"]


@pytest.mark.parametrize("header", FORWARDED, ids=lambda header: f"L02-{header}")
async def test_what_a_stranger_says_of_the_way_is_not_heard(edge: Stage, header: str) -> None:
    plain = await edge.tell(request("GET /about"))
    told = await edge.tell(request("GET /about", f"{header}: evil.test", f"{header}: 6.6.6.6"))
    assert (told.status, told.body) == (200, plain.body)


async def test_l02_a_host_is_not_taken_from_elsewhere(edge: Stage) -> None:
    lies = (f"X-Forwarded-Host: {edge.node.urls.authority}", "Forwarded: host=us.test")
    told = await edge.tell(request("GET /about", *lies, host="evil.test"))
    assert told.status == HTTPStatus.MISDIRECTED_REQUEST


# --- L03, L04: what is no request, or two ---------------------------------------------------------

SMUGGLED = {
    "a length and chunks": request(f"POST {INBOX}", "Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"),
    "chunks and a length": request(f"POST {INBOX}", CHUNKED, "Content-Length: 5", body=b"0\r\n\r\n"),
    "two lengths": request(
        f"POST {INBOX}", "Content-Length: 5", "Content-Length: 6", body=b"hello"
    ),
    "two lengths in one": request(f"POST {INBOX}", "Content-Length: 5, 6", body=b"hello"),
    "a length with a sign": request(f"POST {INBOX}", "Content-Length: +5", body=b"hello"),
    "a length below zero": request(f"POST {INBOX}", "Content-Length: -5", body=b"hello"),
    "a length in hexadecimal": request(f"POST {INBOX}", "Content-Length: 0x5", body=b"hello"),
    "a length in other digits": request(
        f"POST {INBOX}", "Content-Length: " + "٥".encode().decode("latin-1"), body=b"hello"
    ),
    "an unknown coding": request(
        f"POST {INBOX}", "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"
    ),
    "chunked not last": request(
        f"POST {INBOX}", "Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n"
    ),
    "chunked twice": request(f"POST {INBOX}", CHUNKED, CHUNKED, body=b"0\r\n\r\n"),
    "a bare line feed": b"GET / HTTP/1.1\nHost: us.test\n\n",
    "a bare line feed in a header": b"GET / HTTP/1.1\r\nHost: us.test\nX: y\r\n\r\n",
    "a folded header": request("GET /about", "X: a\r\n b"),
    "a blank before the colon": request("GET /about", "X : a"),
    "a name with a control sign": request("GET /about", "X\x01: a"),
    "a null in a value": request("GET /about", "X: a\0b"),
    "a carriage return in a value": request("GET /about", "X: a\rHost: evil.test"),
    "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "two hosts": request("GET /about", "Host: us.test"),
    "a chunk size of words": request(f"POST {INBOX}", CHUNKED, body=b"zebra\r\n"),
    "a chunk size with a sign": request(f"POST {INBOX}", CHUNKED, body=b"+2\r\n{}\r\n0\r\n\r\n"),
    "a chunk size with 0x": request(f"POST {INBOX}", CHUNKED, body=b"0x2\r\n{}\r\n0\r\n\r\n"),
    "a chunk size beyond all": request(f"POST {INBOX}", CHUNKED, body=b"f" * 20 + b"\r\n{}\r\n"),
    "a line feed in a chunk extension": request(
        f"POST {INBOX}", CHUNKED, body=b"2;a\nb\r\n{}\r\n0\r\n\r\n"
    ),
    "a chunk longer than told": request(f"POST {INBOX}", CHUNKED, body=b"1\r\n{}\r\n0\r\n\r\n"),
}  # fmt: skip
ODD = {
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3.7": request("GET /about").replace(b"HTTP/1.1", b"HTTP/3.7"),
    "a version of words": request("GET /about").replace(b"HTTP/1.1", b"HTTP/one"),
    "more after the version": request("GET /about").replace(b"HTTP/1.1", b"HTTP/1.1 x"),
    "an unknown method": request("EVIL /about"),
    "a method in small letters": request("get /about"),
    "CONNECT": request("CONNECT evil.test:443"),
    "OPTIONS of all": request("OPTIONS *"),
    "a whole address": request("GET http://evil.test/about"),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "nulls": bytes(200),
    "TRACE": request("TRACE /about"),
    "DELETE of a page": request("DELETE /about"),
    "PUT into an inbox": request(f"PUT {INBOX}", body=b"{}"),
}


def _named(row: str, table: dict[str, bytes]) -> pytest.MarkDecorator:
    ids = [f"{row}-{name}".replace(" ", "-") for name in table]
    return pytest.mark.parametrize("sent", table.values(), ids=ids)


async def _changing_nothing(us: Stage, sent: bytes) -> int:
    """The status of an answer that keeps nothing, tells nothing and is one line of the log."""
    before = await us.contents()
    us.log.truncate(us.log.seek(0))
    told = await us.tell(sent)
    assert await us.contents() == before, told
    lines = us.log.getvalue()
    assert lines.count("\n") <= 1, lines
    assert "Traceback" not in lines, lines
    assert b"aiohttp" not in told.head.encode() + told.body
    return told.status


@_named("L03", SMUGGLED)
async def test_what_can_be_read_as_two_requests_is_read_as_none(edge: Stage, sent: bytes) -> None:
    assert await _changing_nothing(edge, sent) == HTTPStatus.BAD_REQUEST


@_named("L03", {name: each for name, each in SMUGGLED.items() if b"\r\n\r\n" in each})
async def test_nothing_after_it_is_answered(edge: Stage, sent: bytes) -> None:
    behind = sent.replace(b"Connection: close\r\n", b"") + request("GET /healthz")
    told = await edge.tell(behind)
    assert told.status == HTTPStatus.BAD_REQUEST
    assert b'"status":"ok"' not in told.body


@_named("L04", ODD)
async def test_what_is_no_request_of_ours_is_refused(edge: Stage, sent: bytes) -> None:
    assert await _changing_nothing(edge, sent) in {400, 405}


async def test_l03_trailers_add_nothing(edge: Stage) -> None:
    eve = edge.stranger()
    whole = edge.signed(eve)
    bare = whole.without("signature")
    chunks = b"%x\r\n%b\r\n0\r\n" % (len(bare.body), bare.body)
    trailer = f"Signature: {whole.header('signature')}\r\n\r\n".encode()
    head = bare.also("Transfer-Encoding", "chunked").raw().partition(b"\r\n\r\n")[0]
    told = await edge.tell(head + b"\r\n\r\n" + chunks + trailer)
    assert (told.status, told.title) == (401, "signature-missing")


async def test_l03_without_the_compiled_parser_nothing_starts(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_parser, "HttpRequestParser", http_parser.HttpRequestParserPy)
    environment = {
        "JOSOOR_DATA": str(tmp_path),
        "JOSOOR_ORIGIN": "https://us.test",
        "JOSOOR_LISTEN": f"127.0.0.1:{free_port()}",
    }
    with pytest.raises(ConfigError, match="AIOHTTP_NO_EXTENSIONS"):
        serve(load_config(environment))


# --- L05: another method than the one that is asked for -------------------------------------------

OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]


@pytest.mark.parametrize("header", OVERRIDES, ids=lambda header: f"L05-{header}")
async def test_a_method_is_not_changed_by_a_header(edge: Stage, header: str) -> None:
    told = await edge.tell(request("GET /about", f"{header}: DELETE"))
    assert told.status == HTTPStatus.OK
    told = await edge.tell(
        request("POST /about?_method=GET", f"{header}: GET", body=b"_method=GET")
    )
    assert told.status == HTTPStatus.METHOD_NOT_ALLOWED


# --- L10: what an error page says -----------------------------------------------------------------

LOUD = {
    "path": request(f"GET /{MARK}".replace("<", "%3C")),
    "raw path": request("GET /mark<script>"),
    "query": request("GET /.well-known/webfinger?resource=mark%3Cscript%3E", "Accept: text/html"),
    "header": request("GET /about", f"X\x01: {MARK}"),
    "method": request("MARK /about"),
    "version": request("GET /about").replace(b"HTTP/1.1", b"HTTP/mark"),
    "long line": request("GET /" + "mark" * 3000),
    "long header": request("GET /about", "X: " + "mark" * 3000),
    "expect": request("POST /inbox", f"Expect: {MARK}"),
    "expect of what is not there": request("POST /nowhere", f"Expect: {MARK}"),
    "host": request("GET /about", host=MARK),
    "content type": request("POST /inbox", f"Content-Type: {MARK}", body=b"mark"),
    "form type": request("POST /setup/x", f"Content-Type: {MARK}", body=b"mark"),
    "token": request("GET /api/v1/status", f"Authorization: Bearer {MARK}"),
    "token of bytes": request("GET /api/v1/status", "Authorization: Bearer \xff\xfe\xed\xa0\x80"),
    "collection": request("GET /c/wien/outbox?page=1&before=mark%22%00"),
    "body": request("POST /inbox", ACTIVITY, body=b'{"type": "mark'),
    "many headers": request("GET /about", *["X: mark"] * 500),
}


@_named("L10", LOUD)
async def test_an_error_says_nothing_back(edge: Stage, sent: bytes) -> None:
    edge.log.truncate(edge.log.seek(0))
    told = await edge.tell(sent)
    assert 400 <= told.status < 500
    assert "mark" not in (told.head + told.body.decode()).lower()
    for secret in ("aiohttp", "Python", "Traceback", "node/", "sqlite"):
        assert secret not in told.head + told.body.decode()
    assert "Server: josoor" in told.head
    assert "mark" not in edge.log.getvalue()


async def test_l10_an_error_of_ours_is_told_in_general_words(
    edge: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("the secret of the cellar")

    monkeypatch.setattr("node.community.pages.guest_of", broken)
    told = await edge.tell(request("GET /about", "Accept: text/html"))
    assert told.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert b"cellar" not in told.body
    assert b"Error\n" not in told.body
    assert "the secret of the cellar" in edge.log.getvalue()


async def test_l10_a_body_that_breaks_later_is_the_senders_fault(us: Stage) -> None:
    us.log.truncate(us.log.seek(0))
    # aiohttp tells a handler that waits for the body nothing of it, so that its time runs out.
    async with at_the_edge(us, body_seconds=0.3) as edge:
        for target, status in ((INBOX, 408), ("/setup/x", 404)):
            reader, writer = await connected(edge.port)
            writer.write(request(f"POST {target}", ACTIVITY, CHUNKED, body=b"2\r\n{}\r\n"))
            await asyncio.sleep(0.1)
            writer.write(b"zebra\r\n\r\n")
            assert int((await head_of(reader)).split(b" ", 2)[1]) == status
            writer.close()
    assert "Traceback" not in us.log.getvalue()


async def test_l10_a_body_that_is_broken_off_is_one_line_of_the_log(edge: Stage) -> None:
    edge.log.truncate(edge.log.seek(0))
    _, writer = await connected(edge.port)
    writer.write(request(f"POST {INBOX}", ACTIVITY, "Content-Length: 1000", body=b"{"))
    await asyncio.sleep(0.1)
    writer.transport.abort()

    async def logged() -> str:
        return edge.log.getvalue()

    lines = await until(logged)
    assert lines.count("\n") == 1, lines
    assert "broken off" in lines, lines
