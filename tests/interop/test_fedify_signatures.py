"""What Fedify signs in each of its ways we believe exactly when it holds, and the other way round."""

from __future__ import annotations

from typing import Any

import pytest

from node.services import Node
from tests.interop.peers.fedify_peer import DRAFT, RFC9421, FedifyPeer
from tests.interop.peers.meeting import befriend
from tests.support.neighbours import outcome
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOTH = [DRAFT, RFC9421]
WRONG = {
    "body": "digest mismatch",
    "digest": "digest mismatch",
    "date": "signature too old",
    "key": "key not listed",
}


async def knock(dora: FedifyPeer, vienna: Node, spec: str | None, **more: Any) -> dict[str, Any]:
    """One Follow, signed exactly so."""
    activity = {"type": "Follow", "object": vienna.urls.community}
    inbox = vienna.urls.shared_inbox
    return await dora.order("knock", inbox=inbox, activity=activity, spec=spec, **more)


@pytest.mark.parametrize("spec", BOTH)
@pytest.mark.parametrize("more", [{}, {"proof": True}, {"ld": True}, {"proof": True, "ld": True}])
async def test_what_fedify_signs_is_believed(
    vienna: Node, dora: FedifyPeer, spec: str, more: dict[str, bool]
):
    told = await knock(dora, vienna, spec, **more)
    assert (told["status"], await outcome(vienna, told["id"])) == (202, "done")
    assert (await dora.heard("Accept"))["object"]["id"] == told["id"]


@pytest.mark.parametrize("spec", BOTH)
async def test_what_fedify_signed_and_somebody_changed_is_refused(
    vienna: Node, dora: FedifyPeer, spec: str
):
    for tamper, reason in WRONG.items():
        told = await knock(dora, vienna, spec, tamper=tamper)
        assert told["status"] == 401, tamper
        assert f'"title":"{reason}"' in told["text"], tamper
    assert await do(vienna, "network.followers") == []


@pytest.mark.parametrize("more", [{}, {"proof": True}, {"ld": True}])
async def test_without_an_http_signature_nothing_of_fedify_is_believed(
    vienna: Node, dora: FedifyPeer, more: dict[str, bool]
):
    told = await knock(dora, vienna, None, **more)
    assert (told["status"], '"title":"signature missing"' in told["text"]) == (401, True)
    assert await do(vienna, "network.followers") == []


@pytest.mark.parametrize("spec", BOTH)
async def test_fedify_finds_both_of_our_signatures_valid(vienna: Node, dora: FedifyPeer, spec: str):
    await befriend(dora, vienna)
    await dora.order("demand", spec=spec)
    await do(vienna, "event.publish", document=EVENT)
    assert (await dora.heard("Create"))["object"]["type"] == "Event"
    posts = await dora.posts("Create")
    key = f"{vienna.urls.community}#main-key"
    assert posts[-1]["http"] == {"spec": spec, "valid": True, "key": key}
    # the other one was valid too: it was only not wanted
    assert [it["http"]["valid"] for it in posts] == [True] * len(posts)
    assert [it["status"] for it in posts] == ([202] if spec == DRAFT else [401, 202])


async def all_sent(vienna: Node) -> bool:
    """Whether nothing is on its way any more."""
    return bool(await do(vienna, "queue.list") == [])


async def test_which_signature_a_server_takes_is_remembered(vienna: Node, dora: FedifyPeer):
    await befriend(dora, vienna)
    await dora.order("demand", spec=RFC9421)
    event = await do(vienna, "event.publish", document=EVENT)
    await dora.heard("Create")
    # It is remembered once the answer has come back to us.
    await until(lambda: all_sent(vienna))
    await do(vienna, "event.update", id=event["id"], document={**EVENT, "capacity": 12})
    await dora.heard("Update")
    assert [(it["http"]["spec"], it["status"]) for it in await dora.posts("Update")] == [
        (RFC9421, 202)
    ]
