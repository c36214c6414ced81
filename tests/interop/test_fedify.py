"""A server on Fedify follows us, believes what we send, and is believed by us."""

from __future__ import annotations

import pytest

from node.services import Node
from tests.interop.peers.fedify_peer import DRAFT, FedifyPeer, Json
from tests.interop.peers.meeting import be_friended, befriend, gone, shown
from tests.support.https import Street, post
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_fedify_finds_our_actors_by_their_handles(vienna: Node, dora: FedifyPeer):
    host = vienna.urls.origin.removeprefix("https://")
    community = await dora.order("find", account=f"@wien@{host}")
    relay = await dora.order("find", account=f"@relay@{host}")
    assert community == {
        "id": vienna.urls.community,
        "type": "Group",
        "handle": f"@wien@{host}",
    }
    assert (relay["id"], relay["type"]) == (vienna.urls.relay, "Application")


async def test_fedify_follows_and_believes_our_accept(vienna: Node, dora: FedifyPeer):
    asked = await befriend(dora, vienna)
    accept = await dora.heard("Accept")
    assert (accept["actor"], accept["object"]["id"]) == (vienna.urls.community, asked["id"])
    assert [one["id"] for one in await do(vienna, "network.followers")] == [dora.actor]


async def test_fedify_believes_every_step_in_the_life_of_an_event(vienna: Node, dora: FedifyPeer):
    await befriend(dora, vienna)
    event = await do(vienna, "event.publish", document=EVENT)
    created = (await dora.heard("Create"))["object"]
    assert (created["type"], created["id"]) == ("Event", event["id"])
    assert created["startTime"] == "2031-12-05T17:00:00Z"

    other = {**EVENT, "start": "2031-12-05T19:00"}
    await do(vienna, "event.update", id=event["id"], document=other)
    changed = (await dora.heard("Update"))["object"]
    assert (changed["id"], changed["startTime"]) == (event["id"], "2031-12-05T18:00:00Z")

    await do(vienna, "event.cancel", id=event["id"], reason="Glatteis")
    cancelled = (await dora.heard("Update", 1))["object"]
    assert "cancelled" in str(cancelled).lower()

    await do(vienna, "event.delete", id=event["id"])
    deleted = (await dora.heard("Delete", about=event["id"]))["object"]
    assert deleted["type"] == "Tombstone"
    await all_valid(dora, vienna)


async def all_valid(dora: FedifyPeer, vienna: Node) -> None:
    """Fedify took everything that came from us, and found every signature and proof valid."""
    posts = await dora.posts()
    key = f"{vienna.urls.community}#main-key"
    assert posts
    assert [(it["http"], it["status"]) for it in posts] == [
        ({"spec": DRAFT, "valid": True, "key": key}, 202)
    ] * len(posts)
    assert [
        it["proof"] for it in posts if it.get("proof", {"valid": True}) != {"valid": True}
    ] == []


async def test_the_relay_shares_a_public_event_with_who_follows_the_relay(
    vienna: Node, dora: FedifyPeer
):
    await befriend(dora, vienna, vienna.urls.relay)
    event = await do(vienna, "event.publish", document=EVENT)
    shared = await dora.heard("Announce")
    assert (shared["actor"], shared["object"]) == (vienna.urls.relay, event["id"])
    read = await dora.order("read", url=event["id"])
    assert (read["type"], read["attributedTo"]) == ("Event", vienna.urls.community)


async def test_fedify_reads_our_collections(vienna: Node, dora: FedifyPeer):
    event = await do(vienna, "event.publish", document=EVENT)
    actor = await dora.order("read", url=vienna.urls.community)
    assert (actor["type"], actor["preferredUsername"]) == ("Group", "wien")
    assert len((await dora.order("walk", url=actor["outbox"]))["ids"]) == 1
    assert (await dora.order("walk", url=actor["featured"]))["ids"] == [event["id"]]


async def test_after_an_undo_of_fedify_nothing_more_is_sent(vienna: Node, dora: FedifyPeer):
    await befriend(dora, vienna)
    await dora.order("unfollow", actor=vienna.urls.community)

    async def alone() -> bool:
        return not await do(vienna, "network.followers")

    await until(alone)
    await do(vienna, "event.publish", document=EVENT)
    due = await vienna.look(lambda tx: tx.rows("select inbox from delivery where state = 'due'"))
    assert due == []
    assert {it["document"]["type"] for it in await dora.posts()} == {"Accept"}


