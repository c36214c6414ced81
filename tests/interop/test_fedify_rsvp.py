"""People on Fedify answer to our event through every door that activities have, and are told."""

from __future__ import annotations

from typing import Any

import pytest

from node.services import Node
from tests.interop.peers.fedify_peer import FedifyPeer, Json
from tests.interop.peers.meeting import befriend
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def published(vienna: Node, **changes: Any) -> str:
    """The address of a new event."""
    return str((await do(vienna, "event.publish", document={**EVENT, **changes}))["id"])


async def join(dora: FedifyPeer, vienna: Node, event: str, by: str = "dora") -> str:
    """The id of somebody's Join."""
    joined = await dora.act("Join", event, vienna.urls.community, by=by)
    return str(joined["id"])


async def seats(vienna: Node, event: str, *wanted: str) -> list[str]:
    """Door and seat of everybody in order of arrival, as soon as the seats are so."""

    async def so() -> list[Json]:
        rows: list[Json] = await do(vienna, "event.rsvps", id=event)
        return rows if [row["seat"] for row in rows] == list(wanted) else []

    return [f"{row['door']} {row['seat']}" for row in await until(so)]


async def told(dora: FedifyPeer, who: str, kind: str, join: str) -> Json:
    """The answer of this kind to a Join, which nobody else got."""
    answer = await dora.heard(kind, about=join)
    assert answer["to"] == dora.person(who)
    assert "cc" not in answer
    return answer


async def message(dora: FedifyPeer, who: str, place: int = 0) -> Json:
    """A note of ours to one person alone."""

    async def there() -> Json | None:
        believed = (await dora.journal())["believed"]
        found = [
            it["object"]
            for it in believed
            if it["type"] == "Create"
            and it["object"]["type"] == "Note"
            and it["object"]["to"] == dora.person(who)
        ]
        return found[place] if len(found) > place else None

    note: Json = dict(await until(there))
    assert "cc" not in note
    return note


async def test_who_joins_has_a_place_and_who_leaves_has_none(vienna: Node, dora: FedifyPeer):
    event = await published(vienna)
    asked = await join(dora, vienna, event)
    accept = await told(dora, "dora", "Accept", asked)
    assert accept["actor"] == vienna.urls.community
    assert await seats(vienna, event, "going") == ["join going"]
    await dora.act("Leave", event, vienna.urls.community)
    assert await seats(vienna, event, "left") == ["join left"]


async def test_who_takes_her_join_back_has_no_place(vienna: Node, dora: FedifyPeer):
    event = await published(vienna)
    asked = await join(dora, vienna, event)
    await told(dora, "dora", "Accept", asked)
    undone = {"id": asked, "type": "Join", "actor": dora.actor, "object": event}
    await dora.act("Undo", undone, vienna.urls.community)
    assert await seats(vienna, event, "left") == ["join left"]


async def test_a_full_event_rejects_with_a_reason(vienna: Node, dora: FedifyPeer):
    event = await published(vienna, capacity=1, waitlist=False)
    await told(dora, "dora", "Accept", await join(dora, vienna, event))
    reject = await told(dora, "emil", "Reject", await join(dora, vienna, event, by="emil"))
    assert reject["content"]
    assert await seats(vienna, event, "going") == ["join going"]


async def test_who_waits_is_told_and_moves_up_when_a_place_is_free(vienna: Node, dora: FedifyPeer):
    event = await published(vienna, capacity=1, waitlist=True)
    await told(dora, "dora", "Accept", await join(dora, vienna, event))
    late = await join(dora, vienna, event, by="emil")
    assert await seats(vienna, event, "going", "waiting") == ["join going", "join waiting"]
    assert (await message(dora, "emil"))["inReplyTo"] == event
    await dora.act("Leave", event, vienna.urls.community)
    await told(dora, "emil", "Accept", late)
    assert await seats(vienna, event, "left", "going") == ["join left", "join going"]


