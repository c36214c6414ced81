"""K01-K27: what can be read here by whoever should not; asked of a town with something of all."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from activitypub.names import ACTIVITY_JSON, PUBLIC
from node.people.model import Role
from node.routes import ROUTES
from node.routing.policies import Open
from tests.support.browsers import Browser, signed_in
from tests.support.nodes import EVENT, do
from tests.support.town import Town, town

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
REPRESENTATIONS = ["text/html", "application/json", ACTIVITY_JSON, "application/atom+xml", "*/*"]
HIDDEN = ("Nur an euch", "Danke dir", "Wartet", "Versteckt", "amal", "lina", "Geheimgasse")
"""A message, its answer, a reply that waits, one that is hidden, two accounts, an address."""
GUARDED = {
    **EVENT,
    "exact_address": "participants",
    "online_url": "https://meet.example/Geheimgasse",
}
GUARDED["place"] = {**EVENT["place"], "street": "Geheimgasse 7"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with town(tmp_path_factory.mktemp("reading")) as made:
        await do(made.node, "event.publish", document=GUARDED)
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def open_paths(here: Town) -> list[str]:
    """Every address that is open to everybody, but for the pages of those who have its secret."""
    found = [
        here.here(route)
        for route in ROUTES
        if isinstance(route.policy, Open) and route.method == "GET" and "{secret}" not in route.path
    ]
    return [path for path in found if path]


async def _get(here: Town, path: str, accept: str, **headers: str) -> tuple[int, Any, bytes]:
    asked = {"Accept": accept, "Accept-Language": "de", **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.get(here.node.urls.origin + path, headers=asked, allow_redirects=False) as answer,
    ):
        return answer.status, answer.headers, await answer.read()


async def _documents(here: Town, paths: list[str]) -> AsyncIterator[tuple[str, Json]]:
    """What other servers are given."""
    for path in [each for each in paths if not each.startswith("/api/")]:
        status, headers, body = await _get(here, path, ACTIVITY_JSON)
        if status == 200 and "json" in headers["Content-Type"]:
            yield path, json.loads(body)


def _keys(part: Any) -> Iterator[str]:
    """Every name in a document."""
    if isinstance(part, dict):
        yield from part
        for value in part.values():
            yield from _keys(value)
    elif isinstance(part, list):
        for value in part:
            yield from _keys(value)


async def test_k01_what_is_not_for_everybody_is_answered_like_what_is_not_there(here: Town) -> None:
    for route in ROUTES:
        kept, absent = here.kept(route), here.absent(route)
        if kept and absent and route.method == "GET" and isinstance(route.policy, Open):
            for accept in REPRESENTATIONS:
                one, other = await _get(here, kept, accept), await _get(here, absent, accept)
                assert one[0] == other[0] == 404, (kept, accept)
                assert one[2] == other[2], (kept, accept)
                assert {**one[1], "Date": ""} == {**other[1], "Date": ""}


@pytest.mark.parametrize("accept", REPRESENTATIONS, ids=lambda kind: f"K02-{kind}")
async def test_no_other_form_of_a_thing_tells_what_the_page_keeps(
    accept: str, here: Town, open_paths: list[str]
) -> None:
    for path in open_paths:
        _, headers, body = await _get(here, path, accept)
        text = body.decode("utf-8", "replace")
        told = [word for word in HIDDEN if re.search(rf"\b{word}\b", text)]
        assert told == [], (path, headers["Content-Type"])


async def test_k04_what_was_answered_to_somebody_is_stored_by_nobody(
    here: Town, open_paths: list[str]
) -> None:
    async with Browser(here.node) as amal:
        await amal.sign_in("amal")
        for path in [each for each in open_paths if not each.endswith(".jpg")]:
            _, headers, _ = await _get(here, path, "text/html", Cookie=f"session={amal.cookie}")
            control = headers.get("Cache-Control", "")
            assert "no-store" in control or control.startswith("public"), path
            _, headers, _ = await _get(here, path, "text/html")
            if headers["Content-Type"].startswith("text/html"):
                assert "Cookie" in headers["Vary"], path


async def test_k08_no_account_is_found_by_its_name(here: Town) -> None:
    absent = None
    for name in ("amal", "lina", "nobody"):
        for host in (here.node.urls.authority, here.node.urls.authority.upper()):
            path = f"/.well-known/webfinger?resource=acct:{name}@{host}"
            status, _, body = await _get(here, path, "*/*")
            absent = absent or body
            assert (status, body) == (404, absent)
    for path in ("/users/1", "/users/amal", "/@amal", "/c/amal", "/m/amal", "/api/v1/accounts/1"):
        assert (await _get(here, path, "*/*"))[0] == 404, path
    _, _, body = await _get(here, "/nodeinfo/2.1", "*/*")
    # one: the community itself, however many people are in it
    assert json.loads(body)["usage"]["users"] == {"total": 1}


async def test_k12_nobody_s_picture_is_fetched_by_the_reader(here: Town) -> None:
    talk = here.talk
    anna = talk.person("anna")
    note = await talk.replied(
        anna, '<p>Seht <img src="https://spy.example/pixel.gif" alt="x"> her</p>',
        attachment=[{"type": "Image", "mediaType": "image/png", "url": "https://spy.example/a.png"}],
    )  # fmt: skip
    await talk.approve(note)
    page = await talk.page()
    assert "her" in page
    assert not re.search(r"(?:src|srcset|poster|background)=\"https://spy", page)


async def test_k15_nothing_tells_when_somebody_was_last_here(
    here: Town, open_paths: list[str]
) -> None:
    async for path, document in _documents(here, open_paths):
        assert not {"lastStatusAt", "lastSeen", "last_status_at", "activeMonth"} & set(
            _keys(document)
        ), path


async def test_k16_what_is_for_one_person_is_for_no_search_engine(here: Town) -> None:
    async with Browser(here.node) as amal:
        await amal.sign_in("amal")
        for route in ROUTES:
            path = here.here(route)
            private = "{secret}" in route.path or not isinstance(route.policy, Open)
            if route.method == "GET" and path and private and not path.startswith("/api/"):
                if "download" in path or path.endswith((".zip", ".csv")):
                    continue
                shown = await amal.get(path)
                if shown.status == 200 and shown.headers["Content-Type"].startswith("text/html"):
                    assert '<meta name="robots" content="noindex">' in shown.text, path
    _, _, robots = await _get(here, "/robots.txt", "*/*")
    assert b"Disallow: /api/" in robots


async def test_k19_who_loses_a_role_reads_nothing_more_of_it(here: Town) -> None:
    async with signed_in(here.node, "carla", Role.COORDINATOR) as carla:
        made = await do(here.node, "token.create", user="carla", scope="admin")
        assert (await carla.get("/desk/conversations")).status == 200
        await do(here.node, "user.role", name="carla", role="member")
        assert (await carla.get("/desk/conversations")).status == 303
        await carla.sign_in("carla")
        assert (await carla.get("/desk/conversations")).status == 404
        bearer = {"Authorization": f"Bearer {made['token']}"}
        assert (await _get(here, "/api/v1/conversations", "*/*", **bearer))[0] == 401


async def test_k21_an_answer_is_for_no_more_people_than_what_it_answers(here: Town) -> None:
    arrived = [each.document for each in here.talk.there.arrivals]
    told = [each for each in arrived if "Danke dir" in json.dumps(each, ensure_ascii=False)]
    assert told
    for activity in told:
        dora = f"{here.talk.there.origin}/dora"
        for part in (activity, activity["object"]):
            assert [*part["to"], *part.get("cc", [])] == [dora]
        assert PUBLIC not in json.dumps(activity)


async def test_k24_no_page_tells_another_site_where_somebody_was(
    here: Town, open_paths: list[str]
) -> None:
    origin = here.node.urls.origin
    for path in open_paths:
        _, headers, body = await _get(here, path, "text/html")
        assert headers["Referrer-Policy"] in ("no-referrer", "same-origin"), path
        if headers["Content-Type"].startswith("text/html"):
            for link in re.findall(r'<a [^>]*href="http[^>]*>', body.decode()):
                assert origin in link or "noreferrer" in link, (path, link)


async def test_k27_no_document_has_a_field_that_is_not_for_everybody(
    here: Town, open_paths: list[str]
) -> None:
    seen = 0
    async for path, document in _documents(here, open_paths):
        names = set(_keys(document))
        assert not {"bto", "bcc", "source", "email", "party", "exact_address"} & names, path
        seen += 1
    assert seen > 10
