"""Members whose rights are taken: what they can say against it, and who may take them."""

from __future__ import annotations

from datetime import timedelta

from node.people.model import Role
from tests.node.moderation.desks import CASES, Team
from tests.support.browsers import Later
from tests.support.neighbours import Json
from tests.support.nodes import do


async def test_a_member_loses_her_rights_and_appeals_on_her_own_page(team: Team):
    sara = await team.comes("sara", Role.MEMBER)
    opened = await team.mona.post(f"{CASES}/open", {"target": "member:sara", "category": "spam"})
    case = opened.path.rpartition("/")[2]
    await team.decides(team.mona, case, "take-rights")
    assert _role(await do(team.node, "user.list"), "sara") == "newcomer"
    await team.again(sara, "sara")
    page = (await sara.get("/me/decisions?lang=en")).text
    assert "Gegen unsere Regeln." in page
    assert "mona" not in page
    sent = await sara.post("/me/decisions", {"id": case, "words": "Das war ich nicht."})
    assert sent.status == 303
    assert (await sara.post("/me/decisions", {"id": case, "words": "Noch etwas"})).status == 409
    fields = {"outcome": "overturned", "outcome_reason": "Eine Verwechslung."}
    assert (await team.mira.post(f"{CASES}/{case}/appeal", fields)).status == 303
    assert _role(await do(team.node, "user.list"), "sara") == "member"
    await team.again(sara, "sara")
    assert "Eine Verwechslung." in (await sara.get("/me/decisions")).text


async def test_who_is_new_in_her_role_answers_no_appeal_for_three_days(team: Team):
    sara = await team.comes("sara", Role.VOLUNTEER)
    opened = await team.mona.post(f"{CASES}/open", {"target": "member:sara", "category": "spam"})
    case = opened.path.rpartition("/")[2]
    await team.decides(team.mona, case, "take-rights")
    await team.again(sara, "sara")
    await sara.post("/me/decisions", {"id": case, "words": "Das war ich nicht."})
    for role in ("member", "moderator"):
        await do(team.node, "user.role", name="mira", role=role)
    fields = {"outcome": "upheld", "outcome_reason": "Doch."}

    await team.again(team.mira, "mira")
    assert (await team.mira.post(f"{CASES}/{case}/appeal", fields)).status == 403
    team.node.clock = Later(timedelta(days=4))
    await team.again(team.mira, "mira")
    assert (await team.mira.post(f"{CASES}/{case}/appeal", fields)).status == 303


async def test_nobody_appeals_in_a_case_of_somebody_else(team: Team):
    await team.comes("sara", Role.MEMBER)
    eve = await team.comes("eve", Role.MEMBER)
    opened = await team.mona.post(f"{CASES}/open", {"target": "member:sara"})
    case = opened.path.rpartition("/")[2]
    await team.decides(team.mona, case, "take-rights")
    fields = {"id": case, "words": "Ich"}
    absent = await eve.post("/me/decisions", {**fields, "id": "0" * 26})
    foreign = await eve.post("/me/decisions", fields)
    assert (absent.status, foreign.status) == (404, 404)
    assert absent.text.replace(eve.csrf, "") == foreign.text.replace(eve.csrf, "")


async def test_a_moderator_takes_no_rights_from_the_team_nor_decides_about_herself(team: Team):
    await team.comes("amal", Role.AMBASSADOR)
    for name in ("amal", "mona"):
        opened = await team.mona.post(f"{CASES}/open", {"target": f"member:{name}"})
        case = opened.path.rpartition("/")[2]
        assert (await team.decides(team.mona, case, "take-rights")).status == 403
    roles = {_role(await do(team.node, "user.list"), name) for name in ("amal", "mona")}
    assert roles == {"ambassador", "moderator"}


async def test_one_ambassador_takes_no_rights_from_another(team: Team):
    await team.comes("amal", Role.AMBASSADOR)
    lina = await team.comes("lina", Role.AMBASSADOR)
    opened = await lina.post(f"{CASES}/open", {"target": "member:amal"})
    case = opened.path.rpartition("/")[2]
    assert (await team.decides(lina, case, "take-rights")).status == 409
    assert _role(await do(team.node, "user.list"), "amal") == "ambassador"


def _role(rows: list[Json], name: str) -> str:
    return str(next(row["role"] for row in rows if row["name"] == name))
