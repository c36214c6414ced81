"""Operations that exchange keys: those of our actors, and the master key that seals them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from node.community import key_store, rotation
from node.community.keyring import Pair, make_pair
from node.context import Context
from node.errors import NotFound
from node.mail import sealing as mail_sealing
from node.master import alone, begin_exchange, end_exchange
from node.members import persona_store
from node.moderation import case_store
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage.cast import own_actors

Json = dict[str, Any]


@operation("key.rotate")
async def rotate(node: Node, arguments: Arguments) -> list[Json]:
    """The new keys, and how many hosts are told. `actor`: its address or handle; all if absent."""
    actors = await _actors(node, arguments.get("actor"))
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


async def _actors(node: Node, wanted: object) -> tuple[str, ...]:
    """The relay first: its key signs what we fetch; members' own actors last. Raises: NotFound."""
    ours = await node.look(lambda tx: own_actors(tx, node.urls))
    members = await node.look(lambda tx: persona_store.actors(tx, node.urls))
    if not wanted:
        return (*reversed(ours), *members)
    handles = {actor: actor.rpartition("/")[2] for actor in ours} | members
    for actor, handle in handles.items():
        if str(wanted).removeprefix("@") in (actor, handle, f"{handle}@{node.urls.authority}"):
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

        async def reseal(context: Context) -> int:
            keys = await key_store.reseal(context.tx, vault)
            keys += await case_store.reseal(context.tx, vault)
            return keys + await mail_sealing.reseal(context.tx, vault)

        sealed = await node.act(reseal)
        await asyncio.to_thread(end_exchange, secret_file)
        await node.keyring.refresh()
    return {"resealed": sealed, "file": str(secret_file)}
