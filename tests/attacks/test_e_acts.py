"""E01-E09: who may change, end and answer what, each tried through the real inbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import (
    content,
    effects,
    follower,
    friend,
    hear,
    held,
    neighbour_of,
    note,
    place,
    posted,
    row_of,
    said,
    two,
)
from tests.support.forging import post
from tests.support.hostile import Persona
from tests.support.nodes import do, until
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
LATER = "2026-10-01T10:00:00Z"


NEAR = pytest.mark.parametrize("near", [True, False], ids=["neighbour", "elsewhere"])


@NEAR
async def test_e01_nobody_changes_what_is_anothers(busy: Stage, near: bool) -> None:
    anna, eve = await two(busy, near=near)
    mine = await posted(busy, anna)
    before = await effects(busy)
    forms: list[Any] = [
        {**mine, "content": "forged", "updated": LATER},
        {**mine, "attributedTo": eve.id, "content": "forged", "updated": LATER},
        {**mine, "attributedTo": [eve.id, anna.id], "content": "forged", "updated": LATER},
        {**mine, "attributedTo": [], "actor": eve.id, "content": "forged", "updated": LATER},
    ]
    for form in forms:
        await hear(busy, eve, "Update", object=form)
        assert await content(busy, mine["id"]) == mine["content"]
    assert await effects(busy) == before


@NEAR
async def test_e02_nobody_tells_who_another_is(busy: Stage, near: bool) -> None:
    anna, eve = await two(busy, near=near)
    before, known = await effects(busy), await keys_of(busy, anna)
    stolen = {
        **anna.document,
        "name": "Forged",
        "inbox": f"{eve.id}/inbox",
        "publicKey": {**anna.document["publicKey"], "publicKeyPem": "x"},
    }
    await hear(busy, eve, "Update", object=stolen)
    assert await effects(busy) == before
    assert await keys_of(busy, anna) == known


async def keys_of(us: Stage, who: Persona) -> Any:
    """What we believe of her."""
    return await row_of(
        us,
        "select remote_actor.inbox, remote_actor.name, remote_actor.announced, remote_key.text "
        "from remote_actor join remote_key on actor = remote_actor.id where remote_actor.id = :id",
        id=who.id,
    )


@NEAR
async def test_e04_nobody_deletes_what_is_anothers(busy: Stage, near: bool) -> None:
    anna, eve = await two(busy, near=near)
    mine = await posted(busy, anna)
    await follower(busy, anna)
    before = await effects(busy)
    tombstone = {"id": mine["id"], "type": "Tombstone", "attributedTo": anna.id}
    for about in (mine["id"], tombstone, mine):
        assert (await hear(busy, eve, "Delete", object=about)).startswith("refused")
    for about in (anna.id, anna.document):
        await hear(busy, eve, "Delete", object=about)
    # What she says of things that we do not hold is noted as hers alone.
    assert {**await effects(busy), "tombstone": before["tombstone"]} == before
    assert await posted(busy, anna)


async def test_e04_what_another_deletes_beforehand_can_still_come(busy: Stage) -> None:
    anna, eve = await two(busy, near=True)
    yet_to_come = place(busy, anna)
    await hear(busy, eve, "Delete", object=yet_to_come)
    assert await hear(busy, anna, "Create", object=note(anna.id, yet_to_come)) == "done"
    assert await held(busy, yet_to_come) is not None


@pytest.mark.parametrize("what", ["E05-actor", "E05-thing"])
async def test_an_unsigned_delete_deletes_nothing(busy: Stage, what: str) -> None:
    anna = await friend(busy)
    mine = await posted(busy, anna)
    before = await effects(busy)
    about = anna.id if what == "E05-actor" else mine["id"]
    delete = busy.activity(anna.id, "Delete", object=about)
    assert (await busy.tell(post(INBOX, delete))).status in (401, 503)
    assert await effects(busy) == before


@NEAR
async def test_e06_nobody_undoes_what_another_did(busy: Stage, near: bool) -> None:
    anna, eve = await two(busy, near=near)
    follow = await follower(busy, anna)
    await follower(busy, eve)
    shared = note(eve.id, place(busy, eve))
    busy.evil.serve(shared["id"], shared)
    announce = busy.activity(anna.id, "Announce", object=shared["id"])
    assert (await said(busy, anna, announce)).status == 202
    await until(lambda: held(busy, shared["id"]))
    before = await effects(busy)
    followed: dict[str, Any] = {"id": follow, "type": "Follow", "object": busy.community}
    inner: list[Any] = [
        {**followed, "actor": anna.id},
        follow,
        {"id": follow, "type": "Undo", "actor": anna.id},
        {**announce, "actor": anna.id},
        {**announce, "actor": eve.id},
        announce["id"],
        {"id": f"{anna.id}#b", "type": "Block", "actor": anna.id, "object": eve.id},
        {"id": f"{anna.id}#l", "type": "Like", "actor": anna.id, "object": shared["id"]},
    ]
    for undone in inner:
        await hear(busy, eve, "Undo", object=undone)
        assert await effects(busy) == before, undone


async def test_e06_an_undo_without_an_actor_inside_undoes_only_the_signers(busy: Stage) -> None:
    anna, eve = await two(busy, near=True)
    follow = await follower(busy, anna)
    before = await effects(busy)
    bare = {"id": follow, "type": "Follow", "object": busy.community}
    await hear(busy, eve, "Undo", object=bare)
    assert await effects(busy) == before


async def asked(us: Stage, who: Persona) -> str:
    """We want to follow her, and she has not said anything yet; the id of our Follow."""
    await do(us.node, "network.follow", actor=who.id)
    row = await row_of(us, "select follow_id from following where actor = :id", id=who.id)
    assert row is not None
    return str(row["follow_id"])


ANSWERS = pytest.mark.parametrize("kind", ["Accept", "Reject"], ids=["E08", "E09"])


@ANSWERS
@NEAR
async def test_nobody_answers_for_whom_we_asked(busy: Stage, near: bool, kind: str) -> None:
    anna = busy.stranger("anna")
    eve = neighbour_of(busy, anna) if near else busy.stranger()
    follow = await asked(busy, anna)
    before = await effects(busy)
    inner = {"id": follow, "type": "Follow", "actor": busy.community, "object": anna.id}
    for about in (
        inner,
        follow,
        {**inner, "object": eve.id},
        {**inner, "id": None},
        inner["object"],
    ):
        assert (await hear(busy, eve, kind, object=about)).startswith("refused")
    assert await effects(busy) == before
    assert await hear(busy, anna, kind, object=inner) == "done"


@ANSWERS
async def test_an_answer_to_what_was_never_asked_counts_for_nothing(busy: Stage, kind: str) -> None:
    eve = busy.stranger()
    before = await effects(busy)
    ours = busy.node.urls.activity("01m80y94haqddkrdaqm6y5bnex")
    for actor in (busy.community, busy.node.urls.relay, eve.id):
        inner = {"id": ours, "type": "Follow", "actor": actor, "object": eve.id}
        await hear(busy, eve, kind, object=inner)
    await hear(busy, eve, kind, object={"type": "Follow", "actor": busy.community})
    assert await effects(busy) == before


@NEAR
async def test_e09_an_undone_accept_ends_no_follow(busy: Stage, near: bool) -> None:
    anna, eve = await two(busy, near=near)
    row = await row_of(busy, "select follow_id from following where actor = :id", id=anna.id)
    assert row is not None
    before = await effects(busy)
    accept = {"id": f"{anna.id}#a", "type": "Accept", "actor": anna.id, "object": row["follow_id"]}
    await hear(busy, eve, "Undo", object=accept)
    await hear(busy, eve, "Reject", object=row["follow_id"])
    assert await effects(busy) == before
