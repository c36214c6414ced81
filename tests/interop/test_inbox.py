"""Whatever other servers say reaches an end at a running node: refused, heard or unheard."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from node.services import Node
from tests.interop.peers.apsig_peer import ACTIVITY, ApsigPeer, Json, apsig_peer
from tests.interop.peers.meeting import be_followed
from tests.support.nodes import running, until

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("JOSOOR_SHARED", HERE.parents[2] / "shared"))
OURS = sorted(HERE.glob("*/*.json"), key=str)
OURS = [path for path in OURS if path.parent.name != "peers"]
OUTCOMES: dict[str, dict[str, str]] = json.loads((HERE / "test_inbox_outcomes.json").read_text())
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_AT_A_TIME = 60
_ADDRESS = re.compile(r"https?://[^/\s\"'<>\\#?]+")
_OUR_HOST = "https://wien.josoor.example"
_WORDS = ("https://www.w3.org", "https://w3id.org", "https://purl.org", "http://schema.org")
Named: TypeAlias = tuple[str, Json]


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


def of_the_software() -> list[Named]:
    return [(f"{path.parent.name}/{path.stem}", json.loads(path.read_bytes())) for path in OURS]


def of_real_servers() -> list[Named]:
    folder = SHARED / "corpora" / "real-servers"
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        pytest.skip("the collection of real servers' documents is not beside the project")
    return [
        (f"{path.relative_to(folder)} {place}", document)
        for path in paths
        for place, document in enumerate(_listed(json.loads(path.read_bytes())))
    ]


def _listed(found: Any) -> list[Json]:
    return found if isinstance(found, list) else [found]


def of_the_pasture() -> list[Named]:
    python = os.environ.get("JOSOOR_PASTURE_PYTHON")
    if python is None:
        pytest.skip("JOSOOR_PASTURE_PYTHON names no Python with fediverse-pasture-inputs")
    script = HERE / "pasture_inputs.py"
    printed = subprocess.run([python, script], capture_output=True, check=True, timeout=120)
    examples = enumerate(json.loads(printed.stdout))
    return [(str(place), _created(example, str(place))) for place, example in examples]


def _created(example: Json, name: str) -> Json:
    origin = "https://pasture.example"
    note = {
        "type": "Note",
        "id": f"{origin}/notes/{name}",
        "attributedTo": f"{origin}/actor",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        **example,
    }
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Create",
        "id": f"{origin}/creates/{name}",
        "actor": f"{origin}/actor",
        "to": note["to"],
        "object": note,
    }


def adopted(document: Json, peer: ApsigPeer, ours: str) -> Json:
    """The document as if the peer's actor had said it: every foreign address is at the peer."""
    actor = document.get("actor")
    text = json.dumps(document, ensure_ascii=False)
    if isinstance(actor, str):
        text = re.sub(rf'"{re.escape(actor)}"', json.dumps(peer.id), text)
    text = _ADDRESS.sub(lambda found: _moved(found.group(), peer.origin, ours), text)
    moved = {"id": f"{peer.origin}/nameless", **json.loads(text), "actor": peer.id}
    for each in objects(moved):
        peer.documents.setdefault(urlsplit(each["id"]).path, each)
    return moved


def _moved(address: str, theirs: str, ours: str) -> str:
    if address.startswith(_WORDS) or address == theirs:
        return address
    return ours if address == _OUR_HOST else theirs


def objects(document: Any) -> Iterator[Json]:
    """Every object with an id inside a document, itself left out."""
    inner = document.values() if isinstance(document, dict) else document
    for value in inner:
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value
        if isinstance(value, dict | list):
            yield from objects(value)


def said(answer: tuple[int, Json]) -> str:
    status, problem = answer
    return f"{status} {problem.get('title', '')}".strip()


async def unsigned(peer: ApsigPeer, inbox: str, document: Json) -> tuple[int, Json]:
    return await peer.post(inbox, json.dumps(document).encode(), {"Content-Type": ACTIVITY})


async def settled(wien: Node) -> None:
    """Waits until nothing waits; fails when something waits for another attempt or was parked."""

    async def done() -> bool:
        rows = await wien.look(
            lambda tx: tx.rows(
                "select activity_id, state, attempts, reason from inbox_activity "
                "where state in ('waiting', 'parked')"
            )
        )
        assert [row for row in rows if row["reason"] or row["state"] == "parked"] == []
        return not rows

    await until(done, 60)


async def became(wien: Node, document: Json) -> str:
    """What became of a believed activity."""
    row = await wien.look(
        lambda tx: tx.row(
            "select state, reason from inbox_activity where activity_id = :id "
            "order by sequence desc",
            id=document["id"],
        )
    )
    assert row is not None
    return f"{row['state']} {row['reason'] or ''}".strip()


def nothing_broke(caplog: pytest.LogCaptureFixture) -> None:
    found = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert found == []


async def test_each_document_of_each_software_becomes_what_the_table_says(
    wien: Node, caplog: pytest.LogCaptureFixture
):
    found = {}
    for name, document in of_the_software():
        # everybody for herself: one of these documents is a farewell
        async with apsig_peer("carol", KEY) as peer:
            await be_followed(peer, wien)
            before = said(await unsigned(peer, wien.urls.shared_inbox, document))
            mine = adopted(document, peer, wien.urls.origin)
            signed = said(await peer.send(wien.urls.shared_inbox, mine))
            await settled(wien)
            end = await became(wien, mine) if signed == "202" else ""
            found[name] = {"unsigned": before, "signed": signed, "became": end}
    assert found == OUTCOMES
    nothing_broke(caplog)


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
    nothing_broke(caplog)


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
            answer = said(await peer.send(wien.urls.shared_inbox, claimed))
            assert answer in ("401 foreign id", "400 malformed id", "400 malformed type"), name
    assert await wien.look(lambda tx: tx.rows("select 1 from inbox_activity")) == []
    nothing_broke(caplog)


@pytest.mark.parametrize("documents", [of_real_servers, of_the_pasture], ids=lambda it: it.__name__)
async def test_signed_everything_reaches_an_end(
    wien: Node, caplog: pytest.LogCaptureFixture, documents: Any
):
    everything = documents()
    for start in range(0, len(everything), _AT_A_TIME):
        # a peer for each part: of one server we ask only so much in a minute
        async with apsig_peer("carol", KEY) as peer:
            await be_followed(peer, wien)
            for name, document in everything[start : start + _AT_A_TIME]:
                mine = adopted(document, peer, wien.urls.origin)
                status, problem = await peer.send(wien.urls.shared_inbox, mine)
                assert status in (202, 400, 401), (name, status, problem)
            await settled(wien)
    ends = await wien.look(lambda tx: tx.rows("select distinct state from inbox_activity"))
    assert {"done"} < {row["state"] for row in ends} <= {"done", "refused", "unheard"}
    nothing_broke(caplog)