async def test_the_organisers_decide_where_it_is_restricted(vienna: Node, dora: FedifyPeer):
    event = await published(vienna, join="restricted")
    first = await join(dora, vienna, event)
    await seats(vienna, event, "asked")
    second = await join(dora, vienna, event, by="emil")
    await seats(vienna, event, "asked", "asked")
    one, other = await do(vienna, "event.rsvps", id=event)
    await do(vienna, "event.rsvp.approve", id=event, participation=one["id"])
    await told(dora, "dora", "Accept", first)
    reason = "Nur für Mitglieder"
    await do(vienna, "event.rsvp.refuse", id=event, participation=other["id"], reason=reason)
    assert reason in (await told(dora, "emil", "Reject", second))["content"]
    assert await seats(vienna, event, "going", "refused")


@pytest.mark.parametrize(
    ("kind", "seat"), [("Accept", "going"), ("TentativeAccept", "maybe"), ("Reject", "declined")]
)
async def test_friendicas_answers_count(vienna: Node, dora: FedifyPeer, kind: str, seat: str):
    event = await published(vienna)
    await dora.act(kind, event, vienna.urls.community)
    assert await seats(vienna, event, seat) == [f"friendica {seat}"]


async def test_a_vote_in_the_poll_is_an_answer_and_is_confirmed(vienna: Node, dora: FedifyPeer):
    await befriend(dora, vienna)
    event = await published(vienna, poll=True)
    question = await asked_in_poll(dora)
    assert question["inReplyTo"] == event
    options = [each["name"] for each in question["oneOf"]]
    community = vienna.urls.community
    vote = {"type": "Note", "name": options[0], "inReplyTo": question["id"], "to": community}
    await dora.order("publish", object=vote, deliver=[community])
    assert await seats(vienna, event, "going") == ["poll going"]
    note = await message(dora, "dora")
    assert note["attributedTo"] == community
    await dora.order("publish", object={**vote, "name": options[2]}, deliver=[community])
    assert await seats(vienna, event, "declined") == ["poll declined"]
    tally = await dora.order("read", url=question["id"])
    assert [each["replies"]["totalItems"] for each in tally["oneOf"]] == [0, 0, 1]


async def asked_in_poll(dora: FedifyPeer) -> Json:
    """The poll that came beside the event."""

    async def there() -> Json | None:
        believed = (await dora.journal())["believed"]
        things = [it["object"] for it in believed if it["type"] == "Create"]
        return next((each for each in things if each["type"] == "Question"), None)

    return dict(await until(there))


@pytest.mark.parametrize(
    ("words", "seat"), [("Ja", "going"), ("vielleicht", "maybe"), ("نعم", "going")]
)
async def test_a_direct_reply_is_an_answer_and_is_confirmed(
    vienna: Node, dora: FedifyPeer, words: str, seat: str
):
    event, community = await published(vienna), vienna.urls.community
    reply = {
        "type": "Note",
        "content": f"<p>{words}</p>",
        "inReplyTo": event,
        "to": community,
        "tag": [{"type": "Mention", "href": community, "name": "@wien"}],
    }
    await dora.order("publish", object=reply, deliver=[community])
    assert await seats(vienna, event, seat) == [f"reply {seat}"]
    assert (await message(dora, "dora"))["tag"]["href"] == dora.actor


async def test_who_takes_part_hears_that_the_event_is_cancelled(vienna: Node, dora: FedifyPeer):
    event = await published(vienna)
    await told(dora, "dora", "Accept", await join(dora, vienna, event))
    await do(vienna, "event.cancel", id=event, reason="Glatteis")
    update = await dora.heard("Update", about=event)
    assert "CANCELLED" in str(update["object"]).upper()
    posts = await dora.posts()
    assert [(it["http"]["valid"], it["status"]) for it in posts] == [(True, 202)] * len(posts)


async def test_nobody_joins_for_somebody_else(vienna: Node, dora: FedifyPeer):
    event = await published(vienna)
    forged = {"type": "Join", "actor": dora.person("emil"), "object": event}
    told = await dora.order(
        "knock", inbox=vienna.urls.shared_inbox, activity=forged, spec="rfc9421"
    )
    assert told["status"] == 401
    assert await do(vienna, "event.rsvps", id=event) == []
