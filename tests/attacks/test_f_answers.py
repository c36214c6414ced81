"""F17-F23: answers that never end, never begin, or are none."""

from __future__ import annotations

import asyncio
import gzip
import time
from itertools import count

import pytest

from activitypub.names import ACTIVITY_JSON
from federation.errors import FederationError
from keys.message import Request
from tests.support.entries import DIRECT, ENTRIES
from tests.support.hostile import Script, answer, drip, flood, raw
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
OK = f"HTTP/1.1 200 OK\r\nContent-Type: {ACTIVITY_JSON}\r\n".encode()
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PIECE = b" " * 65536
_numbers = count(1)


def _host(us: Stage) -> str:
    host = f"answering{next(_numbers)}.test"
    us.evil.host(host)
    return host


@pytest.mark.parametrize(
    "variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"], ids=lambda v: f"F17-{v}"
)
async def test_a_proxy_of_the_environment_is_not_used(
    us: Stage, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    host = _host(us)
    us.evil.serve(f"https://{host}/x", {"id": f"https://{host}/x", "type": "Note"})
    assert await ENTRIES["fetched"](us, f"https://{host}/x") == ""
    assert us.wire.strays == []


BROKEN = [
    "/a\r\nX-Evil: 1",
    "/a\nX-Evil: 1",
    "/a\r\n\r\nGET /b HTTP/1.1",
    "/a\x00b",
    "/a b",
    "/a\tb",
]


@pytest.mark.parametrize("entry", DIRECT, ids=lambda entry: f"F18-{entry}")
async def test_no_line_break_gets_into_a_request(us: Stage, entry: str) -> None:
    for broken in BROKEN:
        host = _host(us)
        us.evil.asked.clear()
        assert await ENTRIES[entry](us, f"https://{host}{broken}")
        # The whole of it, or nothing at all.
        assert us.evil.asked == []
    assert await ENTRIES[entry](us, "https://entry.test\r\nX: y/x")


@pytest.mark.parametrize(
    "parts", [("GET\r\nX: y", "/x"), ("GET", "/x\r\nX: y"), ("GET /y HTTP/1.1\r\nA:", "/x")],
    ids=lambda parts: f"F18-{parts!r}",
)  # fmt: skip
async def test_no_line_break_gets_out_of_the_gate(us: Stage, parts: tuple[str, str]) -> None:
    host = _host(us)
    us.evil.asked.clear()
    request = Request(method=parts[0], url=f"https://{host}{parts[1]}")
    with pytest.raises(FederationError):
        await us.node.client.send(request, limit=1000, seconds=2)
    assert us.evil.asked == []


SLOW: dict[str, Script] = {
    "head": drip(b"HTTP/1.1 200 OK\r\nX-Long: "),
    "many heads": flood(b"", b""),
    "body": drip(OK + b"Content-Length: 100000\r\n\r\n"),
    "chunks": drip(CHUNKED + b"fffff\r\n"),
    "nothing": drip(b"", every=30),
}


@pytest.mark.parametrize("entry", DIRECT, ids=lambda entry: f"F19-{entry}")
@pytest.mark.parametrize("slow", [name for name in SLOW if name != "many heads"])
async def test_a_slow_answer_has_its_time_and_no_more(
    us: Stage, entry: str, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.network.fetch.SECONDS", 0.25)
    url = f"https://{_host(us)}/x"
    us.evil.scripts[url] = SLOW[slow]
    begun = time.monotonic()
    assert await ENTRIES[entry](us, url)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("slow", [name for name in SLOW if name != "many heads"])
async def test_f19_a_slow_answer_to_a_delivery_has_its_time(us: Stage, slow: str) -> None:
    url = f"https://{_host(us)}/inbox"
    us.evil.scripts[url] = SLOW[slow]
    begun = time.monotonic()
    with pytest.raises(FederationError):
        await us.node.client.send(
            Request(method="POST", url=url, body=b"{}"), limit=1000, seconds=0.25
        )
    assert time.monotonic() - begun < 2


ENDLESS: dict[str, Script] = {
    "chunks": flood(CHUNKED, b"10000\r\n" + PIECE + b"\r\n"),
    "until the end": flood(OK + b"Connection: close\r\n\r\n", PIECE),
    "longer than told": flood(OK + b"Content-Length: 10\r\n\r\n", PIECE),
    "a length of 1 TB": flood(OK + b"Content-Length: 1099511627776\r\n\r\n", PIECE),
    "a bomb": answer(body=gzip.compress(b" " * 50_000_000), content_encoding="gzip"),
    "a bomb in a bomb": answer(
        body=gzip.compress(gzip.compress(b" " * 50_000_000)), content_encoding="gzip, gzip"
    ),
    "brotli": answer(body=b"x", content_encoding="br"),
}


@pytest.mark.parametrize("entry", [*DIRECT, "webfinger"], ids=lambda entry: f"F21-{entry}")
@pytest.mark.parametrize("endless", ENDLESS)
async def test_an_endless_answer_is_read_to_the_limit(us: Stage, entry: str, endless: str) -> None:
    host = _host(us)
    for path in ("/x", f"/.well-known/webfinger?resource=acct%3Aeve%40{host}"):
        us.evil.scripts[f"https://{host}{path}"] = ENDLESS[endless]
    begun = time.monotonic()
    assert await ENTRIES[entry](us, f"https://{host}/x")
    assert time.monotonic() - begun < 3


FLOODS: dict[str, Script] = {
    "one long header": flood(b"HTTP/1.1 200 OK\r\nX: ", PIECE),
    "many headers": flood(b"HTTP/1.1 200 OK\r\n", b"X-Some: thing\r\n" * 4000),
    "a long status": flood(b"HTTP/1.1 200 ", PIECE),
    "trailers": flood(CHUNKED + b"1\r\nx\r\n0\r\n", b"X-Some: thing\r\n" * 4000),
    "a long chunk extension": flood(CHUNKED + b"1;", PIECE),
    "informational": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
}


@pytest.mark.parametrize("flooded", FLOODS, ids=lambda each: f"F22-{each}".replace(" ", "-"))
async def test_a_flood_of_headers_is_cut_off(
    us: Stage, flooded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.network.fetch.SECONDS", 1.5)
    url = f"https://{_host(us)}/x"
    us.evil.scripts[url] = FLOODS[flooded]
    assert await ENTRIES["fetched"](us, url)


MALFORMED = {
    "a size of words": CHUNKED + b"zebra\r\n{}\r\n0\r\n\r\n",
    "a negative size": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "a size with a sign": CHUNKED + b"+2\r\n{}\r\n0\r\n\r\n",
    "a size in hexadecimal with 0x": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "a size beyond all": CHUNKED + b"f" * 20 + b"\r\n{}\r\n0\r\n\r\n",
    "an empty size": CHUNKED + b"\r\n{}\r\n0\r\n\r\n",
    "no end": CHUNKED + b"2\r\n{}",
    "a size with blanks": CHUNKED + b"2 \r\n{}\r\n0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a length and chunks": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "a length of words": OK + b"Content-Length: two\r\n\r\n{}",
    "a length below zero": OK + b"Content-Length: -1\r\n\r\n{}",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a status of words": b"HTTP/1.1 fine OK\r\n\r\n",
    "a status of 0": b"HTTP/1.1 0 OK\r\nContent-Length: 0\r\n\r\n",
    "nulls": b"\x00" * 1000,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "folded": OK + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    "a null in a header": OK + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    "nothing": b"",
}


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda each: f"F23-{each}".replace(" ", "-"))
async def test_what_is_no_answer_ends_in_a_refusal(
    us: Stage, malformed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.network.fetch.SECONDS", 0.4)
    url = f"https://{_host(us)}/x"

    async def once(asked: object, writer: asyncio.StreamWriter) -> None:
        await raw(MALFORMED[malformed])(asked, writer)  # type: ignore[arg-type]
        writer.close()

    us.evil.scripts[url] = once
    assert await ENTRIES["fetched"](us, url)
    assert "Traceback" not in us.log.getvalue()
