"""What other servers find when they walk a conversation, and who may quote us."""

from __future__ import annotations

import pytest

from activitypub.names import PUBLIC
from node.conversations import threads
from tests.node.conversations.talks import Talk
from tests.support.neighbours import Json
from tests.support.nodes import do


async def test_an_event_names_its_conversation(talk: Talk):
    event = await talk.read(talk.event)
    assert event["context"] == f"{talk.event}/context"
    assert event["replies"] == f"{talk.event}/replies"
    assert event["likes"] == {"type": "Collection", "id": f"{talk.event}/likes"}
    assert event["shares"] == {"type": "Collection", "id": f"{talk.event}/shares"}
    assert event["interactionPolicy"] == {"canQuote": {"automaticApproval": [PUBLIC]}}


async def test_replies_of_strangers_are_listed_by_address_on_the_first_page(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    first = await talk.replied(anna)
    below = await talk.replied(anna, inReplyTo=first["id"])
    ours = await talk.answers(first["id"])
    ours_too = await talk.answers(talk.event)
    await do(talk.wien, "conversation.hide", id=(await talk.replied(anna))["id"])
    replies = await talk.read(f"{talk.event}/replies")
    assert (replies["type"], replies["totalItems"]) == ("Collection", 2)
    page = replies["first"]
    assert (page["type"], page["partOf"]) == ("CollectionPage", replies["id"])
    assert page["items"] == [first["id"], ours_too["id"]]
    context = await talk.read(f"{talk.event}/context")
    assert context["type"] == "OrderedCollection"
    assert context["attributedTo"] == talk.us
    everything = [talk.event, first["id"], below["id"], ours["id"], ours_too["id"]]
    assert context["first"]["orderedItems"] == everything
    assert context["totalItems"] == len(everything)


async def test_a_long_conversation_goes_on_on_further_pages(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(threads, "PAGE", 2)
    await talk.rule("open")
    anna = talk.person()
    notes = [(await talk.replied(anna))["id"] for _ in range(3)]
    first = (await talk.read(f"{talk.event}/replies"))["first"]
    second = await talk.read(first["next"])
    assert [*first["items"], *second["items"]] == notes
    assert "next" not in second


async def test_a_collection_of_what_is_not_there_is_not_there(talk: Talk):
    note = await talk.answers((await talk.replied(talk.person()))["id"])
    for url in (
        f"{talk.event[:-1]}0/replies",
        f"{talk.event}/replies?after=x",
        f"{note['id']}/context",
        f"{talk.wien.urls.origin}/x/01m0000000000000000000000a/likes",
    ):
        assert (await talk.fetch(url))[0] == 404, url


def request_of(talk: Talk, actor: str, **more: object) -> Json:
    quoting = {"id": talk.there.new_id(), "type": "Note", "quote": talk.event}
    return talk.there.activity("QuoteRequest", actor, talk.event, instrument=quoting, **more)


async def stamp_of(talk: Talk, request: Json) -> str:
    assert await talk.hears(request) == "done"
    answers = await talk.there.comes(request["actor"], "Accept")
    return next(str(each["result"]) for each in answers if each["object"]["id"] == request["id"])


async def test_who_asks_to_quote_gets_a_stamp_that_can_be_checked(talk: Talk):
    anna = talk.person()
    request = request_of(talk, anna)
    stamp = await stamp_of(talk, request)
    found = await talk.read(stamp)
    assert found == {
        "@context": found["@context"],
        "id": stamp,
        "type": "QuoteAuthorization",
        "attributedTo": talk.us,
        "interactingObject": request["instrument"]["id"],
        "interactionTarget": talk.event,
    }
    again = {**request, "id": talk.there.new_id()}
    assert await stamp_of(talk, again) == stamp


async def test_a_stamp_that_is_hidden_is_revoked_and_the_quoter_told(talk: Talk):
    anna = talk.person()
    request = request_of(talk, anna)
    stamp = await stamp_of(talk, request)
    assert [each["id"] for each in await do(talk.wien, "conversation.quotes")] == [stamp]
    await do(talk.wien, "conversation.hide", id=stamp)
    (delete,) = await talk.there.comes(anna, "Delete")
    assert delete["object"] == stamp
    assert (await talk.fetch(stamp))[0] == 404
    await talk.hears({**request, "id": talk.there.new_id()})
    assert await talk.there.comes(anna, "Reject")


async def test_nobody_gets_a_stamp_for_the_post_of_another_or_for_nothing(talk: Talk):
    anna = talk.person()
    elsewhere = {**request_of(talk, anna), "instrument": "https://berlin.example/1"}
    assert await talk.hears(elsewhere) == "refused:not-the-signers"
    nothing = {**request_of(talk, anna), "object": f"{talk.event[:-1]}0"}
    assert await talk.hears(nothing) == "refused:not-about-us"
    assert await talk.count("quote_stamp") == 0


async def test_a_limited_actor_may_not_quote(talk: Talk):
    anna = talk.person()
    await do(talk.wien, "block.add", target=talk.there.host, level="limit")
    assert await talk.hears(request_of(talk, anna)) == "done"
    assert await talk.there.comes(anna, "Reject")
