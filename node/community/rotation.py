"""The rotation of our own keys, so that no follower is lost and no host answers 401.

The Update that brings a new key is signed with the key that the host holds, and goes there first;
what follows is signed with the newest key which that host has acknowledged. The old private half is
destroyed when no host needs it any more, or after 90 days. Spec: reliability rule R14.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from federation.outward import outbox
from keys.vault import Vault
from node.community import key_store, store
from node.community.keyring import Pair, seal_pair
from node.community.model import ActorKey
from node.community.portraits import update_of
from node.context import Context
from node.errors import NotFound
from node.jobs import jobs
from node.storage.schemes import forget_schemes

HELD = timedelta(days=90)
"""For how long an old private key is held for hosts that do not answer."""


async def rotate(context: Context, actor: str, pair: Pair, vault: Vault) -> tuple[str, int]:
    """The id of the actor's new RSA key, and how many hosts are told.

    The old Ed25519 key is destroyed at once, for proofs are made with the newest only; its public
    half stays in the actor's document. Raises: NotFound for an actor that is not ours.
    """
    old = [key for key in await store.keys(context.tx) if key.actor == actor]
    if not old:
        raise NotFound("This is no actor of this node.")
    number = 1 + sum(key.kind == "rsa" for key in old)
    fresh = seal_pair(actor, pair, vault, context.now, number=number)
    for key in fresh:
        await store.add_key(context.tx, key)
    for key in old:
        if key.kind == "ed25519" and key.retired_at is None:
            await key_store.retire(context.tx, key, context.now)
    newest = _rsa(fresh)[-1]
    return newest.id, await _announce(context, actor, before=_rsa(old)[-1], newest=newest)


async def _announce(context: Context, actor: str, *, before: ActorKey, newest: ActorKey) -> int:
    known = await key_store.hosts_that_know(context.tx, actor, context.urls)
    await key_store.withdraw_announcements(context.tx, actor, context.now)
    hosts = [each.host for each in known]
    await key_store.assume_known(context.tx, actor, before.id, hosts, context.now)
    await outbox.put(
        context.outbox,
        await update_of(context, actor),
        object_id=actor,
        destinations=known,
        now=context.now,
        announces_key=newest.id,
    )
    return len(known)


@jobs.every(timedelta(hours=1))
async def retire_old_keys(context: Context) -> None:
    """Destroy the private keys that no host needs any more, and those that were held for 90 days;
    forget what was learned of hosts too long ago."""
    await forget_schemes(context.tx, context.now)
    keys = _rsa(await store.keys(context.tx))
    for actor in {key.actor for key in keys}:
        own = [key for key in keys if key.actor == actor]
        for old, successor in pairwise(own):
            if old.retired_at is None and await _may_go(context, old, successor):
                await key_store.retire(context.tx, old, context.now)


async def _may_go(context: Context, old: ActorKey, successor: ActorKey) -> bool:
    if context.now - successor.created >= HELD:
        return True
    return (await key_store.spread(context.tx, old)).behind == 0


def _rsa(keys: Sequence[ActorKey]) -> list[ActorKey]:
    return [key for key in keys if key.kind == "rsa"]
