"""Operations that exchange keys: those of our actors, and the master key that seals them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from node.community import key_store, rotation
from node.community.keyring import Pair, make_pair
from node.context import Context
from node.errors import NotFound
from node.master import alone, begin_exchange, end_exchange
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]


@operation("key.rotate")
async def rotate(node: Node, arguments: Arguments) -> list[Json]:
    """The new keys, and how many hosts are told. `actor`: its address or handle; all if absent."""
    actors = _actors(node, arguments.get("actor"))
    with alone(node.config.secret_file):
        # Another process may have exchanged the master key since its file was read here.
        await node.keyring.refresh()
        return [await _rotated(node, actor) for actor in actors]


async def _rotated(node: Node, actor: str) -> Json:
    pair = await asyncio.to_thread(make_pair)
    made = await node.act(_rotation(node, actor, pair))
    # At once: the courier is on its way with the news, and may have to prove the new key.
    await node.keyring.refresh()
    return made


def _rotation(node: Node, actor: str, pair: Pair) -> Callable[[Context], Awaitable[Json]]:
    vault = node.keyring.vault

    async def work(context: Context) -> Json:
        key_id, told = await rotation.rotate(context, actor, pair, vault)
        return {"id": key_id, "actor": actor, "hosts": told}

    return work


def _actors(node: Node, wanted: object) -> tuple[str, ...]:
    """The relay first: its key signs what we fetch."""
    if not wanted:
        return tuple(reversed(node.urls.actors()))
    names = {
        node.urls.community: (node.urls.community, node.urls.handle, node.urls.account),
        node.urls.relay: (node.urls.relay, "relay", f"relay@{node.urls.authority}"),
    }
    for actor, known in names.items():
        if str(wanted).removeprefix("@") in known:
            return (actor,)
    raise NotFound("There is no such actor here.")


@operation("key.rotate-master")
async def rotate_master(node: Node, arguments: Arguments) -> Json:
    """How many secrets were sealed anew; one that was broken off is brought to its end."""
    secret_file = node.config.secret_file
    with alone(secret_file):
        await asyncio.to_thread(begin_exchange, secret_file)
        # From here on the new master key seals, and both open.
        await node.keyring.refresh()
        vault = node.keyring.vault
        sealed = await node.act(lambda context: key_store.reseal(context.tx, vault))
        await asyncio.to_thread(end_exchange, secret_file)
        await node.keyring.refresh()
    return {"resealed": sealed, "file": str(secret_file)}
