"""Whatever is wrong with a document, it is read, and a node that gets it goes on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from activitypub.objects import Object
from activitypub.registry import read, write
from node.services import Node
from tests.interop.malformed import SET, variants
from tests.interop.peers.apsig_peer import Json, apsig_peer
from tests.interop.peers.meeting import be_followed
from tests.interop.posting import (
    KEY,
    OURS,
    adopted,
    batched_by,
    errors,
    settled,
    signed,
    unsigned,
)
from tests.support.nodes import running

HERE = Path(__file__).parent
# The main thing that each software sends, and one of each activity.
MAIN = [
    *("mastodon/create_note_v4_5", "mastodon/create_question", "gotosocial/create_note"),
    *("mobilizon/create_event", "gancio/create_event", "friendica/create_event"),
    *("lemmy/create_page", "wordpress/create_event", "hubzilla/create_event"),
    *("peertube/create_video", "pixelfed/create_note", "fedify/create_event"),
    *("mobilizon/join", "mastodon/update_note", "friendica/accept_event"),
]
ENDS = {202, 400, 401}


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


def document(name: str) -> Json:
    found: Json = json.loads((HERE / f"{name}.json").read_bytes())
    return found


@pytest.mark.parametrize("path", OURS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_malformed_document_is_read_and_reads_the_same_after_writing(path: Path):
    for wrong, bent in variants(json.loads(path.read_bytes())):
        value = read(bent)
        assert isinstance(value, Object), wrong
        assert read(write(value)) == value, wrong


def every() -> Iterator[tuple[str, Json]]:
    """Each thing that can be wrong, with another of the main documents each time."""
    for place, name in enumerate(MAIN):
        for turn, (wrong, bent) in enumerate(variants(document(name))):
            if (turn + place) % 5 == 0:
                yield f"{name}: {wrong}", bent


def test_each_thing_that_can_be_wrong_is_posted():
    assert {name.partition(": ")[2] for name, _ in every()} >= set(SET)


async def test_a_node_that_gets_malformed_documents_goes_on(
    wien: Node, caplog: pytest.LogCaptureFixture
):
    for part in batched_by(list(every()), 55):
        async with apsig_peer("carol", KEY) as peer:
            await be_followed(peer, wien)
            for number, (name, bent) in enumerate(part):
                mine = adopted(bent, peer, wien, f"/{number}")
                assert (await unsigned(peer, wien.urls.shared_inbox, mine))[0] in ENDS, name
                assert (await signed(peer, wien.urls.shared_inbox, mine))[0] in ENDS, name
            await settled(wien)
    states = await wien.look(lambda tx: tx.rows("select distinct state from inbox_activity"))
    assert {"done"} < {row["state"] for row in states} <= {"done", "refused", "unheard"}
    assert errors(caplog) == []
