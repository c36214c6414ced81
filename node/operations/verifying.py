"""Signatures and proofs explained to a person, with a running node, without one, and offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from activitypub.errors import DocumentError
from activitypub.identity import same_origin
from activitypub.parsing import parse
from federation.errors import NotBelieved
from federation.ports import KeyUse
from federation.trust.actors import RemoteActors
from federation.trust.examining import Found, GivenKey, KeySource, examine_document, examine_request
from keys.errors import KeysError
from keys.keypair import PublicKey
from keys.serialisation import read_multibase, read_public_pem
from node.community.model import ActorKey
from node.errors import Invalid
from node.ids import rfc3339
from node.operations.saved import read_saved

Json = dict[str, Any]


class EveryonesKeys:
    """`KeySource`: our own keys from the database, those of others from their servers."""

    def __init__(self, actors: RemoteActors, ours: Sequence[ActorKey], origin: str) -> None:
        self._actors = actors
        self._ours = {key.id: key for key in ours}
        self._origin = origin

    async def key(self, key_id: str, use: KeyUse) -> tuple[str | None, PublicKey]:
        """The key's owner, proven from both ends, and the key. Raises: FederationError."""
        if same_origin(key_id, self._origin):
            return self._own(key_id)
        owner, key = await self._actors.key(key_id, use=use)
        return owner.id, key

    def _own(self, key_id: str) -> tuple[str, PublicKey]:
        key = self._ours.get(key_id)
        if key is None:
            raise NotBelieved("key-not-listed", "This server never had a key of this name.")
        return key.actor, read_given(key.public)


def read_given(text: str) -> PublicKey:
    """A public key as a person hands it in: PEM or Multikey. Raises: Invalid."""
    try:
        is_pem = text.lstrip().startswith("-----")
        return read_public_pem(text) if is_pem else read_multibase(text.strip())
    except KeysError as wrong:
        raise Invalid({"key": str(wrong)}) from wrong


def given(text: str) -> KeySource:
    """A source of this one key. Raises: Invalid."""
    return GivenKey(read_given(text))


async def verify_content(
    content: bytes, *, origin: str | None, keys: KeySource, now: datetime
) -> Json:
    """What is to be said of a saved request, or of a JSON document with proofs. Raises: Invalid."""
    if content.lstrip()[:1] != b"{":
        request = read_saved(content, origin)
        found = await examine_request(request, keys, now)
        return {"what": f"{request.method} {request.url}", **_told([found])}
    try:
        document = parse(content)
    except DocumentError as wrong:
        raise Invalid({"file": str(wrong)}) from wrong
    return await verify_document(document, keys=keys, now=now)


async def verify_document(document: Json, *, keys: KeySource, now: datetime) -> Json:
    """What is to be said of the proofs of a document."""
    found = await examine_document(document, keys, now)
    return {"what": str(document.get("id") or "a document without an id"), **_told(found)}


def _told(found: Sequence[Found]) -> Json:
    return {"holds": all(one.holds for one in found), "found": [_one(one) for one in found]}


def _one(found: Found) -> Json:
    return {
        "kind": found.kind,
        "holds": found.holds,
        "in_time": found.in_time,
        "reason": found.reason,
        "key": found.key,
        "owner": found.owner,
        "covered": list(found.covered),
        "made": rfc3339(found.made) if found.made else None,
        "says": list(found.says),
    }
