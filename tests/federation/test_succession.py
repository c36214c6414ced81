"""Actors whose keys change: vouched for by an earlier key, or unproven until somebody confirms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.ports import RemoteActor, RemoteKey
from federation.trust.ownership import keys_of
from federation.trust.succession import announce, owner_among, succeed
from keys.serialisation import public_pem
from tests.support.stranger import (
    OTHER_KEY,
    OURS,
    THEIR_KEY,
    Inward,
    Stranger,
    post,
    signed,
)

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def key(text: str) -> RemoteKey:
    return RemoteKey(id=f"https://a.test/anna#{text}", text=text)


def anna(*keys: str, at: datetime = NOW) -> RemoteActor:
    return RemoteActor(
        id="https://a.test/anna",
        type="Person",
        username="anna",
        host="a.test",
        name="Anna",
        inbox="https://a.test/anna/inbox",
        shared_inbox=None,
        followers=None,
        outbox=None,
        url=None,
        keys=tuple(map(key, keys)),
        fetched_at=at,
        document=b"{}",
    )


def test_who_was_never_known_is_believed() -> None:
    assert succeed(None, anna("new")) == anna("new")


def test_who_keeps_a_key_is_the_same() -> None:
    assert succeed(anna("old"), anna("old", "new")).unproven_since is None
    assert succeed(anna("old", "new"), anna("new")).unproven_since is None


def test_a_key_written_over_other_lines_is_the_same_key() -> None:
    held = replace(anna(), keys=(RemoteKey(id="x", text="a\nb\r\nc"),))
    assert succeed(held, replace(anna(), keys=(RemoteKey(id="y", text="abc\n"),))) is not None
    assert (
        succeed(held, replace(anna(), keys=(RemoteKey(id="y", text="abc\n"),))).unproven_since
        is None
    )


def test_who_had_no_key_gets_its_first() -> None:
    assert succeed(anna(), anna("new")).unproven_since is None


def test_who_comes_back_with_all_keys_new_is_unproven_and_stays_so() -> None:
    later = NOW + SECOND
    changed = succeed(anna("old"), anna("new", at=later))
    assert changed.unproven_since == later
    again = succeed(changed, anna("new", at=later + SECOND))
    assert again.unproven_since == later
    # Neither the old key nor a third one makes it the same again: both can be listed by anybody.
    assert succeed(again, anna("old")).unproven_since == later
    assert succeed(again, anna("third")).unproven_since == later


def test_laying_down_all_keys_first_does_not_help() -> None:
    bare = succeed(anna("old"), anna())
    assert succeed(bare, anna("new")).unproven_since == NOW


def test_what_an_earlier_key_announced_is_believed_once_it_is_listed() -> None:
    told = announce(anna("old"), [key("new")], NOW)
    waiting = succeed(told, anna("old"))
    assert waiting.announced == told.announced
    changed = succeed(waiting, anna("new", at=NOW + SECOND))
    assert (changed.unproven_since, changed.announced) == (None, frozenset())


def test_only_the_keys_that_were_announced_are_believed() -> None:
    told = announce(anna("old"), [key("new")], NOW)
    assert succeed(told, anna("third")).unproven_since == NOW
    unchanged = announce(anna("old"), [key("old")], NOW)
    assert succeed(unchanged, anna("new")).unproven_since == NOW


def test_the_last_announcement_counts() -> None:
    told = announce(announce(anna("old"), [key("new")], NOW), [key("old")], NOW)
    assert succeed(told, anna("new")).unproven_since == NOW


def test_an_update_that_came_before_the_change_vouches_afterwards() -> None:
    changed = succeed(anna("old"), anna("new", at=NOW))
    assert announce(changed, [key("new")], NOW - SECOND).unproven_since is None
    assert announce(changed, [key("third")], NOW - SECOND).unproven_since == NOW


def test_an_update_signed_with_the_new_keys_vouches_for_nothing() -> None:
    changed = succeed(anna("old"), anna("new", at=NOW))
    for received in (NOW, NOW + SECOND):
        assert announce(changed, [key("new"), key("third")], received) == changed


# --- through HTTP --------------------------------------------------------------------------------


def _follow(actor: str) -> dict[str, Any]:
    return {"id": f"{actor}/f/1", "type": "Follow", "actor": actor, "object": f"{OURS}/wien"}


async def test_b09_an_exchanged_key_is_accepted_but_its_actor_is_unproven_until_confirmed(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor(key=OTHER_KEY)["id"]
    await node.actors.actor(me)
    stranger.actor()
    request = signed(post(_follow(me)), f"{me}#main-key", node.clock)
    assert (await node.authenticator.sender(request, me)).unproven_since == node.clock.now()
    assert [actor.id for actor in await node.actors.unproven()] == [me]
    assert await node.actors.doubtful([me, "https://b.test/x"]) == {me}
    assert await node.actors.confirm(me)
    assert not await node.actors.confirm(me)
    assert await node.actors.unproven() == []
    # Once confirmed it stays so.
    await node.actors.actor(me, fresh=True)
    assert await node.actors.unproven() == []


async def test_b09_a_key_that_the_old_one_announced_is_proven_at_once(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor(key=OTHER_KEY)["id"]
    held = await node.actors.actor(me)
    # A wrong signature has used up the look that is allowed in 5 minutes.
    await node.actors.key(f"{me}#main-key", refetch=True)
    document = stranger.actor()
    keys = keys_of(document, me)
    await node.cache.keep(held)
    node.cache._actors[me] = announce(held, keys, node.clock.now())
    request = signed(post(_follow(me)), f"{me}#main-key", node.clock, THEIR_KEY)
    assert (await node.authenticator.sender(request, me)).unproven_since is None
    assert public_pem((await node.actors.key(f"{me}#main-key"))[1]) == public_pem(
        THEIR_KEY.public_key()
    )


@pytest.mark.parametrize(
    ("key_id", "owner"),
    [
        ("https://a.test/anna#main-key", "https://a.test/anna"),
        ("https://a.test/anna/main-key", "https://a.test/anna"),
        ("https://a.test/keys/7", "https://a.test/aaron"),
    ],
)
def test_a_neighbour_who_lists_the_key_of_another_does_not_get_in_her_way(
    key_id: str, owner: str
) -> None:
    listing = ["https://a.test/aaron", "https://a.test/ann", "https://a.test/anna"]
    assert owner_among(key_id, listing) == owner


def test_a_key_that_nobody_lists_is_nobodys() -> None:
    assert owner_among("https://a.test/anna#main-key", []) is None
