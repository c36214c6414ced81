"""Tests of node/web/answered.py: the cookie of an answer where the public name is reached by https."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar

from node.services import Node
from node.urls import Urls
from tests.support.browsers import Later
from tests.support.nodes import EVENT, do, running

OLD, NEW = "answer", "__Secure-answer"
HERS, OTHER = "a" * 32, "b" * 32


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who speaks https for the node, and hands on what browsers send; one event is there."""

    node: Node
    address: str
    path: str
    session: ClientSession

    async def post(
        self, path: str, cookie: str = "", **fields: str
    ) -> tuple[str, dict[str, Morsel[str]]]:
        """Where it leads on to, and the cookies that are set."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        async with self.session.post(
            self.address + path, data=fields, headers=headers, allow_redirects=False
        ) as answer:
            assert answer.status == 303, await answer.text()
            lines = answer.headers.getall("Set-Cookie", [])
            cookies = {name: each for line in lines for name, each in SimpleCookie(line).items()}
            return answer.headers["Location"], cookies

    async def says(self, word: str, ticket: str, cookie: str = "") -> dict[str, Morsel[str]]:
        """The cookies that come with an answer to the event."""
        return (await self.post(f"{self.path}/rsvp", cookie, ticket=ticket, answer=word))[1]

    async def knows(self, cookie: str) -> bool:
        """Whether the page of the event knows an answer by this cookie."""
        headers = {"Accept": "text/html", "Accept-Language": "en", "Cookie": cookie}
        async with self.session.get(self.address + self.path, headers=headers) as answer:
            return "answered already" in await answer.text()

    async def answers(self) -> list[str]:
        rows = await do(self.node, "event.rsvps", id=self.path.removeprefix("/e/"))
        return sorted(row["answer"] for row in rows)


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with (
        running(tmp_path / "wien", at_work=False) as node,
        ClientSession(cookie_jar=DummyCookieJar()) as session,
    ):
        address, node.urls = node.urls.origin, Urls("https://wien.example", "wien")
        event = await do(node, "event.publish", document=EVENT)
        yield Proxy(node, address, f"/e/{event['short_id']}", session)


async def test_over_https_the_cookie_of_an_answer_is_one_that_only_https_can_set(proxy: Proxy):
    cookie = (await proxy.says("yes", HERS))[NEW]
    assert (cookie.value, cookie["path"]) == (HERS, proxy.path)
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["domain"] == ""
    assert await proxy.knows(f"{NEW}={HERS}")


async def test_whoever_holds_the_cookie_of_before_keeps_her_answer_and_gets_the_new_one(
    proxy: Proxy,
):
    await proxy.says("yes", HERS)
    assert await proxy.knows(f"{OLD}={HERS}")

    cookies = await proxy.says("maybe", OTHER, f"{OLD}={HERS}")

    assert await proxy.answers() == ["maybe"]
    assert (cookies[NEW].value, cookies[OLD].value, cookies[OLD]["max-age"]) == (HERS, "", "0")


async def test_the_new_cookie_counts_before_one_that_was_planted(proxy: Proxy):
    await proxy.says("yes", HERS)
    await proxy.says("yes", OTHER)
    both = f"{OLD}={OTHER}; {NEW}={HERS}"
    assert (await proxy.says("no", "c" * 32, both))[NEW].value == HERS


async def test_when_the_last_old_cookies_are_gone_none_is_read_any_more(proxy: Proxy):
    await proxy.says("yes", HERS)
    proxy.node.clock = Later(timedelta(days=800))
    assert not await proxy.knows(f"{OLD}={HERS}")
    assert await proxy.knows(f"{NEW}={HERS}")


async def test_what_is_taken_back_is_forgotten_under_both_names(proxy: Proxy):
    await proxy.says("yes", HERS)
    _, cookies = await proxy.post(f"/rsvp/{HERS}", answer="take-back")
    told = {name: (each.value, each["path"]) for name, each in cookies.items()}
    assert told == dict.fromkeys((OLD, NEW), ("", proxy.path))
    assert cookies[NEW]["secure"], "else a browser would not take it"


async def test_on_ones_own_machine_the_name_with_the_prefix_is_not_read(proxy: Proxy):
    proxy.node.urls = Urls(proxy.address, "wien")
    assert set(await proxy.says("yes", HERS)) == {OLD}
    assert (await proxy.knows(f"{OLD}={HERS}"), await proxy.knows(f"{NEW}={HERS}")) == (True, False)
