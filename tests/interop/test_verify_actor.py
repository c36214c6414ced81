"""The six actors of fediverse-pasture: who signs is heard, who does not is not, and all can read."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from node.services import Node
from tests.interop.peers import verify_actor
from tests.interop.peers.present import installed
from tests.interop.peers.verify_actor import Pasture
from tests.support.https import Street

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNING = {"get_actor": True, "post_inbox": True}
UNSIGNED = {"get_actor": True, "post_inbox": False}
VERDICTS = {
    "alice": UNSIGNED,  # signs nothing
    "bob": SIGNING,
    "claire": SIGNING,  # and is shown only to who signs
    "dean": UNSIGNED,  # the same three, whom WebFinger does not know
    "emily": SIGNING,
    "frank": SIGNING,
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(
    street: Street, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pasture]:
    python = installed(verify_actor.install)
    folder = tmp_path_factory.mktemp("pasture")
    async with verify_actor.pasture(street, python, folder) as running:
        yield running


async def test_each_actor_can_do_what_it_should_with_our_community(vienna: Node, service: Pasture):
    result, steps = await service.judge(vienna.urls.community)
    assert result == {**VERDICTS, "webfinger": True}, steps


async def test_our_community_is_found_by_its_handle(vienna: Node, service: Pasture):
    host = vienna.urls.origin.removeprefix("https://")
    result, steps = await service.judge(f"acct:wien@{host}")
    assert result == {**VERDICTS, "webfinger": True}, steps


async def test_each_actor_can_do_what_it_should_with_our_relay(vienna: Node, service: Pasture):
    result, steps = await service.judge(vienna.urls.relay)
    assert result == {**VERDICTS, "webfinger": True}, steps
