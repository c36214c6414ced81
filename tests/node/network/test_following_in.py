"""Tests of the box "follow us from your server": over real HTTP, without JavaScript."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from node.services import Node
from tests.support.nodes import EVENT, do, running
from tests.support.served import Served, served


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Guest:
    """A browser in front of a node."""

    node: Node

    async def page(self, path: str, **headers: str) -> Answer:
        return await self._ask("GET", path, headers=headers)

    async def send(self, account: str, about: str = "", **headers: str) -> Answer:
        form = {"account": account, **({"about": about} if about else {})}
        origin = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", **headers}
        return await self._ask("POST", "/follow", data=form, headers=origin)

    async def _ask(self, method: str, path: str, **more: object) -> Answer:
        url = self.node.urls.origin + path
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, allow_redirects=False, **more) as answer,  # type: ignore[arg-type]
        ):
            return Answer(answer.status, dict(answer.headers), await answer.text())


@pytest.fixture
async def guest(tmp_path: Path) -> AsyncIterator[Guest]:
    async with running(tmp_path, at_work=False) as node:
        yield Guest(node)


@pytest.fixture
async def there() -> AsyncIterator[Served]:
    async with served("mastodon") as server:
        yield server


async def test_who_types_her_address_is_sent_to_the_page_of_her_server(guest: Guest, there: Served):
    answer = await guest.send(f"@{there.handle}")
    us = quote(guest.node.urls.community, safe="")
    assert answer.status == 303
    assert answer.headers["Location"] == f"{there.origin}/authorize_interaction?uri={us}"
    assert there.host in answer.text


@pytest.mark.parametrize("software", ["mobilizon", "peertube", "wordpress"])
async def test_other_software_says_its_own_way(software: str, guest: Guest):
    async with served(software) as server:
        answer = await guest.send(server.handle)
    paths = {
        "mobilizon": "/interact?uri=",
        "peertube": "/remote-interaction?uri=",
        "wordpress": "/wp-json/activitypub/1.0/interactions?uri=",
    }
    assert answer.status == 303
    assert answer.headers["Location"].startswith(server.origin + paths[software])


async def test_an_event_is_answered_from_her_server(guest: Guest, there: Served):
    event = await do(guest.node, "event.publish", document=EVENT)
    answer = await guest.send(there.handle, about=event["id"])
    assert answer.status == 303
    assert answer.headers["Location"].endswith(f"?uri={quote(event['id'], safe='')}")


async def test_the_box_is_where_people_look_for_it_and_its_pages_let_it_lead_away(guest: Guest):
    event = await do(guest.node, "event.publish", document=EVENT)
    path = str(event["id"]).removeprefix(guest.node.urls.origin)
    for each in ("/", "/about", "/network", "/follow", path):
        answer = await guest.page(each, Accept="text/html")
        policy = answer.headers["Content-Security-Policy"]
        assert '<form method="post" action="/follow"' in answer.text, each
        assert "form-action 'self' https:" in policy
    assert f'name="about" value="{event["id"]}"' in (await guest.page(path)).text
    other = await guest.page("/events", Accept="text/html")
    assert "form-action 'self';" in other.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("<script>alert(1)</script>", "Please type it like this"),
        ("@", "Please type it like this"),
        ("x" * 400, "Please type it like this"),
        ("@anna@127.0.0.1:1", "127.0.0.1:1 does not answer"),
        ("127.0.0.1:1", "127.0.0.1:1 does not answer"),
        ("@me@OURS", "our own address"),
        ("@nobody@THERE", "does not know this name"),
    ],
)
async def test_what_went_wrong_is_said_beside_the_field_and_the_input_is_kept(
    typed: str, words: str, guest: Guest, there: Served
):
    written = typed.replace("OURS", guest.node.urls.authority).replace("THERE", there.host)
    answer = await guest.send(written, **{"Accept-Language": "en"})
    kept = written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:320]
    assert answer.status == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{kept}"' in answer.text or "script" in typed
    assert "<script>alert" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_server_without_a_way_is_named_and_our_address_is_there_to_copy(guest: Guest):
    async with served("lemmy") as server:
        answer = await guest.send(server.handle, **{"Accept-Language": "en"})
    assert (answer.status, "do not know the way" in answer.text) == (422, True)
    assert f"@{guest.node.urls.account}" in answer.text


async def test_a_server_that_points_elsewhere_sends_nobody_there(guest: Guest, there: Served):
    assert there.webfinger is not None
    there.webfinger["links"][-1]["template"] = "https://evil.example/login?uri={uri}"
    del there.pages["/.well-known/nodeinfo"]
    answer = await guest.send(there.handle)
    assert answer.status == 422
    assert "Location" not in answer.headers


@pytest.mark.parametrize("about", ["https://evil.example/e/1", "/e/nothing", "x"])
async def test_only_things_of_ours_can_be_answered(about: str, guest: Guest, there: Served):
    assert (await guest.send(there.handle, about=about)).status == 404
    assert (await guest.page(f"/follow?about={quote(about)}")).status == 404
    assert not there.hits


async def test_a_form_of_another_site_sends_nobody_anywhere(guest: Guest, there: Served):
    answer = await guest.send(there.handle, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    assert not there.hits


async def test_nobody_makes_us_ask_one_server_again_and_again(guest: Guest, there: Served):
    answers = [await guest.send(f"@guess{n}@{there.host}") for n in range(15)]
    refused = [each for each in answers if each.status == 429]
    assert len(refused) == 3
    assert sum(there.hits.values()) == 12
    assert int(refused[0].headers["Retry-After"]) > 0
    assert 'aria-invalid="true"' in refused[0].text
