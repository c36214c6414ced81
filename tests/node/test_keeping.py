"""Tests of kept answers: the same for all who ask alike, never of the past, never somebody's own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from multidict import CIMultiDict

from activitypub.names import ACTIVITY_JSON
from node.config import DATABASE_NAME
from node.doors.keeping import Kept
from node.people.model import Role
from node.routes import ROUTES
from node.routing.policies import PUBLIC, SIGNED_IN, PolicyMissing, Route, check_policies
from node.services import Node
from node.serving import answering
from node.web import whole_answers
from node.web.render import Renderer
from node.web.whole_answers import Answer
from tests.support.browsers import Later, signed_in
from tests.support.members import HANDLE, public_account
from tests.support.nodes import EVENT, do, free_port, running

SIGNED = 'keyId="{}#main-key",headers="(request-target) host date",signature="YQ=="'


class Counting(Renderer):
    """The renderer, which remembers what it rendered."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []

    def page(self, template: str, *, language: str, **values: Any) -> str:
        self.made.append(f"{template} {language}")
        return super().page(template, language=language, **values)


@dataclass
class Asker:
    """Somebody without cookies who asks a node for pages and documents."""

    node: Node
    rendered: Counting
    event: str
    session: ClientSession
    port: int

    async def get(self, path: str, method: str = "GET", **headers: str) -> web.Response:
        said = {"Accept": "text/html", "Accept-Language": "de"}
        said["Host"] = self.node.urls.authority
        said |= {name.replace("_", "-"): text for name, text in headers.items()}
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.session.request(method, url, headers=said, allow_redirects=False) as got:
            return web.Response(status=got.status, body=await got.read(), headers=got.headers)


@pytest.fixture(params=["before the routes", "behind the routes"])
async def asker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Asker]:
    """Both places where what is kept is found: at the edge, and for signed requests a route."""
    jar = DummyCookieJar()
    async with running(tmp_path, at_work=False) as node, ClientSession(cookie_jar=jar) as session:
        node.renderer = rendered = Counting()
        event = urlsplit((await do(node, "event.publish", document=EVENT))["id"]).path
        if request.param == "behind the routes":
            yield Asker(node, rendered, event, session, node.config.listen_port)
            return
        port = free_port()
        async with answering(node, "127.0.0.1", port):
            yield Asker(node, rendered, event, session, port)


def said(answer: web.Response) -> str:
    assert isinstance(answer.body, bytes)
    return answer.body.decode()


def ticket_of(answer: web.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]*)"', said(answer))
    assert found, said(answer)
    return found[1]


async def test_two_who_ask_alike_get_one_rendering(asker: Asker) -> None:
    first, second = await asker.get("/events"), await asker.get("/events")
    assert asker.rendered.made == ["events.html de"]
    assert (first.body, first.headers["ETag"]) == (second.body, second.headers["ETag"])
    assert dict(first.headers) | {"Date": ""} == dict(second.headers) | {"Date": ""}


async def test_a_kept_page_goes_out_with_every_header_of_the_first(asker: Asker) -> None:
    first, second = await asker.get("/about"), await asker.get("/about")
    assert asker.rendered.made == ["about.html de"]
    assert sorted(first.headers) == sorted(second.headers)
    assert second.headers["Server"] == "josoor"


async def test_a_page_that_is_kept_is_not_shown_under_another_host(asker: Asker) -> None:
    assert (await asker.get("/about")).status == 200
    assert (await asker.get("/about", Host="evil.example")).status == 421


async def test_who_has_it_already_is_told_so_without_a_rendering(asker: Asker) -> None:
    first = await asker.get("/events")
    again = await asker.get("/events", If_None_Match=f'W/{first.headers["ETag"]}, "x"')
    assert (again.status, again.body) == (304, b"")
    assert "Content-Security-Policy" in again.headers
    assert again.headers["Vary"] == first.headers["Vary"]
    assert asker.rendered.made == ["events.html de"]


async def test_what_was_first_answered_with_304_is_kept_whole(asker: Asker) -> None:
    tag = (await asker.get("/imprint")).headers["ETag"]
    await do(asker.node, "event.cancel", id=asker.event.rpartition("/")[2])
    assert (await asker.get("/imprint", If_None_Match=tag)).status == 304
    asker.rendered.made.clear()
    assert said(await asker.get("/imprint")).startswith("<!doctype html>")
    assert asker.rendered.made == []


async def test_every_guest_gets_a_ticket_of_her_own(asker: Asker) -> None:
    answers = [await asker.get(asker.event) for _ in range(3)]
    tickets = {ticket_of(answer) for answer in answers}
    assert asker.rendered.made == ["event.html de"]
    assert len(tickets) == 3
    assert {len(ticket) for ticket in tickets} == {32}
    assert not any(whole_answers._STAND_IN in said(answer) for answer in answers)


async def test_a_page_with_a_ticket_is_stored_by_nobody_else(asker: Asker) -> None:
    for answer in (await asker.get(asker.event), await asker.get(asker.event)):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "ETag" not in answer.headers


async def test_a_cancelled_event_says_so_at_once(asker: Asker) -> None:
    assert "Abgesagt" not in said(await asker.get(asker.event))
    await do(asker.node, "event.cancel", id=asker.event.rpartition("/")[2])
    assert "Abgesagt" in said(await asker.get(asker.event))


async def test_a_deleted_event_is_gone_at_once_as_page_and_as_document(asker: Asker) -> None:
    assert (await asker.get(asker.event)).status == 200
    assert (await asker.get(asker.event, Accept=ACTIVITY_JSON)).status == 200
    await do(asker.node, "event.delete", id=asker.event.rpartition("/")[2])
    assert (await asker.get(asker.event)).status == 410
    assert (await asker.get(asker.event, Accept=ACTIVITY_JSON)).status == 410


