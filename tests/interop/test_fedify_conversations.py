"""People on Fedify reply, like, share and quote; we answer, and they believe it."""

from __future__ import annotations

from typing import Any

import pytest

from node.services import Node
from tests.interop.peers.fedify_peer import FedifyPeer, Json
from tests.interop.peers.meeting import be_friended, befriend, shown
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
# FEP-044f is no part of the context of ActivityStreams.
QUOTES = [
    "https://www.w3.org/ns/activitystreams",
    {"QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest"},
]


async def published(vienna: Node) -> str:
    """The address of a new event."""
    return str((await do(vienna, "event.publish", document=EVENT))["id"])


async def reply(dora: FedifyPeer, vienna: Node, parent: str, **more: Any) -> Json:
    """A public reply by Dora, as Fedify sent it."""
    note = {
        "type": "Note",
        "content": "<p>Gibt es Kuchen?</p>",
        "inReplyTo": parent,
        "to": PUBLIC,
        "cc": vienna.urls.community,
        **more,
    }
    return await dora.order("publish", object=note, deliver=[vienna.urls.community])


async def held(vienna: Node, said: str) -> Json:
    """What was said, as soon as we have it."""

    async def there() -> Json | None:
        found: list[Json] = await do(vienna, "conversation.list")
        return next((one for one in found if one["id"] == said), None)

    return dict(await until(there))


async def walked(dora: FedifyPeer, thing: str, name: str) -> Json:
    """A collection of a thing of ours, as Fedify reads it."""
    document = await dora.order("read", url=thing)
    return await dora.order("read", url=collection_of(document[name]))


async def test_a_reply_stands_under_the_event_where_fedify_finds_it(vienna: Node, dora: FedifyPeer):
    event = await published(vienna)
    said = await reply(dora, vienna, event)
    kept = await held(vienna, said["id"])
    assert (kept["author"], kept["subject"]) == (dora.actor, event)
    await do(vienna, "conversation.approve", id=said["id"])
    document = await dora.order("read", url=event)
    replies = await dora.order("walk", url=collection_of(document["replies"]))
    assert replies["ids"] == [said["id"]]


def collection_of(value: Any) -> str:
    """The address of a collection that is named or embedded."""
    return str(value["id"] if isinstance(value, dict) else value)


async def test_a_reply_is_changed_and_deleted_by_its_author(vienna: Node, dora: FedifyPeer):
    event = await published(vienna)
    said = await reply(dora, vienna, event)
    await held(vienna, said["id"])
    changed = {name: value for name, value in said.items() if name != "@context"}
    changed["content"] = "<p>Gibt es Brot?</p>"
    await dora.order("change", object=changed, deliver=[vienna.urls.community])

    async def new_words() -> bool:
        return "Brot" in (await held(vienna, said["id"]))["html"]

    assert await until(new_words)
    await dora.order("erase", id=said["id"], deliver=[vienna.urls.community])

    async def dropped() -> bool:
        return not await do(vienna, "conversation.list")

    assert await until(dropped)


async def test_the_answer_of_the_community_is_heard_changed_and_taken_back(
    vienna: Node, dora: FedifyPeer
):
    await befriend(dora, vienna)
    event = await published(vienna)
    said = await reply(dora, vienna, event)
    await held(vienna, said["id"])
    await do(vienna, "conversation.approve", id=said["id"])
    answer = await do(vienna, "conversation.say", id=said["id"], document={"texts": "Ja, viel!"})
    heard = await dora.heard("Create", about=answer["id"])
    assert heard["object"]["inReplyTo"] == said["id"]
    assert heard["object"]["attributedTo"] == vienna.urls.community
    assert "Ja, viel!" in heard["object"]["content"]
    await do(vienna, "conversation.edit", id=answer["id"], document={"texts": "Leider nein."})
    update = await dora.heard("Update", about=answer["id"])
    assert "Leider nein." in update["object"]["content"]
    await do(vienna, "conversation.delete", id=answer["id"])
    assert (await dora.heard("Delete", about=answer["id"]))["object"]["type"] == "Tombstone"
    assert all(it["http"]["valid"] for it in await dora.posts())


@pytest.mark.parametrize(("kind", "name"), [("Like", "likes"), ("Announce", "shares")])
async def test_likes_and_shares_are_counted_and_taken_back(
    vienna: Node, dora: FedifyPeer, kind: str, name: str
):
    event = await published(vienna)
    given = [await dora.act(kind, event, vienna.urls.community, by=by) for by in ("dora", "emil")]

    async def counted(wanted: int) -> bool:
        return bool((await walked(dora, event, name))["totalItems"] == wanted)

    assert await until(lambda: counted(2))
    undone = {"id": given[0]["id"], "type": kind, "actor": dora.actor, "object": event}
    await dora.act("Undo", undone, vienna.urls.community)
    assert await until(lambda: counted(1))


async def test_a_message_to_us_alone_is_for_the_team_alone(vienna: Node, dora: FedifyPeer):
    community = vienna.urls.community
    note = {
        "type": "Note",
        "content": "<p>Könnt ihr mich anrufen?</p>",
        "to": community,
        "tag": [{"type": "Mention", "href": community, "name": "@wien"}],
    }
    said = await dora.order("publish", object=note, deliver=[community])
    kept = await held(vienna, said["id"])
    assert kept["kind"] == "message"
    answer = await do(vienna, "conversation.say", id=said["id"], document={"texts": "Gern."})
    heard = await dora.heard("Create", about=answer["id"])
    assert heard["to"] == dora.actor
    assert "cc" not in heard


async def test_who_asks_may_quote_us_with_a_stamp(vienna: Node, dora: FedifyPeer):
    event, community = await published(vienna), vienna.urls.community
    words = {"type": "Note", "content": "<p>Kommt alle!</p>"}
    note = await dora.order("publish", object=words, deliver=[])
    request = {"@context": QUOTES, "instrument": note["id"]}
    asked = await dora.act("QuoteRequest", event, community, **request)
    accept = await dora.heard("Accept", about=asked["id"])
    stamp = await dora.order("read", url=accept["result"])
    assert stamp["type"] == "QuoteAuthorization"
    assert (stamp["interactingObject"], stamp["interactionTarget"]) == (note["id"], event)


async def test_we_share_what_somebody_on_fedify_wrote(vienna: Node, dora: FedifyPeer):
    await be_friended(dora, vienna)
    await befriend(dora, vienna)
    note = await dora.order("publish", object={"type": "Note", "content": "<p>Brücken</p>"})
    await shown(vienna, note["id"])
    await do(vienna, "network.share", url=note["id"])
    shared = await dora.heard("Announce", about=note["id"])
    assert shared["actor"] == vienna.urls.community
    await do(vienna, "network.unshare", url=note["id"])
    undo = await dora.heard("Undo")
    assert undo["object"]["id"] == shared["id"]
