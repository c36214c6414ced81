"""Two communities on two nodes, over real HTTP: what one publishes, the other shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from activitypub.names import ACTIVITY_JSON
from node.services import Node
from node.storage.database import Transaction
from tests.support.by_apsig import believed, signed_follow
from tests.support.neighbours import neighbour
from tests.support.nodes import EVENT, do, running, until


@dataclass(frozen=True, slots=True)
class Two:
    """Two nodes at work."""

    wien: Node
    graz: Node


@pytest.fixture(params=["sqlite", "postgresql"])
def database_of_graz(request: pytest.FixtureRequest) -> str:
    """What Graz keeps its things in: each engine in turn."""
    if request.param == "sqlite":
        return "sqlite"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def two(tmp_path: Path, database_of_graz: str) -> AsyncIterator[Two]:
    """Two nodes, Wien on SQLite."""
    async with (
        running(tmp_path / "wien", "wien") as wien,
        running(tmp_path / "graz", "graz", database=database_of_graz) as graz,
    ):
        yield Two(wien, graz)


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    """One node at work."""
    async with running(tmp_path / "wien", "wien") as node:
        yield node


async def follows(one: Node, other: Node) -> None:
    """One node follows another by its handle and is let."""
    await do(one, "network.follow", actor=f"@{other.urls.account}")

    async def accepted() -> bool:
        return [each["state"] for each in await do(one, "network.following")] == ["accepted"]

    await until(accepted)


async def arrives(node: Node, **wanted: Any) -> dict[str, Any]:
    """What stands in a node's timeline, once something there is as wanted."""

    async def found() -> dict[str, Any] | None:
        things: list[dict[str, Any]] = await do(node, "network.timeline")
        fitting = [thing for thing in things if all(thing[key] == wanted[key] for key in wanted)]
        return fitting[0] if fitting else None

    thing: dict[str, Any] = await until(found)
    return thing


async def page(node: Node, path: str, language: str) -> str:
    """A page of a node as somebody reads it who prefers this language."""
    async with (
        aiohttp.ClientSession(headers={"Accept-Language": language}) as session,
        session.get(node.urls.origin + path) as answer,
    ):
        assert answer.status == 200
        return await answer.text()


async def deliveries(node: Node, object_id: str) -> list[str]:
    """The kinds of all that was ever put on its way because of an object."""

    async def read(tx: Transaction) -> list[str]:
        rows = await tx.rows(
            "select outgoing.kind from delivery join outgoing "
            "on outgoing.id = delivery.activity_id where outgoing.object_id = :id",
            id=object_id,
        )
        return [row["kind"] for row in rows]

    return await node.look(read)


async def activities(node: Node, object_id: str, kind: str | None = None) -> list[str]:
    """The addresses of the activities about an object."""

    async def read(tx: Transaction) -> list[str]:
        rows = await tx.rows(
            "select id, kind from outgoing where object_id = :id order by created", id=object_id
        )
        return [row["id"] for row in rows if kind in (None, row["kind"])]

    return await node.look(read)


async def ask(address: str) -> int:
    """The status of a document."""
    async with (
        aiohttp.ClientSession(headers={"Accept": ACTIVITY_JSON}) as session,
        session.get(address) as answer,
    ):
        return answer.status


async def test_a_follow_by_handle_is_accepted(two: Two) -> None:
    """Afterwards the one knows that it follows, the other by whom it is followed."""
    await follows(two.graz, two.wien)
    following = (await do(two.graz, "network.following"))[0]
    assert (following["id"], following["name"]) == (two.wien.urls.community, "Josoor Wien")
    followers = await do(two.wien, "network.followers")
    assert [one["id"] for one in followers] == [two.graz.urls.community]


async def test_a_published_event_arrives_in_all_its_languages(two: Two) -> None:
    """The other's timeline has every language, and its page shows an Arab the Arabic."""
    await follows(two.graz, two.wien)
    event = await do(two.wien, "event.publish", document=EVENT)
    thing = await arrives(two.graz, id=event["id"])
    assert thing["name"] == EVENT["name"]
    assert set(thing["object"]["contentMap"]) == {"de", "ar", "en"}
    assert (thing["start"], thing["cancelled"]) == ("2031-12-05T17:00:00Z", False)
    shown = await page(two.graz, "/network", "ar")
    assert "مقهى اللغة" in shown
    assert 'dir="rtl"' in shown
    assert "Language café" not in shown


async def test_an_event_goes_its_whole_way(two: Two) -> None:
    """Changed, cancelled, deleted here means the same there."""
    await follows(two.graz, two.wien)
    event = await do(two.wien, "event.publish", document=EVENT)
    await arrives(two.graz, id=event["id"])

    changed = EVENT | {"name": {"de": "Spielabend", "ar": "أمسية ألعاب"}}
    await do(two.wien, "event.update", id=event["id"], document=changed)
    await arrives(two.graz, id=event["id"], name=changed["name"], cancelled=False)

    await do(two.wien, "event.cancel", id=event["id"], reason="Wasserschaden")
    await arrives(two.graz, id=event["id"], cancelled=True)
    assert "أُلغي" in await page(two.graz, "/network", "ar")

    await do(two.wien, "event.delete", id=event["id"])

    async def gone() -> Any:
        return await do(two.graz, "network.timeline") == []

    await until(gone)
    assert "أمسية ألعاب" not in await page(two.graz, "/network", "ar")


