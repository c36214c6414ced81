"""A peer on apsig follows us, finds our signatures valid, and is believed by us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from node.services import Node
from tests.interop.peers.apsig_peer import PUBLIC, ApsigPeer, apsig_peer
from tests.interop.peers.meeting import be_followed, follow, shown, valid
from tests.support.nodes import EVENT, do, running, until


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def carol() -> AsyncIterator[ApsigPeer]:
    async with apsig_peer() as peer:
        yield peer


async def outcome(wien: Node, kind: str) -> Any:
    """Why the activity of this kind had no effect, as soon as it has been heard."""

    async def heard() -> Any:
        return await wien.look(
            lambda tx: tx.row(
                "select reason from inbox_activity where kind = :kind and state <> 'waiting'",
                kind=kind,
            )
        )

    return (await until(heard))["reason"]


async def test_a_follow_is_answered_with_an_accept_that_apsig_finds_valid(
    wien: Node, carol: ApsigPeer
):
    asked = await follow(carol, wien)
    accept = valid(await carol.heard(lambda it: it["type"] == "Accept"))
    assert accept["actor"] == wien.urls.community
    assert accept["object"]["id"] == asked["id"]
    followers = await do(wien, "network.followers")
    assert [one["id"] for one in followers] == [carol.id]


async def test_the_life_of_an_event_reaches_a_follower_and_every_step_is_validly_signed(
    wien: Node, carol: ApsigPeer
):
    await follow(carol, wien)
    await carol.heard(lambda it: it["type"] == "Accept")
    event = await do(wien, "event.publish", document=EVENT)
    create = valid(await carol.heard(lambda it: it["type"] == "Create"))
    assert create["object"]["id"] == event["id"]
    assert create["object"]["type"] == "Event"
    assert create["object"]["nameMap"] == EVENT["name"]

    await do(wien, "event.update", id=event["id"], document={**EVENT, "capacity": 12})
    update = valid(await carol.heard(lambda it: it["type"] == "Update"))
    assert update["object"]["maximumAttendeeCapacity"] == 12

    await do(wien, "event.cancel", id=event["id"], reason="Glatteis")
    cancelled = valid(
        await carol.heard(lambda it: it["type"] == "Update" and it["id"] != update["id"])
    )
    assert cancelled["object"]["status"] == "CANCELLED"

    await do(wien, "event.delete", id=event["id"])
    deleted = valid(
        await carol.heard(lambda it: it["type"] == "Delete" and it["object"]["id"] == event["id"])
    )
    assert deleted["object"]["type"] == "Tombstone"
    assert [one.complaint for one in carol.judged if one.key_id is None] == []


async def test_after_an_undo_nothing_more_is_sent(wien: Node, carol: ApsigPeer):
    asked = await follow(carol, wien)
    await carol.heard(lambda it: it["type"] == "Accept")
    undo = carol.activity("Undo", asked)
    assert (await carol.send(wien.urls.shared_inbox, undo))[0] == 202

    async def alone() -> bool:
        return not await do(wien, "network.followers")

    await until(alone)
    await do(wien, "event.publish", document=EVENT)
    due = await wien.look(lambda tx: tx.rows("select inbox from delivery where state = 'due'"))
    assert due == []
    assert [one.document["type"] for one in carol.judged] == ["Accept"]


async def test_what_a_followed_peer_signs_is_shown_changed_and_taken_away(
    wien: Node, carol: ApsigPeer
):
    await be_followed(carol, wien)
    note = carol.thing("Note", content="<p>Guten Abend</p>", published="2026-01-01T10:00:00Z")
    assert (await carol.send(wien.urls.shared_inbox, carol.activity("Create", note)))[0] == 202
    assert (await shown(wien, note["id"]))["author"] == carol.id

    later = {**note, "content": "<p>Gute Nacht</p>", "updated": "2026-01-02T10:00:00Z"}
    assert (await carol.send(wien.urls.shared_inbox, carol.activity("Update", later)))[0] == 202

    async def changed() -> bool:
        return "Gute Nacht" in (await shown(wien, note["id"]))["object"]["content"]

    await until(changed)
    gone = carol.activity("Delete", {"id": note["id"], "type": "Tombstone"})
    assert (await carol.send(wien.urls.shared_inbox, gone))[0] == 202

    async def empty() -> bool:
        return not await do(wien, "network.timeline")

    await until(empty)


async def test_an_event_that_a_followed_peer_signs_comes_with_its_time(
    wien: Node, carol: ApsigPeer
):
    await be_followed(carol, wien)
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    event = carol.thing("Event", name="Nähcafé", startTime=starts.isoformat())
    create = carol.activity("Create", event, cc=[f"{carol.id}/followers"])
    assert PUBLIC in create["to"]
    assert (await carol.send(f"{wien.urls.community}/inbox", create))[0] == 202
    found = await shown(wien, event["id"])
    assert (found["type"], found["name"]) == ("Event", "Nähcafé")
    assert found["start"] == starts.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_an_event_that_a_person_signs_for_her_group_is_the_groups(
    wien: Node, carol: ApsigPeer
):
    await be_followed(carol, wien)
    group = f"{carol.origin}/g/nachbarn"
    event = carol.thing("Event", name="Nähcafé", actor=carol.id, attributedTo=group)
    forged = {**event, "name": "Carol says so"}
    assert (await carol.send(wien.urls.shared_inbox, carol.activity("Create", forged)))[0] == 202
    found = await shown(wien, event["id"])
    # the name is as the event's own address has it: Carol's word is not enough for her group
    assert (found["author"], found["name"]) == (group, "Nähcafé")


async def test_who_names_a_group_beside_herself_is_not_believed_for_the_group(
    wien: Node, carol: ApsigPeer
):
    await be_followed(carol, wien)
    authors = [f"{carol.origin}/g/nachbarn", carol.id]
    event = carol.thing("Event", name="Nähcafé", attributedTo=authors)
    assert (await carol.send(wien.urls.shared_inbox, carol.activity("Create", event)))[0] == 202
    assert await outcome(wien, "Create") == "not-the-signers"
    assert await do(wien, "network.timeline") == []


async def test_what_somebody_signs_whom_we_do_not_follow_is_kept_but_not_shown(
    wien: Node, carol: ApsigPeer
):
    note = carol.thing("Note", content="<p>Werbung</p>")
    assert (await carol.send(wien.urls.shared_inbox, carol.activity("Create", note)))[0] == 202
    assert await outcome(wien, "Create") == "not-followed"
    assert await do(wien, "network.timeline") == []


async def test_apsig_says_no_to_what_nobody_signed(carol: ApsigPeer):
    body = b'{"type": "Follow", "actor": "%s"}' % carol.id.encode()
    status, _ = await carol.post(f"{carol.id}/inbox", body, {"Content-Type": "application/json"})
    (judged,) = carol.judged
    assert (status, judged.key_id) == (401, None)
    assert judged.complaint.startswith("MissingSignature")
