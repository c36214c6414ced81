"""Whatever other servers say reaches an end at a running node: refused, heard or unheard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.services import Node
from tests.interop.peers.apsig_peer import Json, apsig_peer
from tests.interop.posting import (
    KEY,
    ends,
    errors,
    expected,
    of_real_servers,
    of_the_pasture,
    of_the_software,
    said,
    signed,
    unsigned,
)
from tests.support.nodes import EVENT, do, running


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


async def our_things(wien: Node) -> dict[str, str]:
    """The real addresses of what the documents call our event and its poll."""
    poll = await wien.look(lambda tx: tx.row("select id, event from poll"))
    assert poll is not None
    return {
        "/e/1": wien.urls.event(str(poll["event"])),
        "/e/1/poll": wien.urls.poll(str(poll["id"])),
    }


async def test_each_document_of_each_software_becomes_what_the_table_says(
    wien: Node, caplog: pytest.LogCaptureFixture
):
    await do(wien, "event.publish", document=EVENT | {"poll": True})
    found = await ends(wien, of_the_software(), await our_things(wien))
    assert found == expected(found, "test_inbox_outcomes.json")
    assert errors(caplog) == []


@pytest.mark.parametrize(
    ("documents", "table"),
    [(of_real_servers, "real_servers_outcomes.json"), (of_the_pasture, "pasture_outcomes.json")],
    ids=lambda it: getattr(it, "__name__", ""),
)
async def test_each_document_of_the_collections_becomes_what_the_table_says(
    wien: Node, caplog: pytest.LogCaptureFixture, documents: Any, table: str
):
    found = await ends(wien, documents())
    assert {end["signed"].partition(" ")[0] for end in found.values()} <= {"202", "400", "401"}
    assert found == expected(found, table)
    assert errors(caplog) == []


@pytest.mark.parametrize(
    "documents", [of_the_software, of_real_servers, of_the_pasture], ids=lambda it: it.__name__
)
async def test_unsigned_nothing_is_believed(
    wien: Node, caplog: pytest.LogCaptureFixture, documents: Any
):
    async with apsig_peer("carol", KEY) as peer:
        for name, document in documents():
            status, problem = await unsigned(peer, wien.urls.shared_inbox, document)
            farewell = document.get("type") == "Delete" and document.get("actor") in (
                document.get("object"),
                (document.get("object") or {}).get("id") if _nested(document) else None,
            )
            assert status == 202 if farewell else status in (400, 401), (name, status, problem)
    assert await wien.look(lambda tx: tx.rows("select 1 from inbox_activity")) == []
    assert errors(caplog) == []


def _nested(document: Json) -> bool:
    return isinstance(document.get("object"), dict)


@pytest.mark.parametrize(
    "documents", [of_the_software, of_real_servers, of_the_pasture], ids=lambda it: it.__name__
)
async def test_nobody_can_sign_what_has_the_id_of_another_server(
    wien: Node, caplog: pytest.LogCaptureFixture, documents: Any
):
    async with apsig_peer("carol", KEY) as peer:
        for name, document in documents():
            claimed = {**document, "actor": peer.id}
            answer = said(await signed(peer, wien.urls.shared_inbox, claimed))
            assert answer in ("401 foreign id", "400 malformed id", "400 malformed type"), name
    assert await wien.look(lambda tx: tx.rows("select 1 from inbox_activity")) == []
    assert errors(caplog) == []
