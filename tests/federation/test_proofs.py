"""Documents that prove who made them, wherever they came from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from federation.errors import NotBelieved, Unreachable
from federation.trust.proofs import Prover, author_of
from keys.keypair import make_ed25519
from keys.proofs import prove
from keys.serialisation import public_multibase, public_pem
from tests.support.stranger import OURS, THEIR_KEY, Inward, Page, Stranger

Json = dict[str, Any]
KEY, OTHER = make_ed25519(), make_ed25519()


@pytest.fixture
def prover(node: Inward) -> Prover:
    return Prover(node.actors, node.clock, OURS)


def anna(at: Stranger, name: str = "anna", **changes: Any) -> str:
    """An actor with the Ed25519 key `KEY` under `#ed`; her id."""
    me = f"{at.origin}/{name}"
    key = {
        "id": f"{me}#ed",
        "type": "Multikey",
        "controller": me,
        "publicKeyMultibase": public_multibase(KEY.public_key()),
        **changes,
    }
    at.actor(name, assertionMethod=[key])
    return me


def note(author: str, **changes: Any) -> Json:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{author}/notes/1",
        "type": "Note",
        "attributedTo": author,
        "content": "Hallo",
        **changes,
    }


def proven(node: Inward, document: Json, method: str, **options: Any) -> Json:
    given = {"key": KEY, "created": node.clock.now(), **options}
    return prove(document, verification_method=method, **given)


async def refused(prover: Prover, document: Json, author: str) -> str:
    with pytest.raises(NotBelieved) as caught:
        await prover.believe(document, author=author)
    return caught.value.reason


async def test_a_document_with_its_authors_proof_is_believed(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me = anna(stranger)
    for document in (
        note(me),
        note(me, attributedTo={"id": me, "type": "Person"}),
        {"id": f"{me}/f/1", "type": "Follow", "actor": me, "object": OURS},
        {"id": me, "type": "Person", "inbox": f"{me}/inbox"},
    ):
        signed = proven(node, document, f"{me}#ed")
        assert (await prover.believe(signed, author=me)).id == me
    assert stranger.hits["/anna"] == 1


async def test_what_needs_no_key_is_refused_without_a_fetch(
    node: Inward, prover: Prover, stranger: Stranger, victim: Stranger
) -> None:
    me, other = anna(stranger), anna(victim)
    good, now = note(me), node.clock.now()
    method = f"{me}#ed"
    cases = {
        "proof-missing": good,
        "not-the-author": proven(node, note(other), method),
        "foreign-id": proven(node, note(me, id=f"{other}/notes/1"), method),
        "foreign-key": proven(node, good, f"{other}#ed"),
        "our-own-key": proven(node, good, f"{OURS}/wien#ed"),
        "proof-invalid": proven(node, good, method, purpose="authentication"),
        "proof-expired": proven(node, good, method, expires=now),
        "algorithm-refused": {**good, "proof": {"type": "RsaSignature2017"}},
        "too-many-proofs": proven(
            node, {**good, "proof": [proven(node, good, method)["proof"]] * 4}, method
        ),
    }
    for reason, document in cases.items():
        assert await refused(prover, document, me) == reason, reason
    ahead = proven(node, good, method, created=now + timedelta(hours=1))
    assert await refused(prover, ahead, me) == "proof-expired"
    assert not stranger.hits
    assert not victim.hits


async def test_a_document_of_several_authors_is_not_believed(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me, bert = anna(stranger), f"{stranger.origin}/bert"
    for changes in ({"attributedTo": [me, bert]}, {"actor": bert}, {"attributedTo": None}):
        document = proven(node, note(me, **changes), f"{me}#ed")
        assert await refused(prover, document, me) == "not-the-author"


async def test_d18_the_key_of_a_neighbour_proves_nothing(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me, bert = anna(stranger), anna(stranger, "bert")
    assert await refused(prover, proven(node, note(me), f"{bert}#ed"), me) == "not-the-author"


async def test_d18_a_key_that_names_the_author_must_be_listed_by_her(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me, key_id = stranger.actor()["id"], f"{stranger.origin}/keys/1"
    key = {"id": key_id, "controller": me, "publicKeyMultibase": public_multibase(KEY.public_key())}
    stranger.put("/keys/1", {**key, "type": "Multikey"})
    assert await refused(prover, proven(node, note(me), key_id), me) == "key-not-listed"
    stranger.actor(assertionMethod={**key, "type": "Multikey"})
    node.clock.advance(timedelta(days=1))
    assert (await prover.believe(proven(node, note(me), key_id), author=me)).id == me


async def test_d18_a_key_for_requests_alone_proves_no_document(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    pem = public_pem(KEY.public_key())
    stranger.actor(publicKey={"id": f"{me}#ed", "owner": me, "publicKeyPem": pem})
    assert await refused(prover, proven(node, note(me), f"{me}#ed"), me) == "key-use-refused"


@pytest.mark.parametrize("name", ["expires", "revoked"])
async def test_d19_a_key_that_is_over_proves_nothing(
    node: Inward, prover: Prover, stranger: Stranger, name: str
) -> None:
    me = anna(stranger, **{name: "2020-01-01T00:00:00Z"})
    assert await refused(prover, proven(node, note(me), f"{me}#ed"), me) == "key-expired"


async def test_d19_a_proof_belongs_to_one_document(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me = anna(stranger)
    proof = proven(node, note(me), f"{me}#ed")["proof"]
    for changes in ({"content": "Tschüss"}, {"id": f"{me}/notes/2"}, {"summary": "x"}):
        forged = {**note(me, **changes), "proof": proof}
        assert await refused(prover, forged, me) == "proof-invalid"


async def test_d19_of_several_proofs_each_must_hold(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me = anna(stranger)
    once = proven(node, note(me), f"{me}#ed")
    twice = proven(node, once, f"{me}#ed")
    assert (await prover.believe(twice, author=me)).id == me
    mixed = proven(node, once, f"{me}#ed", key=OTHER)
    assert await refused(prover, mixed, me) == "proof-invalid"


async def test_a_linked_data_signature_carries_no_authority(
    prover: Prover, stranger: Stranger
) -> None:
    me = anna(stranger)
    signature = {"type": "RsaSignature2017", "creator": f"{me}#main-key", "signatureValue": "x"}
    assert await refused(prover, note(me, signature=signature), me) == "proof-missing"
    assert not stranger.hits


async def test_an_rsa_key_proves_nothing(node: Inward, prover: Prover, stranger: Stranger) -> None:
    me = f"{stranger.origin}/anna"
    pem = public_pem(THEIR_KEY.public_key())
    key = {"id": f"{me}#ed", "controller": me, "publicKeyPem": pem}
    stranger.actor(assertionMethod=[key])
    assert await refused(prover, proven(node, note(me), f"{me}#ed"), me) == "algorithm-refused"


async def test_a_changed_key_is_asked_for_once_more(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me = anna(stranger, publicKeyMultibase=public_multibase(OTHER.public_key()))
    await node.actors.actor(me)
    anna(stranger)
    assert (await prover.believe(proven(node, note(me), f"{me}#ed"), author=me)).id == me
    assert stranger.hits["/anna"] == 2


async def test_without_a_key_nothing_is_believed_and_trouble_may_pass(
    node: Inward, prover: Prover, stranger: Stranger
) -> None:
    me = anna(stranger)
    document = proven(node, note(me), f"{me}#ed")
    stranger.pages["/anna"] = Page(status=404)
    assert await refused(prover, document, me) == "not-found"
    gone = Stranger()
    async with gone.server:
        other = f"{gone.origin}/anna"
    with pytest.raises(Unreachable):
        await prover.believe(proven(node, note(other), f"{other}#ed"), author=other)


@pytest.mark.parametrize(
    ("document", "author"),
    [
        ({"actor": "a"}, "a"),
        ({"attributedTo": {"id": "a"}}, "a"),
        ({"actor": "a", "attributedTo": "a"}, "a"),
        ({"actor": "a", "attributedTo": "b"}, None),
        ({"attributedTo": ["a"]}, None),
        ({"id": "a", "inbox": "x"}, "a"),
        ({"id": "a"}, None),
        ({}, None),
    ],
)
def test_a_document_names_one_author_or_nobody(document: Json, author: str | None) -> None:
    assert author_of(document) == author