async def test_what_another_process_changed_is_seen_at_once(asker: Asker) -> None:
    assert "Hietzing" not in said(await asker.get("/about"))
    file = asker.node.config.data / DATABASE_NAME
    with sqlite3.connect(file) as elsewhere:
        elsewhere.execute("update community set city = 'Hietzing'")
    elsewhere.close()
    assert "Hietzing" in said(await asker.get("/about"))


async def test_an_event_that_ended_takes_no_answers_though_nothing_was_written(
    asker: Asker,
) -> None:
    ticket_of(await asker.get(asker.event))
    asker.node.clock = Later(timedelta(days=365 * 20))
    over = await asker.get(asker.event)
    assert 'name="ticket"' not in said(over)


async def test_languages_are_never_mixed(asker: Asker) -> None:
    pages = [await asker.get("/events", Accept_Language=each) for each in ("de", "ar", "de")]
    assert [page.headers["Content-Language"] for page in pages] == ["de", "ar", "de"]
    assert 'dir="rtl"' in said(pages[1])
    assert pages[0].body == pages[2].body
    by_cookie = await asker.get("/events", Cookie="language=ar")
    assert by_cookie.headers["Content-Language"] == "ar"


async def test_a_page_and_a_document_of_one_address_are_never_mixed(asker: Asker) -> None:
    for _ in range(2):
        assert said(await asker.get(asker.event)).startswith("<!doctype html>")
        document = await asker.get(asker.event, Accept=ACTIVITY_JSON)
        assert document.content_type == ACTIVITY_JSON


async def test_a_language_that_is_asked_for_by_a_link_is_remembered_by_each(asker: Asker) -> None:
    for _ in range(2):
        assert "language=ar" in (await asker.get("/events?lang=ar")).headers["Set-Cookie"]


async def test_a_member_neither_leaves_nor_finds_a_page_of_others(asker: Asker) -> None:
    path = asker.event
    async with signed_in(asker.node, "samira", Role.MEMBER) as samira:
        hers = await samira.get(path)
        assert "samira" in hers.text
        assert hers.headers["Cache-Control"] == "private, no-store"
        guests = await asker.get(path, Accept_Language="en")
        assert "samira" not in said(guests)
        assert "samira" in (await samira.get(path)).text
    assert asker.rendered.made.count("event.html en") == 3


async def test_a_member_who_hides_is_found_by_nobody_from_then_on(asker: Asker) -> None:
    finger = f"/.well-known/webfinger?resource=acct:{HANDLE}@{asker.node.urls.authority}"
    async with signed_in(asker.node, "samira", Role.MEMBER) as samira:
        await public_account(asker.node, samira)
        assert (await asker.get(finger)).status == 200
        assert (await asker.get(finger)).status == 200
        await samira.get("/me/profile")
        assert (await samira.post("/me/hide")).status == 303
    assert (await asker.get(finger)).status == 404


async def test_whoever_shows_a_token_or_a_session_is_given_nothing_that_was_kept(
    asker: Asker,
) -> None:
    await asker.get("/events")
    for header in ({"Authorization": "Bearer x"}, {"Cookie": "session=x"}):
        shown = await asker.get("/events", **header)
        assert shown.status == 200
    assert asker.rendered.made == ["events.html de"] * 3


async def test_a_server_that_is_shut_out_finds_nothing_though_it_is_kept(asker: Asker) -> None:
    signature = SIGNED.format("https://bad.example/users/eve")
    said_by_her = {"Accept": ACTIVITY_JSON, "Signature": signature}
    assert (await asker.get(asker.event, **said_by_her)).status == 200
    await do(asker.node, "block.add", target="bad.example")
    assert (await asker.get(asker.event, Accept=ACTIVITY_JSON)).status == 200
    assert (await asker.get(asker.event, **said_by_her)).status == 404


async def test_in_allow_list_mode_nobody_is_given_what_was_kept(asker: Asker) -> None:
    assert (await asker.get(asker.event, Accept=ACTIVITY_JSON)).status == 200
    await do(asker.node, "block.mode", mode="allow-list")
    assert (await asker.get(asker.event, Accept=ACTIVITY_JSON)).status == 403


async def test_only_the_head_of_a_kept_page_can_be_asked_for(asker: Asker) -> None:
    whole = await asker.get("/events")
    head = await asker.get("/events", "HEAD")
    assert head.body == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_only_what_everybody_may_read_is_kept() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.Response()

    with pytest.raises(PolicyMissing, match="not for everybody"):
        check_policies([Route("GET", "/me", handler, SIGNED_IN, kept=True)])
    assert all(route.policy is PUBLIC for route in ROUTES if route.kept)


def test_no_more_is_kept_than_fits() -> None:
    kept = Kept(most=10_000)
    for number in range(100):
        kept.keep(number, "now", an_answer(1_000))
    assert sum(kept.find(number, "now") is not None for number in range(100)) < 6
    kept.keep("great", "now", an_answer(20_000))
    assert kept.find("great", "now") is None


def test_an_answer_that_was_begun_before_a_change_is_not_found_after_it() -> None:
    kept = Kept()
    kept.keep("question", "before", an_answer(5))
    assert kept.find("question", "before")
    assert kept.find("question", "after") is None


def an_answer(size: int) -> Answer:
    return Answer(body=b"x" * size, headers=CIMultiDict(), tag='"t"', public=True)


async def test_an_answer_to_a_question_that_is_long_by_its_cookie_is_not_kept(asker: Asker) -> None:
    for _ in range(2):
        assert (await asker.get("/about", Cookie=f"language={'x' * 4000}")).status == 200
    assert asker.rendered.made == ["about.html de"] * 2
