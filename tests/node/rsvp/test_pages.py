"""Tests of node/rsvp/pages.py: answering on the web, with nothing but a first name or less."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from node.people import sessions
from node.people import store as people
from node.rsvp import pages
from node.services import Node
from node.web.limits import Limit
from tests.support.nodes import EVENT, do, running

HIDDEN = {**EVENT, "exact_address": "participants", "online_url": "https://meet.example/secret"}


class Browser:
    """Somebody with a browser and without scripts."""

    def __init__(self, node: Node, session: aiohttp.ClientSession) -> None:
        self.origin = node.urls.origin
        self.session = session

    async def get(self, path: str, status: int = 200) -> str:
        async with self.session.get(f"{self.origin}{path}", headers=_HEADERS) as answer:
            assert answer.status == status, await answer.text()
            return await answer.text()

    async def post(self, path: str, **form: str) -> tuple[int, str, str]:
        """Status, path where it ends, page."""
        async with self.session.post(
            f"{self.origin}{path}", data=form, headers={**_HEADERS, "Origin": self.origin}
        ) as answer:
            return answer.status, answer.url.path, await answer.text()

    async def answers(self, path: str, answer: str = "yes", name: str = "") -> tuple[str, str]:
        """The path of the own page and the page, after the form of the event was sent."""
        page = await self.get(path)
        status, own, shown = await self.post(
            f"{path}/rsvp", ticket=_ticket(page), answer=answer, name=name
        )
        assert status == 200, shown
        return own, shown


_HEADERS = {"Accept": "text/html", "Accept-Language": "en"}


def _ticket(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.fixture
async def browser(wien: Node) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Browser(wien, session)


async def published(node: Node, **changes: Any) -> str:
    """The path of a new event."""
    event = await do(node, "event.publish", document={**EVENT, **changes})
    return str(event["id"]).removeprefix(node.urls.origin)


async def seats(node: Node, path: str) -> list[tuple[str, str | None]]:
    found = await do(node, "event.rsvps", id=path.removeprefix("/e/"))
    return [(one["seat"], one["name"]) for one in found]


async def test_a_guest_says_that_she_comes_and_changes_it_behind_her_link(
    wien: Node, browser: Browser
) -> None:
    path = await published(wien, capacity=3)
    own, shown = await browser.answers(path, name="Samira")
    assert "You have a place." in shown
    assert await seats(wien, path) == [("going", "Samira")]
    assert "1 person comes. 2 places are left." in await browser.get(path)
    _, _, shown = await browser.post(own, answer="maybe", name="Samira")
    assert "You may come." in shown
    _, _, shown = await browser.post(own, answer="take-back")
    assert "You took your answer back." in shown
    assert await seats(wien, path) == [("left", None)]


async def test_who_waits_is_told_her_number(wien: Node, browser: Browser) -> None:
    path = await published(wien, capacity=1, waitlist=True)
    first, _ = await browser.answers(path)
    await browser.answers(path)
    own, shown = await browser.answers(path)
    assert "You are number 2 on the waiting list." in shown
    await browser.post(first, answer="no")
    assert "You are number 1 on the waiting list." in await browser.get(own)


async def test_sending_the_form_twice_is_one_answer(wien: Node, browser: Browser) -> None:
    path = await published(wien)
    form = {"ticket": _ticket(await browser.get(path)), "answer": "yes"}
    await browser.post(f"{path}/rsvp", **form)
    await browser.post(f"{path}/rsvp", **form)
    assert await seats(wien, path) == [("going", None)]


async def test_what_is_full_is_said_to_be_full(wien: Node, browser: Browser) -> None:
    path = await published(wien, capacity=1, waitlist=False)
    ticket = _ticket(await browser.get(path))
    await browser.answers(path)
    page = await browser.get(path)
    assert "All places are taken, and there is no waiting list." in page
    assert 'name="ticket"' not in page
    status, _, shown = await browser.post(f"{path}/rsvp", ticket=ticket, answer="yes")
    assert (status, "All places are taken" in shown) == (409, True)


@pytest.mark.parametrize("join", ["none", "external"])
async def test_where_nobody_signs_up_there_is_no_form(
    wien: Node, browser: Browser, join: str
) -> None:
    path = await published(wien, join=join, external_url="https://tickets.example/1")
    assert 'name="ticket"' not in await browser.get(path)
    status, _, _ = await browser.post(f"{path}/rsvp", ticket="a" * 32, answer="yes")
    assert status == 409


async def test_only_who_comes_sees_the_exact_place(wien: Node, browser: Browser) -> None:
    path = await published(wien, **{**HIDDEN, "capacity": 1, "waitlist": True})
    assert "Praterstraße" not in await browser.get(path)
    _, shown = await browser.answers(path)
    assert "Praterstraße 1" in shown
    assert "https://meet.example/secret" in shown
    _, waiting = await browser.answers(path)
    assert "Praterstraße" not in waiting
    assert "meet.example" not in waiting
    _, maybe = await browser.answers(path, "maybe")
    assert "Praterstraße" not in maybe


async def test_nobody_else_finds_the_page_of_a_guest(wien: Node, browser: Browser) -> None:
    path = await published(wien)
    own, _ = await browser.answers(path)
    async with browser.session.get(f"{browser.origin}{own}", headers=_HEADERS) as answer:
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers
    await browser.get(f"/rsvp/{'a' * 32}", status=404)
    await browser.get("/rsvp/x", status=404)
    rows = await wien.look(lambda tx: tx.rows("select digest from rsvp_link"))
    assert own.removeprefix("/rsvp/") not in str(rows)


async def test_a_form_from_another_site_is_not_taken(wien: Node, browser: Browser) -> None:
    path = await published(wien)
    form = {"ticket": _ticket(await browser.get(path)), "answer": "yes"}
    headers = {**_HEADERS, "Origin": "https://evil.example"}
    async with browser.session.post(
        f"{browser.origin}{path}/rsvp", data=form, headers=headers
    ) as answer:
        assert answer.status == 403
    assert await seats(wien, path) == []


@pytest.mark.parametrize("form", [{}, {"answer": "perhaps"}, {"answer": "yes", "ticket": "me"}])
async def test_a_form_that_is_none_changes_nothing(
    wien: Node, browser: Browser, form: dict[str, str]
) -> None:
    path = await published(wien)
    status, _, _ = await browser.post(f"{path}/rsvp", **form)
    assert status == 422
    assert await seats(wien, path) == []


async def test_a_flood_of_answers_to_one_event_is_slowed_down(
    wien: Node, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "OF_AN_EVENT", Limit("answer, event", 2, 3600))
    path = await published(wien)
    for _ in range(2):
        await browser.answers(path)
    ticket = _ticket(await browser.get(path))
    status, _, _ = await browser.post(f"{path}/rsvp", ticket=ticket, answer="yes")
    assert status == 429
    assert len(await seats(wien, path)) == 2


async def test_who_is_signed_in_answers_under_her_name_and_once(
    wien: Node, browser: Browser
) -> None:
    path = await published(wien)
    await do(wien, "user.create", name="lena", role="member")
    person = await wien.look(lambda tx: people.by_name(tx, "lena"))
    assert person is not None
    cookie, _ = await wien.act(lambda context: sessions.begin(context, person, "Firefox"))
    async with aiohttp.ClientSession(cookies={"session": cookie}) as session:
        lena = Browser(wien, session)
        assert "You answer as lena." in await lena.get(path)
        await lena.answers(path, "no")
        _, shown = await lena.answers(path, name="Somebody else")
    assert "You have a place." in shown
    assert await seats(wien, path) == [("going", "lena")]


@pytest.fixture
async def keeper(wien: Node) -> AsyncIterator[Browser]:
    """Somebody whose browser keeps cookies, as nearly all do."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Browser(wien, session)


