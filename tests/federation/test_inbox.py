"""The inbox: cheap refusals, belief, durable keeping, and only then 202."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from activitypub.names import LD_JSON
from federation.inward.inbox import LARGEST_BODY, Answer, Inbox
from federation.policy import Everyone, Standing
from federation.ports import Kept, Receipt, Received
from keys.message import Request
from node.storage.database import Database
from node.storage.errors import Overloaded
from node.storage.inbox import StoredInbox
from tests.support.stranger import (
    INBOX,
    OTHER_KEY,
    OURS,
    Inward,
    Page,
    Stranger,
    inward,
    post,
    signed,
)

REFUSED_BODIES = [
    (b"", "not-json"),
    (b"[]", "not-an-object"),
    (b"nonsense", "not-json"),
    ('{"type":"Follow"}'.encode("utf-16"), "not-json"),
    (b'{"type":"Follow","type":"Block"}', "not-json"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, "too-deep"),
    (b"{}", "malformed-type"),
    (b'{"type":["Follow"],"actor":"https://a.test/x"}', "malformed-type"),
    (b'{"type":"Follow","actor":["https://a.test/x"]}', "malformed-actor"),
    (b'{"type":"Follow","actor":{"id":"https://a.test/x"}}', "malformed-actor"),
    (b'{"type":"Follow","actor":"urn:x"}', "malformed-actor"),
    (b'{"type":"Like","actor":"https://a.test/x"}', "malformed-id"),
    (b'{"type":"Like","actor":"https://a.test/x","id":null}', "malformed-id"),
    (b'{"type":"Like","actor":"https://a.test/x","id":["https://a.test/1"]}', "malformed-id"),
    (b'{"type":"Like","actor":"https://a.test/x","id":{"@id":"https://a.test/1"}}', "malformed-id"),
]


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    found = Stranger()
    async with found.server:
        found.actor()
        yield found


@pytest.fixture
async def node() -> AsyncIterator[Inward]:
    found = inward()
    yield found
    await found.client.close()


def _activity(stranger: Stranger, kind: str = "Follow", **changes: Any) -> dict[str, Any]:
    me = f"{stranger.origin}/anna"
    document = {"id": f"{me}/a/1", "type": kind, "actor": me, "object": f"{OURS}/wien", **changes}
    return {key: value for key, value in document.items() if value is not None}


def _sent(node: Inward, stranger: Stranger, document: dict[str, Any] | bytes, **changes: str):
    request = post(document, **changes)
    return signed(request, f"{stranger.origin}/anna#main-key", node.clock)


async def _receive(node: Inward, request: Request) -> Answer:
    return await node.inbox.receive(request, INBOX)


async def _all(node: Inward) -> list[Kept]:
    return await node.log.due(node.clock.now(), 100)


async def test_a_believed_activity_is_kept_with_its_bytes(node: Inward, stranger: Stranger) -> None:
    request = _sent(node, stranger, _activity(stranger))
    answer = await _receive(node, request)
    assert answer == Answer(status=202, reason="kept", receipt=Receipt.KEPT)
    (kept,) = await _all(node)
    assert (kept.body, kept.inbox, kept.kind) == (request.body, INBOX, "Follow")
    assert (kept.sender, kept.activity_id) == (f"{stranger.origin}/anna", _activity(stranger)["id"])
    assert (kept.attempts, kept.received_at) == (0, node.clock.now())


async def test_json_ld_with_the_profile_is_taken(node: Inward, stranger: Stranger) -> None:
    request = _sent(node, stranger, _activity(stranger), content_type=LD_JSON)
    assert (await _receive(node, request)).status == 202


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({"content_type": "application/json"}, 415, "content-type-refused"),
        ({"content_type": "text/plain"}, 415, "content-type-refused"),
        ({"content_type": "application/ld+json"}, 415, "content-type-refused"),
        ({"content_encoding": "gzip"}, 415, "content-encoding-refused"),
    ],
)
async def test_another_type_or_encoding_is_refused(
    node: Inward, stranger: Stranger, headers: dict[str, str], status: int, reason: str
) -> None:
    request = _sent(node, stranger, _activity(stranger), **headers)
    assert await _receive(node, request) == Answer(status=status, reason=reason)
    assert not stranger.hits


async def test_without_a_content_type_or_with_two_it_is_a_bad_request(
    node: Inward, stranger: Stranger
) -> None:
    request = post(_activity(stranger))
    bare = Request(method="POST", url=INBOX, body=request.body)
    assert (await _receive(node, bare)).status == 400
    twice = Request(method="POST", url=INBOX, headers=request.headers * 2, body=request.body)
    assert (await _receive(node, twice)).status == 400


async def test_a_body_above_1_mib_is_too_large(node: Inward, stranger: Stranger) -> None:
    request = _sent(node, stranger, b" " * (LARGEST_BODY + 1))
    assert await _receive(node, request) == Answer(status=413, reason="too-large")


@pytest.mark.parametrize(("body", "reason"), REFUSED_BODIES)
async def test_a_body_in_the_wrong_shape_is_a_bad_request(
    node: Inward, body: bytes, reason: str
) -> None:
    assert await _receive(node, post(body)) == Answer(status=400, reason=reason)


async def test_an_id_of_another_server_is_not_believed(node: Inward, stranger: Stranger) -> None:
    request = _sent(node, stranger, _activity(stranger, id="https://victim.test/a/1"))
    assert await _receive(node, request) == Answer(status=401, reason="foreign-id")
    assert not stranger.hits


async def test_an_unsigned_activity_is_not_believed(node: Inward, stranger: Stranger) -> None:
    answer = await _receive(node, post(_activity(stranger)))
    assert answer == Answer(status=401, reason="signature-missing")
    assert await _all(node) == []


async def test_a_blocked_server_is_refused_before_anything_is_fetched(
    node: Inward, stranger: Stranger
) -> None:
    @dataclass
    class Nobody:
        asked: tuple[str, ...] = ()

        def blocked(self, host: str) -> bool:
            return True

        def actor_blocked(self, actor_id: str) -> bool:
            self.asked += (actor_id,)
            return True

        def allows_out(self, host: str) -> bool:
            return False

        def standing(self, actor_id: str) -> Standing:
            return Standing.OPEN

    policy = Nobody()
    inbox = Inbox(node.authenticator, node.log, policy, node.clock)
    answer = await inbox.receive(_sent(node, stranger, _activity(stranger)), INBOX)
    assert answer == Answer(status=403, reason="blocked")
    assert policy.asked == (f"{stranger.origin}/anna",)
    assert not stranger.hits


async def test_a_key_that_cannot_be_had_now_is_our_trouble(
    node: Inward, stranger: Stranger
) -> None:
    stranger.pages["/anna"] = Page(status=500)
    answer = await _receive(node, _sent(node, stranger, _activity(stranger)))
    assert answer == Answer(status=503, reason="peer-trouble")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Overloaded("too much"), "overloaded"), (OSError(28, "no space"), "storage")],
)
async def test_a_log_in_trouble_is_our_trouble(
    node: Inward, stranger: Stranger, error: Exception, reason: str
) -> None:
    class Troubled(type(node.log)):  # type: ignore[misc]
        async def add(self, received: Received) -> Receipt:
            raise error

    inbox = Inbox(node.authenticator, Troubled(), Everyone(), node.clock)
    answer = await inbox.receive(_sent(node, stranger, _activity(stranger)), INBOX)
    assert answer == Answer(status=503, reason=reason)


async def test_the_deletion_of_an_unknown_actor_is_acknowledged_unread(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    for about in (me, {"type": "Person", "id": me}):
        answer = await _receive(node, post(_activity(stranger, "Delete", object=about)))
        assert answer == Answer(status=202, reason="unknown-actor-deleted")
    assert await _all(node) == []
    assert not stranger.hits


async def test_the_deletion_of_a_known_actor_needs_a_signature(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    await node.actors.actor(me)
    delete = _activity(stranger, "Delete", object=me)
    assert (await _receive(node, post(delete))).status == 401
    stranger.pages["/anna"] = Page(status=410)
    answer = await _receive(node, _sent(node, stranger, delete))
    assert answer.receipt is Receipt.KEPT, "the kept key still proves its last word"


async def test_a_follow_without_an_id_is_kept_once_under_one_of_our_making(
    node: Inward, stranger: Stranger
) -> None:
    document = _activity(stranger, id=None)
    first = await _receive(node, _sent(node, stranger, document))
    second = await _receive(node, _sent(node, stranger, document))
    assert [first.receipt, second.receipt] == [Receipt.KEPT, Receipt.SEEN_BEFORE]
    (kept,) = await _all(node)
    digest = hashlib.sha256(orjson.dumps(document)).hexdigest()
    assert kept.activity_id == f"{stranger.origin}/anna#Follow/{digest}"


async def test_a_forged_activity_does_not_take_the_place_of_the_real_one(
    node: Inward, stranger: Stranger
) -> None:
    document = _activity(stranger)
    forged = signed(post(document), f"{stranger.origin}/anna#main-key", node.clock, OTHER_KEY)
    assert (await _receive(node, forged)).status == 401
    real = await _receive(node, _sent(node, stranger, document))
    assert real.receipt is Receipt.KEPT


async def test_the_same_post_twenty_times_at_once_is_kept_once(
    node: Inward, stranger: Stranger, database: Database
) -> None:
    log = StoredInbox(database)
    inbox = Inbox(node.authenticator, log, Everyone(), node.clock)
    request = _sent(node, stranger, _activity(stranger))
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
        document = _activity(stranger, "Create", object={"type": "Note", "content": content})
        answers.append(await _receive(node, _sent(node, stranger, document)))
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
    document = _activity(stranger, "EmojiReact", object={"id": f"{OURS}/e/1"})
    await _receive(node, _sent(node, stranger, document))
    assert node.log._arrivals[0].received.object_id == f"{OURS}/e/1"


def _forwarded(stranger: Stranger, **changes: Any) -> dict[str, Any]:
    """What bert has said and anna brings."""
    return {
        "id": f"{stranger.origin}/bert/a/1",
        "type": "Create",
        "actor": f"{stranger.origin}/bert",
        "object": {"type": "Note", "id": f"{stranger.origin}/bert/n/1"},
        "signature": {"type": "RsaSignature2017"},
        **changes,
    }


async def test_d01_what_another_server_forwards_is_kept_as_a_hint(
    node: Inward, stranger: Stranger
) -> None:
    answer = await _receive(node, _sent(node, stranger, _forwarded(stranger)))
    assert (answer.status, answer.reason) == (202, "hint")
    (kept,) = await _all(node)
    assert (kept.hint, kept.sender, kept.host) == (True, f"{stranger.origin}/bert", stranger.host)


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": None},
        {"type": "Follow"},
        {"type": "Undo"},
        {"object": "https://victim.test/n/1"},
        {"object": None},
    ],
)
async def test_without_something_to_ask_its_origin_for_nobody_speaks_for_another(
    node: Inward, stranger: Stranger, changes: dict[str, Any]
) -> None:
    document = _forwarded(stranger, **changes)
    bare = {key: value for key, value in document.items() if value is not None}
    answer = await _receive(node, _sent(node, stranger, bare))
    assert (answer.status, answer.reason) == (401, "not-the-actor")
    assert await _all(node) == []


async def test_a_forwarder_who_did_not_sign_is_not_believed(
    node: Inward, stranger: Stranger
) -> None:
    forged = signed(
        post(_forwarded(stranger)), f"{stranger.origin}/anna#main-key", node.clock, OTHER_KEY
    )
    assert (await _receive(node, forged)).status == 401
    assert await _all(node) == []


async def test_what_breaks_in_us_is_never_told_as_the_senders_fault(
    node: Inward, stranger: Stranger
) -> None:
    class Broken(type(node.log)):  # type: ignore[misc]
        async def add(self, received: Received) -> Receipt:
            raise ZeroDivisionError

    inbox = Inbox(node.authenticator, Broken(), Everyone(), node.clock)
    answer = await inbox.receive(_sent(node, stranger, _activity(stranger)), INBOX)
    assert answer.status == 503


@pytest.mark.parametrize("field", ["id", "actor", "type"])
async def test_h03_a_name_with_a_nul_is_a_bad_request(
    node: Inward, stranger: Stranger, field: str
) -> None:
    document = _activity(stranger)
    document[field] += "\0x"
    assert (await _receive(node, _sent(node, stranger, document))).status == 400
