"""A proof is read only in the one form that we know; everything else is refused by its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from keys import multibase
from keys.errors import AlgorithmRefused, ProofMalformed, ProofMissing
from keys.proofs import MOST_PROOFS, read_proofs, verify
from tests.support.proving import KEY, METHOD, NOTE, NOW, proven, with_proof


def test_a_set_is_bounded_for_readers_and_for_us() -> None:
    document: dict[str, Any] = NOTE
    for _ in range(MOST_PROOFS):
        document = proven(document)
    assert len(read_proofs(document)) == MOST_PROOFS
    with pytest.raises(ProofMalformed, match="too many"):
        proven(document)
    with pytest.raises(ProofMalformed, match="too many"):
        read_proofs({"proof": [*document["proof"], {}]})


@pytest.mark.parametrize("document", [{}, {"proof": None}, {"proof": []}])
def test_a_document_without_a_proof_has_none(document: dict[str, Any]) -> None:
    with pytest.raises(ProofMissing):
        read_proofs(document)


@pytest.mark.parametrize("proof", ["z", 1, [[]], [None], "https://boese.test/proof"])
def test_a_proof_that_is_no_object_is_refused(proof: Any) -> None:
    with pytest.raises(ProofMalformed, match="object"):
        read_proofs({"proof": proof})


@pytest.mark.parametrize(
    "members",
    [
        {"type": "Ed25519Signature2020"},
        {"type": ["DataIntegrityProof"]},
        {"type": None},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": "jcs-eddsa-2022"},
        {"cryptosuite": "mldsa44-jcs-2024"},
        {"cryptosuite": None},
    ],
)
def test_other_types_and_cryptosuites_prove_nothing_and_take_nothing(
    members: dict[str, Any],
) -> None:
    document = with_proof(proven(), **members)
    with pytest.raises(AlgorithmRefused, match="eddsa-jcs-2022"):
        read_proofs(document)
    (proof,) = read_proofs({**NOTE, "proof": [document["proof"], proven()["proof"]]})
    verify(NOTE, proof, KEY.public_key())


@pytest.mark.parametrize(
    "members",
    [
        {"previousProof": "urn:uuid:1"},
        {"verificationMethod": None},
        {"verificationMethod": ""},
        {"verificationMethod": {"id": METHOD}},
        {"verificationMethod": [METHOD]},
        {"verificationMethod": METHOD + "\n"},
        {"verificationMethod": "https://wien.test/" + "x" * 2048},
        {"proofPurpose": None},
        {"proofPurpose": ["assertionMethod"]},
        {"created": 1},
        {"created": "yesterday"},
        {"created": "2026-12-05"},
        {"created": "2026-12-05T17:00:00"},
        {"created": "2026-12-05 17:00:00Z"},
        {"created": "2026-12-05T17:00:00Z\n"},
        {"created": "2026-12-05T17:00:00.0000000001Z"},
        {"created": "2026-13-05T17:00:00Z"},
        {"created": "٢٠٢٦-12-05T17:00:00Z"},
        {"created": "0001-01-01T00:00:00+14:00"},
        {"created": "2026-12-05T17:00:00+99:00"},
        {"expires": "9999-12-31T23:59:59-14:00"},
        {"expires": "never"},
        {"proofValue": None},
        {"proofValue": 7},
        {"proofValue": "z"},
        {"proofValue": multibase.encode(bytes(63))},
        {"proofValue": multibase.encode(b"\1" * 65)},
        {"proofValue": "z" + "1" * 5000},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z" + "0" * 88},
    ],
)
def test_a_proof_that_breaks_the_grammar_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(ProofMalformed):
        read_proofs(with_proof(proven(), **members))


def test_times_in_other_zones_and_in_nanoseconds_are_read() -> None:
    stamps = {"created": "2026-12-05T18:59:59.560996451+01:00", "expires": "2026-12-05T19:00:00Z"}
    (proof,) = read_proofs(with_proof(proven(), **stamps))
    assert proof.created == datetime(2026, 12, 5, 17, 59, 59, 560996, tzinfo=UTC)
    assert proof.expires == datetime(2026, 12, 5, 19, tzinfo=UTC)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        proven(created=NOW.replace(tzinfo=None))
