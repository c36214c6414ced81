"""Tests of node/moderation/consequences.py: what a decision took comes back as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
