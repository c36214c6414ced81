"""Tests of following at the desk, by a form, and of coming there from another server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.nodes import do
from tests.support.served import Served, served


@pytest.fixture
async def there() -> AsyncIterator[Served]:
    async with served("gancio") as server:
        yield server


@pytest.fixture
async def browser(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.AMBASSADOR) as found:
        yield found


async def test_whoever_may_lets_the_community_follow_and_no_more(
    node: Node, browser: Browser, there: Served
):
    await browser.get("/desk/following")
    sent = await browser.post("/desk/following/follow", {"actor": f"@{there.handle}"})
    assert (sent.status, sent.path) == (303, "/desk/following")
    page = await browser.get("/desk/following")
    assert there.handle in page.text
    assert "has not answered yet" in page.text
    await browser.post("/desk/following/unfollow", {"actor": there.actor_id})
    assert await do(node, "network.following") == []


async def test_a_name_that_leads_nowhere_is_told_beside_the_field_and_kept(browser: Browser):
    await browser.get("/desk/following")
    for typed, words in (("anna", "type it like this"), ("@a@127.0.0.1:1", "does not answer")):
        shown = await browser.post("/desk/following/follow", {"actor": typed})
        assert shown.status in (404, 422, 503)
        assert words in shown.text
        assert f'value="{typed}"' in shown.text


async def test_another_server_leads_here_with_the_name_filled_in_and_nothing_happens_yet(
    node: Node, browser: Browser, there: Served
):
    for wanted in (there.actor_id, f"{there.origin}/?author=0"):
        shown = await browser.get(f"/desk/following/ask/{quote(wanted, safe='')}")
        assert f'value="{wanted}"' in shown.text
    assert await do(node, "network.following") == []
    assert not there.hits


async def test_a_past_is_read_again_by_a_button_once_the_other_side_has_said_yes(
    node: Node, browser: Browser, there: Served
):
    await browser.get("/desk/following")
    await browser.post("/desk/following/follow", {"actor": there.handle})
    refused = await browser.post("/desk/following/read", {"actor": there.actor_id})
    assert refused.status == 409
    await there.accept(node.urls.inbox(node.urls.community))

    from tests.support.nodes import until  # noqa: PLC0415

    async def read() -> bool:
        sent = await browser.post("/desk/following/read", {"actor": there.actor_id})
        return sent.status == 303

    await until(read)
