"""A23-A25, A30: a key that is none, an actor taken from the body, and doors that fail open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from keys import http_signatures
from keys.errors import KeysError
from keys.message import Request
from keys.serialisation import public_pem, read_public_pem
from tests.support.forging import Post, cavage, post, rfc9421
from tests.support.hostile import Persona, answer, cut, silence
from tests.support.neighbours import key_of
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
THEIRS = key_of("theirs")
PEM = public_pem(THEIRS.public_key())
SCHEMES = pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])


def _private(key: object) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()  # type: ignore[attr-defined,no-any-return]


def _public(key: object) -> str:
    found = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return str(found.decode())


def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "eve")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, THEIRS.public_key(), 1, now, now + timedelta(days=1)
    ).sign(THEIRS, SHA256())
    return made.public_bytes(Encoding.PEM).decode()


PEMS = {
    "1 MB": PEM + "x" * 900_000,
    "blank lines": PEM.replace("\n", "\n" * 5000),
    "private": _private(THEIRS),
    "private with a password": THEIRS.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    ).decode(),
    "certificate": _certificate(),
    "two keys": PEM + public_pem(key_of("others").public_key()),
    "two keys, ours last": public_pem(key_of("others").public_key()) + PEM,
    "elliptic": _public(ec.generate_private_key(ec.SECP256R1())),
    "dsa": _public(dsa.generate_private_key(1024)),
    "512 bits": "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL5Kx2Tk\n-----END PUBLIC KEY-----\n",
    "1024 bits": _public(rsa.generate_private_key(65537, 1024)),
    "empty": "",
    "a word": "key",
    "cut off": PEM[:200],
    "noise": PEM.replace("A", "\x00"),
    "header only": "-----BEGIN PUBLIC KEY-----",
    "no key inside": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
}
UNFIT = {
    "key-unreadable", "key-refused", "key-not-listed", "signature-invalid", "too-large",
    "algorithm-refused", "actor-unreadable", "not-activitypub",
}  # fmt: skip


@SCHEMES
@pytest.mark.parametrize("name", PEMS, ids=lambda name: f"A23-{name}".replace(" ", "-"))
async def test_what_is_no_key_is_refused_and_nothing_breaks(
    us: Stage, name: str, scheme: str
) -> None:
    eve = us.stranger()
    own = eve.document["publicKey"]
    us.evil.serve(eve.id, {**eve.document, "publicKey": {**own, "publicKeyPem": PEMS[name]}})
    told = await us.refuses(us.signed(eve, scheme), asks=2)
    assert told.status == 401
    assert told.title in UNFIT


@pytest.mark.parametrize(
    "value", [None, 1, [], {}, [PEM], {"@value": PEM}, True], ids=lambda value: f"A23-{value!r:.20}"
)
async def test_a_key_of_another_shape_is_refused_and_nothing_breaks(
    us: Stage, value: object
) -> None:
    eve = us.stranger()
    own = eve.document["publicKey"]
    us.evil.serve(eve.id, {**eve.document, "publicKey": {**own, "publicKeyPem": value}})
    told = await us.refuses(us.signed(eve), asks=2)
    assert told.status == 401
    assert told.title in UNFIT


@SCHEMES
async def test_a24_the_actor_of_another_server_is_refused_unasked(us: Stage, scheme: str) -> None:
    eve, anna = us.stranger(), us.evil.persona("anna", "victim.test", key="others")
    activity = us.activity(anna.id)
    sign = cavage if scheme == "cavage" else rfc9421
    for claimed in (activity, {**activity, "id": us.activity(eve.id)["id"]}):
        request = sign(post(INBOX, claimed), eve.key, eve.key_id)
        told = await us.refuses(request)
        assert told.status == 401
        assert told.title in {"foreign-key", "foreign-id"}


@SCHEMES
async def test_a24_a_neighbour_on_the_same_server_is_refused(us: Stage, scheme: str) -> None:
    eve = us.stranger()
    bob = us.evil.persona("bob", eve.id.split("/")[2], key="others")
    sign = cavage if scheme == "cavage" else rfc9421
    request = sign(post(INBOX, us.activity(bob.id)), eve.key, eve.key_id)
    assert (await us.refuses(request, asks=[eve.id])).verdict == (401, "not-the-actor")


async def test_a24_a_key_inside_the_body_counts_for_nothing(us: Stage) -> None:
    eve = us.stranger(key="others")
    mine = {**eve.document["publicKey"], "publicKeyPem": PEM}
    for inside in ({"publicKey": mine}, {"actor": {**eve.document, "publicKey": mine}}):
        request = post(INBOX, us.activity(eve.id) | inside)
        told = await us.refuses(cavage(request, THEIRS, eve.key_id), asks=-2)
        assert told.status in {400, 401}
        assert told.title in {"signature-invalid", "malformed-actor"}


TROUBLES = {
    "404": (answer(404), 401),
    "403": (answer(403), 401),
    "500": (answer(500), 503),
    "502": (answer(502), 503),
    "429": (answer(429, retry_after="1"), 503),
    "410": (answer(410), 401),
    "a cut": (cut, 503),
    "silence": (silence, 503),
    "nonsense": (answer(body=b"<html>", type="text/html"), 401),
    "no json": (answer(body=b"{"), 401),
    "an empty object": (answer(body=b"{}"), 401),
    "no content": (answer(204), 401),
}


@SCHEMES
@pytest.mark.parametrize("name", TROUBLES, ids=lambda name: f"A25-{name}".replace(" ", "-"))
async def test_without_a_key_nobody_is_let_in(
    us: Stage, name: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "silence":
        monkeypatch.setattr("federation.network.fetch.SECONDS", 0.3)
    eve = us.stranger()
    us.evil.scripts[eve.id], status = TROUBLES[name]
    reasons = UNFIT | {"not-found", "refused", "peer-trouble", "gone", "unreachable"}
    told = await us.refuses(us.signed(eve, scheme), asks=2)
    assert told.status == status
    assert told.title in reasons


async def test_a25_a_busy_database_is_answered_503_and_thanked_for_afterwards(
    us: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.inward.inbox.KEEPING_SECONDS", 0.2)
    eve = us.stranger()
    request = us.signed(eve)
    assert (await us.tell(us.signed(eve))).status == 202
    file = us.node.config.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as somebody:
        somebody.execute("begin immediate")
        told = await us.tell(request)
        somebody.execute("rollback")
    assert told.status == 503
    assert (await us.tell(request)).status == 202


async def _our_request(us: Stage) -> tuple[Request, Persona]:
    """A signed GET of ours, as a stranger has caught it."""
    eve = us.stranger()
    us.evil.asked.clear()
    await us.tell(us.signed(eve))
    caught = us.evil.asked[0]
    headers = tuple(caught.headers.items())
    return Request(method="GET", url=caught.url, headers=headers), eve


async def test_a30_a_signed_get_of_ours_proves_nothing_else(us: Stage) -> None:
    caught, eve = await _our_request(us)
    ours = (await us.node.keyring.signing_key(us.node.urls.relay)).key
    key = read_public_pem(public_pem(ours.public_key()))
    signature = http_signatures.parse(caught)
    host = eve.id.split("/")[2]
    now = datetime.now(UTC)
    http_signatures.check(caught, signature, now=now, authorities={host})
    http_signatures.verify(caught, signature, key)
    for changed in (
        SimpleNamespace(method="POST", url=caught.url),
        SimpleNamespace(method="GET", url=f"{eve.id}/followers"),
        SimpleNamespace(method="DELETE", url=caught.url),
    ):
        other = Request(method=changed.method, url=changed.url, headers=caught.headers)
        with pytest.raises(KeysError):
            http_signatures.check(other, signature, now=now, authorities={host})
            http_signatures.verify(other, signature, key)


async def test_a30_a_signed_get_of_ours_is_no_post_to_us(us: Stage) -> None:
    caught, _ = await _our_request(us)
    ours = us.node.urls.relay
    headers = tuple(pair for pair in caught.headers if pair[0] != "host")
    body = post(INBOX, us.activity(ours)).body
    request = Post(target=INBOX, body=body, headers=(("host", "us.test"), *headers))
    kind = request.with_(content_type="application/activity+json")
    told = await us.refuses(kind)
    assert told.status == 401
    assert told.title in {"not-covered", "digest-mismatch", "our-own-key"}
