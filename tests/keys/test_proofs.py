"""An integrity proof proves one document, for one purpose, in its time, by one key; or nothing."""

from __future__ import annotations

import copy
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from keys import multibase
from keys.errors import AlgorithmRefused, NotCanonical, ProofExpired, ProofInvalid
from keys.jcs import canonical
from keys.keypair import RSAPrivateKey, make_ed25519
from keys.proofs import check, read_proofs, verify
from tests.support.proving import KEY, METHOD, NOTE, NOW, believe, proven, with_proof


def test_a_proof_says_who_when_and_for_how_long() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=1)))
    proof = believe(proven(created=local, expires=NOW + timedelta(days=1)))
    assert (proof.verification_method, proof.purpose) == (METHOD, "assertionMethod")
    assert (proof.cryptosuite, len(proof.value)) == ("eddsa-jcs-2022", 64)
    assert (proof.created, proof.expires) == (NOW, NOW + timedelta(days=1))


def test_the_signed_document_is_not_changed() -> None:
    before = copy.deepcopy(NOTE)
    assert proven()["@context"] == before["@context"]
    assert before == NOTE


@pytest.mark.parametrize(
    "change",
    [
        {"content": "Treffen um 19 Uhr"},
        {"id": "https://wien.test/n/2"},
        {"extra": None},
        {"location": {"latitude": 48.2082, "longitude": 16.0001}},
    ],
)
def test_d19_another_document_is_not_proven(change: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid, match="over this document"):
        believe({**proven(), **change})


def test_a_missing_member_is_noticed() -> None:
    document = proven()
    del document["content"]
    with pytest.raises(ProofInvalid):
        believe(document)


@pytest.mark.parametrize(
    "members",
    [
        {"created": "2026-12-05T17:59:59Z"},
        {"created": None},
        {"verificationMethod": "https://boese.test/a#key"},
        {"expires": "2027-01-01T00:00:00Z"},
        {"nonce": "x"},
        {"proofValue": multibase.encode(bytes(64))},
    ],
)
def test_a_changed_proof_proves_nothing(members: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid):
        believe(with_proof(proven(), **members))


def test_another_key_proves_nothing() -> None:
    with pytest.raises(ProofInvalid):
        believe(proven(), key=make_ed25519().public_key())


def test_a_key_of_another_kind_is_refused(rsa: RSAPrivateKey) -> None:
    with pytest.raises(AlgorithmRefused, match="Ed25519"):
        believe(proven(), key=rsa.public_key())


@pytest.mark.parametrize(
    "contexts",
    [
        [*NOTE["@context"], {"content": "https://boese.test/x"}],
        [NOTE["@context"][0]],
        list(reversed(NOTE["@context"])),
        None,
    ],
)
def test_d17_a_context_other_than_the_signed_one_is_refused(contexts: Any) -> None:
    document = proven()
    document["@context"] = contexts
    proof = read_proofs(document)[0]
    with pytest.raises(ProofInvalid, match="context"):
        check(proof, document, now=NOW)
    with pytest.raises(ProofInvalid):
        verify(document, proof, KEY.public_key())


def test_d17_a_removed_context_is_refused() -> None:
    document = proven()
    del document["@context"]
    with pytest.raises(ProofInvalid, match="context"):
        believe(document)


def without_context(document: dict[str, Any], *, signed: bool) -> dict[str, Any]:
    """The proof as Mitra sends it, or (`signed`) as Fedify does: its context signed but left out."""
    options = with_proof(proven(document), proofValue=None)["proof"]
    sent = {name: value for name, value in options.items() if name != "@context"}
    text = b"".join(sha256(canonical(v)).digest() for v in (options if signed else sent, document))
    return {**document, "proof": {**sent, "proofValue": multibase.encode(KEY.sign(text))}}


@pytest.mark.parametrize("signed", [False, True])
def test_a_proof_without_a_context_proves_all_of_the_documents(signed: bool) -> None:
    document = without_context(NOTE, signed=signed)
    assert believe(document).verification_method == METHOD
    document["@context"] = [*document["@context"], {"content": "https://boese.test/x"}]
    with pytest.raises(ProofInvalid):
        believe(document)


def test_each_proof_of_a_set_holds_by_itself() -> None:
    other = make_ed25519()
    document = proven(proven(), key=other, verification_method=METHOD + "2")
    document = proven(document, verification_method=METHOD + "3")
    proofs = read_proofs(document)
    assert [proof.verification_method for proof in proofs] == [METHOD, METHOD + "2", METHOD + "3"]
    for proof, key in zip(proofs, (KEY, other, KEY), strict=True):
        verify(document, proof, key.public_key())
    with pytest.raises(ProofInvalid):
        verify(document, proofs[1], KEY.public_key())


def test_d19_an_expired_proof_is_refused_to_the_second() -> None:
    document = proven(expires=NOW + timedelta(hours=1))
    proof = believe(document, now=NOW + timedelta(minutes=59, seconds=59))
    assert proof.expires == NOW + timedelta(hours=1)
    with pytest.raises(ProofExpired, match="expired"):
        believe(document, now=NOW + timedelta(hours=1))


def test_a_proof_from_the_future_is_refused() -> None:
    document = proven()
    assert believe(document, now=NOW - timedelta(minutes=5)).created == NOW
    with pytest.raises(ProofExpired, match="future"):
        believe(document, now=NOW - timedelta(minutes=5, seconds=1))


def test_an_old_proof_does_not_age() -> None:
    assert believe(proven(), now=NOW + timedelta(days=36500)).created == NOW


def test_d19_a_proof_for_another_purpose_is_refused() -> None:
    document = proven(purpose="authentication")
    with pytest.raises(ProofInvalid, match="purpose"):
        believe(document)
    check(read_proofs(document)[0], document, now=NOW, purpose="authentication")


def test_a_linked_data_signature_added_afterwards_does_not_break_the_proof() -> None:
    signature = {"type": "RsaSignature2017", "signatureValue": "YQ=="}
    assert believe({**proven(), "signature": signature}).verification_method == METHOD


@pytest.mark.parametrize("signature", ["x", {"type": "Note"}])
def test_another_thing_called_signature_is_part_of_the_document(signature: Any) -> None:
    assert believe(proven({**NOTE, "signature": signature})).verification_method == METHOD
    with pytest.raises(ProofInvalid):
        believe({**proven(), "signature": signature})


def test_d20_a_document_without_one_spelling_is_refused() -> None:
    for value in ("\ud800", 2**53, float("nan")):
        with pytest.raises(NotCanonical):
            proven({"content": value})
        with pytest.raises(NotCanonical):
            believe({**proven(), "content": value})


def test_d20_twins_in_another_normal_form_are_not_proven() -> None:
    with pytest.raises(ProofInvalid):
        believe({**proven({"content": "\u00c5"}), "content": "A\u030a"})
