"""What one server brings of another is at most a hint."""

from __future__ import annotations

from typing import Any

import pytest

from tests.federation.inbox.letters import all_kept, receive, sent
from tests.support.stranger import OTHER_KEY, Inward, Stranger, post, signed


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
    answer = await receive(node, sent(node, stranger, _forwarded(stranger)))
    assert (answer.status, answer.reason) == (202, "hint")
    (kept,) = await all_kept(node)
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
    answer = await receive(node, sent(node, stranger, bare))
    assert (answer.status, answer.reason) == (401, "not-the-actor")
    assert await all_kept(node) == []


async def test_a_forwarder_who_did_not_sign_is_not_believed(
    node: Inward, stranger: Stranger
) -> None:
    forged = signed(
        post(_forwarded(stranger)), f"{stranger.origin}/anna#main-key", node.clock, OTHER_KEY
    )
    assert (await receive(node, forged)).status == 401
    assert await all_kept(node) == []
