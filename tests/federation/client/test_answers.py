"""The one gate: what it reads."""

from __future__ import annotations

import gzip
import time

import pytest
from aiohttp import web

from federation.errors import TooLarge, Unreachable
from federation.network.client import Client
from tests.federation.client.asking import get, post
from tests.support.peers import drip, hang, peer, reset
from tests.support.stranger import OURS, Page, Stranger


async def test_an_answer_comes_back_with_status_headers_and_body(
    client: Client, stranger: Stranger
) -> None:
    stranger.pages["/x?a=%2F&b=%41"] = Page(body=b"hello", status=203, headers={"X-Y": "z"})
    answer = await get(client, f"{stranger.origin}/x?a=%2F&b=%41")
    assert (answer.status, answer.body, answer.headers["x-y"]) == (203, b"hello", "z")
    seen = stranger.seen["/x?a=%2F&b=%41"]
    assert seen.headers["User-Agent"] == f"JosoorConnect/0.1 (+{OURS})"
    assert seen.headers["Accept-Encoding"] == "gzip"
    assert "Cookie" not in seen.headers


async def test_a_redirect_is_an_answer(client: Client, stranger: Stranger) -> None:
    stranger.pages["/x"] = Page(status=302, headers={"Location": "/y"})
    assert (await get(client, f"{stranger.origin}/x")).headers["location"] == "/y"
    assert "/y" not in stranger.hits


async def test_a_cookie_is_not_sent_back(client: Client, stranger: Stranger) -> None:
    stranger.pages["/x"] = Page(headers={"Set-Cookie": "a=b"})
    await get(client, f"{stranger.origin}/x")
    await get(client, f"{stranger.origin}/x")
    assert "Cookie" not in stranger.seen["/x"].headers


async def test_an_announced_or_growing_body_above_the_limit_is_refused(
    client: Client, stranger: Stranger
) -> None:
    stranger.pages["/x"] = Page(body=b"x" * 1001)
    with pytest.raises(TooLarge):
        await get(client, f"{stranger.origin}/x")


async def test_the_limit_counts_what_comes_out_of_gzip(client: Client, stranger: Stranger) -> None:
    packed = gzip.compress(b"0" * 20_000_000)
    stranger.pages["/x"] = Page(body=packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        await get(client, f"{stranger.origin}/x", limit=100_000)
    stranger.pages["/y"] = Page(body=gzip.compress(b"yes"), headers={"Content-Encoding": "gzip"})
    assert (await get(client, f"{stranger.origin}/y")).body == b"yes"


async def test_an_encoding_that_was_not_offered_is_refused(
    client: Client, stranger: Stranger
) -> None:
    stranger.pages["/x"] = Page(body=b"?", headers={"Content-Encoding": "compress"})
    with pytest.raises(Unreachable):
        await get(client, f"{stranger.origin}/x")


@pytest.mark.parametrize("answer", [hang, drip])
async def test_the_time_is_for_everything_together(client: Client, answer) -> None:
    async with peer(answer) as slow:
        begun = time.monotonic()
        with pytest.raises(Unreachable):
            await get(client, slow.url("/x"), limit=100_000, seconds=0.4)
        assert time.monotonic() - begun < 3


async def test_a_post_has_its_answer_however_slowly_the_body_drips(client: Client) -> None:
    async with peer(drip) as slow:
        begun = time.monotonic()
        assert (await post(client, slow.url("/x"))).status == 200
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("encoding", ["identity", "gzip", "compress"])
async def test_of_the_answer_to_a_post_no_more_than_4_kib_are_read(
    client: Client, stranger: Stranger, encoding: str
) -> None:
    body = gzip.compress(b"0" * 20_000_000) if encoding == "gzip" else b"0" * 200_000
    stranger.pages["/x"] = Page(body=body, status=202, headers={"Content-Encoding": encoding})
    for _ in range(2):
        answer = await post(client, f"{stranger.origin}/x")
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
        assert (await post(client, rude.url("/x"))).status == 202


async def test_a_cut_connection_and_a_closed_port_are_unreachable(client: Client) -> None:
    async with peer(reset) as cutting:
        with pytest.raises(Unreachable):
            await get(client, cutting.url("/x"))
    with pytest.raises(Unreachable):
        await get(client, cutting.url("/x"))
