"""`josoor key verify`: what a person is told of a signature, and whether it is true."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from activitypub.names import ACTIVITY_JSON
from keys.http_signatures import Scheme, sign
from keys.keypair import make_ed25519
from keys.message import Request
from keys.proofs import prove
from keys.serialisation import public_multibase, public_pem
from node.doctor import check_node
from node.errors import Invalid
from node.operations.saved import read_saved
from node.services import Node
from tests.support.neighbours import Neighbour, key_of, neighbour
from tests.support.nodes import do, free_port, running, settings

ROOT = Path(__file__).parents[2]
INBOX = "https://wien.example/c/wien/inbox"
ED = make_ed25519()
Json = dict[str, Any]


def saved(request: Request, before: str = "", line: str = "\r\n") -> bytes:
    """The request as a capture shows it."""
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return line.join([*(before + each for each in lines), before, ""]).encode() + request.body


def follow(actor: str, ago: timedelta = timedelta(), **options: Any) -> Request:
    """A signed Follow."""
    body = orjson.dumps({"id": f"{actor}/1", "type": "Follow", "actor": actor, "object": INBOX})
    plain = Request(method="POST", url=INBOX, headers=(("Content-Type", ACTIVITY_JSON),), body=body)
    given = {"key_id": f"{actor}#main-key", "key": key_of("anna"), **options}
    return sign(plain, now=datetime.now(UTC) - ago, **given)


async def told(node: Node, content: bytes, **more: Any) -> Json:
    """What is said of the only signature in a file."""
    found = await do(node, "key.verify", content=base64.b64encode(content).decode(), **more)
    (one,) = found["found"]
    assert found["holds"] == one["holds"]
    return dict(one)


@pytest.fixture
async def anna() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


# --- through the node ----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", Scheme)
async def test_a_good_request_is_told_with_key_owner_and_what_it_covers(
    wien: Node, anna: Neighbour, scheme: Scheme
) -> None:
    me = anna.actor("anna")
    one = await told(wien, saved(follow(me, scheme=scheme)))
    assert (one["holds"], one["in_time"], one["reason"]) == (True, True, None)
    assert (one["kind"], one["key"], one["owner"]) == (scheme.value, f"{me}#main-key", me)
    assert {"digest", "content-digest"} & set(one["covered"])
    assert (
        "The owner lists this key and the key names the owner, both on one server." in one["says"]
    )


async def test_an_old_request_still_holds_and_its_age_is_told(wien: Node, anna: Neighbour) -> None:
    one = await told(wien, saved(follow(anna.actor("anna"), timedelta(days=3, hours=1))))
    assert (one["holds"], one["in_time"], one["reason"]) == (True, False, "signature-too-old")
    assert one["says"][-1].endswith("It was signed 3 days ago.")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b'"Follow"', b'"Reject"'), "digest-mismatch"),
        ((b"/c/wien/inbox HTTP", b"/inbox HTTP"), "signature-invalid"),
        ((b"Host: wien.example", b"Host: graz.example"), "signature-invalid"),
        ((b"Signature: ", b"Nothing: "), "signature-missing"),
        ((b"Signature: keyId", b"Signature: keyid"), "signature-malformed"),
        ((b"Digest: ", b"Nothing: "), "digest-mismatch"),
        ((b"#main-key", b"#other-key"), "key-not-listed"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told(
    wien: Node, anna: Neighbour, change: tuple[bytes, bytes], reason: str
) -> None:
    content = saved(follow(anna.actor("anna"))).replace(*change)
    one = await told(wien, content)
    assert (one["holds"], one["reason"]) == (False, reason)
    assert one["says"]


async def test_where_the_key_cannot_be_had_it_is_told_that_nothing_is_known(wien: Node) -> None:
    one = await told(wien, saved(follow(f"http://127.0.0.1:{free_port()}/anna")))
    assert (one["holds"], one["reason"]) == (False, "unreachable")
    assert one["says"][-1] == "So the key could not be had, and whether it holds cannot be told."


async def test_a_request_in_the_name_of_somebody_else_does_not_hold(
    wien: Node, anna: Neighbour
) -> None:
    me, bert = anna.actor("anna"), anna.actor("bert")
    one = await told(wien, saved(follow(bert, key_id=f"{me}#main-key")))
    assert (one["holds"], one["reason"], one["owner"]) == (False, "not-the-actor", me)


async def test_a_request_of_our_own_is_held_against_our_own_keys(wien: Node) -> None:
    signing = await wien.keyring.signing_key(wien.urls.community)
    request = follow(wien.urls.community, key_id=signing.id, key=signing.key)
    one = await told(wien, saved(request))
    assert (one["holds"], one["owner"]) == (True, wien.urls.community)


def document(anna: Neighbour, **options: Any) -> Json:
    """A note with a proof by Anna, who lists the key."""
    me = anna.actor("anna")
    key = {"id": f"{me}#ed", "type": "Multikey", "controller": me}
    multibase = public_multibase(ED.public_key())
    anna.documents["/anna"]["assertionMethod"] = [{**key, "publicKeyMultibase": multibase}]
    note = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{anna.origin}/notes/1",
        "type": "Note",
        "attributedTo": me,
        "content": "Hallo",
    }
    given = {"key": ED, "created": datetime.now(UTC), **options}
    return prove(note, verification_method=f"{me}#ed", **given)


async def test_a_document_is_explained_from_a_file_and_from_its_address(
    wien: Node, anna: Neighbour
) -> None:
    proven = document(anna)
    anna.documents["/notes/1"] = proven
    one = await told(wien, orjson.dumps(proven))
    found = await do(wien, "key.verify", url=proven["id"])
    assert found["found"] == [one]
    assert (one["holds"], one["kind"]) == (True, "eddsa-jcs-2022")
    assert one["owner"] == proven["attributedTo"]


async def test_what_is_wrong_with_a_document_is_told(wien: Node, anna: Neighbour) -> None:
    good = document(anna)
    bert = anna.actor("bert")
    bare = {name: value for name, value in good.items() if name != "proof"}
    cases: list[tuple[Json, str, bool]] = [
        ({**good, "content": "Tschüss"}, "proof-invalid", False),
        (bare, "proof-missing", False),
        (document(anna, expires=datetime.now(UTC) - timedelta(days=1)), "proof-expired", True),
        (document(anna, purpose="authentication"), "proof-invalid", False),
    ]
    for changed, reason, holds in cases:
        one = await told(wien, orjson.dumps(changed))
        assert (one["holds"], one["reason"]) == (holds, reason)
    theirs = prove(
        {**bare, "attributedTo": bert},
        key=ED,
        verification_method=f"{anna.origin}/anna#ed",
        created=datetime.now(UTC),
    )
    assert (await told(wien, orjson.dumps(theirs)))["reason"] == "not-the-author"
    signature = {"type": "RsaSignature2017", "signatureValue": "x"}
    one = await told(wien, orjson.dumps({**bare, "signature": signature}))
    assert "It carries a linked-data signature, which proves nothing here." in one["says"]


async def test_what_is_no_argument_is_refused_with_a_sentence(wien: Node) -> None:
    for arguments in ({}, {"content": "*"}, {"content": 1}, {"content": "YQ==", "key": "x"}):
        with pytest.raises(Invalid):
            await do(wien, "key.verify", **arguments)


async def test_an_actor_with_new_keys_is_listed_and_confirmed(wien: Node, anna: Neighbour) -> None:
    me = anna.actor("anna")
    await wien.actors.actor(me)
    anna.documents["/anna"]["publicKey"]["publicKeyPem"] = public_pem(key_of("bert").public_key())
    await wien.actors.actor(me, fresh=True)
    assert [each["id"] for each in await do(wien, "key.unproven")] == [me]
    status = await do(wien, "status")
    assert status["unproven"] == 1
    (check,) = [
        each for each in check_node(wien.config, status) if each["check"] == "keys of others"
    ]
    assert (check["state"], check["mend"]) == ("yellow", "Look at: josoor key unproven")
    await do(wien, "key.confirm", actor=me)
    assert await do(wien, "key.unproven") == []


# --- the saved request ---------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["\r\n", "\n"])
@pytest.mark.parametrize("before", ["", "> "])
def test_a_request_is_read_as_tools_show_it(line: str, before: str) -> None:
    request = follow("https://a.test/anna")
    found = read_saved(saved(request, before, line), None)
    assert (found.method, found.url, found.body) == (request.method, INBOX, request.body)
    assert found.headers == request.headers


def test_what_an_editor_added_at_the_end_is_cut_off_where_the_length_is_told() -> None:
    head = b"POST /inbox HTTP/1.1\nHost: wien.example\nContent-Length: 2\n\n"
    assert read_saved(head + b"{}\n", None).body == b"{}"


def test_the_origin_may_be_told() -> None:
    content = b"GET /x?y=1 HTTP/2\nHost: wien.example\n\n"
    assert read_saved(content, "http://localhost:8080").url == "http://localhost:8080/x?y=1"
    assert read_saved(content, None).url == "https://wien.example/x?y=1"
    assert read_saved(b"GET http://a.test/x HTTP/1.1", None).url == "http://a.test/x"


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\xff", b"hello", b"GET /x HTTP/1.1\n\n", b"GET /x HTTP/1.1\nHost\n\n",
     b"GET /x HTTP/1.1\nHost: a.test\nContent-Length: 1\nContent-Length: 1\n\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_saved(content, None)


def test_an_origin_that_is_none_is_refused_with_a_sentence() -> None:
    with pytest.raises(Invalid):
        read_saved(b"GET /x HTTP/1.1\nHost: a.test\n\n", "ftp://a.test")


# --- the command ---------------------------------------------------------------------------------


def josoor(folder: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """How `josoor key verify WORDS…` ended, where there is no node."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JOSOOR_")}
    environment = {**kept, **settings(folder / "data", free_port()), "PYTHONWARNINGS": "error"}
    ended = subprocess.run(
        [sys.executable, "-m", "node", "key", "verify", *words],
        input=stdin, capture_output=True, encoding="utf-8", timeout=60, cwd=ROOT,
        env=environment, check=False,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def test_with_a_key_at_hand_neither_node_nor_network_is_needed(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(public_pem(key_of("anna").public_key()))
    (tmp_path / "other.pem").write_text(public_pem(key_of("bert").public_key()))
    (tmp_path / "saved.txt").write_bytes(saved(follow("https://a.test/anna", timedelta(days=2))))
    words = (str(tmp_path / "saved.txt"), "--key")
    good = josoor(tmp_path, *words, str(tmp_path / "key.pem"))
    assert good.returncode == 0
    assert "draft-cavage: holds" in good.stdout
    assert "It was signed 2 days ago." in good.stdout
    assert "whose it is was not asked" in good.stdout
    content = (tmp_path / "saved.txt").read_text()
    assert josoor(tmp_path, "-", "--key", str(tmp_path / "key.pem"), stdin=content).returncode == 0
    bad = josoor(tmp_path, *words, str(tmp_path / "other.pem"), "--json")
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["found"][0]["reason"] == "signature-invalid"
    assert not (tmp_path / "data").exists()


def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("nonsense")
    (tmp_path / "saved.txt").write_text("nonsense")
    for words in (
        (str(tmp_path / "absent"),),
        (str(tmp_path / "saved.txt"), "--key", str(tmp_path / "absent")),
        (str(tmp_path / "saved.txt"), "--key", str(tmp_path / "key.pem")),
    ):
        ended = josoor(tmp_path, *words)
        assert ended.returncode == 1
        assert ended.stderr.startswith("josoor: ")
        assert ended.stdout == ""
