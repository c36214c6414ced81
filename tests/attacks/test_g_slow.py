"""G09, G10: whoever is slow, or in a hurry, on purpose."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.edge import at_the_edge, connected, head_of, request
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
HEAD_SECONDS = 1.0
MANY = 200


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def edge(us: Stage) -> AsyncIterator[Stage]:
    async with at_the_edge(us, head_seconds=HEAD_SECONDS) as found:
        yield found


async def _drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
    """Seconds until the node has had enough of a head that comes a byte at a time."""
    begun = time.monotonic()
    writer.write(b"GET /about HTTP/1.1\r\nHost: us.test\r\nX: ")
    while not reader.at_eof() and time.monotonic() - begun < 10:
        writer.write(b"x")
        try:
            await asyncio.wait_for(reader.read(1), 0.25)
        except (TimeoutError, ConnectionError):
            continue
    writer.transport.abort()
    return time.monotonic() - begun


@pytest.mark.alone
async def test_g09_many_who_never_finish_are_let_go_while_others_are_served(edge: Stage) -> None:
    slow = [await connected(edge.port) for _ in range(MANY)]
    dripping = [asyncio.create_task(_drips(*each)) for each in slow]
    await asyncio.sleep(0.1)
    told = await asyncio.wait_for(edge.tell(request("GET /healthz")), 2)
    assert told.status == 200
    assert max(await asyncio.gather(*dripping)) < HEAD_SECONDS * 4
    assert "Traceback" not in edge.log.getvalue()


@pytest.mark.parametrize(
    "target", [INBOX, "/inbox", "/relay/inbox"], ids=lambda each: f"G09-{each}"
)
async def test_a_body_that_drips_has_its_time_and_no_more(us: Stage, target: str) -> None:
    async with at_the_edge(us, body_seconds=0.4) as edge:
        reader, writer = await connected(edge.port)
        writer.write(
            request(
                f"POST {target}", "Content-Type: application/activity+json", "Content-Length: 999"
            )
        )
        for _ in range(4):
            # Each byte comes in time: it is all of it that must.
            await asyncio.sleep(0.15)
            writer.write(b"{")
        assert b" 408 " in await head_of(reader)
        writer.close()


async def test_g10_requests_one_behind_the_other_are_answered_one_by_one(edge: Stage) -> None:
    reader, writer = await connected(edge.port)
    one = request("GET /healthz").replace(b"Connection: close\r\n", b"")
    begun = time.thread_time()
    writer.write(one * 2_000 + request("GET /healthz"))
    answers = (await asyncio.wait_for(reader.read(), 20)).count(b"HTTP/1.1 200")
    assert answers == 2_001
    assert time.thread_time() - begun < 10
    writer.close()


async def test_g10_a_body_in_chunks_of_one_byte_is_read_in_little_time(edge: Stage) -> None:
    eve = edge.stranger()
    whole = edge.signed(eve, content="x" * 20_000)
    head = whole.also("Transfer-Encoding", "chunked").raw().partition(b"\r\n\r\n")[0]
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in whole.body)
    begun = time.thread_time()
    told = await edge.tell(head + b"\r\n\r\n" + chunks + b"0\r\n\r\n")
    assert told.status == 202
    assert time.thread_time() - begun < 1