async def test_a_browser_finds_the_answer_again_that_was_given_in_it(
    wien: Node, keeper: Browser, browser: Browser
) -> None:
    path, other = await published(wien), await published(wien)
    assert "answered already" not in await keeper.get(path)
    own, _ = await keeper.answers(path, name="Samira")
    page = await keeper.get(path)
    assert "You have answered already" in page
    assert f'href="{own}"' in page
    for who, where in ((keeper, other), (browser, path)):
        assert "answered already" not in await who.get(where)
    # what waits on a page that was open before is a change of her answer, and no second one
    await keeper.post(f"{path}/rsvp", ticket="b" * 32, answer="maybe")
    assert [seat for seat, _ in await seats(wien, path)] == ["maybe"]
    await keeper.post(f"{path}/rsvp", ticket="c" * 32, answer="yes", name="Ali", other="yes")
    assert sorted(seat for seat, _ in await seats(wien, path)) == ["going", "maybe"]


async def test_the_cookie_of_an_answer_is_for_one_event_and_ends_with_it_or_the_answer(
    wien: Node, browser: Browser
) -> None:
    path = await published(wien)
    form = {"ticket": "a" * 32, "answer": "yes"}
    headers = {**_HEADERS, "Origin": browser.origin}
    asked: dict[str, Any] = {"headers": headers, "allow_redirects": False}
    async with browser.session.post(f"{browser.origin}{path}/rsvp", data=form, **asked) as answer:
        cookie = answer.cookies["answer"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (path, "Lax", True)
    event = await do(wien, "event.show", id=path.removeprefix("/e/"))
    left = datetime.fromisoformat(event["end"]).replace(tzinfo=ZoneInfo(event["timezone"]))
    seconds = (left - datetime.now(UTC)).total_seconds()
    assert abs(int(cookie["max-age"]) - seconds) < 60

    sent = {**headers, "Cookie": f"answer={'a' * 32}"}
    async with browser.session.get(f"{browser.origin}{path}", headers=sent) as answer:
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.cookies.get("answer") is None
    back = {"answer": "take-back"}
    async with browser.session.post(
        f"{browser.origin}/rsvp/{'a' * 32}", data=back, **asked
    ) as answer:
        assert (answer.cookies["answer"]["path"], answer.cookies["answer"].value) == (path, "")


async def test_a_made_up_cookie_opens_nothing_and_is_no_obstacle(
    wien: Node, browser: Browser
) -> None:
    path, other = await published(wien), await published(wien)
    await browser.post(f"{other}/rsvp", ticket="a" * 32, answer="yes")
    for number, value in enumerate(('"><script>', "a" * 32, "x" * 32)):
        headers = {**_HEADERS, "Origin": browser.origin, "Cookie": f"answer={value}"}
        form = {"ticket": f"{number}" * 32, "answer": "yes"}
        async with browser.session.post(
            f"{browser.origin}{path}/rsvp", data=form, headers=headers
        ) as answer:
            assert answer.url.path == f"/rsvp/{form['ticket']}"
    assert len(await seats(wien, path)) == 3
    assert len(await seats(wien, other)) == 1
