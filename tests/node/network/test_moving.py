"""A community that we follow moves: our follow goes along, and with nobody who merely says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.moderation.scenes import Scene, moderated
from tests.support.neighbours import Json
from tests.support.nodes import do


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with moderated(tmp_path) as scene:
        yield scene


def new_home(scene: Scene, old: str, name: str = "newcarol", **more: object) -> str:
    """An actor at the good server that names `old` as its own former address."""
    actor = scene.good.actor(name)
    scene.good.documents[f"/{name}"].update({"alsoKnownAs": [old], **more})
    return actor


def move(scene: Scene, old: str, target: str | Json) -> Json:
    return scene.bad.activity("Move", old, old, target=target)


async def following(scene: Scene) -> list[str]:
    return [each["id"] for each in await do(scene.wien, "network.following")]


async def test_b26_our_follow_goes_along_with_who_moves(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    new = new_home(scene, old)
    assert await scene.hears(scene.bad, move(scene, old, new)) == "done"
    (follow,) = await scene.good.comes(new, "Follow")
    assert follow["object"] == new
    await scene.bad.comes(old, "Undo")
    assert await following(scene) == [new]


async def test_b26_without_a_back_link_nobody_moves(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    moved = move(scene, old, scene.good.actor("victim"))
    assert await scene.hears(scene.bad, moved) == "refused:no-back-link"
    assert await following(scene) == [old]


async def test_b26_a_back_link_that_only_came_along_is_not_believed(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    scene.good.actor("victim")
    embedded = {**scene.good.documents["/victim"], "alsoKnownAs": [old]}
    moved = move(scene, old, embedded)
    assert await scene.hears(scene.bad, moved) == "refused:no-back-link"
    assert await following(scene) == [old]


async def test_b26_nobody_moves_somebody_else(scene: Scene):
    old, dora = await scene.follow(scene.bad, "carol"), await scene.follow(scene.bad, "dora")
    new = new_home(scene, old)
    moved = scene.bad.activity("Move", dora, old, target=new)
    assert await scene.hears(scene.bad, moved) == "refused:not-the-signers"
    assert await following(scene) == [old, dora]


async def test_b26_nobody_moves_on_at_once_or_back(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    new = new_home(scene, old)
    assert await scene.hears(scene.bad, move(scene, old, new)) == "done"
    await scene.good.comes(new, "Follow")
    scene.bad.documents["/carol"]["alsoKnownAs"] = [new]
    third = new_home(scene, new, "third")
    for target in (old, third):
        again = scene.good.activity("Move", new, new, target=target)
        assert await scene.hears(scene.good, again) == "refused:moved-lately"
    assert await following(scene) == [new]


async def test_b26_a_hundred_moves_are_one(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    homes = [new_home(scene, old, f"home{number}") for number in range(5)]
    assert await scene.hears(scene.bad, move(scene, old, homes[0])) == "done"
    await do(scene.wien, "network.follow", actor=old)
    for home in homes[1:]:
        assert await scene.hears(scene.bad, move(scene, old, home)) == "refused:moved-lately"


async def test_b26_after_seven_days_she_may_move_again(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    assert await scene.hears(scene.bad, move(scene, old, new_home(scene, old))) == "done"
    await do(scene.wien, "network.follow", actor=old)

    async def long_ago(tx):
        await tx.run("update moved_actor set at = '2026-01-01T00:00:00.000000Z'")

    await scene.wien.database.write(long_ago)
    assert await scene.hears(scene.bad, move(scene, old, new_home(scene, old, "other"))) == "done"


async def test_b26_who_has_moved_on_from_there_is_not_followed_there(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    new = new_home(scene, old, movedTo="https://elsewhere.test/carol")
    assert await scene.hears(scene.bad, move(scene, old, new)) == "refused:moved-on"


async def test_b26_a_move_of_somebody_whom_we_do_not_follow_means_nothing(scene: Scene):
    old = scene.bad.actor("carol")
    moved = move(scene, old, new_home(scene, old))
    assert await scene.hears(scene.bad, moved) == "refused:not-followed"
    assert await following(scene) == []


@pytest.mark.parametrize(("level", "told"), [("suspend", "blocked"), ("limit", "not-welcome")])
async def test_b26_nobody_moves_to_where_we_do_not_want_her(scene: Scene, level: str, told: str):
    old = await scene.follow(scene.bad, "carol")
    new = new_home(scene, old)
    await scene.block(scene.good.host, level)
    assert await scene.hears(scene.bad, move(scene, old, new)) == f"refused:{told}"
    assert await following(scene) == [old]


async def test_b26_nobody_moves_to_us_or_to_herself(scene: Scene):
    old = await scene.follow(scene.bad, "carol")
    scene.bad.documents["/carol"]["alsoKnownAs"] = [old]
    for target in (scene.wien.urls.community, old):
        moved = move(scene, old, target)
        assert await scene.hears(scene.bad, moved) == "refused:no-new-actor"
