"""The rules of socialweb.coop's validator, tried on a running node; none of them fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.services import Node
from tests.interop.peers import activitypub_testing as validator
from tests.interop.peers.present import installed
from tests.support.https import Street
from tests.support.nodes import EVENT, do

pytestmark = pytest.mark.asyncio(loop_scope="module")

PASSING = {
    "actor-must-serve-as2-object-to-get",
    "actor-objects-must-have-inbox-outbox-properties",
    "followers-collection-must-be-a-collection",
    "following-collection-must-be-a-collection",
    "outbox-must-be-an-orderedcollection",
}
# A client would post to the outbox and read the inbox: the node answers 405 to both.
OF_CLIENTS = {
    "create-then-update-modifies-object-checked-by-get",
    "inbox-must-be-an-orderedcollection",
    "outbox-post-must-accept-non-activity-object",
    "outbox-post-server-adds-to-outbox-collection-checked-by-outbox-get",
    "outbox-post-servers-must-return-a-201-created-http-code",
    "outbox-wraps-object-with-create-checked-using-get-location",
    "post-outbox-server-overwrites-id-property",
}
# The specification lets these away, and so do our actors.
LEFT_AWAY = {
    "liked-collection-must-be-a-collection",
    "likes-collection-must-be-a-collection",
    "shares-collection-must-be-a-collection",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    return installed(validator.install)


@pytest.mark.parametrize("who", ["community", "relay"])
async def test_every_rule_that_is_not_for_clients_passes_for_our_actors(
    vienna: Node, street: Street, folder: Path, who: str
):
    await do(vienna, "event.publish", document=EVENT)
    found = await validator.judge_actor(street, folder, getattr(vienna.urls, who))
    outcomes: dict[str, set[str]] = {"passed": set(), "inapplicable": set()}
    for each in found.values():
        outcomes.setdefault(each.outcome, set()).add(each.rule)
    assert outcomes == {"passed": PASSING, "inapplicable": OF_CLIENTS | LEFT_AWAY}


@pytest.mark.parametrize("name", ["likes", "shares"])
async def test_likes_and_shares_of_an_event_are_collections(
    vienna: Node, street: Street, folder: Path, name: str
):
    event = await do(vienna, "event.publish", document=EVENT)
    async with (
        street.session() as session,
        session.get(event["id"], headers={"Accept": "application/activity+json"}) as answer,
    ):
        document = await answer.json(content_type=None)
    found = await validator.judge(
        street, folder, f"{name}-collection-must-be-a-collection", object=document
    )
    assert (found.outcome, found.why) == ("passed", found.why)
