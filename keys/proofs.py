"""Integrity proofs on JSON objects: `DataIntegrityProof` with `eddsa-jcs-2022`, nothing else.

A proof is believed in three steps, cheapest first: `read_proofs` reads the claims, `check` tests
all that needs no key, `verify` proves one of them. Whose the key is, and whether that actor may
speak for the document, is the caller's question: nothing here knows actors.

Spec: W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3; W3C Data Integrity 1.0, 2.1, 4; FEP-8b32.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature

from keys import linked_data, multibase
from keys.errors import (
    AlgorithmRefused,
    KeyUnreadable,
    ProofExpired,
    ProofInvalid,
    ProofMalformed,
    ProofMissing,
)
from keys.jcs import canonical
from keys.keypair import Ed25519PrivateKey, Ed25519PublicKey, PublicKey

TYPE, CRYPTOSUITE, PURPOSE = "DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"
AHEAD = timedelta(minutes=5)
MOST_PROOFS = 16
LONGEST_METHOD = 2048

_VALUE_BYTES = 64
_LONGEST_VALUE = 89  # `z` and 64 bytes in base58btc
_METHOD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
# An offset is required: a time without one means different moments to different readers.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who claims to vouch for a document; all of it is a claim until `verify` has returned.

    `created` and `expires` are aware, None where not sent. `options` is the proof as sent without
    its value: it is signed along with the document.
    """

    verification_method: str
    purpose: str
    cryptosuite: str
    created: datetime | None
    expires: datetime | None
    value: bytes = field(repr=False)
    options: Mapping[str, Any] = field(repr=False)


def read_proofs(document: Mapping[str, Any]) -> tuple[Proof, ...]:
    """The proofs of a document that we can read, in their order, out of one or a set of up to 16.

    Proofs of other types and cryptosuites prove nothing here, and take nothing from ours.
    Raises: ProofMissing, ProofMalformed, AlgorithmRefused (only such others). Spec: FEP-8b32.
    """
    sent = document.get("proof")
    proofs = sent if isinstance(sent, list) else [sent]
    if sent is None or not proofs:
        raise ProofMissing("The document carries no proof.")
    if len(proofs) > MOST_PROOFS:
        raise ProofMalformed("The document carries too many proofs.")
    read = [proof for proof in proofs if isinstance(proof, dict)]
    if len(read) < len(proofs):
        raise ProofMalformed("A proof is a JSON object.")
    ours = [proof for proof in read if _is_of_our_suite(proof)]
    if not ours:
        raise AlgorithmRefused("Only DataIntegrityProof with eddsa-jcs-2022 is accepted.")
    return tuple(_read(proof) for proof in ours)


def _is_of_our_suite(proof: Mapping[str, Any]) -> bool:
    return proof.get("type") == TYPE and proof.get("cryptosuite") == CRYPTOSUITE


def _read(proof: Mapping[str, Any]) -> Proof:
    # A chain would make this proof speak of another one, which nobody in the fediverse sends.
    if "previousProof" in proof:
        raise ProofMalformed("Chains of proofs are not accepted.")
    return Proof(
        verification_method=_method(proof.get("verificationMethod")),
        purpose=_purpose(proof.get("proofPurpose")),
        cryptosuite=CRYPTOSUITE,
        created=_moment(proof.get("created")),
        expires=_moment(proof.get("expires")),
        value=_value(proof.get("proofValue")),
        options={name: value for name, value in proof.items() if name != "proofValue"},
    )


def _method(value: Any) -> str:
    fit = isinstance(value, str) and len(value) <= LONGEST_METHOD and _METHOD.fullmatch(value)
    if not fit:
        raise ProofMalformed("The verificationMethod must be one address of bearable length.")
    return str(value)


def _purpose(value: Any) -> str:
    if not isinstance(value, str):
        raise ProofMalformed("The proofPurpose must be one word.")
    return value


def _moment(value: Any) -> datetime | None:
    """None where nothing was sent. Spec: XML Schema 1.1 dateTimeStamp."""
    if value is None:
        return None
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ProofMalformed("A time of a proof must be a dateTimeStamp.")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ProofMalformed("There is no such day or time.") from error


def _value(value: Any) -> bytes:
    if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
        raise ProofMalformed("The proofValue must be a base58btc text of 64 bytes.")
    try:
        data = multibase.decode(value)
    except KeyUnreadable as error:
        raise ProofMalformed("The proofValue is not base58btc.") from error
    if len(data) != _VALUE_BYTES:
        raise ProofMalformed("The proofValue must have 64 bytes.")
    return data


