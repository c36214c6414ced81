"""A server on bovine_herd, which shows nothing to who does not sign, and we know each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from node.services import Node
from tests.interop.peers import bovine_peer
from tests.interop.peers.controlled import Controlled, Json
from tests.interop.peers.meeting import shown
from tests.interop.peers.present import installed
from tests.support.https import Street
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def herd(
    street: Street, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Controlled]:
    python = installed(bovine_peer.install)
    folder = tmp_path_factory.mktemp("bovine")
    async with bovine_peer.bovine_peer(street, python, folder) as running:
        yield running


async def inbox(herd: Controlled, kind: str, by: str) -> Json:
    """The activity of this kind by this actor, once bovine has found its signature valid."""

    async def there() -> Any:
        found: list[Json] = (await herd.ask("seen"))["inbox"]
        return next((it for it in found if it["type"] == kind and _id(it["actor"]) == by), None)

    return dict(await until(there))


def _id(thing: Any) -> Any:
    return thing["id"] if isinstance(thing, dict) else thing


async def follow(herd: Controlled, vienna: Node) -> None:
    """The herd follows our community, and holds itself for accepted."""
    community = vienna.urls.community
    told = await herd.order("say", type="Follow", object=community, to=[community])
    assert told["status"] == 201

    async def accepted() -> bool:
        return community in (await herd.ask("seen"))["following"]

    await until(accepted)


async def be_followed(herd: Controlled, vienna: Node) -> None:
    """Our community follows the herd, whose owner accepts."""
    community = vienna.urls.community
    await do(vienna, "network.follow", actor=f"@herd@{herd.host}")
    asked = await inbox(herd, "Follow", community)
    await herd.order("say", type="Accept", object=asked["id"], to=[community])

    async def accepted() -> bool:
        return [one["state"] for one in await do(vienna, "network.following")] == ["accepted"]

    await until(accepted)


async def test_bovine_follows_us_and_keeps_the_event_that_we_publish(
    vienna: Node, herd: Controlled
):
    await follow(herd, vienna)
    me = await herd.ask("me")
    assert [one["id"] for one in await do(vienna, "network.followers")] == [me["id"]]
    event = await do(vienna, "event.publish", document=EVENT)
    created = await inbox(herd, "Create", vienna.urls.community)
    assert (created["object"]["id"], created["object"]["type"]) == (event["id"], "Event")
    assert created["object"]["nameMap"] == EVENT["name"]


async def test_bovine_reads_our_event_at_its_address(vienna: Node, herd: Controlled):
    event = await do(vienna, "event.publish", document=EVENT)
    read = await herd.ask("read", url=event["id"])
    assert (read["id"], read["type"], read["name"]) == (event["id"], "Event", "Sprachcafé")


async def test_who_hides_from_the_unsigned_is_found_and_followed_by_us(
    vienna: Node, street: Street, herd: Controlled
):
    me = await herd.ask("me")
    async with street.session() as session, session.get(me["id"]) as answer:
        assert answer.status == 401
    await be_followed(herd, vienna)
    assert [one["id"] for one in await do(vienna, "network.following")] == [me["id"]]


async def test_a_note_of_bovine_is_shown(vienna: Node, herd: Controlled):
    await be_followed(herd, vienna)
    me = await herd.ask("me")
    to = {"to": [PUBLIC], "cc": [vienna.urls.community]}
    note = {"type": "Note", "attributedTo": me["id"], "content": "<p>Muh</p>", **to}
    told = await herd.order("say", type="Create", object=note, **to)
    assert told["status"] == 201

    async def there() -> Any:
        return await do(vienna, "network.timeline")

    (found,) = await until(there)
    assert (found["type"], found["author"]) == ("Note", me["id"])
    assert "Muh" in (await shown(vienna, found["id"]))["object"]["content"]


async def test_who_joins_from_bovine_is_accepted_and_leaves_again(vienna: Node, herd: Controlled):
    community = vienna.urls.community
    event = (await do(vienna, "event.publish", document=EVENT))["id"]
    joined = await herd.order("say", type="Join", object=event, to=[community])
    accept = await inbox(herd, "Accept", community)
    assert _id(accept["object"]) == joined["id"]
    assert [one["seat"] for one in await do(vienna, "event.rsvps", id=event)] == ["going"]
    await herd.order("say", type="Leave", object=event, to=[community])

    async def left() -> bool:
        return [one["seat"] for one in await do(vienna, "event.rsvps", id=event)] == ["left"]

    await until(left)


async def test_a_reply_of_bovine_stands_under_the_event_and_is_answered(
    vienna: Node, herd: Controlled
):
    me, community = await herd.ask("me"), vienna.urls.community
    event = (await do(vienna, "event.publish", document=EVENT))["id"]
    to = {"to": [PUBLIC], "cc": [community]}
    note = {
        "type": "Note",
        "attributedTo": me["id"],
        "content": "<p>Muh?</p>",
        "inReplyTo": event,
        **to,
    }
    await herd.order("say", type="Create", object=note, **to)

    async def held() -> Any:
        return await do(vienna, "conversation.list")

    (kept,) = await until(held)
    assert (kept["author"], kept["subject"]) == (me["id"], event)
    await do(vienna, "conversation.approve", id=kept["id"])
    await do(vienna, "conversation.say", id=kept["id"], document={"texts": "Muh!"})
    answer = (await inbox(herd, "Create", community))["object"]
    assert (answer["type"], _id(answer["inReplyTo"])) == ("Note", kept["id"])
