"""Actors of other servers in the database."""

from __future__ import annotations

from federation.ports import RemoteActor, RemoteKey
from node.ids import moment, stamp
from node.storage.database import Database, Row, Transaction

_BY_ID = """
select id, type, username, host, name, inbox, shared_inbox, followers, outbox, url, fetched_at,
    document
from remote_actor where id = :id
"""
_KEEP = """
insert into remote_actor (id, type, username, host, name, inbox, shared_inbox, followers, outbox,
    url, fetched_at, document)
values (:id, :type, :username, :host, :name, :inbox, :shared_inbox, :followers, :outbox, :url,
    :fetched_at, :document)
on conflict (id) do update set type = excluded.type, username = excluded.username,
    host = excluded.host, name = excluded.name, inbox = excluded.inbox,
    shared_inbox = excluded.shared_inbox, followers = excluded.followers,
    outbox = excluded.outbox, url = excluded.url, fetched_at = excluded.fetched_at,
    document = excluded.document
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
            row = await tx.row(
                "select actor from remote_key where id = :id order by actor", id=key_id
            )
            return await _by_id(tx, row["actor"]) if row else None

        return await self._database.read(work)

    async def keep(self, actor: RemoteActor) -> None:
        """Keep it in place of what was kept under its id."""

        async def work(tx: Transaction) -> None:
            await tx.run(
                _KEEP,
                id=actor.id,
                type=actor.type,
                username=actor.username,
                host=actor.host,
                name=actor.name,
                inbox=actor.inbox,
                shared_inbox=actor.shared_inbox,
                followers=actor.followers,
                outbox=actor.outbox,
                url=actor.url,
                fetched_at=stamp(actor.fetched_at),
                document=actor.document,
            )
            await tx.run("delete from remote_key where actor = :actor", actor=actor.id)
            await tx.run_many(
                "insert into remote_key (id, actor, place, pem) values (:id, :actor, :place, :pem)",
                [
                    {"id": key.id, "actor": actor.id, "place": place, "pem": key.pem}
                    for place, key in enumerate(actor.keys)
                ],
            )

        await self._database.write(work)

    async def forget(self, actor_id: str) -> None:
        """Drop it with its keys; nothing happens if it is not there."""

        async def work(tx: Transaction) -> None:
            await tx.run("delete from remote_actor where id = :id", id=actor_id)

        await self._database.write(work)


async def _by_id(tx: Transaction, actor_id: str) -> RemoteActor | None:
    row = await tx.row(_BY_ID, id=actor_id)
    if row is None:
        return None
    keys = await tx.rows(
        "select id, pem from remote_key where actor = :actor order by place", actor=actor_id
    )
    return _actor(row, tuple(RemoteKey(id=key["id"], pem=key["pem"]) for key in keys))


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
    )
