"""Tests of node/moderation/consequences.py: what a decision took comes back as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from node.errors import NotFound
from node.people.model import Role
from tests.node.moderation.desks import CASES, Team
from tests.support.browsers import Later
from tests.support.nodes import do


@pytest.mark.parametrize(("days", "role"), [(20, "volunteer"), (1, "member")])
async def test_a_right_for_a_time_comes_back_until_its_old_end_and_no_longer(
    team: Team, days: int, role: str
):
    sara = await team.comes("sara", Role.MEMBER)
    end = (team.node.clock.now() + timedelta(days=days)).date().isoformat()
    await do(team.node, "user.role", name="sara", role="volunteer", until=end)
    opened = await team.mona.post(f"{CASES}/open", {"target": "member:sara", "category": "spam"})
    case = opened.path.rpartition("/")[2]
    await team.decides(team.mona, case, "take-rights")
    await team.again(sara, "sara")
    await sara.post("/me/decisions", {"id": case, "words": "Das war ich nicht."})
    team.node.clock = Later(timedelta(days=5))
    await team.again(team.mira, "mira")
    fields = {"outcome": "overturned", "outcome_reason": "Eine Verwechslung."}
    assert (await team.mira.post(f"{CASES}/{case}/appeal", fields)).status == 303
    (found,) = [one for one in await do(team.node, "user.list") if one["name"] == "sara"]
    assert found["role"] == role
    assert (found["role_until"] or "")[:10] == (end if role == "volunteer" else "")


async def appealed(team: Team, name: str) -> str:
    """The case of somebody whose rights were taken at the machine, and who appeals."""
    browser = await team.comes(name, Role.AMBASSADOR)
    opened = await team.mona.post(f"{CASES}/open", {"target": f"member:{name}"})
    case = opened.path.rpartition("/")[2]
    await do(team.node, "case.decide", id=case, decision="take-rights", reason="Bis das klar ist.")
    await team.again(browser, name)
    await browser.post("/me/decisions", {"id": case, "words": "Das war ich nicht."})
    return case


@pytest.mark.parametrize(("at_the_machine", "role"), [(False, "member"), (True, "ambassador")])
async def test_one_moderator_s_answer_to_an_appeal_makes_nobody_ambassador(
    team: Team, at_the_machine: bool, role: str
):
    await team.ambassador()
    case = await appealed(team, "lina")
    assert "two of you can make her" in (await team.mira.get(f"{CASES}/{case}?lang=en")).text
    if at_the_machine:
        await do(team.node, "case.answer", id=case, outcome="overturned", reason="Ein Irrtum.")
    else:
        fields = {"outcome": "overturned", "outcome_reason": "Ein Irrtum."}
        assert (await team.mira.post(f"{CASES}/{case}/appeal", fields)).status == 303
    shown = (await team.mira.get(f"{CASES}/{case}?lang=en")).text
    assert ("two of you can make her" in shown) is not at_the_machine
    (found,) = [one for one in await do(team.node, "user.list") if one["name"] == "lina"]
    assert found["role"] == role


async def test_an_account_that_is_gone_answers_no_appeal(team: Team):
    await team.ambassador()
    case = await appealed(team, "lina")
    with pytest.raises(NotFound):
        await do(team.node, "case.answer", id=case, outcome="upheld", reason="Doch.", by="0" * 26)
    assert (await team.case(case))["state"] == "appealed"
