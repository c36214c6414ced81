"""Documents of others, posted to a running node, and what became of each."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from node.services import Node
from tests.interop.peers.apsig_peer import ACTIVITY, ApsigPeer, Json, apsig_peer
from tests.interop.peers.meeting import be_followed
from tests.support.nodes import until

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("JOSOOR_SHARED", HERE.parents[2] / "shared"))
OURS = [path for path in sorted(HERE.glob("*/*.json"), key=str) if path.parent.name != "peers"]
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Named: TypeAlias = tuple[str, Json]
Ends: TypeAlias = dict[str, dict[str, str]]

_AT_A_TIME = 50
_ADDRESS = re.compile(r"https?://[^/\s\"'<>\\#?]+")
_OUR_HOST = "https://wien.josoor.example"
_WORDS = ("https://www.w3.org", "https://w3id.org", "https://purl.", "http://schema.org")
_NOTHING: Mapping[str, str] = {}
_LEAVING = {"Block", "Move", "Reject"}


def of_the_software() -> list[Named]:
    """The documents in the folders here."""
    return [(f"{path.parent.name}/{path.stem}", json.loads(path.read_bytes())) for path in OURS]


def of_real_servers() -> list[Named]:
    """The collection beside the project; skips with a sentence where it is not there."""
    folder = SHARED / "corpora" / "real-servers"
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        pytest.skip("the collection of real servers' documents is not beside the project")
    return [
        (f"{path.relative_to(folder).with_suffix('')} {place}", document)
        for path in paths
        for place, document in enumerate(_listed(json.loads(path.read_bytes())))
    ]


def _listed(found: Any) -> list[Json]:
    return found if isinstance(found, list) else [found]


def pasture() -> list[Json]:
    """The oddities of fediverse-pasture-inputs; skips where they are not."""
    python = os.environ.get("JOSOOR_PASTURE_PYTHON")
    if python is None:
        pytest.skip("JOSOOR_PASTURE_PYTHON names no Python with fediverse-pasture-inputs")
    script = HERE / "pasture_inputs.py"
    printed = subprocess.run([python, script], capture_output=True, check=True, timeout=120)
    return list(json.loads(printed.stdout))


def of_the_pasture() -> list[Named]:
    """The same, each in a Create."""
    examples = enumerate(pasture())
    return [(f"pasture/{place:03}", _created(example, str(place))) for place, example in examples]


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


def adopted(
    document: Json,
    peer: ApsigPeer,
    wien: Node,
    place: str = "",
    ours: Mapping[str, str] = _NOTHING,
) -> Json:
    """The document as if the peer's actor had said it: every foreign address is at the peer.

    `place` keeps apart what several documents call by one name; `ours` are the real addresses of
    our event and its poll.
    """
    text = json.dumps(document, ensure_ascii=False)
    if isinstance(document.get("actor"), str):
        text = text.replace(json.dumps(document["actor"]), json.dumps(peer.id))
    for path, address in ours.items():
        text = text.replace(f'{_OUR_HOST}{path}"', f'{address}"')
    text = _ADDRESS.sub(lambda found: _moved(found.group(), peer, wien, place), text)
    moved = {"id": f"{peer.origin}{place}/nameless", **json.loads(text)}
    if not isinstance(document.get("actor"), dict | list):
        moved["actor"] = peer.id
    for each in objects(moved):
        peer.documents.setdefault(urlsplit(each["id"]).path, each)
    return moved


def _moved(address: str, peer: ApsigPeer, wien: Node, place: str) -> str:
    if address.startswith(_WORDS) or address in (peer.origin, wien.urls.origin):
        return address
    return wien.urls.origin if address == _OUR_HOST else peer.origin + place


def objects(document: Any) -> Iterator[Json]:
    """Every object with an id inside a document, itself left out."""
    inner = document.values() if isinstance(document, dict) else document
    for value in inner:
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value
        if isinstance(value, dict | list):
            yield from objects(value)


def said(answer: tuple[int, Json]) -> str:
    """Status and title of an answer in one line."""
    status, problem = answer
    return f"{status} {problem.get('title', '')}".strip()


async def unsigned(peer: ApsigPeer, inbox: str, document: Json) -> tuple[int, Json]:
    """The answer to the document without a signature."""
    body = json.dumps(document).encode()
    return await peer.post(inbox, body, {"Content-Type": ACTIVITY})


async def signed(peer: ApsigPeer, inbox: str, document: Json) -> tuple[int, Json]:
    """The answer to the document, signed."""
    return await peer.send(inbox, document)


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


async def ends(wien: Node, documents: Iterable[Named], ours: Mapping[str, str] = _NOTHING) -> Ends:
    """What became of each document when somebody whom we follow sent it, signed."""
    found: Ends = {}
    for software, group in groupby(documents, lambda it: it[0].partition("/")[0]):
        every = list(group)
        staying = [each for each in every if not _is_leaving(each[1])]
        parts: list[Iterable[Named]] = list(batched_by(staying, _AT_A_TIME))
        parts += [[each] for each in every if _is_leaving(each[1])]
        for part in parts:
            # a peer for each part: of one server we ask only so much in a minute
            async with apsig_peer(software if software.isalpha() else "carol", KEY) as peer:
                await be_followed(peer, wien)
                found |= await _ends(wien, peer, part, ours)
    return found


def batched_by(every: list[Named], size: int) -> Iterator[list[Named]]:
    """The list in parts of at most this size."""
    for start in range(0, len(every), size):
        yield every[start : start + size]


def _is_leaving(document: Json) -> bool:
    """Whether nothing would be as before between the two afterwards."""
    about = document.get("object")
    about = about.get("id") if isinstance(about, dict) else about
    farewell = document.get("type") == "Delete" and about == document.get("actor")
    return farewell or document.get("type") in _LEAVING


async def _ends(
    wien: Node, peer: ApsigPeer, part: Iterable[Named], ours: Mapping[str, str]
) -> Ends:
    found, sent = {}, {}
    for number, (name, document) in enumerate(part):
        mine = adopted(document, peer, wien, f"/{number}", ours)
        answer = said(await signed(peer, wien.urls.shared_inbox, mine))
        found[name] = {"signed": answer}
        if answer == "202":
            sent[name] = mine
    await settled(wien)
    for name, mine in sent.items():
        found[name] |= await _became(wien, mine)
    return found


async def _became(wien: Node, document: Json) -> dict[str, str]:
    """What became of a believed activity, and as what it is shown."""
    row = await wien.look(
        lambda tx: tx.row(
            "select state, reason from inbox_activity where activity_id = :id "
            "order by sequence desc",
            id=document["id"],
        )
    )
    assert row is not None
    about = document.get("object")
    thing = about.get("id") if isinstance(about, dict) else about
    shown = await wien.look(
        lambda tx: tx.row("select kind from remote_object where id = :id", id=str(thing))
    )
    end = {"became": f"{row['state']} {row['reason'] or ''}".strip()}
    return end | ({"shown": shown["kind"]} if shown else {})


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Whatever was logged as an error."""
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def expected(found: Ends, file: str) -> Ends:
    """What is to become of the documents, by a table; JOSOOR_WRITE_OUTCOMES=1 writes it."""
    path = HERE / file
    if os.environ.get("JOSOOR_WRITE_OUTCOMES") == "1":
        lines = [f"  {json.dumps(name)}: {json.dumps(end)}" for name, end in sorted(found.items())]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    table: Ends = json.loads(path.read_text(encoding="utf-8"))
    return table