def check(
    proof: Proof, document: Mapping[str, Any], *, now: datetime, purpose: str = PURPOSE
) -> None:
    """Nothing when all is well that can be known without the key: purpose, time and `@context`.

    `now` is aware. The standard lets a document have more contexts than its proof; then nobody
    has signed the rest, so only equal ones are accepted. A proof without a `@context` is common
    (Mitra, Fedify) and no weaker: the document's own is signed whole.
    Raises: ProofInvalid, ProofExpired. Spec: EdDSA Cryptosuites 3.3.2.
    """
    if proof.purpose != purpose:
        raise ProofInvalid("The proof was made for another purpose.")
    if "@context" in proof.options and proof.options["@context"] != document.get("@context"):
        raise ProofInvalid("The proof was made for another @context.")
    if proof.created is not None and proof.created - now > AHEAD:
        raise ProofExpired("The proof lies in the future.")
    if proof.expires is not None and proof.expires <= now:
        raise ProofExpired("The proof has expired.")


def verify(document: Mapping[str, Any], proof: Proof, key: PublicKey) -> None:
    """Nothing when `key` made this proof over this document.

    What is proven is the document without its `proof`, and without a linked-data signature, which
    was added afterwards: never act on that one.
    Raises: ProofInvalid, AlgorithmRefused (no Ed25519 key), NotCanonical.
    Spec: EdDSA Cryptosuites 3.3.2-3.3.7, FEP-8b32.
    """
    if not isinstance(key, Ed25519PublicKey):
        raise AlgorithmRefused("eddsa-jcs-2022 needs an Ed25519 key.")
    digest = _digest(_unsecured(document))
    if not any(
        _proves(key, proof.value, _digest(options) + digest)
        for options in _readings(document, proof)
    ):
        raise ProofInvalid("The proof was not made by this key over this document.")


def _readings(document: Mapping[str, Any], proof: Proof) -> list[Mapping[str, Any]]:
    """What may have been signed as options: those sent, or those with the document's context.

    Fedify signs the second and sends the first. Both bind the whole document.
    """
    if "@context" in proof.options or "@context" not in document:
        return [proof.options]
    return [proof.options, {**proof.options, "@context": document["@context"]}]


def _unsecured(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document that is signed; a linked-data signature comes after the proof (FEP-8b32)."""
    unsecured = dict(document)
    unsecured.pop("proof", None)
    if linked_data.has_signature(document):
        del unsecured["signature"]
    return unsecured


def _digest(value: Mapping[str, Any]) -> bytes:
    return sha256(canonical(value)).digest()


def _proves(key: Ed25519PublicKey, value: bytes, text: bytes) -> bool:
    try:
        key.verify(value, text)
    except InvalidSignature:
        return False
    return True


def prove(
    document: Mapping[str, Any],
    *,
    key: Ed25519PrivateKey,
    verification_method: str,
    created: datetime,
    purpose: str = PURPOSE,
    expires: datetime | None = None,
) -> dict[str, Any]:
    """The document with a proof; where it has some already, the new one joins them as a set.

    `created` and `expires` are aware; parts of a second are dropped.
    Raises: NotCanonical, ProofMalformed (no room for another proof). Spec: EdDSA Cryptosuites
    3.3.1.
    """
    earlier = document.get("proof")
    earlier = earlier if isinstance(earlier, list) else [earlier] if earlier is not None else []
    if len(earlier) >= MOST_PROOFS:
        raise ProofMalformed("The document carries too many proofs.")
    options = _options(document, verification_method, purpose, created, expires)
    value = key.sign(_digest(options) + _digest(_unsecured(document)))
    proof = {**options, "proofValue": multibase.encode(value)}
    return {**document, "proof": [*earlier, proof] if earlier else proof}


def _options(
    document: Mapping[str, Any],
    method: str,
    purpose: str,
    created: datetime,
    expires: datetime | None,
) -> dict[str, Any]:
    options = {"type": TYPE, "cryptosuite": CRYPTOSUITE, "created": _stamp(created)}
    if expires is not None:
        options["expires"] = _stamp(expires)
    options |= {"verificationMethod": method, "proofPurpose": purpose}
    if "@context" in document:
        options["@context"] = document["@context"]
    return options


def _stamp(moment: datetime) -> str:
    """Raises: ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
