"""Operations on keys: ours, and what others prove with theirs."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from federation.errors import FederationError
from node.community import key_store
from node.community import store as community_store
from node.errors import Invalid, NotFound, Unavailable
from node.ids import rfc3339
from node.operations.registry import Arguments, operation
from node.operations.verifying import EveryonesKeys, given, verify_content, verify_document
from node.services import Node

Json = dict[str, Any]


@operation("key.list")
async def key_list(node: Node, arguments: Arguments) -> list[Json]:
    """Our public keys, with how far their rotation has come; never a private one."""
    states = await node.look(key_store.states)
    return [
        {
            "id": key.id,
            "actor": key.actor,
            "kind": key.kind,
            "fingerprint": hashlib.sha256(key.public.encode()).hexdigest()[:32],
            "created": rfc3339(key.created),
            **states.get(key.id, {}),
        }
        for key in await node.look(community_store.keys)
    ]


@operation("key.verify")
async def verify(node: Node, arguments: Arguments) -> Json:
    """What is to be said of a signature. `content` (base64) with `origin`, or `url`; `key`."""
    handed = _text(arguments, "key")
    ours = await node.look(community_store.keys)
    keys = given(handed) if handed else EveryonesKeys(node.actors, ours, node.urls.origin)
    url, content = _text(arguments, "url"), _text(arguments, "content")
    if url:
        return await verify_document(await _fetched(node, url), keys=keys, now=node.clock.now())
    if not content:
        raise Invalid({"content": "or a url is needed"})
    try:
        body = base64.b64decode(content, validate=True)
    except binascii.Error as wrong:
        raise Invalid({"content": "is not base64"}) from wrong
    origin = _text(arguments, "origin")
    return await verify_content(body, origin=origin, keys=keys, now=node.clock.now())


@operation("key.unproven")
async def unproven(node: Node, arguments: Arguments) -> list[Json]:
    """Actors whose keys are all new with nobody to vouch for that: the same, or somebody else?"""
    return [
        {
            "id": actor.id,
            "name": actor.name,
            "host": actor.host,
            "since": rfc3339(actor.since),
        }
        for actor in await node.actors.unproven()
    ]


@operation("key.confirm")
async def confirm(node: Node, arguments: Arguments) -> Json:
    """The actor who is taken for the same as before. `actor`: its address."""
    actor = str(arguments.get("actor") or "")
    if not await node.actors.confirm(actor):
        raise NotFound("There is no such actor whose keys are unproven.")
    return {"id": actor, "confirmed": True}


async def _fetched(node: Node, url: str) -> Json:
    try:
        return dict((await node.fetcher.document(url)).document)
    except FederationError as trouble:
        if trouble.retry:
            raise Unavailable(f"{url} cannot be reached now: {trouble}") from trouble
        raise NotFound(f"{url} was not found: {trouble}") from trouble


def _text(arguments: Arguments, name: str) -> str | None:
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid({name: "must be text"})
    return value
