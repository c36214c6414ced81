"""Tests of profiles: who reads what, in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from node.members import actions
from node.members.hiding import forget_hidden
from node.members.model import Profile
from node.people import store
from node.people.model import Role
from node.services import Node
from node.storage.database import Transaction
from tests.support.browsers import Browser, Later, Shown, account, signed_in
from tests.support.nodes import do, running

ABSENT = f"/m/{'0' * 26}"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.fixture
async def omar(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "omar", Role.MEMBER) as browser:
        yield browser


async def profile(node: Node, name: str = "samira") -> Profile:
    async def read(tx: Transaction) -> Profile:
        person = await store.by_name(tx, name)
        assert person is not None
        return await actions.profile_of(tx, person)

    return await node.look(read)


async def describe(browser: Browser, **fields: str) -> Shown:
    await browser.get("/me/profile")
    filled = {
        "name": "Samira N.",
        "bio-de": "Ich koche gern.",
        "bio-ar": "أحب الطبخ",
        "languages": "ar",
        "pronouns": "sie",
        "talents": "Buchhaltung",
        "visibility": "nobody",
        **fields,
    }
    return await browser.post("/me/profile", filled)


def told(shown: Shown, path: str) -> tuple[object, ...]:
    headers = {name: value for name, value in shown.headers.items() if name != "Date"}
    return shown.status, shown.text.replace(path, ""), {**headers, "Content-Length": ""}


async def test_a_profile_is_nobodys_until_its_owner_says_otherwise(
    node: Node, samira: Browser, omar: Browser
):
    assert (await describe(samira)).status == 303
    page = f"/m/{(await profile(node)).id}"
    assert "Samira" not in (await omar.get("/members")).text
    assert told(await omar.get(page), page) == told(await omar.get(ABSENT), ABSENT)


async def test_a_private_page_is_told_apart_from_an_absent_one_by_nobody(
    node: Node, samira: Browser
):
    await describe(samira, visibility="members")
    page = f"/m/{(await profile(node)).id}"
    async with Browser(node) as guest:
        for accept in ("text/html", "application/activity+json", "application/json", "*/*"):
            shown, absent = (
                await guest.get(page, Accept=accept),
                await guest.get(ABSENT, Accept=accept),
            )
            assert told(shown, page) == told(absent, ABSENT)
            assert shown.status == 404


async def test_members_see_those_who_chose_it_and_never_what_is_for_their_own_eyes(
    samira: Browser, omar: Browser
):
    await describe(samira, visibility="members")
    text = (await omar.get("/members")).text
    assert "Samira N." in text
    assert "koche" in text or "الطبخ" in text
    assert "Buchhaltung" not in text
    assert "samira" not in text


async def test_a_public_page_is_there_for_everybody_and_not_for_search_engines(
    node: Node, samira: Browser
):
    await describe(samira, visibility="public")
    async with Browser(node) as guest:
        shown = await guest.get(f"/m/{(await profile(node)).id}", Accept_Language="de")
        assert shown.status == 200
        assert "Ich koche gern." in shown.text
        assert '<meta name="robots" content="noindex">' in shown.text
        assert "Buchhaltung" not in shown.text
        assert (await guest.get("/members")).status == 303


async def test_whoever_may_come_in_no_more_has_no_page(node: Node, samira: Browser, omar: Browser):
    await describe(samira, visibility="public")
    page = f"/m/{(await profile(node)).id}"
    await do(node, "user.disable", name="samira")
    assert (await omar.get(page)).status == 404
    assert "Samira" not in (await omar.get("/members")).text


async def test_what_is_too_long_is_said_beside_the_field_and_the_rest_is_kept(samira: Browser):
    shown = await describe(samira, name="x" * 61)
    assert shown.status == 422
    assert 'aria-describedby="name-error' in shown.text
    assert "Ich koche gern." in shown.text


async def test_hiding_is_one_touch_and_ends_sessions_elsewhere(
    node: Node, samira: Browser, omar: Browser
):
    await describe(samira, visibility="public")
    page = f"/m/{(await profile(node)).id}"
    async with Browser(node) as phone:
        await phone.sign_in("samira")
        await samira.get("/me")
        assert (await samira.post("/me/hide")).status == 303
        assert (await phone.get("/me")).status == 303
    assert (await omar.get(page)).status == 404
    assert (await samira.get("/me/hidden")).status == 200
    await samira.post("/me/show-again")
    assert (await omar.get(page)).status == 200


async def test_hidden_twice_what_was_before_is_still_known(node: Node, samira: Browser):
    await describe(samira, visibility="members")
    await samira.post("/me/hide")
    await samira.post("/me/hide")
    await samira.post("/me/show-again")
    assert (await profile(node)).visibility.value == "members"


async def test_after_thirty_days_what_was_hidden_stays_private(node: Node, samira: Browser):
    await describe(samira, visibility="members")
    await samira.post("/me/hide")
    node.clock = Later(timedelta(days=31))
    await node.act(forget_hidden)
    found = await profile(node)
    assert (found.visibility.value, found.before_hiding) == ("nobody", None)


async def test_hiding_needs_the_token_of_the_session(samira: Browser):
    assert (await samira.ask("POST", "/me/hide", {"csrf": "x"})).status == 403


async def test_the_command_shows_and_changes_a_profile(node: Node, samira: Browser):
    document = {"name": "S.", "bio": {"de": "Hallo"}, "visibility": "members"}
    assert (await do(node, "user.set", name="samira", document=document))["visibility"] == "members"
    shown = await do(node, "user.show", name="samira")
    assert (shown["name"], shown["bio"]) == ("S.", {"de": "Hallo"})
    assert "talents" not in (await do(node, "member.list"))[0]


async def test_what_is_for_her_own_eyes_is_shown_to_nobody_by_the_command(
    node: Node, samira: Browser
):
    await describe(samira)
    person = (await profile(node)).person
    assert "talents" not in await do(node, "user.show", name="samira")
    own = await do(node, "user.show", name="samira", by=person)
    assert own["talents"] == "Buchhaltung"


async def test_a_program_reads_and_changes_the_profile_of_whoever_it_acts_for(
    node: Node, samira: Browser
):
    await describe(samira, visibility="members")
    await account(node, "leila", Role.COORDINATOR)
    tokens = {
        scope: (await do(node, "token.create", user="leila", scope=scope))["token"]
        for scope in ("read", "write")
    }
    async with aiohttp.ClientSession(node.urls.origin) as session:

        async def asked(method: str, path: str, scope: str, body: object = None) -> tuple[int, Any]:
            bearer = {"Authorization": f"Bearer {tokens[scope]}"}
            async with session.request(method, path, json=body, headers=bearer) as answer:
                return answer.status, await answer.json()

        changed = {"name": "Leila", "bio": {"ar": "أهلاً"}, "talents": "Zahlen"}
        assert (await asked("PUT", "/api/v1/profile", "read", changed))[0] == 403
        status, found = await asked("PUT", "/api/v1/profile", "write", changed)
        assert (status, found["bio"], found["visibility"]) == (200, {"ar": "أهلاً"}, "nobody")
        assert (await asked("PUT", "/api/v1/profile", "write", {"role": "x"}))[0] == 422
        assert (await asked("GET", "/api/v1/profile", "read"))[1]["talents"] == "Zahlen"
        members = (await asked("GET", "/api/v1/members", "read"))[1]
        assert [(each["name"], "talents" in each) for each in members] == [("Samira N.", False)]
