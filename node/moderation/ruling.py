"""Rules made by a running node: what they are about is looked up, and they are in force at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from federation.errors import FederationError
from node.context import Context
from node.errors import NotFound
from node.moderation import store
from node.moderation.model import Target, TargetKind
from node.services import Node

T = TypeVar("T")


async def renew(node: Node) -> None:
    """Hold the rules in memory as they are in the database."""
    node.policy.replace(await node.look(store.all_rules))


async def change(node: Node, work: Callable[[Context], Awaitable[T]]) -> T:
    """What `work` returns, with the new rules in force before anybody is answered."""
    result = await node.act(work)
    await renew(node)
    return result


async def id_of(node: Node, target: Target) -> str:
    """A host, or an actor's id. What is not known here is looked up; an address of which nothing
    can be learned counts as the id itself. Raises: NotFound for a handle."""
    if (found := await known(node, target)) is not None:
        return found
    try:
        return (await node.discovery.find(target.value)).id
    except FederationError as trouble:
        if target.kind is TargetKind.ACTOR:
            return target.value
        raise NotFound(
            f"{target.value} cannot be looked up ({trouble.reason}): give the actor's address."
        ) from trouble


async def known(node: Node, target: Target) -> str | None:
    """The same, of what is known here and without asking anybody; None if it is not."""
    if target.kind is TargetKind.HOST or node.urls.is_ours(target.value):
        return target.value
    if target.value.lower() == node.urls.account:
        return node.urls.community
    find = store.actor_of_url if target.kind is TargetKind.ACTOR else store.actor_of_handle
    return await node.look(lambda tx: find(tx, target.value))
