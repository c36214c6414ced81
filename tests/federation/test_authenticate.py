"""Who sent this? Only a signature of the actor itself answers."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.errors import NotBelieved, Unreachable
from keys.cavage import sign as sign_cavage
from keys.message import Request
from keys.serialisation import public_pem
from tests.support.stranger import (
    INBOX,
    OTHER_KEY,
    OURS,
    THEIR_KEY,
    Inward,
    Page,
    Stranger,
    post,
    signed,
)


def _follow(actor: str) -> dict[str, Any]:
    return {"id": f"{actor}/f/1", "type": "Follow", "actor": actor, "object": f"{OURS}/wien"}


def _request(node: Inward, stranger: Stranger, **changes: Any) -> Request:
    """A Follow by anna, well signed."""
    me = f"{stranger.origin}/anna"
    return signed(post(_follow(me), **changes), f"{me}#main-key", node.clock)


async def _refused(node: Inward, request: Request, actor: str) -> str:
    with pytest.raises(NotBelieved) as caught:
        await node.authenticator.sender(request, actor)
    return caught.value.reason


async def test_a_well_signed_request_is_believed(node: Inward, stranger: Stranger) -> None:
    me = stranger.actor()["id"]
    assert (await node.authenticator.sender(_request(node, stranger), me)).id == me
    # The second one costs no request.
    await node.authenticator.sender(_request(node, stranger), me)
    assert stranger.hits["/anna"] == 1


async def test_what_needs_no_key_is_refused_without_a_fetch(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    good = _request(node, stranger)
    date = dict(good.headers)["Date"]
    cases = {
        "signature-missing": replace(good, headers=good.headers[:-1]),
        "digest-mismatch": replace(good, body=good.body + b" "),
        "wrong-host": signed(
            post(_follow(me), url="https://other.test/inbox"), f"{me}#main-key", node.clock
        ),
    }
    bare = good.with_headers([("Date", date)])
    covered = ("(request-target)", "host", "date")
    value = sign_cavage(bare, list(covered), key_id=f"{me}#main-key", key=THEIR_KEY)
    cases["not-covered"] = bare.with_headers([("Signature", value)])
    for reason, request in cases.items():
        assert await _refused(node, request, me) == reason
    node.clock.advance(timedelta(hours=13))
    assert await _refused(node, good, me) == "signature-too-old"
    node.clock.advance(timedelta(days=-1))
    assert await _refused(node, good, me) == "signature-too-old"
    assert not stranger.hits


async def test_a_wrong_signature_is_refused_after_one_refetch(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    for _ in range(10):
        request = signed(post(_follow(me)), f"{me}#main-key", node.clock, OTHER_KEY)
        assert await _refused(node, request, me) == "signature-invalid"
    assert stranger.hits["/anna"] == 2


async def test_a_request_signed_for_one_inbox_is_not_believed_at_another(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    moved = replace(_request(node, stranger), url=f"{OURS}/actor/inbox")
    assert await _refused(node, moved, me) == "signature-invalid"
    queried = replace(_request(node, stranger), url=f"{INBOX}?x=1")
    assert await _refused(node, queried, me) == "signature-invalid"


async def test_a_request_for_another_server_is_not_believed_here(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    theirs = signed(post(_follow(me), url="https://graz.test/inbox"), f"{me}#main-key", node.clock)
    assert await _refused(node, replace(theirs, url=INBOX), me) == "wrong-host"


async def test_the_actor_of_another_server_is_refused_without_a_fetch(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    stranger.actor()
    theirs = victim.actor(key=OTHER_KEY)["id"]
    assert await _refused(node, _request(node, stranger), theirs) == "foreign-key"
    assert not stranger.hits
    assert not victim.hits


async def test_a_neighbour_on_the_same_server_is_not_the_actor(
    node: Inward, stranger: Stranger
) -> None:
    stranger.actor()
    bert = stranger.actor("bert", OTHER_KEY)["id"]
    assert await _refused(node, _request(node, stranger), bert) == "not-the-actor"


async def test_a_key_of_our_own_server_is_refused(node: Inward) -> None:
    request = signed(post(_follow(f"{OURS}/wien")), f"{OURS}/wien#main-key", node.clock)
    assert await _refused(node, request, f"{OURS}/wien") == "our-own-key"


@pytest.mark.parametrize("key_id", ["acct:anna@a.test", "urn:x", "x", "http://169.254.169.254/"])
async def test_a_key_id_that_is_no_address_of_the_actors_server_is_refused(
    node: Inward, stranger: Stranger, key_id: str
) -> None:
    me = stranger.actor()["id"]
    request = signed(post(_follow(me)), key_id, node.clock)
    assert await _refused(node, request, me) == "foreign-key"


async def test_a_key_document_that_names_a_foreign_owner_is_refused(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    owner, key_id = victim.actor(key=OTHER_KEY)["id"], f"{stranger.origin}/k1"
    pem = public_pem(THEIR_KEY.public_key())
    stranger.put("/k1", {"id": key_id, "type": "Key", "owner": owner, "publicKeyPem": pem})
    request = signed(post(_follow(owner)), key_id, node.clock)
    assert await _refused(node, request, owner) == "foreign-key"
    mine = f"{stranger.origin}/anna"
    assert await _refused(node, signed(post(_follow(mine)), key_id, node.clock), mine) in {
        "foreign-owner",
        "foreign-key",
    }
    assert not victim.hits


async def test_a_key_inside_the_activity_counts_for_nothing(
    node: Inward, stranger: Stranger
) -> None:
    document = stranger.actor(key=OTHER_KEY)
    me = document["id"]
    pem = public_pem(THEIR_KEY.public_key())
    forged = {**document, "publicKey": {**document["publicKey"], "publicKeyPem": pem}}
    update = {"id": f"{me}/u/1", "type": "Update", "actor": me, "object": forged}
    request = signed(post(update), f"{me}#main-key", node.clock)
    assert await _refused(node, request, me) == "signature-invalid"


async def test_a_changed_key_is_believed_after_one_refetch(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor(key=OTHER_KEY)["id"]
    await node.actors.actor(me)
    stranger.actor()
    assert (await node.authenticator.sender(_request(node, stranger), me)).id == me
    assert stranger.hits["/anna"] == 2


@pytest.mark.parametrize("status", [404, 410, 403])
async def test_without_a_key_nothing_is_believed(
    node: Inward, stranger: Stranger, status: int
) -> None:
    stranger.pages["/anna"] = Page(status=status)
    me = f"{stranger.origin}/anna"
    assert await _refused(node, _request(node, stranger), me) in {"not-found", "gone", "refused"}


async def test_a_server_in_trouble_may_be_believed_later(node: Inward) -> None:
    gone = Stranger()
    async with gone.server:
        me = f"{gone.origin}/anna"
        request = _request(node, gone)
    with pytest.raises(Unreachable) as caught:
        await node.authenticator.sender(request, me)
    assert caught.value.retry


async def test_a_broken_or_weak_key_is_refused_and_nothing_breaks(
    node: Inward, stranger: Stranger
) -> None:
    for pem in ("", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"):
        me = f"{stranger.origin}/anna"
        key = {"id": f"{me}#main-key", "owner": me, "publicKeyPem": pem}
        stranger.actor(publicKey=key)
        node.clock.advance(timedelta(days=1))
        reason = await _refused(node, _request(node, stranger), me)
        assert reason in {"key-unreadable", "key-refused"}


async def test_a_signature_that_is_noise_is_refused(node: Inward, stranger: Stranger) -> None:
    me = stranger.actor()["id"]
    good = _request(node, stranger)
    header = good.header("signature") or ""
    head = header[: header.index('signature="')]
    noise = base64.b64encode(b"\0" * 256).decode()
    request = good.with_headers([("Signature", f'{head}signature="{noise}"')])
    assert await _refused(node, request, me) == "signature-invalid"
