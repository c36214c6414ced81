"""Attacks on sessions and forms: forged forms, fixed and stolen cookies, sessions that should be over."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from node.people.model import Role
from node.routes import ROUTES
from node.routing.policies import ENTRY_FORM, Needs, SignedIn
from node.services import Node
from node.storage.database import Row, Transaction
from tests.support.browsers import PASSWORD, Browser, Later, account, signed_in
from tests.support.edge import at_the_edge, request
from tests.support.nodes import do, running
from tests.support.stage import Stage


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


FORGED = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.test"},
    {"Origin": "http://localhost:1"},
]


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: "-".join(headers.values()))
async def test_j01_a_form_of_another_site_does_nothing(headers: dict[str, str], node: Node):
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        fields = {"csrf": browser.csrf, "name": "eve", "language": ""}

        forged = await browser.ask("POST", "/me", fields, **headers)

        assert forged.status == 403
        assert [one["name"] for one in await do(node, "user.list")] == ["amal"]


@pytest.mark.parametrize("headers", [*FORGED, {"Origin": "null"}, {}], ids=str)
async def test_j01_nobody_is_signed_in_as_somebody_else_by_a_form_of_another_site(
    headers: dict[str, str], node: Node
):
    await account(node, "eve", Role.MEMBER)
    entries = [route.path for route in ROUTES if route.policy is ENTRY_FORM]
    async with Browser(node) as victim:
        for path in entries:
            shown = await victim.ask("POST", path, {"name": "eve", "password": PASSWORD}, **headers)
            assert shown.status == 403, path
        assert victim.cookie is None


@pytest.mark.parametrize("token", ["", "0" * 64, None, "é"])
async def test_j01_a_form_without_the_token_of_its_session_does_nothing(
    token: str | None, node: Node
):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        signed_in(node, "eve", Role.MEMBER) as eve,
    ):
        fields = {"csrf": eve.csrf if token is None else token, "name": "eva", "language": ""}
        shown = await amal.ask("POST", "/me", fields, Sec_Fetch_Site="same-origin")

        assert (shown.status, amal.csrf != eve.csrf) == (403, True)


async def test_j01_nothing_that_is_only_asked_for_changes_anything(node: Node):
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        forms = [
            route.path
            for route in ROUTES
            if isinstance(route.policy, Needs | SignedIn) and route.method == "POST"
            if "{" not in route.path
        ]
        readable = {route.path for route in ROUTES if route.method == "GET"}
        for path in set(forms) - readable:
            assert (await browser.get(f"{path}?csrf={browser.csrf}")).status == 405, path
        assert (await browser.get("/me")).status == 200


async def test_j01_a_form_is_not_taken_as_plain_text(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as browser:
        body = f"csrf={browser.csrf}&name=eve"
        for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
            shown = await browser.ask("POST", "/me", body, Content_Type=kind)
            assert shown.status == 415, kind


async def test_j02_a_cookie_from_before_the_sign_in_opens_nothing(node: Node):
    await account(node, "amal", Role.MEMBER)
    async with Browser(node) as browser:
        browser.cookie = "chosen-by-eve"
        await browser.sign_in("amal")
        first = browser.cookie
        await browser.sign_in("amal")

        assert first != "chosen-by-eve"
        async with Browser(node) as eve:
            for cookie in ("chosen-by-eve", first):
                eve.cookie = cookie or ""
                assert (await eve.get("/me")).status == 303
    assert len(await do(node, "session.list")) == 1


async def test_j02_a_privilege_gained_begins_with_a_new_session(node: Node):
    await account(node, "lina", Role.AMBASSADOR)
    async with signed_in(node, "amal", Role.MEMBER) as browser:
        await do(node, "user.role", name="amal", role="coordinator")

        assert (await browser.get("/desk")).path == "/sign-in?next=/desk"


ENDINGS = {
    "reset-link": ("user.reset-link", {"name": "amal"}),
    "disabled": ("user.disable", {"name": "amal"}),
    "role": ("user.role", {"name": "amal", "role": "newcomer"}),
    "revoked": ("session.revoke", {"user": "amal"}),
}


@pytest.mark.parametrize("way", ENDINGS)
async def test_j03_a_session_ends_at_once_whichever_way_it_is_ended(way: str, node: Node):
    await account(node, "lina", Role.AMBASSADOR)
    async with signed_in(node, "amal", Role.COORDINATOR) as browser, Browser(node) as other:
        secret = (await do(node, "token.create", user="amal", scope="admin"))["token"]
        operation, arguments = ENDINGS[way]
        answer = await do(node, operation, **arguments)
        if way == "reset-link":
            path = answer["url"].removeprefix(node.urls.origin)
            await other.post(path, {"password": "ganz andere Wörter"})

        assert (await browser.get("/me")).status == 303
        if way in ("disabled", "role"):
            shown = await other.ask("GET", "/api/v1/status", Authorization=f"Bearer {secret}")
            assert shown.status == 401


async def test_j03_sessions_end_by_themselves_and_those_of_staff_sooner(node: Node):
    async with (
        signed_in(node, "amal", Role.AMBASSADOR) as staff,
        signed_in(node, "lina", Role.MEMBER) as member,
    ):
        node.clock = Later(timedelta(hours=13))
        assert (await staff.get("/me")).status == 303
        assert (await member.get("/me")).status == 200
        for day in range(1, 30, 5):
            node.clock = Later(timedelta(days=day))
            assert (await member.get("/me")).status == 200
        node.clock = Later(timedelta(days=31))
        assert (await member.get("/me")).status == 303


async def test_j04_no_secret_that_opens_anything_is_in_the_database(node: Node):
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        codes = (await browser.post("/me/codes")).text
        code = codes.partition("<code>")[2].partition("</code>")[0]
        secrets = [
            browser.cookie or "",
            browser.csrf,
            code,
            code.replace("-", ""),
            PASSWORD,
            (await do(node, "token.create", user="amal", scope="read"))["token"],
            (await do(node, "user.invite"))["url"].rpartition("/")[2],
            (await do(node, "user.reset-link", name="amal"))["url"].rpartition("/")[2],
            (await do(node, "setup-link"))["url"].rpartition("/")[2],
        ]
        kept = b"".join(path.read_bytes() for path in node.config.data.rglob("josoor.db*"))

        assert all(len(secret) > 15 for secret in secrets)
        assert [secret for secret in secrets if secret.encode() in kept] == []
        assert hashlib.sha256((browser.cookie or "").encode()).hexdigest().encode() in kept
        assert b"$argon2id$v=19$m=32768,t=3,p=1$" in kept


async def test_j06_what_is_somebody_else_s_is_not_there(node: Node):
    async with (
        signed_in(node, "amal", Role.AMBASSADOR) as amal,
        signed_in(node, "eve", Role.COORDINATOR) as eve,
    ):
        await do(node, "token.create", user="amal", scope="read")
        await amal.post("/desk/people/invite", {"role": "member"})

        async def ids(tx: Transaction) -> list[Row]:
            person = (await tx.rows("select id from person where name = 'amal'"))[0]["id"]
            return await tx.rows(
                "select id, 'session' as kind from session where person = :person union all "
                "select id, 'token' from token union all select id, 'link' from entry_link",
                person=person,
            )

        forms = {
            "session": "/me/sessions/end",
            "token": "/me/tokens/end",
            "link": "/desk/people/end",
        }
        for row in await node.look(ids):
            foreign = await eve.post(forms[row["kind"]], {"id": row["id"]})
            absent = await eve.post(forms[row["kind"]], {"id": "0" * 26})
            assert (foreign.status, foreign.text) == (absent.status, absent.text), row
        assert (await amal.get("/me")).status == 200
        assert len(await do(node, "user.invitations")) == 1
        assert [one["revoked"] for one in await do(node, "token.list")] == [False]


async def test_j20_no_page_of_ours_is_framed(node: Node):
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        for path in ("/me", "/me/confirm", "/desk", "/desk/people", "/me/sessions", "/recover"):
            shown = await browser.get(path)
            assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"], path
            assert shown.headers["X-Frame-Options"] == "DENY", path


@pytest.mark.asyncio(loop_scope="module")
async def test_j01_over_https_the_cookie_is_bound_to_this_host_and_out_of_reach(us: Stage):
    await account(us.node, "amal", Role.MEMBER)
    form = urlencode({"name": "amal", "password": PASSWORD}).encode()
    headers = (
        "Origin: https://us.test",
        "Accept: text/html",
        "Content-Type: application/x-www-form-urlencoded",
    )
    async with at_the_edge(us) as edge:
        told = await edge.tell(request("POST /sign-in", *headers, body=form))
    (line,) = re.findall(r"(?im)^set-cookie: (.+?)\r?$", told.head)
    (cookie,) = SimpleCookie(line).values()

    assert (told.status, cookie.key) == (303, "__Host-session")
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
    assert cookie["secure"]
    assert cookie["httponly"]
