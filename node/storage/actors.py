"""Actors of other servers in the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from federation.ports import KeyForm, KeyUse, RemoteActor, RemoteKey, Unproven
from federation.trust.succession import announce, doubtful, owner_among, succeed
from node.ids import moment, stamp
from node.storage.database import Database, Row, Transaction

_BY_ID = """
select id, type, username, host, name, inbox, shared_inbox, followers, outbox, url, fetched_at,
    document, rules, unproven_since, announced
from remote_actor where id = :id
"""
_UNPROVEN = """
select id, host, name, unproven_since from remote_actor where unproven_since is not null order by id
"""
_KEEP = """
insert into remote_actor (id, type, username, host, name, inbox, shared_inbox, followers, outbox,
    url, fetched_at, document, rules, unproven_since, announced)
values (:id, :type, :username, :host, :name, :inbox, :shared_inbox, :followers, :outbox, :url,
    :fetched_at, :document, :rules, :unproven_since, :announced)
on conflict (id) do update set type = excluded.type, username = excluded.username,
    host = excluded.host, name = excluded.name, inbox = excluded.inbox,
    shared_inbox = excluded.shared_inbox, followers = excluded.followers,
    outbox = excluded.outbox, url = excluded.url, fetched_at = excluded.fetched_at,
    document = excluded.document, rules = excluded.rules,
    unproven_since = excluded.unproven_since, announced = excluded.announced
"""
_ADD_KEY = """
insert into remote_key (id, actor, place, text, form, usage, expires)
values (:id, :actor, :place, :text, :form, :usage, :expires)
"""


class StoredActors:
    """`ActorCache` over the database; each call is one transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The kept actor, None if never fetched or forgotten."""
        return await self._database.read(lambda tx: _by_id(tx, actor_id))

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        """The kept actor that lists this key id."""

        async def work(tx: Transaction) -> RemoteActor | None:
            rows = await tx.rows("select actor from remote_key where id = :id", id=key_id)
            owner = owner_among(key_id, [row["actor"] for row in rows])
            return await _by_id(tx, owner) if owner else None

        return await self._database.read(work)

    async def keep(self, actor: RemoteActor) -> RemoteActor:
        """Keep it in place of what was kept under its id; as it is now kept."""

        async def work(tx: Transaction) -> RemoteActor:
            kept = succeed(await _by_id(tx, actor.id), actor)
            await _write(tx, kept)
            return kept

        return await self._database.write(work)

    async def forget(self, actor_id: str) -> None:
        """Drop it with its keys; nothing happens if it is not there."""

        async def work(tx: Transaction) -> None:
            await tx.run("delete from remote_actor where id = :id", id=actor_id)

        await self._database.write(work)

    async def unproven(self) -> list[Unproven]:
        """The actors whose keys are unproven; by id."""

        async def work(tx: Transaction) -> list[Unproven]:
            return [
                Unproven(
                    id=row["id"],
                    host=row["host"],
                    name=row["name"],
                    since=moment(row["unproven_since"]),
                )
                for row in await tx.rows(_UNPROVEN)
            ]

        return await self._database.read(work)

    async def doubtful(self, actor_ids: Collection[str]) -> frozenset[str]:
        """Those of these actors who may be somebody else by now."""
        return doubtful(actor_ids, await self.unproven())

    async def confirm(self, actor_id: str) -> bool:
        """Take an unproven actor for the same as before; whether there was one."""

        async def work(tx: Transaction) -> bool:
            changed = await tx.run(
                "update remote_actor set unproven_since = null "
                "where id = :id and unproven_since is not null",
                id=actor_id,
            )
            return changed > 0

        return await self._database.write(work)


async def note_announced(
    tx: Transaction, actor_id: str, keys: Iterable[RemoteKey], received: datetime
) -> None:
    """What an Update of the actor with these keys, received then, says of its keys to come."""
    held = await _by_id(tx, actor_id)
    if held is None:
        return
    told = announce(held, keys, received)
    if told != held:
        await tx.run(
            "update remote_actor set unproven_since = :unproven_since, announced = :announced "
            "where id = :id",
            id=actor_id,
            unproven_since=_stamp(told.unproven_since),
            announced=json.dumps(sorted(told.announced)),
        )


async def unproven_count(tx: Transaction) -> int:
    """How many actors have exchanged all keys with nobody to vouch for it."""
    row = await tx.row("select count(*) as many from remote_actor where unproven_since is not null")
    return int(row["many"]) if row else 0


async def _write(tx: Transaction, actor: RemoteActor) -> None:
    await tx.run(_KEEP, **_values(actor))
    await tx.run("delete from remote_key where actor = :actor", actor=actor.id)
    await tx.run_many(
        _ADD_KEY,
        [
            {
                "id": key.id,
                "actor": actor.id,
                "place": place,
                "text": key.text,
                "form": key.form.value,
                "usage": key.use.value,
                "expires": _stamp(key.expires),
            }
            for place, key in enumerate(actor.keys)
        ],
    )


def _values(actor: RemoteActor) -> dict[str, Any]:
    return {
        "id": actor.id,
        "type": actor.type,
        "username": actor.username,
        "host": actor.host,
        "name": actor.name,
        "inbox": actor.inbox,
        "shared_inbox": actor.shared_inbox,
        "followers": actor.followers,
        "outbox": actor.outbox,
        "url": actor.url,
        "fetched_at": stamp(actor.fetched_at),
        "document": actor.document,
        "rules": actor.rules,
        "unproven_since": _stamp(actor.unproven_since),
        "announced": json.dumps(sorted(actor.announced)),
    }


async def _by_id(tx: Transaction, actor_id: str) -> RemoteActor | None:
    row = await tx.row(_BY_ID, id=actor_id)
    return _actor(row, await _keys(tx, actor_id)) if row else None


async def _keys(tx: Transaction, actor_id: str) -> tuple[RemoteKey, ...]:
    rows = await tx.rows(
        "select id, text, form, usage, expires from remote_key where actor = :actor order by place",
        actor=actor_id,
    )
    return tuple(
        RemoteKey(
            id=row["id"],
            text=row["text"],
            form=KeyForm(row["form"]),
            use=KeyUse(row["usage"]),
            expires=_moment(row["expires"]),
        )
        for row in rows
    )


def _actor(row: Row, keys: tuple[RemoteKey, ...]) -> RemoteActor:
    return RemoteActor(
        id=row["id"],
        type=row["type"],
        username=row["username"],
        host=row["host"],
        name=row["name"],
        inbox=row["inbox"],
        shared_inbox=row["shared_inbox"],
        followers=row["followers"],
        outbox=row["outbox"],
        url=row["url"],
        keys=keys,
        fetched_at=moment(row["fetched_at"]),
        document=bytes(row["document"]),
        rules=row["rules"],
        unproven_since=_moment(row["unproven_since"]),
        announced=frozenset(json.loads(row["announced"])),
    )


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None
