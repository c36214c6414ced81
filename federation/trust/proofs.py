"""Who made this document? Answered by its integrity proofs, wherever the document came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from activitypub.identity import same_origin
from activitypub.shapes import id_of
from federation.errors import FederationError, NotBelieved
from federation.ports import Clock, KeyUse, RemoteActor
from federation.trust.actors import RemoteActors
from keys.errors import KeysError, ProofInvalid
from keys.keypair import PublicKey
from keys.proofs import Proof, check, read_proofs, verify

# Each may cost a look at its key.
MOST_PROOFS: Final = 4


class Prover:
    """Believes a document only when the actor who made it has proven it with a key of its own.

    Linked-data signatures carry no authority: a document with nothing else is not believed.
    `local_origin` is ours: nobody else proves anything with a key of this server. Spec: FEP-8b32.
    """

    def __init__(self, actors: RemoteActors, clock: Clock, local_origin: str) -> None:
        self._actors = actors
        self._clock = clock
        self._local_origin = local_origin

    async def believe(self, document: Mapping[str, Any], *, author: str) -> RemoteActor:
        """The actor `author`, who made this document and all of whose proofs hold.

        Nothing is fetched before all that needs no key is found good.
        Raises: NotBelieved, which is final; FederationError with `retry` when a key could not be
        had at the moment.
        """
        _require_author(document, author)
        try:
            proofs = self._claims(document, author)
            owners = [await self._prove(document, proof, author) for proof in proofs]
        except KeysError as error:
            raise NotBelieved.because(error) from error
        except FederationError as error:
            if error.retry or isinstance(error, NotBelieved):
                raise
            raise NotBelieved(error.reason, f"The key could not be had. {error}") from error
        return owners[0]

    def _claims(self, document: Mapping[str, Any], author: str) -> tuple[Proof, ...]:
        proofs = read_proofs(document)
        if len(proofs) > MOST_PROOFS:
            raise NotBelieved(
                "too-many-proofs", "The document carries more proofs than we ask for."
            )
        for proof in proofs:
            check(proof, document, now=self._clock.now())
            if same_origin(proof.verification_method, self._local_origin):
                raise NotBelieved("our-own-key", "Nobody else proves with a key of this server.")
            if not same_origin(proof.verification_method, author):
                raise NotBelieved("foreign-key", "The key is not of the author's server.")
        return proofs

    async def _prove(self, document: Mapping[str, Any], proof: Proof, author: str) -> RemoteActor:
        owner, key = await self._key(proof, author, refetch=False)
        try:
            verify(document, proof, key)
        except ProofInvalid:
            # The key may have been changed since: once more with what its owner lists today.
            owner, key = await self._key(proof, author, refetch=True)
            verify(document, proof, key)
        return owner

    async def _key(
        self, proof: Proof, author: str, *, refetch: bool
    ) -> tuple[RemoteActor, PublicKey]:
        method = proof.verification_method
        owner, key = await self._actors.key(method, refetch=refetch, use=KeyUse.ASSERTION)
        if owner.id != author:
            raise NotBelieved("not-the-author", "The key belongs to somebody else.")
        return owner, key


def author_of(document: Mapping[str, Any]) -> str | None:
    """Whom a document names as its maker; an actor is its own, None where it names nobody alone."""
    named = [id_of(document[name]) for name in ("actor", "attributedTo") if name in document]
    if not named and "inbox" in document:
        named = [id_of(document.get("id"))]
    return named[0] if len(set(named)) == 1 else None


def _require_author(document: Mapping[str, Any], author: str) -> None:
    if author_of(document) != author:
        raise NotBelieved("not-the-author", "The document names another author, or several.")
    document_id = document.get("id")
    if not isinstance(document_id, str) or not same_origin(document_id, author):
        raise NotBelieved("foreign-id", "The document's id is not of the author's server.")