async def test_what_fedify_publishes_is_shown_changed_and_taken_away(
    vienna: Node, dora: FedifyPeer
):
    await be_friended(dora, vienna)
    note = await dora.order("publish", object={"type": "Note", "content": "<p>Guten Morgen</p>"})
    assert (await shown(vienna, note["id"]))["author"] == dora.actor

    await dora.order("change", object={**stripped(note), "content": "<p>Gute Nacht</p>"})

    async def changed() -> bool:
        return "Gute Nacht" in (await shown(vienna, note["id"]))["object"]["content"]

    await until(changed)
    await dora.order("erase", id=note["id"])
    await until(lambda: gone(vienna, note["id"]))


def stripped(document: Json) -> Json:
    """Without its context: it goes into another document."""
    return {name: value for name, value in document.items() if name != "@context"}


async def test_an_event_that_fedify_publishes_comes_with_its_time(vienna: Node, dora: FedifyPeer):
    await be_friended(dora, vienna)
    event = await dora.order(
        "publish",
        object={
            "type": "Event",
            "name": "Nähcafé",
            "startTime": "2031-06-01T15:00:00Z",
            "endTime": "2031-06-01T18:00:00Z",
        },
    )
    found = await shown(vienna, event["id"])
    assert (found["type"], found["name"], found["author"]) == ("Event", "Nähcafé", dora.actor)
    assert found["start"] == "2031-06-01T15:00:00Z"


async def test_once_we_unfollow_fedify_sends_no_more(vienna: Node, dora: FedifyPeer):
    await be_friended(dora, vienna)
    await do(vienna, "network.unfollow", actor=dora.handle)
    undo = await dora.heard("Undo")
    assert undo["object"]["type"] == "Follow"

    async def without_us() -> bool:
        return vienna.urls.community not in (await dora.journal())["followers"]["dora"]

    assert await until(without_us)


async def test_fedify_says_no_to_what_nobody_signed(street: Street, dora: FedifyPeer):
    unsigned = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{dora.actor}/follows/1",
        "type": "Follow",
        "actor": dora.actor,
        "object": dora.actor,
    }
    assert await post(street, f"{dora.actor}/inbox", unsigned) == 401
    journal = await dora.journal()
    assert [it["http"] for it in journal["posts"]] == [{"spec": None, "valid": False}]
    assert journal["believed"] == []


async def test_who_moves_at_fedify_is_followed_at_the_new_address(vienna: Node, dora: FedifyPeer):
    await be_friended(dora, vienna)
    await dora.order("alias", by="emil", of=dora.actor)
    await dora.order("move", to=dora.person("emil"))
    emil = dora.person("emil")

    async def moved() -> bool:
        return [one["id"] for one in await do(vienna, "network.following")] == [emil]

    await until(moved)
    assert (await dora.heard("Follow", about=emil))["actor"] == vienna.urls.community
    assert (await dora.heard("Undo"))["object"]["object"] == dora.actor


async def test_of_who_is_deleted_at_fedify_nothing_is_left(vienna: Node, dora: FedifyPeer):
    await be_friended(dora, vienna)
    await befriend(dora, vienna)
    note = await dora.order("publish", object={"type": "Note", "content": "<p>Lebt wohl</p>"})
    await shown(vienna, note["id"])
    await dora.order("vanish")

    async def forgotten() -> bool:
        return not await do(vienna, "network.followers")

    assert await until(forgotten)
    assert await until(lambda: gone(vienna, note["id"]))


async def test_what_fedify_published_before_we_came_is_read_from_its_outbox(
    vienna: Node, dora: FedifyPeer
):
    words = {"type": "Note", "content": "<p>Noch vor euch</p>"}
    before = await dora.order("publish", object=words, deliver=[])
    await be_friended(dora, vienna)
    await do(vienna, "network.backfill", actor=dora.handle)
    found = await shown(vienna, before["id"])
    assert (found["author"], found["type"]) == (dora.actor, "Note")
