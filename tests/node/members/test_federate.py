"""Tests of members' own actors, against a server of somebody else on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import orjson
import pytest

from activitypub.names import ACTIVITY_JSON, PUBLIC
from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.members import follows, persona_of, public_account, rows, written
from tests.support.neighbours import Json, Neighbour, outcome
from tests.support.nodes import do, until


@pytest.fixture
async def browser(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "samira", Role.MEMBER) as browser:
        yield browser


async def got(url: str) -> tuple[int, Json]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers={"Accept": ACTIVITY_JSON}) as answer,
    ):
        return answer.status, orjson.loads(await answer.read())


async def test_nothing_about_a_member_is_an_actor_before_she_asked(node: Node, browser: Browser):
    who = f"{node.urls.origin}/.well-known/webfinger?resource=acct:samira@{node.urls.authority}"
    assert (await got(who))[0] == 404
    assert "need none" in (await browser.get("/me/fediverse")).text
    assert len(await rows(node, "select id from actor_key")) == 4


async def test_an_actor_is_given_to_nobody_who_did_not_say_that_she_understood(
    node: Node, browser: Browser
):
    await browser.get("/me/fediverse/begin")
    shown = await browser.post("/me/fediverse/begin", {"handle": "regenbogen"})
    assert shown.status == 422
    assert not await rows(node, "select id from persona")


async def test_whoever_knows_her_handle_finds_her_actor_and_it_is_a_stub_for_strangers(
    node: Node, browser: Browser
):
    actor = await public_account(node, browser)
    account = f"acct:regenbogen@{node.urls.authority}"
    status, found = await got(f"{node.urls.origin}/.well-known/webfinger?resource={account}")
    assert status == 200
    assert found["subject"] == account
    status, stub = await got(actor)
    assert status == 200
    assert stub["type"] == "Person"
    assert set(stub) <= {
        *("@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod")
    }


async def test_a_follower_waits_for_her_yes_gets_her_note_its_change_and_its_delete(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    note = await written(elsewhere, browser, anna, "Hallo *Welt*")
    assert note["attributedTo"] == actor
    assert note["to"] == [PUBLIC]
    assert "<em>Welt</em>" in note["content"]
    post = note["id"].rpartition("/")[2]
    await browser.post(f"/me/fediverse/{post}/edit", {"text": "Hallo Wien"})
    update = (await elsewhere.comes(anna, "Update"))[0]
    assert "Hallo Wien" in update["object"]["content"]
    assert update["object"]["updated"] > note["published"]
    assert (await got(note["id"]))[0] == 200
    await browser.post(f"/me/fediverse/{post}/delete")
    delete = (await elsewhere.comes(anna, "Delete"))[0]
    assert delete["object"]["id"] == note["id"]
    assert delete["object"]["type"] == "Tombstone"
    status, left = await got(note["id"])
    assert (status, left["type"]) == (410, "Tombstone")


async def test_what_is_for_followers_is_not_there_for_anybody_else(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    note = await written(elsewhere, browser, anna, "Nur für euch", "followers")
    assert note["to"] == [f"{actor}/followers"]
    assert PUBLIC not in orjson.dumps(note).decode()
    absent = await got(note["id"][:-1] + ("0" if note["id"][-1] != "0" else "1"))
    assert await got(note["id"]) == absent
    assert (await browser.get(note["id"].removeprefix(node.urls.origin))).status == 404


async def test_nobody_is_sent_anything_before_she_said_yes_or_after_she_said_no(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    eve = elsewhere.actor("eve")
    follow = elsewhere.activity("Follow", eve, actor)
    await elsewhere.insists(f"{actor}/inbox", follow)
    assert await outcome(node, follow["id"]) == "done"
    anna = await follows(node, browser, elsewhere, actor)
    await written(elsewhere, browser, anna, "Erstes", "followers")
    assert "@eve@" in (await browser.get("/me/fediverse")).text
    await browser.post("/me/fediverse/followers", {"actor": eve})
    reject = (await elsewhere.comes(eve, "Reject"))[0]
    assert (reject["actor"], reject["object"]["id"]) == (actor, follow["id"])
    assert not elsewhere.got(eve, "Create")


async def test_taken_back_her_actor_is_gone_for_ever_and_everybody_who_got_anything_is_told(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    note = await written(elsewhere, browser, anna, "Hallo")
    await browser.get("/me/fediverse/end")
    assert (await browser.post("/me/fediverse/end")).status == 303
    deletes = await elsewhere.comes(anna, "Delete")
    assert deletes[-1]["object"] == actor
    for address in (actor, note["id"], f"{actor}/outbox", f"{actor}/posts/{'0' * 26}"):
        status, left = await got(address)
        assert (status, left["type"]) == (410, "Tombstone"), address
    follow = elsewhere.activity("Follow", anna, actor)
    assert await elsewhere.told(f"{actor}/inbox", follow) == 410
    for table in ("persona", "persona_post", "persona_wish"):
        assert not await rows(node, f"select * from {table}")
    await browser.get("/me/fediverse/begin")
    again = {"handle": "regenbogen", "understood": "yes"}
    assert (await browser.post("/me/fediverse/begin", again)).status == 422


async def test_she_answers_somebody_who_wrote_to_her_and_that_alone_when_it_was_private(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    said = {
        "id": elsewhere.new_id(),
        "type": "Note",
        "attributedTo": anna,
        "to": [actor],
        "content": "<p>Wie geht es dir? <script>x</script></p>",
    }
    create = elsewhere.activity("Create", anna, said, to=[actor])
    await elsewhere.insists(f"{actor}/inbox", create)
    assert await outcome(node, create["id"]) == "done"
    page = (await browser.get("/me/fediverse")).text
    assert "Wie geht es dir?" in page
    assert "<script" not in page
    letter = (await rows(node, "select id from persona_letter"))[0]["id"]
    await browser.post(
        "/me/fediverse/write", {"letter": letter, "text": "Gut!", "audience": "public"}
    )
    answer = (await elsewhere.comes(anna, "Create"))[0]["object"]
    assert (answer["to"], answer["cc"], answer["inReplyTo"]) == ([anna], [], said["id"])
    assert answer["tag"][0]["href"] == anna
    delete = elsewhere.activity("Delete", anna, str(said["id"]))
    await elsewhere.insists(f"{actor}/inbox", delete)
    assert await outcome(node, delete["id"]) == "done"
    assert not await rows(node, "select id from persona_letter")


async def test_a_stranger_cannot_write_to_her(node: Node, browser: Browser, elsewhere: Neighbour):
    actor = await public_account(node, browser)
    eve = elsewhere.actor("eve")
    said = {"id": elsewhere.new_id(), "type": "Note", "attributedTo": eve, "to": [actor],
            "content": "<p>Du da</p>"}  # fmt: skip
    create = elsewhere.activity("Create", eve, said, to=[actor])
    await elsewhere.insists(f"{actor}/inbox", create)
    assert await outcome(node, create["id"]) == "refused:not-known-to-her"
    assert not await rows(node, "select id from persona_letter")


async def test_she_replies_to_a_public_post_by_its_address(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    await public_account(node, browser)
    anna = elsewhere.actor("anna")
    post = elsewhere.serve(
        {
            "id": elsewhere.new_id(),
            "type": "Note",
            "attributedTo": anna,
            "to": [PUBLIC],
            "content": "<p>Wer malt mit?</p>",
        }
    )
    fields = {"text": "Ich!", "audience": "public", "language": "de", "parent": post}
    assert (await browser.post("/me/fediverse/write", fields)).status == 303
    note = (await elsewhere.comes(anna, "Create"))[0]["object"]
    assert (note["inReplyTo"], anna in note["cc"]) == (post, True)
    wrong = await browser.post("/me/fediverse/write", {**fields, "parent": f"{post}9"})
    assert wrong.status == 422
    assert "Ich!" in wrong.text


async def test_hidden_she_is_found_by_nobody_and_shown_again_her_posts_are_at_home_only(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    note = await written(elsewhere, browser, anna, "Hallo")
    page = actor.removeprefix(node.urls.origin)
    assert (await browser.get(page)).status == 200
    assert (await browser.post("/me/hide")).path == "/me/hidden"
    assert (await elsewhere.comes(anna, "Delete"))[0]["object"]["id"] == note["id"]
    update = (await elsewhere.comes(anna, "Update"))[0]["object"]
    assert update["name"] == "regenbogen"
    assert "summary" not in update
    account = f"acct:regenbogen@{node.urls.authority}"
    assert (await got(f"{node.urls.origin}/.well-known/webfinger?resource={account}"))[0] == 404
    assert (await browser.get(page)).status == 404
    assert (await got(note["id"]))[0] == 410
    await browser.get("/me/hidden")
    assert (await browser.post("/me/show-again")).status == 303
    assert "Hallo" in (await browser.get(page)).text
    assert (await got(note["id"]))[0] == 410
    assert len(elsewhere.got(anna, "Create")) == 1


async def test_the_keys_of_her_actor_are_those_of_nobody_else_and_sign_what_she_says(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    await written(elsewhere, browser, anna, "Hallo")
    keys = await rows(node, "select actor, public from actor_key")
    hers = {row["public"] for row in keys if row["actor"] == actor}
    assert len(hers) == 2
    assert not hers & {row["public"] for row in keys if row["actor"] != actor}
    signed_by = {arrival.headers["Signature"] for arrival in elsewhere.arrivals}
    assert {f'keyId="{actor}#' in each for each in signed_by} == {True}


async def test_whoever_erases_herself_is_gone_with_her_actor(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    await written(elsewhere, browser, anna, "Hallo")
    await browser.get("/me/leave")
    assert (await browser.post("/me/leave", {"when": "now"})).status == 200
    assert (await elsewhere.comes(anna, "Delete"))[-1]["object"] == actor

    async def gone() -> bool:
        return not await rows(node, "select id from person where name = 'samira'")

    await until(gone)
    assert (await got(actor))[0] == 410


async def test_a_persona_is_of_nobody_who_only_just_came(node: Node, elsewhere: Neighbour):
    async with signed_in(node, "neu", Role.NEWCOMER) as browser:
        await browser.get("/me/fediverse/begin")
        fields = {"handle": "regenbogen", "understood": "yes"}
        assert (await browser.post("/me/fediverse/begin", fields)).status == 403


async def test_her_handle_is_not_her_account_and_names_of_ours_are_taken(
    node: Node, browser: Browser
):
    await browser.get("/me/fediverse/begin")
    for handle in ("wien", "relay", "a", "mit leer", "Ä"):
        fields = {"handle": handle, "understood": "yes"}
        assert (await browser.post("/me/fediverse/begin", fields)).status == 422, handle
    await public_account(node, browser, "samira.malt")
    assert (await persona_of(node, "samira.malt")).name == "Regen Bogen"


async def test_whoever_is_shut_out_is_heard_and_seen_by_nobody(
    node: Node, browser: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, browser)
    anna = await follows(node, browser, elsewhere, actor)
    note = await written(elsewhere, browser, anna, "Hallo")
    await do(node, "user.disable", name="samira")
    page = note["id"].removeprefix(node.urls.origin)
    assert (await browser.get(actor.removeprefix(node.urls.origin))).status == 404
    assert (await browser.get(page)).status == 404
    assert (await got(note["id"]))[0] == 404
    account = f"acct:regenbogen@{node.urls.authority}"
    assert (await got(f"{node.urls.origin}/.well-known/webfinger?resource={account}"))[0] == 404
    await do(node, "user.enable", name="samira")
    assert (await got(note["id"]))[0] == 200
