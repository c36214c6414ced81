"""What an event says of its comments is what the community does with them."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from tests.support.nodes import EVENT, do, running

SAID = {
    "open": ("allow_all", True),
    "first-held": ("moderated", True),
    "all-held": ("moderated", True),
    "closed": ("closed", False),
}


@pytest.mark.parametrize("rule", SAID)
async def test_an_event_says_whether_it_may_be_commented(tmp_path: Path, rule: str) -> None:
    async with running(tmp_path, at_work=False) as node, aiohttp.ClientSession() as http:
        await do(node, "conversation.rule", rule=rule)
        event = await do(node, "event.publish", document=EVENT)
        async with http.get(event["id"], headers={"Accept": "application/activity+json"}) as answer:
            found = await answer.json()
    assert (found["repliesModerationOption"], found["commentsEnabled"]) == SAID[rule]
