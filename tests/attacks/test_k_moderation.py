"""Attacks on moderation: reading what is not for moderators, enumeration, reports as a weapon."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from node.people import audit
from node.people.model import Role
from tests.node.moderation.desks import CASES, FORM, Team, moderating
from tests.support.nodes import do

HELD = "/desk/conversations"


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with moderating(tmp_path) as team:
        yield team


async def message(team: Team, words: str = "<p>Nur für euch</p>") -> str:
    """The short id of what somebody wrote to the team alone."""
    note = await team.talk.replied(team.talk.person(), words, to=[team.talk.us], cc=[])
    return str((await team.talk.shown(note))["short_id"])


async def test_j19_a_moderator_reads_no_message_that_nobody_reported(team: Team):
    name = await message(team)
    absent = await team.mona.get(f"{HELD}/{'0' * 26}")
    for path in (f"{HELD}/{name}", f"{HELD}?kind=message"):
        shown = await team.mona.get(path)
        assert shown.status == 404
        assert shown.text.replace(path, "") == absent.text.replace(f"{HELD}/{'0' * 26}", "")
    assert "kind=message" not in (await team.mona.get(HELD)).text
    opened = await team.mona.post(f"{CASES}/open", {"target": name})
    assert opened.status == 422
    assert (await team.mona.post(f"{HELD}/{name}/report", {"category": "hate"})).status == 404
    assert (await team.mona.post("/report", {"about": name, **FORM})).status == 404


async def test_j19_each_look_at_a_reported_message_is_logged_and_shown_to_the_second(team: Team):
    name, other = await message(team), await message(team, "<p>Nicht gemeldet</p>")
    kira = await team.comes("kira", Role.COORDINATOR)
    assert (await kira.post(f"{HELD}/{name}/report", {"category": "threat"})).status == 303
    (case,) = await do(team.node, "case.list")
    assert "Nur für euch" not in (await team.mona.get(CASES)).text
    page = (await team.mona.get(f"{CASES}/{case['id']}?lang=en")).text
    assert "Nur für euch" in page
    assert "Nicht gemeldet" not in page
    assert ("look at a message", case["id"]) in await team.log()
    second = (await team.mira.get(f"{CASES}/{case['id']}?lang=en")).text
    assert ">mona<" in second.partition("Who has read it")[2]
    assert (await team.mona.get(f"{HELD}/{other}")).status == 404


async def test_j19_much_is_not_deleted_by_one_alone(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    await team.mona.post(f"{CASES}/{case}/delete-all", {"of": "server"})
    page = (await team.mona.get("/desk/decisions")).text
    found = page.partition('name="id" value="')[2].partition('"')[0]
    refused = await team.mona.post("/desk/decisions", {"id": found, "answer": "yes"})
    assert refused.status == 403
    assert await team.talk.count("reply") == 1


async def test_j19_one_alone_does_not_leave_a_community_in_two_cases(team: Team):
    host, anna = team.talk.there.host, team.talk.person()
    await do(team.node, "block.add", target=host, level="trust")
    first, second = [await team.reported(await team.talk.replied(anna)) for _ in range(2)]
    for case, decision in ((first, "limit-server"), (second, "suspend-server")):
        assert (await team.decides(team.mona, case, decision)).status == 303
    assert [rule["level"] for rule in await do(team.node, "block.list")] == ["limit"]
    assert [row["target"] for row in await do(team.node, "decision.list")] == [host]


async def test_j19_a_token_does_not_leave_a_community_by_dropping_its_rule_first(team: Team):
    await do(team.node, "block.add", target="friend.test", level="trust")
    await team.ambassador()
    token = (await do(team.node, "token.create", user="amal", scope="admin"))["token"]
    url = f"{team.node.urls.origin}/api/v1/blocks"
    async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        async with session.delete(f"{url}?target=friend.test") as answer:
            assert answer.status == 200
        rule = {"target": "friend.test", "level": "suspend"}
        async with session.post(url, json=rule) as answer:
            assert answer.status == 409
        wish = {"csv": "#domain,#severity\nfriend.test,suspend\n"}
        async with session.post(f"{url}/import", json=wish) as answer:
            assert answer.status == 409
    assert await do(team.node, "block.list") == []


async def test_j18_the_command_line_writes_the_same_row_of_the_log(team: Team):
    anna = team.talk.person()
    first, second = [await team.reported(await team.talk.replied(anna)) for _ in range(2)]
    await team.decides(team.mona, first, "hide")
    await do(team.node, "case.decide", id=second, decision="hide", reason="Nein.")
    log = await team.log()
    assert {("case hide", first), ("case hide", second)} <= set(log)
    assert await team.node.look(audit.broken) == []


async def test_k01_a_report_tells_nobody_whether_something_hidden_is_there(team: Team):
    note = await team.talk.replied(team.talk.person())
    name = (await team.talk.shown(note))["short_id"]
    await do(team.node, "conversation.hide", id=name)
    there = await team.guest.get(f"/report?about={name}")
    absent = await team.guest.get(f"/report?about={'0' * 26}")
    assert (there.status, there.text) == (absent.status, absent.text)
    assert there.status == 404


async def test_k10_nobody_but_moderators_learns_whom_we_block(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna))
    await team.decides(team.mona, case, "suspend-author", tell="yes")
    kira = await team.comes("kira", Role.COORDINATOR)
    for path in ("/desk/blocks", "/desk/blocks/export", CASES):
        assert (await kira.get(path)).status == 404
        assert (await team.guest.get(path)).path.startswith("/sign-in")
    for path in ("/", "/about", "/network", "/nodeinfo/2.1"):
        assert anna not in (await team.guest.get(path)).text
    assert await team.talk.count("outgoing") == await team.talk.count(
        "outgoing", "kind not in ('Block', 'Flag', 'Reject')"
    )


async def test_e21_a_decision_never_leaves_as_a_block(team: Team):
    anna = team.talk.person()
    for decision in ("limit-author", "suspend-author", "suspend-server"):
        opened = await team.mona.post(
            f"{CASES}/open", {"target": (await team.talk.replied(anna))["id"]}
        )
        case = opened.path.rpartition("/")[2]
        assert (await team.decides(team.mona, case, decision, tell="yes")).status == 303
        if decision == "suspend-author":
            await do(team.node, "block.remove", target=anna)
    assert await team.talk.count("outgoing", "kind = 'Block'") == 0
