"""Every form of signature, to us and from us, over https; judged by libraries that are not ours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.services import Node
from tests.interop.peers.signature_peer import SignaturePeer, signature_peer
from tests.support.https import Street
from tests.support.neighbours import outcome
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

# apsig asks for the parameter `alg`, which RFC 9421 3.2 leaves away where the key tells it; servers
# on apsig take the draft's signature, which comes first.
NEEDS_ALG = "VerificationFailedError: alg not found."
BELIEVED = [
    ("draft",),
    ("rfc9421-digest",),
    ("draft", "ld"),
    ("draft", "proof"),
    ("rfc9421-digest", "ld", "proof"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def carol(street: Street) -> AsyncIterator[SignaturePeer]:
    async with signature_peer(street) as peer:
        yield peer


async def befriend(carol: SignaturePeer, vienna: Node) -> None:
    """Carol finds our community by its handle and follows it."""
    community = await carol.find(f"wien@{vienna.urls.origin.removeprefix('https://')}")
    assert community["id"] == vienna.urls.community
    follow = carol.activity("Follow", community["id"])
    assert await carol.send(community["inbox"], follow, "draft") == (202, "")
    assert (await carol.heard("Accept")).verdicts == {"draft": "valid"}


@pytest.mark.parametrize("signs", BELIEVED)
async def test_what_holds_is_believed(vienna: Node, carol: SignaturePeer, signs: tuple[str, ...]):
    follow = carol.activity("Follow", vienna.urls.community)
    assert await carol.send(vienna.urls.shared_inbox, follow, *signs) == (202, "")
    assert await outcome(vienna, follow["id"]) == "done"
    accept = await carol.heard("Accept")
    assert accept.document["object"]["id"] == follow["id"]
    assert accept.verdicts == {"draft": "valid"}


async def test_a_signature_that_does_not_cover_the_body_is_refused(
    vienna: Node, carol: SignaturePeer
):
    follow = carol.activity("Follow", vienna.urls.community)
    answer = await carol.send(vienna.urls.shared_inbox, follow, "rfc9421")
    assert answer == (401, "not covered")


@pytest.mark.parametrize("signs", [(), ("ld",), ("proof",), ("ld", "proof")])
async def test_what_only_the_document_says_is_not_believed(
    vienna: Node, carol: SignaturePeer, signs: tuple[str, ...]
):
    follow = carol.activity("Follow", vienna.urls.community)
    answer = await carol.send(vienna.urls.shared_inbox, follow, *signs)
    assert answer == (401, "signature missing")


@pytest.mark.parametrize("sign", ["draft", "rfc9421-digest"])
async def test_a_body_that_was_changed_on_its_way_is_refused(
    vienna: Node, carol: SignaturePeer, sign: str
):
    follow = carol.activity("Follow", vienna.urls.community)
    answer = await carol.send(vienna.urls.shared_inbox, follow, sign, wrong="body")
    assert answer == (401, "digest mismatch")


async def test_every_activity_of_ours_is_valid_in_the_way_that_the_peer_takes(
    vienna: Node, carol: SignaturePeer
):
    await befriend(carol, vienna)
    await do(vienna, "event.publish", document=EVENT)
    assert (await carol.heard("Create")).verdicts["draft"] == "valid"
    carol.judged.clear()
    carol.takes = lambda headers: "signature-input" in headers
    await do(vienna, "event.publish", document=EVENT)

    async def both() -> bool:
        return len(carol.judged) == 2

    await until(both)
    assert [it.verdicts for it in carol.judged] == [
        {"draft": "valid"},
        {"rfc9421": NEEDS_ALG, "rfc9421-digest": "valid"},
    ]


async def test_our_community_follows_over_https_and_believes_the_accept(
    vienna: Node, carol: SignaturePeer
):
    await do(vienna, "network.follow", actor=carol.handle)
    asked = await carol.heard("Follow")
    assert (asked.document["object"], asked.verdicts) == (carol.id, {"draft": "valid"})
    accept = carol.activity("Accept", asked.document["id"], to=[vienna.urls.community])
    assert await carol.send(vienna.urls.shared_inbox, accept, "rfc9421-digest") == (202, "")

    async def accepted() -> bool:
        following = await do(vienna, "network.following")
        return [one["state"] for one in following] == ["accepted"]

    await until(accepted)
