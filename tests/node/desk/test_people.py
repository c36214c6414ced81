"""Tests of people at the desk: by role, invitations to print, roles with an end, handing over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, Later, account, signed_in
from tests.support.nodes import do


async def roles(node: Node) -> dict[str, str]:
    return {each["name"]: each["role"] for each in await do(node, "user.list")}


async def test_people_stand_by_role_with_how_many_sessions_and_nothing_of_them(
    node: Node, amal: Browser
):
    async with signed_in(node, "olena", Role.MEMBER):
        text = (await amal.get("/desk/people")).text
    sessions = await do(node, "session.list")
    assert re.search(r"Ambassador.*?amal.*?Member.*?olena", text, re.DOTALL)
    assert text.count("signed in at 1 place") == 2
    assert not any(each["device"] in text for each in sessions if each["device"])
    assert not any(each["id"] in text for each in sessions)


async def test_who_may_only_invite_sees_no_sessions_and_no_forms_about_others(node: Node):
    await account(node, "olena", Role.MEMBER)
    async with signed_in(node, "lina", Role.COORDINATOR) as browser:
        text = (await browser.get("/desk/people")).text
    assert "olena" in text
    assert "signed in at" not in text
    assert "/desk/people/role" not in text
    assert "/desk/people/hand-over" not in text


async def test_an_invitation_is_shown_once_as_a_sheet_to_print_with_its_end(
    node: Node, amal: Browser
):
    await amal.get("/desk/people")
    shown = await amal.post("/desk/people/invite", {"role": "member", "days": "3", "uses": "5"})
    assert shown.status == 200
    link = re.search(r"/join/[\w-]+", shown.text)
    assert link
    assert "<svg" in shown.text
    assert "It counts until" in shown.text
    assert "5 people can use it." in shown.text
    listed = (await amal.get("/desk/people")).text
    assert link[0] not in listed
    assert "0 of 5 used" in listed


async def test_a_wrong_invitation_is_told_with_what_was_typed(node: Node, amal: Browser):
    await amal.get("/desk/people")
    shown = await amal.post("/desk/people/invite", {"role": "member", "days": "91", "uses": "1"})
    assert shown.status == 422
    assert 'value="91"' in shown.text
    assert "Please give a number of days from 1 to 90." in shown.text
    assert "Please give a number of people" not in shown.text
    assert '<details class="narrow" open>' in shown.text


async def test_a_number_that_is_none_is_told_and_not_guessed(node: Node, amal: Browser):
    await amal.get("/desk/people")
    shown = await amal.post("/desk/people/invite", {"role": "member", "days": "7", "uses": "viele"})
    assert shown.status == 422
    assert "Please give a number of people from 1 to 100." in shown.text


async def test_an_invitation_offers_no_role_that_it_cannot_give(amal: Browser):
    form = (await amal.get("/desk/people")).text.partition('action="/desk/people/invite"')[2]
    assert 'value="moderator"' in form.partition("</form>")[0]
    assert 'value="ambassador"' not in form.partition("</form>")[0]


async def test_a_role_is_given_until_a_day_that_the_form_shows_again(node: Node, amal: Browser):
    olena = await account(node, "olena", Role.MEMBER)
    await amal.get("/desk/people")
    sent = await amal.post(
        "/desk/people/role", {"id": olena.id, "role": "moderator", "until": "2031-03-31"}
    )
    assert (sent.status, sent.path) == (303, "/desk/people")
    text = (await amal.get("/desk/people")).text
    assert "The new role counts from now on." in text
    assert "until Monday 31 March 2031" in text
    assert 'value="2031-03-31"' in text
    assert (await roles(node))["olena"] == "moderator"


async def test_an_account_is_signed_out_closed_and_opened_again(node: Node, amal: Browser):
    async with signed_in(node, "olena", Role.MEMBER) as browser:
        [olena] = [each for each in await do(node, "user.list") if each["name"] == "olena"]
        await amal.get("/desk/people")
        await amal.post("/desk/people/sign-out", {"id": olena["id"]})
        assert (await browser.get("/me")).status == 303
    for answer, closed in (("close", True), ("open", False)):
        await amal.post("/desk/people/disable", {"id": olena["id"], "answer": answer})
        [now] = [each for each in await do(node, "user.list") if each["name"] == "olena"]
        assert now["disabled"] is closed


async def test_a_link_to_a_new_password_is_made_and_shown_once(node: Node, amal: Browser):
    olena = await account(node, "olena", Role.MEMBER)
    await amal.get("/desk/people")
    shown = await amal.post("/desk/people/reset", {"id": olena.id})
    assert re.search(r"/reset/[\w-]+", shown.text)
    assert "It counts for one hour and works once." in shown.text


async def test_a_role_is_handed_over_and_whoever_had_it_steps_back(node: Node, amal: Browser):
    lina = await account(node, "lina", Role.MEMBER)
    await amal.get("/desk/people")
    sent = await amal.post("/desk/people/hand-over", {"id": lina.id, "role": "volunteer"})
    assert (sent.status, sent.path) == (303, "/sign-in?next=/me")
    assert await roles(node) == {"amal": "volunteer", "lina": "ambassador"}
    assert (await amal.get("/me")).status == 303


@pytest.mark.parametrize("who", ["oneself", "closed", "nobody"])
async def test_a_role_is_handed_over_to_somebody_else_who_is_here(
    who: str, node: Node, amal: Browser
):
    lina = await account(node, "lina", Role.MEMBER)
    await do(node, "user.disable", name="lina")
    [me] = [each for each in await do(node, "user.list") if each["name"] == "amal"]
    wanted = {"oneself": me["id"], "closed": lina.id, "nobody": "0" * 26}[who]
    await amal.get("/desk/people")
    shown = await amal.post("/desk/people/hand-over", {"id": wanted, "role": "member"})
    assert shown.status in (404, 409)
    assert 'role="alert"' in shown.text
    assert (await roles(node))["amal"] == "ambassador"


async def test_what_changes_people_asks_for_the_password_when_that_is_long_ago(
    node: Node, amal: Browser
):
    lina = await account(node, "lina", Role.MEMBER)
    await amal.get("/desk/people")
    node.clock = Later(timedelta(minutes=20))
    sent = await amal.post("/desk/people/hand-over", {"id": lina.id, "role": "member"})
    assert sent.path.startswith("/me/confirm")
    assert (await roles(node))["amal"] == "ambassador"


async def test_somebody_whom_another_has_answered_already_is_no_error(node: Node, amal: Browser):
    await amal.get("/desk/people")
    sent = await amal.post("/desk/people/answer", {"id": "0" * 26, "answer": "yes"})
    assert (sent.status, sent.path) == (303, "/desk/people")


async def test_one_ambassador_alone_closes_an_account_to_be_erased_and_keeps_it_after_all(
    node: Node, amal: Browser
):
    noor = await account(node, "noor", Role.MEMBER)
    page = (await amal.get("/desk/people")).text
    assert "Erase the account" in page
    assert "A second ambassador" not in page
    await amal.post("/desk/people/erase", {"id": noor.id, "reason": "Sie bat darum."})
    assert "Everything of this person is erased on" in (await amal.get("/desk/people")).text
    (due,) = await do(node, "erasures.list")
    assert due["erased"] is None

    await amal.post("/desk/people/keep", {"id": noor.id})
    assert await do(node, "erasures.list") == []
    (kept,) = [each for each in await do(node, "user.list") if each["name"] == "noor"]
    assert not kept["disabled"]


async def test_somebody_s_erasure_waits_for_the_second_ambassador(node: Node, amal: Browser):
    noor = await account(node, "noor", Role.MEMBER)
    async with signed_in(node, "lina", Role.AMBASSADOR) as lina:
        assert "A second ambassador has to confirm it." in (await amal.get("/desk/people")).text
        nothing = await amal.post("/desk/people/erase", {"id": noor.id, "reason": ""})
        assert (nothing.status, await do(node, "decision.list")) == (422, [])
        shown = await amal.post("/desk/people/erase", {"id": noor.id, "reason": "Sie bat darum."})
        assert shown.path == "/desk/decisions"
        assert await do(node, "erasures.list") == []
        page = (await lina.get("/desk/decisions")).text
        assert "Sie bat darum." in page
        (wish,) = await do(node, "decision.list")
        await lina.post("/desk/decisions", {"id": wish["id"], "answer": "yes"})
    assert len(await do(node, "erasures.list")) == 1


async def test_nobody_erases_her_own_account_or_the_last_ambassador_s_there(
    node: Node, amal: Browser
):
    (me,) = await do(node, "user.list")
    await amal.get("/desk/people")
    refused = await amal.post("/desk/people/erase", {"id": me["id"], "reason": "Genug."})
    assert refused.status == 403
    assert await do(node, "erasures.list") == []
