"""Tests of what all pages of the desk share: bar, trail, what is told once, their HTML."""

from __future__ import annotations

import gzip
import re
from contextlib import AsyncExitStack

import pytest

from node.people.model import Role
from node.services import Node
from node.web.render import STATIC
from tests.node.desk import scenes
from tests.support.browsers import Browser, signed_in

PAGES = (
    *("/desk", "/desk/people", "/desk/network", "/desk/following", "/desk/network/followers"),
    *("/desk/network/arrived", "/desk/network/shared", "/desk/queue", "/desk/queue?parked=1"),
    *("/desk/queue?in=1", "/desk/health", "/desk/health/rotate", "/desk/languages"),
    *("/desk/decisions", "/desk/log"),
)
SEEN = {
    Role.AMBASSADOR: set(PAGES),
    Role.COORDINATOR: set(PAGES),
    Role.MODERATOR: {"/desk", "/desk/decisions", "/desk/log"},
    Role.VOLUNTEER: {"/desk"},
    Role.PARTNER: {"/desk"},
    Role.MEMBER: set(),
    Role.NEWCOMER: set(),
}
LARGEST = 15_000
"""Bytes of a page with its style, compressed (goals: P12)."""


async def fill(node: Node) -> None:
    """Let there be something on every page."""
    await scenes.stuck_deliveries(node, 25)
    await scenes.arrivals(node, 3, state="waiting")
    await scenes.wish(node)
    await scenes.followers(node, 45)
    for number in range(25):
        await scenes.thing(node, number)


async def test_each_role_sees_its_pages_and_no_others(node: Node):
    async with AsyncExitStack() as stack:
        for role, pages in SEEN.items():
            browser = await stack.enter_async_context(signed_in(node, role.value, role))
            for path in PAGES:
                shown = await browser.get(path)
                assert shown.status == (200 if path in pages else 404), (role, path)


@pytest.mark.parametrize("full", [False, True])
async def test_each_page_has_one_heading_landmarks_labels_and_little_weight(
    full: bool, node: Node, amal: Browser
):
    if full:
        await fill(node)
    styles = [(STATIC / name).read_bytes() for name in ("josoor.css", "own.css", "desk.css")]
    weight = sum(len(gzip.compress(style, 9)) for style in styles)
    for path in PAGES:
        for language in ("de", "ar"):
            text = (await amal.get(path, Accept_Language=language)).text
            assert len(re.findall(r"<h1[ >]", text)) == 1, path
            assert [len(re.findall(rf"<{part}[ >]", text)) for part in ("main", "footer")] == [1, 1]
            ids = re.findall(r' id="([^"]+)"', text)
            assert len(ids) == len(set(ids)), path
            labels = set(re.findall(r'<label for="([^"]+)"', text))
            fields = re.findall(r"<(?:input|select|textarea)([^>]*)>", text)
            named = [each for each in fields if "hidden" not in each and "radio" not in each]
            for field in named:
                found = re.search(r'id="([^"]+)"', field)
                assert found, (path, field)
                assert found[1] in labels, (path, field)
            assert "style=" not in text
            assert "<script" not in text
            assert len(gzip.compress(text.encode(), 9)) + weight <= LARGEST, path


async def test_every_form_of_the_desk_carries_the_token_of_the_session(node: Node, amal: Browser):
    await fill(node)
    for path in PAGES:
        text = (await amal.get(path)).text
        for form in re.findall(r'<form method="post".*?</form>', text, re.DOTALL):
            assert f'name="csrf" value="{amal.csrf}"' in form, path


async def test_the_bar_names_the_pages_that_somebody_may_open_and_marks_the_one_that_is_open(
    node: Node, amal: Browser
):
    text = (await amal.get("/desk/network/followers")).text
    assert re.search(r'href="/desk/network" aria-current="true"', text)
    assert '<li><a href="/desk/network">Network</a></li>' in text
    async with signed_in(node, "yusuf", Role.VOLUNTEER) as browser:
        bar = (await browser.get("/desk")).text
    assert 'href="/desk/people"' not in bar
    assert 'href="/desk/queue"' not in bar


async def test_every_page_that_the_bar_names_is_there(node: Node):
    async with AsyncExitStack() as stack:
        for role in (Role.AMBASSADOR, Role.COORDINATOR, Role.MODERATOR, Role.VOLUNTEER):
            browser = await stack.enter_async_context(signed_in(node, role.value, role))
            text = (await browser.get("/desk")).text
            for path in set(re.findall(r'href="(/desk[^"#]*)', text)):
                shown = await browser.get(path.replace("&amp;", "&"))
                assert shown.status == 200, (role, path)


async def test_what_was_done_is_told_once_and_only_words_of_ours_are_told(
    node: Node, amal: Browser
):
    await scenes.wish(node)
    await amal.get("/desk/network")
    sent = await amal.post("/desk/network/refuse", {"actor": scenes.LOUD})
    assert (sent.status, sent.path) == (303, "/desk/network")
    cookie = sent.headers["Set-Cookie"]
    assert cookie.startswith("told=refused;")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    words = "They were told that they cannot follow us."
    assert words in (await amal.get("/desk/network")).text
    assert words not in (await amal.get("/desk/network")).text
    forged = await amal.get("/desk/network", Cookie=f"session={amal.cookie}; told=<b>hello</b>")
    assert forged.status == 200
    assert "hello" not in forged.text


async def test_no_form_is_taken_without_its_token_or_from_elsewhere(amal: Browser):
    for path in (
        *("/desk/network/approve", "/desk/network/share", "/desk/network/unshare"),
        *("/desk/queue/retry", "/desk/queue/discard", "/desk/health/rotate"),
        *("/desk/health/confirm-key", "/desk/languages/confirm", "/desk/people/hand-over"),
        *("/desk/people/sign-out", "/desk/following/follow", "/desk/people/invite"),
    ):
        await amal.get("/desk/people")
        token, amal.csrf = amal.csrf, "0" * 64
        assert (await amal.post(path)).status == 403, path
        amal.csrf = token
        assert (await amal.post(path, Sec_Fetch_Site="cross-site")).status == 403, path