async def test_nothing_of_a_deleted_event_is_served_any_more(two: Two) -> None:
    """Neither itself nor what was said about it; only that it was there."""
    await follows(two.graz, two.wien)
    event = await do(two.wien, "event.publish", document=EVENT)
    await do(two.wien, "event.cancel", id=event["id"], reason="Wasserschaden")
    note = await arrives(two.graz, type="Note")
    addresses = [event["id"], note["id"], *await activities(two.wien, event["id"])]
    assert len(addresses) == 6  # Create, Announce, Update, Create of the note
    assert [await ask(address) for address in addresses] == [200] * 6
    await do(two.wien, "event.delete", id=event["id"])
    assert [await ask(address) for address in addresses] == [410] * 2 + [404] * 4
    deletes = await activities(two.wien, event["id"], "Delete")
    assert [await ask(address) for address in deletes] == [200] * 2


async def test_two_communities_hear_each_other(two: Two) -> None:
    """When both follow, both show the other's events."""
    await follows(two.graz, two.wien)
    await follows(two.wien, two.graz)
    ours = await do(two.wien, "event.publish", document=EVENT)
    theirs = await do(two.graz, "event.publish", document=EVENT)
    assert (await arrives(two.graz, id=ours["id"]))["author_name"] == "Josoor Wien"
    assert (await arrives(two.wien, id=theirs["id"]))["author_name"] == "Josoor Graz"


async def test_after_unfollowing_nothing_more_is_delivered(two: Two) -> None:
    """The other side forgets its follower and sends her nothing any more."""
    await follows(two.graz, two.wien)
    await do(two.graz, "network.unfollow", actor=f"@{two.wien.urls.account}")

    async def forgotten() -> Any:
        return await do(two.wien, "network.followers") == []

    await until(forgotten)
    event = await do(two.wien, "event.publish", document=EVENT)
    assert await deliveries(two.wien, event["id"]) == []
    assert await do(two.graz, "network.following") == []


async def test_whoever_follows_again_is_let_again(two: Two) -> None:
    """An earlier Undo does not stand in the way of a new Follow."""
    await follows(two.graz, two.wien)
    await do(two.graz, "network.unfollow", actor=two.wien.urls.community)
    await follows(two.graz, two.wien)
    event = await do(two.wien, "event.publish", document=EVENT)
    assert (await arrives(two.graz, id=event["id"]))["author_name"] == "Josoor Wien"


async def test_the_community_tells_its_followers_its_new_name(two: Two) -> None:
    """Who renames herself is shown under the new name."""
    await follows(two.graz, two.wien)
    await do(two.wien, "community.describe", document={"name": {"de": "Brücken Wien"}})

    async def renamed() -> bool:
        return [one["name"] for one in await do(two.graz, "network.following")] == ["Brücken Wien"]

    assert await until(renamed)


async def test_followers_of_the_relay_get_announce_and_nobody_gets_both(wien: Node) -> None:
    """Create to the community's followers, Announce to the relay's, and Create to who is both."""
    async with neighbour() as there:
        member, calendar, both = (there.actor(name) for name in ("linz", "steyr", "wels"))
        assert await signed_follow(there, calendar, wien.urls.relay) == 202
        assert (await there.comes(calendar, "Accept"))[0]["actor"] == wien.urls.relay
        await there.follow(member, wien.urls.community)
        await there.follow(both, wien.urls.community)
        await there.follow(both, wien.urls.relay)

        event = await do(wien, "event.publish", document=EVENT)
        assert (await there.comes(member, "Create"))[0]["object"]["id"] == event["id"]
        announce = (await there.comes(calendar, "Announce"))[0]
        assert (announce["object"], announce["actor"]) == (event["id"], wien.urls.relay)
        await there.comes(both, "Create")

        async def all_sent() -> Any:
            return await do(wien, "queue.list") == []

        await until(all_sent)
        assert there.got(calendar, "Create") == []
        assert there.got(member, "Announce") + there.got(both, "Announce") == []
        for arrival in there.arrivals:
            assert await believed(there, arrival)


async def test_followers_of_the_relay_get_changes_and_deletion(wien: Node) -> None:
    """A calendar server learns that an event was changed, and that it is gone."""
    async with neighbour() as there:
        calendar = there.actor("steyr")
        await there.follow(calendar, wien.urls.relay)
        event = await do(wien, "event.publish", document=EVENT)
        await there.comes(calendar, "Announce")
        await do(wien, "event.update", id=event["id"], document=EVENT)
        assert (await there.comes(calendar, "Update"))[0]["object"]["id"] == event["id"]
        await do(wien, "event.delete", id=event["id"])
        assert (await there.comes(calendar, "Delete"))[0]["object"]["type"] == "Tombstone"
