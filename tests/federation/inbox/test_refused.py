"""What the inbox refuses, cheaply and by its reason; and what is our own trouble."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from federation.inward.inbox import LARGEST_BODY, Answer, Inbox
from federation.policy import Everyone, Standing
from federation.ports import Receipt, Received
from keys.message import Request
from node.storage.errors import Overloaded
from tests.federation.inbox.letters import activity_of, all_kept, receive, sent
from tests.support.stranger import INBOX, Inward, Page, Stranger, post

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
    request = sent(node, stranger, activity_of(stranger), **headers)
    assert await receive(node, request) == Answer(status=status, reason=reason)
    assert not stranger.hits


async def test_without_a_content_type_or_with_two_it_is_a_bad_request(
    node: Inward, stranger: Stranger
) -> None:
    request = post(activity_of(stranger))
    bare = Request(method="POST", url=INBOX, body=request.body)
    assert (await receive(node, bare)).status == 400
    twice = Request(method="POST", url=INBOX, headers=request.headers * 2, body=request.body)
    assert (await receive(node, twice)).status == 400


async def test_a_body_above_1_mib_is_too_large(node: Inward, stranger: Stranger) -> None:
    request = sent(node, stranger, b" " * (LARGEST_BODY + 1))
    assert await receive(node, request) == Answer(status=413, reason="too-large")


@pytest.mark.parametrize(("body", "reason"), REFUSED_BODIES)
async def test_a_body_in_the_wrong_shape_is_a_bad_request(
    node: Inward, body: bytes, reason: str
) -> None:
    assert await receive(node, post(body)) == Answer(status=400, reason=reason)


async def test_an_id_of_another_server_is_not_believed(node: Inward, stranger: Stranger) -> None:
    request = sent(node, stranger, activity_of(stranger, id="https://victim.test/a/1"))
    assert await receive(node, request) == Answer(status=401, reason="foreign-id")
    assert not stranger.hits


async def test_an_unsigned_activity_is_not_believed(node: Inward, stranger: Stranger) -> None:
    answer = await receive(node, post(activity_of(stranger)))
    assert answer == Answer(status=401, reason="signature-missing")
    assert await all_kept(node) == []


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
    answer = await inbox.receive(sent(node, stranger, activity_of(stranger)), INBOX)
    assert answer == Answer(status=403, reason="blocked")
    assert policy.asked == (f"{stranger.origin}/anna",)
    assert not stranger.hits


async def test_a_key_that_cannot_be_had_now_is_our_trouble(
    node: Inward, stranger: Stranger
) -> None:
    stranger.pages["/anna"] = Page(status=500)
    answer = await receive(node, sent(node, stranger, activity_of(stranger)))
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
    answer = await inbox.receive(sent(node, stranger, activity_of(stranger)), INBOX)
    assert answer == Answer(status=503, reason=reason)


async def test_what_breaks_in_us_is_never_told_as_the_senders_fault(
    node: Inward, stranger: Stranger
) -> None:
    class Broken(type(node.log)):  # type: ignore[misc]
        async def add(self, received: Received) -> Receipt:
            raise ZeroDivisionError

    inbox = Inbox(node.authenticator, Broken(), Everyone(), node.clock)
    answer = await inbox.receive(sent(node, stranger, activity_of(stranger)), INBOX)
    assert answer.status == 503


@pytest.mark.parametrize("field", ["id", "actor", "type"])
async def test_h03_a_name_with_a_nul_is_a_bad_request(
    node: Inward, stranger: Stranger, field: str
) -> None:
    document = activity_of(stranger)
    document[field] += "\0x"
    assert (await receive(node, sent(node, stranger, document))).status == 400
