"""An actor is read, kept and asked again; and is nobody else than her own server says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.errors import ActorUnreadable, FederationError, Gone, OriginMismatch, PeerTrouble
from federation.trust.ownership import actor_from
from tests.support.stranger import OTHER_KEY, Inward, Page, Stranger


async def test_an_actor_is_kept_for_a_day(node: Inward, stranger: Stranger) -> None:
    actor_id = stranger.actor()["id"]
    first = await node.actors.actor(actor_id)
    node.clock.advance(timedelta(hours=23))
    assert await node.actors.actor(actor_id) == first
    assert stranger.hits["/anna"] == 1
    node.clock.advance(timedelta(hours=1))
    assert (await node.actors.actor(actor_id)).fetched_at == node.clock.now()
    await node.actors.actor(actor_id, fresh=True)
    assert stranger.hits["/anna"] == 3


async def test_what_was_kept_covers_trouble_for_a_week(node: Inward, stranger: Stranger) -> None:
    actor_id = stranger.actor()["id"]
    first = await node.actors.actor(actor_id)
    stranger.pages["/anna"] = Page(status=500)
    node.clock.advance(timedelta(days=6))
    assert await node.actors.actor(actor_id) == first
    with pytest.raises(PeerTrouble):
        await node.actors.actor(actor_id, fresh=True)
    node.clock.advance(timedelta(days=2))
    with pytest.raises(PeerTrouble):
        await node.actors.actor(actor_id)


async def test_a_deleted_actor_is_gone_when_asked_afresh(node: Inward, stranger: Stranger) -> None:
    actor_id = stranger.actor()["id"]
    await node.actors.actor(actor_id)
    stranger.pages["/anna"] = Page(status=410)
    with pytest.raises(Gone):
        await node.actors.actor(actor_id, fresh=True)


async def test_b12_who_was_kept_under_older_rules_is_asked_again_before_anything_is_believed(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    old = replace(await node.actors.actor(me), rules=1)
    node.cache._actors[me] = old
    stranger.pages["/anna"] = Page(status=500)
    with pytest.raises(PeerTrouble):
        await node.actors.key(f"{me}#main-key")
    with pytest.raises(PeerTrouble):
        await node.actors.actor(me)
    assert await node.actors.knows(me)
    stranger.actor()
    node.clock.advance(timedelta(minutes=1))
    assert (await node.actors.key(f"{me}#main-key"))[0].rules > 1


async def test_b20_a_known_actor_that_becomes_a_note_stays_as_it_was(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    held = await node.actors.actor(me)
    stranger.actor(type="Note")
    with pytest.raises(ActorUnreadable):
        await node.actors.actor(me, fresh=True)
    assert await node.cache.actor(me) == held


async def test_b20_an_actor_that_becomes_another_kind_of_actor_is_told_in_the_log(
    node: Inward, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    me = stranger.actor()["id"]
    await node.actors.actor(me)
    stranger.actor(type="Group")
    assert (await node.actors.actor(me, fresh=True)).type == "Group"
    assert "A known actor changed its type from Person to Group." in caplog.messages


async def test_an_actor_dressed_as_one_of_another_server_is_not_kept(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    document = victim.actor(key=OTHER_KEY)
    stranger.put("/anna", document)
    with pytest.raises(OriginMismatch):
        await node.actors.key(f"{stranger.origin}/anna#main-key")
    assert await node.cache.actor(document["id"]) is None


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({"inbox": None}, None),
        ({"inbox": "https://victim.test/inbox"}, None),
        ({"type": "Note"}, None),
        ({"id": None}, None),
        ({"endpoints": {"sharedInbox": "https://victim.test/inbox"}}, ("shared_inbox", None)),
        ({"followers": "https://victim.test/f"}, ("followers", None)),
        ({"outbox": ["x"]}, ("outbox", None)),
        ({"preferredUsername": None}, ("username", "anna")),
        ({"name": None}, ("name", "anna")),
        ({"name": "x" * 9999}, ("name", "x" * 500)),
        ({"url": "javascript:alert(1)"}, ("url", None)),
        ({"publicKey": "odd"}, ("keys", ())),
    ],
)
def test_a_document_is_read_as_an_actor_or_refused(
    node: Inward, changes: dict[str, Any], read: tuple[str, object] | None
) -> None:
    me = "https://a.test/anna"
    document = {"id": me, "type": "Person", "preferredUsername": "anna", "inbox": f"{me}/in"}
    document.update(changes)
    if read is None:
        with pytest.raises(ActorUnreadable):
            actor_from(document, b"", node.clock.now())
    else:
        name, value = read
        assert getattr(actor_from(document, b"", node.clock.now()), name) == value


async def test_an_actor_that_cannot_be_read_is_a_final_refusal(
    node: Inward, stranger: Stranger
) -> None:
    document = stranger.actor(type="Note")
    with pytest.raises(FederationError) as caught:
        await node.actors.actor(document["id"])
    assert not caught.value.retry
