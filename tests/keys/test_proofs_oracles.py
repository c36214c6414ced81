"""The vectors of W3C and of the FEPs, and another library, agree with us about integrity proofs."""

from __future__ import annotations

import json
import pathlib
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from apsig import ProofSigner, ProofVerifier
from hypothesis import given
from hypothesis import strategies as st

from keys import multibase
from keys.jcs import canonical
from keys.keypair import Ed25519PrivateKey
from keys.proofs import prove
from keys.serialisation import public_multibase, read_multibase
from tests.support.proving import KEY, METHOD, NOW, believe, proven

VECTORS = pathlib.Path(__file__).parent / "vectors"
W3C = json.loads((VECTORS / "eddsa-jcs-2022.json").read_text())
FEP = json.loads((VECTORS / "fep-8b32.json").read_text())


def secret(text: str) -> Ed25519PrivateKey:
    """The private key in a `secretKeyMultibase`; only tests read such a thing."""
    return Ed25519PrivateKey.from_private_bytes(multibase.decode(text)[2:])


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
    proof = believe(W3C["signed"], key=read_multibase(W3C["key_pair"]["publicKeyMultibase"]))
    assert proof.verification_method == options["verificationMethod"]


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
    proof = believe(FEP["identity_proof"], key=read_multibase(text))
    assert proof.verification_method == FEP["identity_proof"]["proof"]["verificationMethod"]


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
    proof = believe(ProofSigner(KEY).sign(document, options))
    assert (proof.verification_method, proof.created) == (METHOD, NOW - timedelta(hours=1))
