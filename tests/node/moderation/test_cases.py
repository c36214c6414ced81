"""Cases at the desk: looked at, decided, forwarded, closed, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from node.errors import Conflict
from node.jobs import jobs
from node.moderation import forgetting
from tests.node.moderation.desks import CASES, Team, forms
from tests.support.browsers import Later
from tests.support.nodes import do, until


async def test_a_case_shows_what_was_reported_as_it_was(team: Team):
    anna = team.talk.person()
    note = await team.talk.replied(anna, "<p>Böse <script>alert(1)</script>Worte</p>")
    case = await team.reported(note)
    changed = {**note, "content": "<p>Ganz lieb</p>", "updated": "2026-06-01T12:00:00Z"}
    await team.talk.says(anna, changed, "Update")
    page = (await team.mona.get(f"{CASES}/{case}?lang=en")).text
    assert "Böse Worte" in page
    assert "Das ist Hetze." in page
    assert "Ganz lieb" not in page
    assert "<script>alert" not in page
    assert f"{CASES}/{case}/decide" in forms(page)


@pytest.mark.parametrize(
    ("decision", "standing"), [("limit-author", "limit"), ("suspend-author", "suspend")]
)
async def test_a_decision_about_an_author_is_a_rule_of_which_she_is_not_told(
    team: Team, decision: str, standing: str
):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna, "<p>Böse Worte</p>"))
    await team.decides(team.mona, case, decision, tell="yes")
    (rule,) = await do(team.node, "block.list")
    assert (rule["id"], rule["level"]) == (anna, standing)
    assert (await team.case(case))["state"] == "closed"
    assert await team.talk.count("outgoing", "kind in ('Block', 'Flag')") == 0
    assert await team.talk.count("direct_note") == 0
    if standing == "suspend":
        assert team.node.policy.standing(anna).value == "suspended"


async def test_a_whole_server_of_strangers_is_suspended_by_one(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    await team.decides(team.mona, case, "suspend-server")
    (rule,) = await do(team.node, "block.list")
    assert (rule["id"], rule["level"]) == (team.talk.there.host, "suspend")


async def test_a_decision_makes_no_rule_laxer(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna))
    await do(team.node, "block.add", target=team.talk.there.host, level="suspend")
    await team.decides(team.mona, case, "limit-author")
    assert [rule["level"] for rule in await do(team.node, "block.list")] == ["suspend"]


async def test_dp09_the_server_is_told_only_if_a_reporter_wants_it_and_by_nobody(team: Team):
    anna = team.talk.person()
    note = await team.talk.replied(anna)
    case = await team.reported(note, contact="Nour")
    refused = await team.decides(team.mona, case, "hide", forward="yes", words="Hetze")
    assert refused.status == 422
    await team.reported(note, forward="yes")
    shown = await team.decides(team.mona, case, "hide", forward="yes", words="Hetze")
    assert shown.status == 303
    (flag,) = await team.talk.there.comes(anna, "Flag")
    assert flag["actor"] == team.node.urls.relay
    assert flag["object"] == [anna, note["id"]]
    assert flag["content"] == "Hetze"
    for word in ("Nour", "mona", "Das ist Hetze."):
        assert word not in str(flag)


async def test_nothing_is_forwarded_without_the_tick(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna), forward="yes")
    await team.decides(team.mona, case, "hide", words="Hetze")
    assert await team.talk.count("outgoing", "kind = 'Flag'") == 0


async def test_a_decision_needs_a_reason_and_comes_once(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    without = await team.decides(team.mona, case, "hide", reason="  ")
    assert without.status == 422
    assert (await team.decides(team.mona, case, "take-rights")).status == 422
    assert (await team.decides(team.mona, case, "")).status == 422
    assert (await team.decides(team.mona, case, "nothing")).status == 303
    assert (await team.decides(team.mira, case, "hide")).status == 409


async def test_a_flag_opens_a_case_and_both_are_closed_together(team: Team):
    relay = team.talk.there.actor("actor")
    flag = team.talk.there.activity("Flag", relay, team.talk.us, content="Spam")
    flag["object"] = [team.talk.us, team.talk.event]
    del flag["to"]
    assert await team.talk.hears(flag) == "done"
    (case,) = await do(team.node, "case.list")
    assert (case["kind"], case["target"]) == ("own", team.talk.event)
    page = (await team.mona.get(f"{CASES}/{case['id']}?lang=en")).text
    assert "by another server" in page
    await team.decides(team.mona, case["id"], "nothing")
    assert await do(team.node, "report.list") == []


async def test_closing_the_report_closes_its_case(team: Team):
    relay = team.talk.there.actor("actor")
    flag = team.talk.there.activity("Flag", relay, team.talk.us, content="Spam")
    del flag["to"]
    await team.talk.hears(flag)
    (report,) = await do(team.node, "report.list")
    await do(team.node, "report.close", id=report["id"])
    (case,) = await do(team.node, "case.list", state="closed")
    assert case["decision"] == "nothing"


async def test_the_operator_does_the_same_from_the_command_line(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    shown = await do(team.node, "case.show", id=case)
    assert (shown["text"], shown["complaints"][0]["words"]) == ("Hallo", "Das ist Hetze.")
    decided = await do(team.node, "case.decide", id=case, decision="hide", reason="Nein.")
    assert decided["state"] == "decided"
    with pytest.raises(Conflict):
        await do(team.node, "case.answer", id=case, outcome="upheld", reason="Doch.")


async def test_a_case_is_closed_after_thirty_days_and_forgotten_after_ninety_more(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna, "<p>Böse Worte</p>"), contact="Nour")
    await team.decides(team.mona, case, "hide", tell="yes")
    team.node.clock = Later(timedelta(days=31))
    await team.node.act(forgetting.close_cases)
    assert (await team.case(case))["state"] == "closed"
    team.node.clock = Later(timedelta(days=120))
    await team.node.act(forgetting.forget_cases)
    assert await do(team.node, "case.list", state="all") != []
    team.node.clock = Later(timedelta(days=122))
    await team.node.act(forgetting.forget_cases)
    assert await do(team.node, "case.list", state="all") == []
    (counted,) = await do(team.node, "case.statistics")
    assert (counted["kind"], counted["decision"], counted["many"]) == ("reply", "hide", 1)
    for table in ("complaint", "case_look", "moderation_case"):
        assert await team.talk.count(table) == 0
    assert {job.name.rpartition(".")[2] for job in jobs.table} >= {"close_cases", "forget_cases"}


async def test_of_an_author_who_is_no_more_no_word_is_kept_in_a_case(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna, "<p>Böse Worte</p>"))
    team.talk.there.documents.pop("/anna")
    await team.talk.there.insists(team.talk.inbox, team.talk.there.activity("Delete", anna, anna))

    async def closed() -> bool:
        return bool((await team.case(case))["state"] == "closed")

    await until(closed)
    row = await team.node.look(lambda tx: tx.row("select * from moderation_case"))
    assert "Böse" not in str(dict(row))
