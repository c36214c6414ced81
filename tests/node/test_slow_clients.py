"""Whoever is slow on purpose holds nothing for long, and what is too large is not read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from federation.inward.inbox import LARGEST_BODY
from node.patience import Patience
from node.services import Node
from tests.support.nodes import do, running

HEAD = b"POST /inbox HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: application/activity+json\r\n"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as wien:
        yield wien


@pytest.fixture
async def patient() -> AsyncIterator[int]:
    """The port of a server that waits 0.3 s for a head."""
    patience = Patience(0.3)

    async def hello(request: web.Request) -> web.Response:
        patience.heard(request)
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with patience.watching(runner):
        yield runner.addresses[0][1]
    await runner.cleanup()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.readuntil(b"\r\n\r\n")


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX: "])
async def test_g09_a_head_that_does_not_come_to_an_end_is_cut_off(patient: int, said: bytes):
    reader, writer = await asyncio.open_connection("127.0.0.1", patient)
    writer.write(said)
    async with asyncio.timeout(3):
        assert await reader.read() == b""
    writer.close()


async def test_g09_after_a_request_the_next_head_has_as_long_as_keep_alive_lasts(patient: int):
    reader, writer = await asyncio.open_connection("127.0.0.1", patient)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in await _answer(reader)
    await asyncio.sleep(0.6)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
    async with asyncio.timeout(5):
        assert await reader.read() == b"hello"
    writer.close()


async def test_g09_a_body_that_drips_is_answered_408_and_cut_off(node: Node):
    node.body_seconds = 0.3
    port = node.config.listen_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD % port + b"Content-Length: 1000\r\n\r\n{")
    answer = await _answer(reader)
    assert b" 408 " in answer
    assert b"Connection: close" in answer
    writer.close()
    assert (await do(node, "status"))["refusals"]["inbox"] == {"body-too-slow": 1}


async def test_g01_a_body_that_came_with_its_head_is_read_whole(node: Node):
    port, sent = node.config.listen_port, b'{"a":1,"a":2}'
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD % port + b"Content-Length: %d\r\n\r\n" % len(sent) + sent)
    assert b" 400 " in await _answer(reader)
    writer.close()
    assert (await do(node, "status"))["refusals"]["inbox"] == {"not-json": 1}


async def test_g01_a_body_that_says_it_is_too_large_is_refused_before_a_byte_of_it(node: Node):
    port = node.config.listen_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD % port + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))
    assert b" 413 " in await _answer(reader)
    writer.close()


async def test_g01_a_body_without_a_length_is_refused_on_the_chunk_that_goes_over(node: Node):
    port = node.config.listen_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD % port + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    sent = 0
    answer = asyncio.create_task(_answer(reader))
    while not answer.done() and sent < 200:
        writer.write(chunk)
        try:
            await writer.drain()
        except ConnectionError:
            break
        sent += 1
        await asyncio.sleep(0)
    assert b" 413 " in await answer
    assert sent < 200, "it would have gone on without end"
    writer.close()
