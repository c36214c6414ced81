"""Attacks on the privacy of members: what they show, their own actors, and who asks for them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from activitypub.names import PUBLIC
from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.members import HANDLE, asked, follows, public_account, rows, written
from tests.support.neighbours import Neighbour, outcome
from tests.support.nodes import do, running

NEEDLES = ("samira", "Samira Nadelöhr", "Buchhaltungsnadel", "Ich male")


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def samira(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "samira", Role.MEMBER) as browser:
        yield browser


async def blocked(node: Node, host: str) -> None:
    await do(node, "block.add", target=host, standing="suspended")


async def test_k02_what_is_for_followers_is_not_there_in_any_other_form(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    note = await written(elsewhere, samira, anna, "Nadelwort", "followers")
    create = elsewhere.got(anna, "Create")[0]["id"]
    places = [note["id"], create, f"{actor}/outbox", actor, f"{actor}/followers"]
    public = ["/", "/events.atom", "/events.json", "/network", "/members", "/api/openapi.json"]
    for url in [*places, *(f"{node.urls.origin}{path}" for path in public)]:
        assert b"Nadelwort" not in (await asked(url))[1], url
        async with Browser(node) as guest:
            path = url.removeprefix(node.urls.origin)
            assert "Nadelwort" not in (await guest.get(path)).text, url
    for url in (create, f"{actor}/outbox"):
        assert b"Nadelwort" not in (await asked(url, elsewhere.actor("eve")))[1], url
    assert b"Nadelwort" in (await asked(note["id"], anna))[1]


async def test_k04_no_cache_keeps_what_one_reader_got_for_another(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    note = await written(elsewhere, samira, anna, "Hallo", "followers")
    for url in (actor, note["id"], f"{actor}/outbox"):
        for reader in (None, anna, None):
            status, _, headers = await asked(url, reader)
            if status == 200:
                assert headers["Cache-Control"] == "private, no-store", url
                assert "Signature" in headers["Vary"]


async def test_k06_whoever_is_blocked_gets_nothing_that_others_get(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    note = await written(elsewhere, samira, anna, "Hallo")
    await blocked(node, elsewhere.host)
    status, body, _ = await asked(note["id"], anna)
    assert status == 404
    assert b"Hallo" not in body
    assert set(orjson.loads((await asked(actor, anna))[1])) <= STUB
    follow = elsewhere.activity("Follow", elsewhere.actor("eve"), actor)
    await elsewhere.send(f"{actor}/inbox", follow)
    assert not await rows(node, "select actor from persona_wish")


STUB = {"@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod"}


async def test_k07_a_stranger_learns_of_her_actor_only_how_to_check_its_signatures(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    assert set(orjson.loads((await asked(actor))[1])) <= STUB
    whole = orjson.loads((await asked(actor, elsewhere.actor("anna")))[1])
    assert (whole["name"], whole["manuallyApprovesFollowers"]) == ("Regen Bogen", True)
    assert set(whole) - STUB == {
        *("name", "summary", "summaryMap", "url", "published", "outbox", "followers"),
        *("following", "endpoints", "manuallyApprovesFollowers", "discoverable", "indexable"),
        "webfinger",
    }


async def test_k08_no_list_of_names_tells_who_is_a_member(node: Node, samira: Browser):
    await public_account(node, samira)
    finger = f"{node.urls.origin}/.well-known/webfinger?resource=acct:{{}}@{node.urls.authority}"
    one = await asked(finger.format("samira"))
    other = await asked(finger.format("nobody"))
    assert one[:2] == other[:2]
    assert one[0] == 404
    for path in ("/nodeinfo/2.1", "/c/wien/members", "/c/wien", "/relay"):
        body = (await asked(f"{node.urls.origin}{path}"))[1].decode()
        assert "samira" not in body
        assert HANDLE not in body
    assert b'"total":1' in (await asked(f"{node.urls.origin}/nodeinfo/2.1"))[1]


async def test_k08_her_collections_tell_neither_who_nor_how_many(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    await written(elsewhere, samira, anna, "Nur euch", "followers")
    for name in ("followers", "following"):
        found = orjson.loads((await asked(f"{actor}/{name}", anna))[1])
        assert (found["totalItems"], found["orderedItems"]) == (0, [])
    outbox = orjson.loads((await asked(f"{actor}/outbox", anna))[1])
    assert "totalItems" not in outbox
    assert outbox["orderedItems"] == []


async def test_k15_her_actor_tells_the_day_and_no_more(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    whole = orjson.loads((await asked(actor, elsewhere.actor("anna")))[1])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", whole["published"])
    text = orjson.dumps(whole).decode()
    assert not re.search(r"T(?!00:00:00)\d\d:\d\d", text)
    # Ids of ours begin with the time at which they were made; this one does not.
    others = (await rows(node, "select id from person"))[0]["id"]
    assert actor.rpartition("/")[2][:4] != others[:4]


async def test_k16_no_page_about_a_member_is_for_search_engines(node: Node, samira: Browser):
    actor = await public_account(node, samira)
    await samira.get("/me/profile")
    await samira.post("/me/profile", {"name": "S", "visibility": "public"})
    profile = (await rows(node, "select id from profile"))[0]["id"]
    for path in (f"/m/{profile}", actor.removeprefix(node.urls.origin)):
        async with Browser(node) as guest:
            shown = await guest.get(path)
            assert shown.status == 200
            assert '<meta name="robots" content="noindex">' in shown.text


async def test_k19_a_follower_who_was_removed_reads_nothing_from_the_next_request_on(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    note = await written(elsewhere, samira, anna, "Nadelwort", "followers")
    assert (await asked(note["id"], anna))[0] == 200
    await samira.post("/me/fediverse/followers", {"actor": anna})
    await elsewhere.comes(anna, "Reject")
    assert (await asked(note["id"], anna))[0] == 404


async def test_k21_what_was_written_to_her_alone_is_answered_to_its_author_alone(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    said: dict[str, Any] = {
        "id": elsewhere.new_id(),
        "type": "Note",
        "attributedTo": anna,
        "to": [actor],
        "content": "<p>Geheim</p>",
    }
    create = elsewhere.activity("Create", anna, said, to=[actor])
    await elsewhere.send(f"{actor}/inbox", create)
    assert await outcome(node, create["id"]) == "done"
    letter = (await rows(node, "select id from persona_letter"))[0]["id"]
    fields = {"letter": letter, "text": "Auch geheim", "audience": "public"}
    assert (await samira.post("/me/fediverse/write", fields)).status == 303
    activity = (await elsewhere.comes(anna, "Create"))[0]
    assert (activity["to"], activity["cc"]) == ([anna], [])
    assert (await asked(activity["object"]["id"]))[0] == 404
    assert (await asked(activity["object"]["id"], elsewhere.actor("eve")))[0] == 404


async def test_k22_nothing_leads_from_her_actor_to_her_account_or_the_community(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    await samira.get("/me/profile")
    profile = {"name": "Samira Nadelöhr", "talents": "Buchhaltungsnadel", "visibility": "public"}
    await samira.post("/me/profile", profile)
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    await written(elsewhere, samira, anna, "Hallo")
    ids = [
        row["id"] for row in await rows(node, "select id from person union select id from profile")
    ]
    sent = b"".join(arrival.body for arrival in elsewhere.arrivals).decode()
    seen = (await asked(actor, anna))[1].decode() + (await asked(f"{actor}/outbox", anna))[
        1
    ].decode()
    for needle in (*NEEDLES[:3], node.urls.community, *ids):
        assert needle not in sent, needle
        assert needle not in seen, needle
    keys = await rows(node, "select actor, public from actor_key")
    assert len({row["public"] for row in keys}) == len(keys) == 6


async def test_k24_whoever_follows_a_link_on_her_page_takes_nothing_along(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    note = await written(elsewhere, samira, anna, "[Da](https://weit.example/weg)")
    async with Browser(node) as guest:
        shown = await guest.get(note["id"].removeprefix(node.urls.origin))
        assert 'rel="nofollow noopener noreferrer"' in shown.text
        assert shown.headers["Referrer-Policy"] in ("no-referrer", "same-origin")


async def test_k26_she_is_told_who_can_read_what_is_for_followers_before_she_has_an_actor(
    samira: Browser,
):
    shown = await samira.get("/me/fediverse/begin")
    assert "can read it all, also what you write only to followers" in shown.text
    assert "We cannot force them to" in shown.text


async def test_k26_what_is_for_followers_goes_only_to_those_she_let_in(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    eve = elsewhere.actor("eve")
    follow = elsewhere.activity("Follow", eve, actor)
    await elsewhere.send(f"{actor}/inbox", follow)
    assert await outcome(node, follow["id"]) == "done"
    anna = await follows(node, samira, elsewhere, actor)
    await written(elsewhere, samira, anna, "Nadelwort", "followers")
    assert not elsewhere.got(eve, "Create")


async def test_k27_no_document_of_hers_has_hidden_readers_or_words_that_are_not_for_others(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    note = await written(elsewhere, samira, anna, "Hallo", "public")
    assert set(note) == {
        *("id", "type", "attributedTo", "to", "cc", "content", "contentMap", "mediaType"),
        *("published", "url", "attachment", "tag"),
    }
    assert note["to"] == [PUBLIC]
    for arrival in elsewhere.arrivals:
        assert b'"bto"' not in arrival.body
        assert b'"bcc"' not in arrival.body
        assert b'"source"' not in arrival.body


async def test_k_nothing_about_her_leaves_before_she_asked_for_an_actor(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    anna = elsewhere.actor("anna")
    await elsewhere.follow(anna, node.urls.community)
    await samira.get("/me/profile")
    profile = {"name": "Samira Nadelöhr", "talents": "Buchhaltungsnadel", "visibility": "public"}
    assert (await samira.post("/me/profile", profile)).status == 303
    await samira.post("/me/hide")
    await do(node, "community.describe", document={"description": {"de": "Neu"}})
    await elsewhere.comes(anna, "Update")
    sent = b"".join(arrival.body for arrival in elsewhere.arrivals).decode()
    for needle in NEEDLES:
        assert needle not in sent
