"""Reporting something from a public page, with and without an account."""

from __future__ import annotations

import pytest

from node.moderation import pages
from node.moderation.case_model import MOST_COMPLAINTS
from node.people.model import Role
from node.web.limits import Limit
from tests.node.moderation.desks import CASES, FORM, Team
from tests.support.nodes import do


async def test_a_guest_reports_what_stands_on_a_page_and_gets_a_receipt(team: Team):
    note = await team.talk.replied(team.talk.person(), "<p>Böse Worte</p>")
    page = await team.guest.get(f"{_path(team)}?lang=de")
    link = page.text.partition('href="/report?about=')[2].partition('"')[0]
    form = await team.guest.get(f"/report?about={link}&lang=de")
    assert (form.status, "Böse Worte" in form.text) == (200, True)
    sent = await team.guest.post("/report", {"about": link, **FORM})
    assert sent.status == 303
    receipt = await team.guest.get(sent.path)
    assert receipt.status == 200
    assert "no-store" in receipt.headers["Cache-Control"]
    (case,) = await do(team.node, "case.list")
    assert (case["target"], case["kind"]) == (note["id"], "reply")
    assert sent.path.rpartition("/")[2] not in str(
        await team.node.look(lambda tx: tx.rows("select * from complaint"))
    )


async def test_the_receipt_tells_when_somebody_has_looked(team: Team):
    note = await team.talk.replied(team.talk.person())
    sent = await team.guest.post("/report?lang=en", {"about": note["id"], **FORM})
    assert "will look at it" in (await team.guest.get(f"{sent.path}?lang=en")).text
    (case,) = await do(team.node, "case.list")
    await team.decides(team.mona, case["id"], "nothing")
    told = (await team.guest.get(f"{sent.path}?lang=en")).text
    assert "Nothing has to be done" in told
    assert "Gegen unsere Regeln" not in told


async def test_the_receipt_of_nobody_is_not_there(team: Team):
    assert (await team.guest.get(f"/report/{'x' * 43}")).status == 404


async def test_what_everybody_cannot_see_cannot_be_reported_and_is_not_told_apart(team: Team):
    anna = team.talk.person()
    message = await team.talk.replied(anna, to=[team.talk.us], cc=[])
    hidden = await team.talk.replied(anna)
    await do(team.node, "conversation.hide", id=hidden["id"])
    answers = set()
    for name in (message["id"], hidden["id"], "https://nowhere.test/1", team.talk.event, "", "x"):
        shown = await team.guest.get(f"/report?about={name}")
        sent = await team.guest.post("/report", {"about": name, **FORM})
        answers.add((shown.status, sent.status, shown.text))
    assert [answer[:2] for answer in answers] == [(404, 404)]
    assert await do(team.node, "case.list") == []


async def test_without_saying_what_is_wrong_the_form_comes_back_with_the_words(team: Team):
    note = await team.talk.replied(team.talk.person())
    fields = {"about": note["id"], "words": "Schlimm <b>", "contact": "Nour"}
    shown = await team.guest.post("/report", fields)
    assert shown.status == 422
    assert "Schlimm &lt;b&gt;" in shown.text
    assert 'value="Nour"' in shown.text


async def test_who_reports_is_kept_only_if_she_says_so_and_only_sealed(team: Team):
    note = await team.talk.replied(team.talk.person())
    case = await team.reported(note)
    await team.reported(note, contact="Nour 0660-1234567")
    rows = await team.node.look(lambda tx: tx.rows("select * from complaint order by id"))
    assert [row["sealed"] is None for row in rows] == [True, False]
    assert "0660" not in str([dict(row) for row in rows])
    assert "Nour 0660-1234567" in (await team.mona.get(f"{CASES}/{case}")).text


async def test_a_new_master_key_opens_what_a_reporter_said_of_herself(team: Team):
    note = await team.talk.replied(team.talk.person())
    case = await team.reported(note, contact="Nour")
    await do(team.node, "key.rotate-master")
    assert "Nour" in (await team.mona.get(f"{CASES}/{case}")).text


async def test_a_member_reports_in_nobodys_name(team: Team):
    note = await team.talk.replied(team.talk.person())
    sara = await team.comes("sara", Role.MEMBER)
    assert (await sara.post("/report", {"about": note["id"], **FORM})).status == 303
    rows = await team.node.look(lambda tx: tx.rows("select * from complaint"))
    assert [row["source"] for row in rows] == ["member"]
    (person,) = [row for row in await do(team.node, "user.list") if row["name"] == "sara"]
    assert person["id"] not in str([dict(row) for row in rows])


async def test_many_reports_about_one_thing_are_one_case(team: Team):
    note = await team.talk.replied(team.talk.person())
    assert len({await team.reported(note) for _ in range(3)}) == 1
    row = await team.node.look(lambda tx: tx.row("select count(*) as many from complaint"))
    assert row["many"] == 3
    assert MOST_COMPLAINTS == 20


async def test_reports_are_counted_for_an_account(team: Team, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "OF_AN_ACCOUNT", Limit("test", 2, 600))
    note = await team.talk.replied(team.talk.person())
    sara = await team.comes("sara", Role.MEMBER)
    sent = [(await sara.post("/report", {"about": note["id"], **FORM})).status for _ in range(3)]
    assert sent == [303, 303, 429]


async def test_strangers_cannot_bury_the_team_in_cases(team: Team, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("node.moderation.cases.MOST_OPEN", 1)
    anna = team.talk.person()
    first, second = await team.talk.replied(anna), await team.talk.replied(anna)
    await team.reported(first)
    shown = await team.guest.post("/report", {"about": second["id"], **FORM})
    assert shown.status == 429
    await team.reported(first)


async def test_a_form_of_another_site_reports_nothing(team: Team):
    note = await team.talk.replied(team.talk.person())
    fields = {"about": note["id"], **FORM}
    shown = await team.guest.ask("POST", "/report", fields, Sec_Fetch_Site="cross-site")
    assert shown.status == 403
    assert await do(team.node, "case.list") == []


async def test_a_thing_from_another_community_is_reported_and_hidden_for_good(team: Team):
    author = team.talk.there.actor("carol")
    await do(team.node, "network.follow", actor=author)
    follow = (await team.talk.there.comes(author, "Follow"))[-1]
    await team.talk.hears(team.talk.there.activity("Accept", author, follow))
    event = team.talk.there.event(author)
    create = team.talk.there.activity("Create", author, event)
    assert await team.talk.hears(create) == "done"
    page = await team.guest.get("/network?lang=en")
    assert "/report?about=http" in page.text
    case = await team.reported(event)
    shown = await team.decides(team.mona, case, "hide")
    assert shown.status == 303
    assert "/report?about=http" not in (await team.guest.get("/network?lang=en")).text


def _path(team: Team) -> str:
    return str(team.talk.event.removeprefix(team.node.urls.origin))
