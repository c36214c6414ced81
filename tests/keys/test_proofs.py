"""An integrity proof proves one document, for one purpose, in its time, by one key; or nothing."""

from __future__ import annotations

import copy
import json
import pathlib
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from apsig import ProofSigner, ProofVerifier
from hypothesis import given
from hypothesis import strategies as st

from keys import multibase
from keys.errors import (
    AlgorithmRefused,
    NotCanonical,
    ProofExpired,
    ProofInvalid,
    ProofMalformed,
    ProofMissing,
)
from keys.jcs import canonical
from keys.keypair import Ed25519PrivateKey, RSAPrivateKey, make_ed25519
from keys.proofs import MOST_PROOFS, Proof, check, prove, read_proofs, verify
from keys.serialisation import public_multibase, read_multibase

VECTORS = pathlib.Path(__file__).parent / "vectors"
W3C = json.loads((VECTORS / "eddsa-jcs-2022.json").read_text())
FEP = json.loads((VECTORS / "fep-8b32.json").read_text())
METHOD = "https://wien.test/c/wien#ed25519-key"
NOW = datetime(2026, 12, 5, 18, 0, 0, tzinfo=UTC)
KEY = make_ed25519()
NOTE: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}],
    "id": "https://wien.test/n/1",
    "type": "Note",
    "content": "Treffen um 18 Uhr",
    "location": {"latitude": 48.2082, "longitude": 16.0},
}


def secret(text: str) -> Ed25519PrivateKey:
    """The private key in a `secretKeyMultibase`; only tests read such a thing."""
    return Ed25519PrivateKey.from_private_bytes(multibase.decode(text)[2:])


def proven(document: dict[str, Any] = NOTE, **changed: Any) -> dict[str, Any]:
    return prove(document, **{"key": KEY, "verification_method": METHOD, "created": NOW, **changed})


def believe(document: dict[str, Any], now: datetime = NOW, key: Any = None) -> Proof:
    """The first proof, when all three steps let it pass."""
    proof = read_proofs(document)[0]
    check(proof, document, now=now)
    verify(document, proof, key or KEY.public_key())
    return proof


def with_proof(document: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The document, these members of its proof replaced or, where None, gone."""
    proof = {**document["proof"], **members}
    return {**document, "proof": {n: v for n, v in proof.items() if v is not None}}


def test_the_vectors_of_w3c_are_reached_step_by_step() -> None:
    assert canonical(W3C["unsigned"]).decode() == W3C["canonical_document"]
    assert canonical(W3C["proof_options"]).decode() == W3C["canonical_options"]
    digests = [sha256(W3C[f"canonical_{part}"].encode()) for part in ("options", "document")]
    assert [d.hexdigest() for d in digests] == [W3C["options_hash"], W3C["document_hash"]]
    assert "".join(d.hexdigest() for d in digests) == W3C["combined_hash"]
    assert multibase.decode(W3C["proof_value"]).hex() == W3C["signature"]


def test_the_document_of_w3c_is_signed_to_the_letter_and_believed() -> None:
    options = W3C["proof_options"]
    signed = prove(
        W3C["unsigned"],
        key=secret(W3C["key_pair"]["privateKeyMultibase"]),
        verification_method=options["verificationMethod"],
        created=datetime.fromisoformat(options["created"]),
    )
    assert signed == W3C["signed"]
    believe(W3C["signed"], key=read_multibase(W3C["key_pair"]["publicKeyMultibase"]))


def test_the_document_of_fep_8b32_is_signed_to_the_letter_and_believed() -> None:
    signed = prove(
        FEP["unsigned"],
        key=secret(FEP["secret_key"]),
        verification_method=FEP["verification_method"],
        created=datetime.fromisoformat(FEP["created"]),
    )
    assert signed == FEP["signed"]
    key = read_multibase(FEP["actor"]["assertionMethod"][0]["publicKeyMultibase"])
    proof = believe(FEP["signed"], key=key)
    assert proof.verification_method == FEP["actor"]["assertionMethod"][0]["id"]


def test_the_identity_proof_of_fep_c390_without_any_context_is_believed() -> None:
    text = FEP["identity_proof"]["subject"].removeprefix("did:key:")
    believe(FEP["identity_proof"], key=read_multibase(text))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(codec="utf-8"))
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
# The other library leaves an empty `@context` out of what it hashes.
_SPECIAL = {"proof", "signature", "@context"}
DOCUMENTS = st.dictionaries(st.text().filter(lambda key: key not in _SPECIAL), JSON)


@given(DOCUMENTS)
def test_another_library_believes_our_proofs_on_random_documents(document: dict[str, Any]) -> None:
    verifier = ProofVerifier(public_multibase(KEY.public_key()))
    assert verifier.verify(proven(document), raise_on_fail=True) == METHOD


@given(DOCUMENTS)
def test_we_believe_the_proofs_of_another_library_on_random_documents(
    document: dict[str, Any],
) -> None:
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod",
        "verificationMethod": METHOD,
        "created": "2026-12-05T17:00:00Z",
    }
    believe(ProofSigner(KEY).sign(document, options))


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
    believe(document)
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


def test_d19_an_expired_proof_is_refused_to_the_second() -> None:
    document = proven(expires=NOW + timedelta(hours=1))
    believe(document, now=NOW + timedelta(minutes=59, seconds=59))
    with pytest.raises(ProofExpired, match="expired"):
        believe(document, now=NOW + timedelta(hours=1))


def test_a_proof_from_the_future_is_refused() -> None:
    document = proven()
    believe(document, now=NOW - timedelta(minutes=5))
    with pytest.raises(ProofExpired, match="future"):
        believe(document, now=NOW - timedelta(minutes=5, seconds=1))


def test_an_old_proof_does_not_age() -> None:
    believe(proven(), now=NOW + timedelta(days=36500))


def test_d19_a_proof_for_another_purpose_is_refused() -> None:
    document = proven(purpose="authentication")
    with pytest.raises(ProofInvalid, match="purpose"):
        believe(document)
    check(read_proofs(document)[0], document, now=NOW, purpose="authentication")


def test_a_linked_data_signature_added_afterwards_does_not_break_the_proof() -> None:
    document = proven()
    believe({**document, "signature": {"type": "RsaSignature2017", "signatureValue": "YQ=="}})


@pytest.mark.parametrize("signature", ["x", {"type": "Note"}])
def test_another_thing_called_signature_is_part_of_the_document(signature: Any) -> None:
    believe(proven({**NOTE, "signature": signature}))
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


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        proven(created=NOW.replace(tzinfo=None))
