"""Tests of node/web/handing_back.py: what was written in a form that could not be taken comes back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, DummyCookieJar, FormData

from node.i18n.languages import UI_LANGUAGES, direction
from node.people.model import Role
from node.services import Node
from tests.node.moderation.desks import enters
from tests.support.browsers import PASSWORD, Browser, Later, Shown, signed_in
from tests.support.clicking import Page, Walker
from tests.support.nodes import do, running
from tests.support.pictures import picture

OURS = {"Sec_Fetch_Site": "same-origin"}
WORDS = 'Brot & <b>Salz</b> "für" alle\r\n\r\nخبز وملح'
POST = {"name-de": "Frühstück", "description-de": WORDS, "date": "2031-05-01", "from": "10:00"}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        yield browser


def areas(shown: Shown) -> dict[str, str]:
    """The texts of a page by the names of their fields."""
    found = re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', shown.text, re.DOTALL
    )
    return {name: unescape(text) for name, text in found}


async def test_whoever_was_signed_out_while_she_wrote_gets_her_words_and_sends_them_later(
    node: Node, amal: Browser
):
    desk = Walker(amal)
    await desk.open("/desk/events/new")
    await do(node, "session.revoke", user="amal")

    page = await desk.send("Publish at once", fields=POST)

    assert page.shown.status == 403
    assert "You were signed out" in page.shown.text
    texts = areas(page.shown)
    assert {name: texts[name] for name in POST} == POST
    assert page.links["Sign in"] == "/sign-in?next=/desk/events/new"
    assert await do(node, "event.list") == []
    # she signs in on another page, and comes back to this one
    await enters(node, amal, "amal")
    again = await desk.send("Go on")
    assert (again.shown.status, areas(again.shown)) == (403, texts)
    assert "<h1>What you wrote</h1>" in again.shown.text
    assert "You are signed in as amal" in again.shown.text
    assert await do(node, "event.list") == []
    done = await desk.send("Send it now")
    (event,) = await do(node, "event.list")
    assert (done.shown.status, event["name"]) == (200, {"de": "Frühstück"})
    assert event["description"] == {"de": WORDS.replace("\r\n", "\n")}


FORMS = [
    ("/me/profile", {"name": "Amal", "bio-ar": "أحب الخبز", "visibility": "members"}),
    ("/desk/moderation/{id}/decide", {"reason": "Gegen unsere Regeln.", "decision": "none"}),
    ("/desk/conversations/{id}/answer", {"text-de": "Komm doch vorbei!"}),
    ("/desk/events/{id}/cancel", {"reason": "Der Saal ist überschwemmt."}),
    ("/me/decisions", {"words": "Das stimmt so nicht.", "id": "{id}"}),
]


@pytest.mark.parametrize("ended", [True, False], ids=["signed out", "signed in anew"])
@pytest.mark.parametrize(("path", "fields"), FORMS, ids=[path for path, _ in FORMS])
async def test_every_form_gives_back_what_was_written(
    path: str, fields: dict[str, str], ended: bool, node: Node, amal: Browser
):
    path, stale = path.format(id="0" * 26), amal.csrf
    if ended:
        await do(node, "session.revoke", user="amal")
    else:
        await enters(node, amal, "amal")

    shown = await amal.post(path, {**fields, "csrf": stale})

    assert (shown.status, stale in shown.text) == (403, False)
    given = dict(Page(shown, path).form(path).pairs)
    assert {name: given[name] for name in fields} == fields
    assert set(areas(shown)) == {name for name in fields if name not in _CHOSEN}
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "private, no-store"


_CHOSEN = {"visibility", "decision", "id"}


@pytest.mark.parametrize("field", ["password", "old", "code", "secret", "token", "credential"])
async def test_what_is_secret_is_never_given_back(field: str, node: Node, amal: Browser):
    stale, fields = amal.csrf, {field: "mein Geheimnis", "name": "Amal", "label": "x"}
    await enters(node, amal, "amal")
    for path in ("/me/password", "/me/confirm", "/me/profile", "/me/tokens"):
        shown = await amal.post(path, {**fields, "csrf": stale})
        assert (shown.status, stale in shown.text) == (403, False), path
        assert "Geheimnis" not in shown.text, path
        # without it the form is not whole
        assert "Send it now" not in shown.text, path


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
        {"Sec_Fetch_Site": "same-origin", "Accept": "application/json"},
    ],
)
async def test_a_form_that_is_not_surely_ours_is_not_shown(
    headers: dict[str, str], node: Node, amal: Browser
):
    async with Browser(node) as guest:
        shown = await guest.ask("POST", "/me/profile", {"name": "Ruf an: 0900"}, **headers)
    assert (shown.status, shown.path) == (303, "/sign-in?next=/me/profile")
    told = await amal.ask("POST", "/me/profile", {"name": "Ruf an: 0900", "csrf": "x"}, **headers)
    assert (told.status, "0900" in told.text) == (403, False)


async def test_a_form_in_which_nothing_was_written_is_answered_as_before(node: Node):
    async with Browser(node) as guest:
        shown = await guest.post("/desk/people/erase", {"id": "0" * 26})
    assert (shown.status, shown.path) == (303, "/sign-in?next=/desk/people")


async def test_whoever_may_not_learns_nothing_from_what_she_wrote(node: Node):
    async with signed_in(node, "lina", Role.MEMBER) as lina:
        shown = await lina.post("/desk/events/new", {**POST, "csrf": "old"})
    assert (shown.status, "Frühstück" in shown.text) == (404, False)


async def test_what_asks_for_the_password_first_gives_back_what_was_written(
    node: Node, amal: Browser
):
    node.clock = Later(timedelta(minutes=30))
    shown = await amal.post("/me/tokens", {"label": "Kalender im Büro", "scope": "read"})
    assert (shown.status, areas(shown)) == (403, {"label": "Kalender im Büro"})
    page = Page(shown, "/me/tokens")
    assert page.links["Is it you?"] == "/me/confirm?next=/me/tokens"
    assert await do(node, "token.list") == []
    await amal.get("/me/confirm")
    assert (await amal.post("/me/confirm", {"password": PASSWORD})).status == 303
    walker = Walker(amal)
    walker.page = page
    await walker.send("Go on")
    done = await walker.send("Send it now")
    assert (done.shown.status, len(await do(node, "token.list"))) == (200, 1)


async def test_the_words_beside_a_large_picture_come_back_and_the_picture_does_not(
    node: Node, amal: Browser
):
    await do(node, "session.revoke", user="amal")
    form = FormData(default_to_multipart=True)
    for name, value in POST.items():
        form.add_field(name, value)
    photo = picture() + b"\r\n\r\n--" + b"\xff\r\n" * 3_000_000
    form.add_field("picture", BytesIO(photo), filename="a.jpg", content_type="image/jpeg")
    form.add_field("alt-de", "Ein Tisch")

    shown = await amal.ask("POST", "/desk/events/new", form, **OURS)

    assert (shown.status, areas(shown)) == (403, {**POST, "alt-de": "Ein Tisch"})
    assert "Please choose it again" in shown.text
    assert len(shown.text) < 20_000


async def test_long_texts_in_many_letters_come_back_and_can_be_sent(node: Node, amal: Browser):
    long = {f"description-{tag}": "خبز وملح " * 2_200 for tag in ("ar", "de", "en")}
    desk = Walker(amal)
    await desk.open("/desk/events/new")
    await do(node, "session.revoke", user="amal")
    page = await desk.send("Publish at once", fields={**POST, **long})
    assert {name: areas(page.shown)[name] for name in long} == long
    await enters(node, amal, "amal")
    await desk.send("Go on")
    assert (await desk.send("Send it now")).shown.status == 200
    (event,) = await do(node, "event.list")
    assert set(event["description"]) == {"ar", "de", "en"}


async def test_a_form_of_a_stranger_is_not_held_in_memory(node: Node, amal: Browser):
    form = FormData(default_to_multipart=True)
    form.add_field("name-de", "x" * 600_000)
    async with Browser(node) as guest:
        shown = await guest.ask("POST", "/desk/events/new", form, **OURS)
        assert (shown.status, shown.path) == (303, "/sign-in?next=/desk/events/new")


async def test_the_page_speaks_every_language_in_its_direction(node: Node):
    titles = set()
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        for tag in UI_LANGUAGES:
            headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
            asked: dict[str, Any] = {"data": POST, "headers": {**headers, "Accept-Language": tag}}
            async with session.post(f"{node.urls.origin}/desk/events/new", **asked) as answer:
                text = await answer.text()
            assert f'<html lang="{tag}" dir="{direction(tag)}">' in text
            assert 'lang="de" dir="auto">\nFrühstück</textarea>' in text
            titles |= set(re.findall(r"<h1>(.*?)</h1>", text))
    assert len(titles) == len(UI_LANGUAGES)
