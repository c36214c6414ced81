"""Looking at a signature or a proof to explain it: what it covers, by whom, and whether it holds.

Nothing is believed because of what is said here: that is for `authenticate` and `proofs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from activitypub.errors import DocumentError
from activitypub.parsing import parse as parse_json
from activitypub.shapes import id_of
from federation.errors import FederationError, NotBelieved
from federation.ports import KeyUse
from federation.trust.proofs import author_of
from keys import http_signatures, proofs
from keys.dates import read_date
from keys.errors import KeysError, ProofExpired, SignatureTooOld
from keys.http_signatures import Signature
from keys.keypair import PublicKey
from keys.linked_data import has_signature
from keys.message import Request
from keys.proofs import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is to be said of one signature or proof.

    `holds` tells of the bytes and of the key's owner, `in_time` of the clock; `reason` is the slug
    of what is wrong. `owner` is None when the key was given by hand or could not be had.
    """

    kind: str
    holds: bool
    in_time: bool
    reason: str | None
    says: tuple[str, ...]
    key: str | None = None
    owner: str | None = None
    covered: tuple[str, ...] = ()
    made: datetime | None = None


class KeySource(Protocol):
    """Where keys come from."""

    async def key(self, key_id: str, use: KeyUse) -> tuple[str | None, PublicKey]:
        """The key's owner, proven from both ends, and the key; None for a key given by hand.

        Raises: FederationError, KeysError.
        """


class GivenKey:
    """One key for everything, given by hand."""

    def __init__(self, key: PublicKey) -> None:
        self._key = key

    async def key(self, key_id: str, use: KeyUse) -> tuple[str | None, PublicKey]:
        """The key, and nobody."""
        return None, self._key


async def examine_request(request: Request, keys: KeySource, now: datetime) -> Found:
    """What is to be said of the signature of a request, sent whenever it was."""
    try:
        signature = http_signatures.parse(request)
    except KeysError as error:
        return _not("signature", error)
    facts: dict[str, Any] = {
        "kind": signature.scheme.value,
        "key": signature.key_id,
        "covered": signature.covered,
    }
    try:
        made = facts["made"] = _made(request, signature)
        http_signatures.check(
            request, signature, now=made, authorities=frozenset({request.authority})
        )
        owner, key = await keys.key(signature.key_id, KeyUse.SIGNING)
        http_signatures.verify(request, signature, key)
    except (KeysError, FederationError) as error:
        return _not(error=error, **facts)
    stranger = _other_actor(request.body, owner)
    if stranger:
        said = ("The signature is good.", stranger)
        return Found(
            holds=False, in_time=True, reason="not-the-actor", says=said, owner=owner, **facts
        )
    age, in_time = _time_of_request(request, signature, made, now)
    return Found(
        holds=True,
        in_time=in_time,
        reason=None if in_time else SignatureTooOld.reason,
        says=("The signature is good.", _ownership(owner), age),
        owner=owner,
        **facts,
    )


async def examine_document(
    document: Mapping[str, Any], keys: KeySource, now: datetime
) -> tuple[Found, ...]:
    """What is to be said of each proof of a document; of a lack of them as well."""
    try:
        found = proofs.read_proofs(document)
    except KeysError as error:
        hint = "It carries a linked-data signature, which proves nothing here."
        return (_not("proof", error, *([hint] if has_signature(document) else [])),)
    return tuple([await _examine_proof(document, proof, keys, now) for proof in found])


async def _examine_proof(
    document: Mapping[str, Any], proof: Proof, keys: KeySource, now: datetime
) -> Found:
    facts: dict[str, Any] = {
        "kind": proof.cryptosuite,
        "key": proof.verification_method,
        "covered": tuple(name for name in document if name != "proof"),
        "made": proof.created,
    }
    try:
        late = _time_of_proof(document, proof, now)
        owner, key = await keys.key(proof.verification_method, KeyUse.ASSERTION)
        proofs.verify(document, proof, key)
    except (KeysError, FederationError) as error:
        return _not(error=error, **facts)
    if owner is not None and author_of(document) != owner:
        said = ("The proof is good.", "But the document names somebody else as its author.")
        return Found(
            holds=False, in_time=True, reason="not-the-author", says=said, owner=owner, **facts
        )
    says = ("The proof is good.", _ownership(owner), *([late] if late else []))
    return Found(
        holds=True,
        in_time=not late,
        reason=ProofExpired.reason if late else None,
        says=says,
        owner=owner,
        **facts,
    )


def _not(kind: str, error: KeysError | FederationError, *more: str, **facts: Any) -> Found:
    if isinstance(error, FederationError) and not isinstance(error, NotBelieved):
        more = (*more, "So the key could not be had, and whether it holds cannot be told.")
    says = (str(error), *more)
    return Found(kind=kind, holds=False, in_time=True, reason=error.reason, says=says, **facts)


def _made(request: Request, signature: Signature) -> datetime:
    """When it says that it was signed, the later of two moments. Raises: KeysError."""
    moments = [] if signature.created is None else [signature.created]
    if "date" in signature.covered:
        moments.append(read_date(request.header("date") or ""))
    if not moments:
        raise SignatureTooOld("The time is not signed, so that it can be replayed for ever.")
    return max(moments)


def _time_of_request(
    request: Request, signature: Signature, made: datetime, now: datetime
) -> tuple[str, bool]:
    try:
        http_signatures.check(
            request, signature, now=now, authorities=frozenset({request.authority})
        )
    except SignatureTooOld as error:
        return f"It would not be taken in now. {error} {_age(made, now)}", False
    return _age(made, now), True


def _time_of_proof(document: Mapping[str, Any], proof: Proof, now: datetime) -> str | None:
    """What is wrong with its time, None when nothing is. Raises: KeysError for all else."""
    try:
        proofs.check(proof, document, now=now)
    except ProofExpired as error:
        return str(error)
    return None


def _age(made: datetime, now: datetime) -> str:
    seconds = int((now - made).total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if abs(seconds) >= length:
            many = abs(seconds) // length
            when = "ago" if seconds > 0 else "from now"
            return f"It was signed {many} {unit}{'' if many == 1 else 's'} {when}."
    return "It was signed just now."


def _ownership(owner: str | None) -> str:
    if owner is None:
        return "The key was given by hand: whose it is was not asked."
    return "The owner lists this key and the key names the owner, both on one server."


def _other_actor(body: bytes, owner: str | None) -> str | None:
    """What is wrong between the signer and whom the body names; None when nothing is."""
    try:
        actor = id_of(parse_json(body).get("actor")) if body else None
    except DocumentError:
        return None
    if owner is None or actor is None or actor == owner:
        return None
    return "But the body names somebody else as its actor."
