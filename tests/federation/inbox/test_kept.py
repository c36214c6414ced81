"""What the inbox believes is kept durably, once, and only then is the answer 202."""

from __future__ import annotations

import asyncio
import hashlib

import orjson

from activitypub.names import LD_JSON
from federation.inward.inbox import Answer, Inbox
from federation.policy import Everyone
from federation.ports import Receipt
from node.storage.database import Database
from node.storage.inbox import StoredInbox
from tests.federation.inbox.letters import activity_of, all_kept, receive, sent
from tests.support.stranger import INBOX, OTHER_KEY, OURS, Inward, Page, Stranger, post, signed


async def test_a_believed_activity_is_kept_with_its_bytes(node: Inward, stranger: Stranger) -> None:
    request = sent(node, stranger, activity_of(stranger))
    answer = await receive(node, request)
    assert answer == Answer(status=202, reason="kept", receipt=Receipt.KEPT)
    (kept,) = await all_kept(node)
    assert (kept.body, kept.inbox, kept.kind) == (request.body, INBOX, "Follow")
    assert (kept.sender, kept.activity_id) == (
        f"{stranger.origin}/anna",
        activity_of(stranger)["id"],
    )
    assert (kept.attempts, kept.received_at) == (0, node.clock.now())


async def test_json_ld_with_the_profile_is_taken(node: Inward, stranger: Stranger) -> None:
    request = sent(node, stranger, activity_of(stranger), content_type=LD_JSON)
    assert (await receive(node, request)).status == 202


async def test_the_deletion_of_an_unknown_actor_is_acknowledged_unread(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    for about in (me, {"type": "Person", "id": me}):
        answer = await receive(node, post(activity_of(stranger, "Delete", object=about)))
        assert answer == Answer(status=202, reason="unknown-actor-deleted")
    assert await all_kept(node) == []
    assert not stranger.hits


async def test_the_deletion_of_a_known_actor_needs_a_signature(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    await node.actors.actor(me)
    delete = activity_of(stranger, "Delete", object=me)
    assert (await receive(node, post(delete))).status == 401
    stranger.pages["/anna"] = Page(status=410)
    answer = await receive(node, sent(node, stranger, delete))
    assert answer.receipt is Receipt.KEPT, "the kept key still proves its last word"


async def test_a_follow_without_an_id_is_kept_once_under_one_of_our_making(
    node: Inward, stranger: Stranger
) -> None:
    document = activity_of(stranger, id=None)
    first = await receive(node, sent(node, stranger, document))
    second = await receive(node, sent(node, stranger, document))
    assert [first.receipt, second.receipt] == [Receipt.KEPT, Receipt.SEEN_BEFORE]
    (kept,) = await all_kept(node)
    digest = hashlib.sha256(orjson.dumps(document)).hexdigest()
    assert kept.activity_id == f"{stranger.origin}/anna#Follow/{digest}"


async def test_a_forged_activity_does_not_take_the_place_of_the_real_one(
    node: Inward, stranger: Stranger
) -> None:
    document = activity_of(stranger)
    forged = signed(post(document), f"{stranger.origin}/anna#main-key", node.clock, OTHER_KEY)
    assert (await receive(node, forged)).status == 401
    real = await receive(node, sent(node, stranger, document))
    assert real.receipt is Receipt.KEPT


async def test_the_same_post_twenty_times_at_once_is_kept_once(
    node: Inward, stranger: Stranger, database: Database
) -> None:
    log = StoredInbox(database)
    inbox = Inbox(node.authenticator, log, Everyone(), node.clock)
    request = sent(node, stranger, activity_of(stranger))
    answers = await asyncio.gather(*(inbox.receive(request, INBOX) for _ in range(20)))
    assert {answer.status for answer in answers} == {202}
    assert [answer.receipt for answer in answers].count(Receipt.KEPT) == 1
    assert len(await log.due(node.clock.now(), 100)) == 1
    assert stranger.hits["/anna"] == 1


async def test_e28_new_content_under_a_used_id_is_at_most_a_hint(
    node: Inward, stranger: Stranger
) -> None:
    answers = []
    for content in ("one", "two", "one", "three"):
        document = activity_of(stranger, "Create", object={"type": "Note", "content": content})
        answers.append(await receive(node, sent(node, stranger, document)))
    assert [answer.status for answer in answers] == [202] * 4
    assert [answer.reason for answer in answers] == [
        *("kept", "other-content", "replayed", "other-content")
    ]
    first, hint = node.log._arrivals
    assert b"one" in first.received.body
    assert not first.hint
    assert hint.hint, "one hint in five minutes, and it never stands for the first"


async def test_an_unheard_of_activity_is_kept_with_its_object(
    node: Inward, stranger: Stranger
) -> None:
    document = activity_of(stranger, "EmojiReact", object={"id": f"{OURS}/e/1"})
    await receive(node, sent(node, stranger, document))
    assert node.log._arrivals[0].received.object_id == f"{OURS}/e/1"
