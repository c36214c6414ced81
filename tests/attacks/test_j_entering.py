"""Attacks on the ways in: guessing, listing names, links used twice, doors that stand open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from node.errors import TooMany
from node.people.model import Role
from node.services import Node
from node.web.limits import SIGN_IN_ACCOUNT, SIGN_IN_SOURCE, Limits
from tests.support.browsers import PASSWORD, Browser, Later, account, signed_in
from tests.support.nodes import do, running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        node.config = replace(node.config, trusted_proxies=(ip_network("127.0.0.0/8"),))
        yield node


async def test_j08_a_link_to_a_new_password_is_ours_and_ends_by_use_by_time_and_by_another(
    node: Node,
):
    await account(node, "amal", Role.MEMBER)
    async with Browser(node) as browser:
        first, second = [(await do(node, "user.reset-link", name="amal"))["url"] for _ in range(2)]
        assert first.startswith(f"{node.urls.origin}/reset/")
        paths = [url.removeprefix(node.urls.origin) for url in (first, second)]
        forged = await browser.ask("GET", paths[1], Host="evil.test")
        assert forged.status == 421
        assert (await browser.get(paths[0])).status == 404
        shown = await browser.get(paths[1])
        assert (shown.status, shown.headers["Referrer-Policy"]) == (200, "no-referrer")

        node.clock = Later(timedelta(minutes=61))
        late = await browser.get(paths[1])
        unknown = await browser.get("/reset/" + "x" * 43)
        assert (late.status, unknown.status) == (404, 404)
        assert (await browser.post(paths[1], {"password": "ganz andere Wörter"})).status == 404


async def test_j09_a_whole_64_is_one_source_whatever_it_rotates(node: Node):
    statuses, waits = [], []
    async with Browser(node) as eve:
        for number in range(27):
            path = ("/sign-in", "/sign-in?x", "/sign-in?next=/me")[number % 3]
            fields = {"name": f"name{number}", "password": "falsch"}
            shown = await eve.post(
                path, fields, X_Forwarded_For=f"6.6.6.6, 2001:db8:1:2:{number:x}::1"
            )
            statuses.append(shown.status)
            waits.append(int(shown.headers.get("Retry-After", "0")))
        assert set(statuses[:25]) == {403}
        assert statuses[25:] == [429, 429]
        assert waits[-1] > 200
        # another /64 is somebody else
        fields = {"name": "name", "password": "falsch"}
        other = await eve.post("/sign-in", fields, X_Forwarded_For="2001:db8:1:3::1")
        assert other.status == 403


async def test_j09_a_stranger_does_not_lock_somebody_out(node: Node):
    await account(node, "amal", Role.MEMBER)
    async with Browser(node) as eve, Browser(node) as amal:
        for number in range(6):
            fields = {"name": "amal", "password": "falsch"}
            await eve.post("/sign-in", fields, X_Forwarded_For=f"2001:db8:{number:x}::1")
        shown = await amal.sign_in("amal")

    assert shown.status == 303


async def test_j09_tries_for_one_name_grow_slower_and_never_longer_than_a_person_waits():
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    now = 1000.0
    limits = Limits(lambda: now, sleep)
    for _ in range(40):
        limits.count(SIGN_IN_ACCOUNT, "amal")
        await limits.slow_down(SIGN_IN_ACCOUNT, "amal")
        await limits.slow_down(SIGN_IN_ACCOUNT, "lina")

    assert waits == sorted(waits)
    assert (len(waits), waits[0], max(waits)) == (35, 0.5, 4.0)
    now += 301
    await limits.slow_down(SIGN_IN_ACCOUNT, "amal")
    assert len(waits) == 35


async def test_j09_what_is_counted_tells_nobody_where_somebody_was():
    limits = Limits(lambda: 1.0)
    for _ in range(25):
        limits.count(SIGN_IN_SOURCE, "192.0.2.7")
    with pytest.raises(TooMany):
        limits.count(SIGN_IN_SOURCE, "192.0.2.7")

    assert "192.0.2.7" not in repr(vars(limits))


@pytest.mark.alone
async def test_j10_a_name_that_is_here_is_answered_as_one_that_is_not(node: Node):
    await account(node, "amal", Role.MEMBER)
    await do(node, "user.create", name="nopassword", role="member")
    await account(node, "closed", Role.MEMBER)
    await do(node, "user.disable", name="closed")
    times: dict[str, float] = {}
    shown = {}
    async with Browser(node) as eve:
        for name in ("amal", "nobody", "nopassword", "closed"):
            for _ in range(3):
                begin = time.process_time()
                found = await eve.post("/sign-in", {"name": name, "password": "ganz falsche"})
                times[name] = min(times.get(name, 9.0), time.process_time() - begin)
                shown[name] = (found.status, found.text.replace(name, "NAME"))
        right = await eve.post("/sign-in", {"name": "closed", "password": PASSWORD})
        code = {"code": "0000-0000-0000-0000", "password": "ganz andere Wörter"}
        recovered = [
            (await eve.post("/recover", {"name": name, **code})).text.replace(name, "NAME")
            for name in ("amal", "nobody")
        ]

    assert len(set(shown.values())) == 1
    assert (right.status, right.text.replace("closed", "NAME")) == shown["amal"]
    assert recovered[0] == recovered[1]
    # in seconds of CPU, which others on the machine do not lengthen; without the work for every name
    # an answer would take a tenth of them
    assert min(times.values()) > 0.5 * max(times.values())


async def test_j13_whoever_waits_or_was_shut_out_can_do_nothing(node: Node):
    await do(node, "user.sign-up", mode="approval")
    async with signed_in(node, "amal", Role.AMBASSADOR), Browser(node) as eve:
        fields = {"name": "eve", "password": PASSWORD, "reason": "Hallo."}
        assert (await eve.post("/join", fields)).status == 200
        assert (await eve.sign_in("eve")).status == 403
        recovery = {"name": "eve", "code": "0000-0000-0000-0000", "password": "andere Wörter"}
        assert (await eve.post("/recover", recovery)).status == 403
        for operation in ("user.reset-link", "token.create"):
            with pytest.raises(Exception, match=r"closed, or not open|cannot have"):
                await do(node, operation, name="eve", user="eve", scope="read")


async def test_j14_a_recovery_code_is_used_once_and_guessing_grows_slow(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as eve:
        text = (await amal.post("/me/codes")).text
        code = text.partition("<code>")[2].partition("</code>")[0]
        fields = {"name": "amal", "code": code, "password": "ganz andere Wörter"}
        answers = await asyncio.gather(*(eve.post("/recover", fields) for _ in range(3)))
        assert sorted(one.status for one in answers) == [303, 403, 403]
        guesses = [
            (await eve.post("/recover", fields, X_Forwarded_For="198.51.100.9")).status
            for _ in range(6)
        ]
        assert guesses == [403] * 5 + [429]


async def test_j15_nobody_comes_in_by_herself_unless_the_community_opens_that_door(node: Node):
    async with Browser(node) as eve:
        fields = {"name": "eve", "password": PASSWORD, "reason": "Hallo."}
        for mode in (None, "closed", "invitation"):
            if mode:
                await do(node, "user.sign-up", mode=mode)
            assert (await eve.post("/join", fields)).status == 404
        await do(node, "user.sign-up", mode="approval")
        async with signed_in(node, "amal", Role.MODERATOR):
            statuses = [
                (await eve.post("/join", {**fields, "name": f"eve{number}"})).status
                for number in range(21)
            ]
            assert statuses == [200] * 20 + [403]
            # letters that only look like others are not another name
            again = await eve.post("/join", {**fields, "name": "ｅｖｅ1"})
            assert again.status in (403, 422)
        # the door closes by itself when nobody who answers was here for a week
        for one in await do(node, "user.list"):
            if one["pending"]:
                await do(node, "user.answer", name=one["name"], yes=False)
        assert (await eve.post("/join", fields)).status == 200
        node.clock = Later(timedelta(days=9))
        assert (await eve.post("/join", {**fields, "name": "eva"})).status == 403


async def test_j16_of_those_who_use_one_invitation_at_once_one_gets_in(node: Node):
    path = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as browser:
        answers = await asyncio.gather(
            *(browser.post(path, {"name": f"eve{n}", "password": PASSWORD}) for n in range(5))
        )

    assert sorted(one.status for one in answers) == [200, 404, 404, 404, 404]
    assert len(await do(node, "user.list")) == 1


@pytest.mark.parametrize(
    "path", ["/metrics", "/debug", "/admin", "/console", "/.env", "/server-status", "/?trace=1"]
)
async def test_j17_there_is_no_door_for_operators_on_the_public_side(path: str, node: Node):
    async with Browser(node) as eve:
        shown = await eve.get(path)

    assert shown.status == (200 if path.startswith("/?") else 404)
    assert "Traceback" not in shown.text


async def test_j18_what_the_command_line_does_is_in_the_same_log_under_the_same_rules(node: Node):
    lina = await account(node, "lina", Role.MEMBER)
    async with signed_in(node, "amal", Role.AMBASSADOR) as desk:
        await desk.post("/desk/people/role", {"id": lina.id, "role": "moderator"})
        await do(node, "user.role", name="lina", role="coordinator")
        with pytest.raises(Exception, match="no ambassador left"):
            await do(node, "user.role", name="amal", role="member")
        refused = await desk.post(
            "/desk/people/role",
            {"id": next(one["id"] for one in await do(node, "user.list") if one["name"] == "amal"),
             "role": "member"},
        )  # fmt: skip

    rows = [one for one in await do(node, "audit.list") if one["target"] == lina.id]
    assert [one["verb"] for one in rows[:2]] == ["role coordinator", "role moderator"]
    assert rows[0]["actor"] == "command line"
    assert len(rows[1]["actor"]) == 26
    assert (refused.status, "no ambassador left" in refused.text) == (409, True)
    assert (await do(node, "audit.verify"))["whole"]
