"""The rotation of our keys in the database: who knows which, and what becomes of the old ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.outward.audience import destinations
from federation.outward.lanes import ACTOR_UPDATE
from federation.ports import Destination
from keys.vault import Vault
from node.community import store
from node.community.keyring import PURPOSE
from node.community.model import ActorKey
from node.ids import rfc3339, stamp
from node.storage.database import Transaction
from node.storage.disclosures import told_about
from node.storage.schemes import known_key
from node.urls import Urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far a new key has come: `told` hosts know of the actor, `behind` of them hold `key`."""

    key: ActorKey
    told: int
    behind: int


async def hosts_that_know(tx: Transaction, actor: str, urls: Urls) -> list[Destination]:
    """One inbox for each host that ever stored this actor of ours, as far as we can know.

    Its followers, whom it follows, and every host for which a delivery was ever begun; for the
    relay also every host of which an actor was fetched, since its key signed that request.
    """
    ways = [
        *await _of_followers(tx, actor),
        *(await _of_followed(tx) if actor == urls.community else []),
        *await _attempted(tx, actor),
        # of a member's own actor also where something went long ago
        *await told_about(tx, actor),
        *(await _of_fetched(tx) if actor == urls.relay else []),
    ]
    chosen: dict[str, Destination] = {}
    for way in ways:
        chosen.setdefault(way.host, way)
    return [chosen[host] for host in sorted(chosen)]


async def _of_followers(tx: Transaction, actor: str) -> list[Destination]:
    found = await store.followers(tx, actor)
    return destinations((one.inbox, one.shared_inbox, one.actor) for one in found)


async def _of_followed(tx: Transaction) -> list[Destination]:
    rows = await tx.rows("select inbox, actor from following order by since, actor")
    return destinations((row["inbox"], None, row["actor"]) for row in rows)


async def _attempted(tx: Transaction, actor: str) -> list[Destination]:
    """What took something first: an inbox may be gone while its host is not."""
    rows = await tx.rows(
        "select d.inbox, d.host, max(case when d.state = 'done' then 1 else 0 end) as took "
        "from outgoing o join delivery d on d.activity_id = o.id "
        "where o.actor = :actor and d.attempts > 0 "
        "group by d.inbox, d.host order by took desc, d.inbox",
        actor=actor,
    )
    return [Destination(inbox=row["inbox"], host=row["host"]) for row in rows]


async def _of_fetched(tx: Transaction) -> list[Destination]:
    rows = await tx.rows("select id, inbox, shared_inbox from remote_actor order by id")
    return destinations((row["inbox"], row["shared_inbox"], row["id"]) for row in rows)


async def assume_known(
    tx: Transaction, actor: str, key_id: str, hosts: list[str], at: datetime
) -> None:
    """Keep that these hosts hold this key, where nothing else is known of them."""
    await tx.run_many(
        "insert into host_key_ack (actor, host, key_id, at) "
        "values (:actor, :host, :key_id, :at) on conflict (actor, host) do nothing",
        [{"actor": actor, "host": host, "key_id": key_id, "at": stamp(at)} for host in hosts],
    )


async def withdraw_announcements(tx: Transaction, actor: str, now: datetime) -> int:
    """Cancel what still waits to bring an earlier key of this actor; how many."""
    return await tx.run(
        "update delivery set state = 'cancelled', reason = 'superseded', done_at = :now "
        "where state = 'due' and (lease is null or lease_until <= :now) and activity_id in "
        "(select id from outgoing where actor = :actor and announces_key is not null)",
        actor=actor,
        now=stamp(now),
    )


async def spread(tx: Transaction, key: ActorKey) -> Spread:
    """How many hosts know of the key's actor, and how many of them still hold this key."""
    row = await tx.row(
        "select count(*) as told, "
        "coalesce(sum(case when key_id = :key then 1 else 0 end), 0) as behind "
        "from host_key_ack where actor = :actor",
        actor=key.actor,
        key=key.id,
    )
    # An aggregate always answers with one row.
    assert row is not None
    return Spread(key=key, told=int(row["told"]), behind=int(row["behind"]))


async def shown_to(tx: Transaction, actor: str, host: str | None) -> list[ActorKey]:
    """All keys, without the signing keys of this actor of which `host` was not yet told.

    A Mastodon that met a new key before the Update which vouches for it would let all its people
    unfollow and follow anew. Who asks need not be proven: every one of these keys is ours. `host`
    is None for whoever does not say who asks, and gets them all.
    """
    keys = await store.keys(tx)
    own = [key for key in keys if key.actor == actor and key.kind == "rsa"]
    known = await known_key(tx, actor, host) if host else None
    older = [key for key in own[:-1] if key.id == known and key.retired_at is None]
    if host is None or not older or await _was_told(tx, own[-1], host):
        return keys
    newer = own[own.index(older[0]) + 1 :]
    return [key for key in keys if key not in newer]


async def _was_told(tx: Transaction, key: ActorKey, host: str) -> bool:
    """Whether the host may have an Update with this key, or will in a moment: an attempt counts,
    for its answer may have been lost; and some servers fetch the actor before they answer."""
    row = await tx.row(
        "select 1 as told from outgoing o join delivery d on d.activity_id = o.id "
        "where o.object_id = :actor and o.kind = :kind and o.created >= :since "
        "and d.host = :host and d.attempts > 0 limit 1",
        actor=key.actor,
        kind=ACTOR_UPDATE,
        since=stamp(key.created),
        host=host,
    )
    return row is not None


async def states(tx: Transaction) -> dict[str, dict[str, object]]:
    """By key id: "current", "retiring" with how many hosts have a newer one, or "retired"."""
    keys = await store.keys(tx)
    newest = {(key.actor, key.kind): key.id for key in keys}
    return {key.id: await _state(tx, key, newest[key.actor, key.kind]) for key in keys}


async def _state(tx: Transaction, key: ActorKey, newest: str) -> dict[str, object]:
    if key.retired_at is not None:
        return {"state": "retired", "retired": rfc3339(key.retired_at)}
    if key.id == newest:
        return {"state": "current"}
    far = await spread(tx, key)
    return {"state": "retiring", "hosts": far.told, "moved": far.told - far.behind}


async def retire(tx: Transaction, key: ActorKey, now: datetime) -> None:
    """Destroy the private half; hosts that still hold the key get the newest from now on."""
    await tx.run(
        "update actor_key set sealed = :nothing, retired_at = :now where id = :id",
        nothing=b"",
        now=stamp(now),
        id=key.id,
    )
    await tx.run(
        "delete from host_key_ack where actor = :actor and key_id = :id",
        actor=key.actor,
        id=key.id,
    )


async def reseal(tx: Transaction, vault: Vault) -> int:
    """Seal with the vault's own master key what an older one had sealed; how many."""
    changed = 0
    for key in await store.keys(tx):
        if key.retired_at is None and vault.needs_resealing(key.sealed):
            sealed = vault.reseal(key.sealed, row=key.id, purpose=PURPOSE)
            changed += await tx.run(
                "update actor_key set sealed = :sealed where id = :id", sealed=sealed, id=key.id
            )
    return changed
