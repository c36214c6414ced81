"""What others publish, change, delete and share is shown, and nothing that should not be."""

from __future__ import annotations

import pytest

from activitypub.names import PUBLIC
from node.services import Node
from tests.node.network.telling import followed, names, tell
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import do


async def test_what_strangers_publish_is_not_shown(node: Node, there: Neighbour) -> None:
    """An event of a community that we do not follow stays outside."""
    actor = there.actor("linz")
    create = there.activity("Create", actor, there.event(actor))
    assert await tell(node, there, create) == "refused:not-followed"
    assert await names(node) == []


async def test_what_a_followed_community_publishes_is_shown(
    node: Node, there: Neighbour, linz: str
) -> None:
    """Its event stands in our timeline under its name."""
    assert await tell(node, there, there.activity("Create", linz, there.event(linz))) == "done"
    shown = await do(node, "network.timeline")
    assert [(one["author"], one["author_name"]) for one in shown] == [(linz, "Linz")]
    assert await names(node) == ["Straßenfest"]


@pytest.mark.parametrize("says_who", ["its author", "itself", "nobody"])
async def test_an_update_by_another_actor_of_the_host_does_not_change_it(
    node: Node, there: Neighbour, linz: str, says_who: str
) -> None:
    """Not even if we follow her too, and whoever she says has written it."""
    other = there.actor("graz")
    await followed(node, there, other)
    event = there.event(linz)
    there.serve(event)
    await tell(node, there, there.activity("Create", linz, event))
    changed = {**event, "name": "Falsch", "updated": "2026-06-02T10:00:00Z"}
    changed["attributedTo"] = linz if says_who == "its author" else other
    if says_who == "nobody":
        del changed["attributedTo"]
    await tell(node, there, there.activity("Update", other, changed))
    # where she names its author, the event's own address was asked, and that says what it said
    [shown] = await do(node, "network.timeline")
    assert (shown["name"], shown["author"]) == ("Straßenfest", linz)


async def test_an_update_by_its_author_changes_it(node: Node, there: Neighbour, linz: str) -> None:
    """What is newer takes the place of what we hold."""
    event = there.event(linz)
    await tell(node, there, there.activity("Create", linz, event))
    newer = {**event, "name": "Hoffest", "updated": "2026-06-02T10:00:00Z"}
    assert await tell(node, there, there.activity("Update", linz, newer)) == "done"
    assert await names(node) == ["Hoffest"]


async def test_an_update_older_than_what_is_held_does_not_overwrite(
    node: Node, there: Neighbour, linz: str
) -> None:
    """What comes late because it was held up somewhere does not win."""
    event = there.event(linz)
    newer = {**event, "name": "Neu", "updated": "2026-06-03T10:00:00Z"}
    older = {**event, "name": "Alt", "updated": "2026-06-02T10:00:00Z"}
    await tell(node, there, there.activity("Create", linz, event))
    assert await tell(node, there, there.activity("Update", linz, newer)) == "done"
    late = await tell(node, there, there.activity("Update", linz, older))
    assert late == "refused:older-or-deleted"
    assert await names(node) == ["Neu"]


@pytest.mark.parametrize("same_host", [True, False])
async def test_a_delete_by_a_stranger_does_nothing(
    node: Node, there: Neighbour, linz: str, same_host: bool
) -> None:
    """Only its author can delete an event."""
    event = there.event(linz)
    await tell(node, there, there.activity("Create", linz, event))
    async with neighbour() as elsewhere:
        stranger = there if same_host else elsewhere
        delete = stranger.activity("Delete", stranger.actor("graz"), event["id"])
        assert await tell(node, stranger, delete) == "refused:not-the-signers"
    assert await names(node) == ["Straßenfest"]


async def test_a_create_after_its_delete_does_not_resurrect(
    node: Node, there: Neighbour, linz: str
) -> None:
    """What was deleted stays away, whether we had it before or not."""
    had, never_had = there.event(linz), there.event(linz)
    await tell(node, there, there.activity("Create", linz, had))
    for event in (had, never_had):
        tombstone = {"id": event["id"], "type": "Tombstone"}
        assert await tell(node, there, there.activity("Delete", linz, tombstone)) == "done"
        create = there.activity("Create", linz, event)
        assert await tell(node, there, create) == "refused:older-or-deleted"
    assert await names(node) == []


async def test_an_actor_that_is_no_more_takes_all_of_hers_along(
    node: Node, there: Neighbour, linz: str
) -> None:
    """Her events, our follow of her and hers of us are gone."""
    await there.follow(linz, node.urls.community)
    await tell(node, there, there.activity("Create", linz, there.event(linz)))
    assert await tell(node, there, there.activity("Delete", linz, linz)) == "done"
    assert await names(node) == []
    assert await do(node, "network.following") == []
    assert await do(node, "network.followers") == []


async def test_a_note_for_followers_only_is_not_shown(
    node: Node, there: Neighbour, linz: str
) -> None:
    """What is not for everybody is not put before everybody."""
    note = {
        "id": there.new_id(),
        "type": "Note",
        "attributedTo": linz,
        "to": [f"{linz}/followers"],
        "content": "<p>Unter uns.</p>",
        "published": "2026-06-01T10:00:00Z",
    }
    create = there.activity("Create", linz, note, to=[f"{linz}/followers"])
    assert await tell(node, there, create) == "refused:not-public"
    assert await names(node) == []


async def test_a_public_note_is_shown(node: Node, there: Neighbour, linz: str) -> None:
    """A post of a followed community stands in the timeline."""
    note = {
        "id": there.new_id(),
        "type": "Note",
        "attributedTo": linz,
        "to": [PUBLIC],
        "content": "<p>Kommt alle!</p>",
        "published": "2026-06-01T10:00:00Z",
    }
    assert await tell(node, there, there.activity("Create", linz, note)) == "done"
    assert [one["type"] for one in await do(node, "network.timeline")] == ["Note"]


async def test_a_shared_event_is_fetched_from_its_origin_and_shown(
    node: Node, there: Neighbour, linz: str
) -> None:
    """What an Announce names is believed as its own server gives it, and says who shared it."""
    async with neighbour() as third:
        author = third.actor("salzburg")
        address = third.serve(third.event(author, name="Almabtrieb"))
        announce = there.activity("Announce", linz, address)
        assert await tell(node, there, announce) == "done"
        shown = (await do(node, "network.timeline"))[0]
        assert (shown["name"], shown["author"]) == ("Almabtrieb", author)
        assert shown["shared_by"] == linz

        undo = there.activity("Undo", linz, {"id": announce["id"], "type": "Announce"})
        undo["object"] |= {"actor": linz, "object": address}
        assert await tell(node, there, undo) == "done"
        assert await names(node) == []


async def test_what_strangers_share_is_not_shown(node: Node, there: Neighbour) -> None:
    """An Announce counts only by somebody whom we follow."""
    actor = there.actor("graz")
    address = there.serve(there.event(actor))
    announce = there.activity("Announce", actor, address)
    assert await tell(node, there, announce) == "refused:not-followed"
    assert await names(node) == []


async def test_a_shared_event_for_followers_only_is_not_shown(
    node: Node, there: Neighbour, linz: str
) -> None:
    """Sharing does not make public what is not."""
    address = there.serve(there.event(linz, to=[f"{linz}/followers"]))
    announce = there.activity("Announce", linz, address)
    assert await tell(node, there, announce) == "refused:not-public"
    assert await names(node) == []
