"""Tests of node/members/moderating.py: the team takes a member's post away, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from node.context import Context
from node.members import post_store
from node.members.model import PostState
from node.moderation.forgetting import close_cases
from node.people.model import Role
from node.services import Node
from node.storage.database import Row, Transaction
from tests.support.browsers import Browser, Later, signed_in
from tests.support.members import asked, follows, persona_of, public_account, written
from tests.support.neighbours import Json, Neighbour, neighbour, outcome
from tests.support.nodes import do, running

NEEDLE = "Nadelwort"
CASES = "/desk/moderation"


@dataclass(slots=True)
class Scene:
    node: Node
    samira: Browser
    mona: Browser
    mira: Browser
    elsewhere: Neighbour
    anna: str
    note: Json
    case: str

    async def decides(self, decision: str = "remove", **more: str) -> int:
        fields = {"decision": decision, "reason": "Gegen unsere Regeln.", **more}
        return (await self.mona.post(f"{CASES}/{self.case}/decide", fields)).status

    async def state(self) -> PostState:
        persona = await persona_of(self.node)
        post_id = self.note["id"].rpartition("/")[2]
        post = await self.node.look(lambda tx: post_store.find(tx, persona.id, post_id))
        assert post is not None
        return post.state

    async def kept(self) -> list[str]:
        """Where a word of the post still is."""

        async def read(tx: Transaction) -> list[Row]:
            return [
                *await tx.rows("select source as text from persona_post"),
                *await tx.rows("select snapshot as text from moderation_case"),
            ]

        return [row["text"] for row in await self.node.look(read) if NEEDLE in row["text"]]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running(tmp_path / "wien"))
        elsewhere = await stack.enter_async_context(neighbour())
        samira, mona, mira = [
            await stack.enter_async_context(signed_in(node, name, role))
            for name, role in (
                ("samira", Role.MEMBER), ("mona", Role.MODERATOR), ("mira", Role.MODERATOR),
            )
        ]  # fmt: skip
        actor = await public_account(node, samira)
        anna = await follows(node, samira, elsewhere, actor)
        note = await written(elsewhere, samira, anna, f"Ein {NEEDLE} über andere.")
        guest = await stack.enter_async_context(Browser(node))
        await guest.post("/report", {"about": note["id"], "category": "hate", "words": "Hetze."})
        (case,) = await do(node, "case.list")
        await mona.get(CASES)
        yield Scene(node, samira, mona, mira, elsewhere, anna, note, case["id"])


async def test_a_visitor_reports_a_post_and_the_team_sees_the_actor_not_whose_it_is(scene: Scene):
    page = (await scene.mona.get(f"{CASES}/{scene.case}")).text
    assert NEEDLE in page
    assert "regenbogen" in page
    assert "Take it away, here and on every server that has it" in page
    assert "samira" not in page
    assert "samira" not in str(await do(scene.node, "case.show", id=scene.case))
    assert f"/report?about={scene.note['id']}".split("://")[0] in (
        await scene.samira.get(scene.note["id"].partition(scene.node.urls.origin)[2])
    ).text.replace("%3A", ":")


async def test_a_flag_that_names_the_actor_first_is_about_the_post(scene: Scene):
    await scene.decides("nothing")
    actor = scene.note["id"].partition("/posts/")[0]
    reporter = scene.elsewhere.actor("instance")
    flag = scene.elsewhere.activity("Flag", reporter, "", content="Hetze.")
    flag["object"] = [actor, scene.note["id"]]
    await scene.elsewhere.insists(scene.node.urls.shared_inbox, flag)
    assert await outcome(scene.node, flag["id"]) == "done"
    (case,) = await do(scene.node, "case.list")
    assert (case["kind"], case["target"], case["author"]) == ("post", scene.note["id"], actor)


async def test_taken_away_it_is_deleted_elsewhere_and_gone_here(scene: Scene):
    assert await scene.decides(tell="yes") == 303
    await scene.elsewhere.comes(scene.anna, "Delete")
    (delete,) = scene.elsewhere.got(scene.anna, "Delete")
    assert delete["object"]["id"] == scene.note["id"]
    assert (await asked(scene.note["id"], scene.anna))[0] == 410
    path = scene.note["id"].removeprefix(scene.node.urls.origin)
    assert (await scene.mona.get(path)).status == 404
    assert ("case remove", scene.case) in [
        (one["verb"], one["target"]) for one in await do(scene.node, "audit.list")
    ]


async def test_its_author_reads_why_and_has_it_back_on_her_own_page_after_an_appeal(scene: Scene):
    await scene.decides(tell="yes")
    mine = (await scene.samira.get("/me/decisions")).text
    assert "Gegen unsere Regeln." in mine
    assert scene.note["id"] in mine
    await scene.samira.post("/me/decisions", {"id": scene.case, "words": "Das stimmt nicht."})
    answer = {"outcome": "overturned", "outcome_reason": "Sie hat recht."}
    own = await scene.mona.post(f"{CASES}/{scene.case}/appeal", answer)
    assert own.status == 403
    assert (await scene.mira.post(f"{CASES}/{scene.case}/appeal", answer)).status == 303
    assert await scene.state() is PostState.HOME
    path = scene.note["id"].removeprefix(scene.node.urls.origin)
    assert NEEDLE in (await scene.mona.get(path)).text
    assert (await asked(scene.note["id"], scene.anna))[0] == 410


async def test_nobody_answers_her_own_appeal(scene: Scene):
    await scene.decides(tell="yes")
    await scene.samira.post("/me/decisions", {"id": scene.case, "words": "Das stimmt nicht."})
    await do(scene.node, "user.role", name="samira", role="moderator")
    await scene.samira.sign_in("samira")
    answer = {"outcome": "overturned", "outcome_reason": "Ich habe recht."}
    own = await scene.samira.post(f"{CASES}/{scene.case}/appeal", answer)
    assert own.status == 403
    assert await scene.state() is PostState.REMOVED


async def test_nobody_else_appeals_for_her(scene: Scene):
    await scene.decides(tell="yes")
    other = await scene.mira.post("/me/decisions", {"id": scene.case, "words": "Ich."})
    assert other.status == 404
    assert "Gegen unsere Regeln." not in (await scene.mira.get("/me/decisions")).text


async def test_once_nobody_can_appeal_any_more_no_word_of_it_is_kept(scene: Scene):
    await scene.decides(tell="yes")
    assert len(await scene.kept()) == 2
    scene.node.clock = Later(timedelta(days=31))
    await scene.node.act(close_cases)
    assert await scene.state() is PostState.DELETED
    assert await scene.kept() == []


async def test_an_upheld_decision_and_one_that_is_not_told_keep_no_word_either(scene: Scene):
    await scene.decides(tell="yes")
    await scene.samira.post("/me/decisions", {"id": scene.case, "words": "Doch."})
    answer = {"outcome": "upheld", "outcome_reason": "Nein."}
    await scene.mira.post(f"{CASES}/{scene.case}/appeal", answer)
    assert await scene.kept() == []

    note = await written(scene.elsewhere, scene.samira, scene.anna, f"Noch ein {NEEDLE}.")
    case = await do(scene.node, "case.open", target=note["id"], words="Hetze.")
    await do(
        scene.node, "case.decide", id=case["id"], decision="remove", reason="Nein.", quiet=True
    )
    assert await scene.kept() == []
    assert (await asked(note["id"], scene.anna))[0] == 410


async def test_what_was_taken_away_is_not_shown_again_by_who_hid_and_shows_everything(
    scene: Scene,
):
    await scene.decides(tell="yes")
    await scene.samira.post("/me/hide", {})
    await scene.samira.post("/me/show-again", {})
    assert await scene.state() is PostState.REMOVED


async def test_of_a_letter_to_one_person_the_team_reads_no_word(scene: Scene):
    # made so in the store, since what it answers does not matter here
    persona = await persona_of(scene.node)

    async def alter(context: Context) -> None:
        await context.tx.run(
            "update persona_post set visibility = 'direct' where persona = :id", id=persona.id
        )

    await scene.node.act(alter)
    await scene.decides("nothing")
    case = await do(scene.node, "case.open", target=scene.note["id"], words="Hetze.")
    assert NEEDLE not in str(await do(scene.node, "case.show", id=case["id"]))
    guest = await scene.mira.get(f"/report?about={scene.note['id']}")
    assert guest.status == 404


async def test_with_the_actor_goes_what_was_reported_of_it(scene: Scene):
    await scene.samira.post("/me/fediverse/end", {})
    assert await scene.kept() == []
    assert (await do(scene.node, "case.list")) == []
