"""Digests of our followers by server: kept until somebody there comes or goes."""

from __future__ import annotations

from dataclasses import dataclass

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.followers.synchronisation import digest_of
from node.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Digest:
    """The followers on one server: the digest of their ids, and how many they are."""

    value: str
    number: int


class StoredDigests:
    """The digests over the database; one that is kept is read without counting anybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def digest(self, community: str, host: str) -> Digest:
        """Of the followers of this actor of ours whose ids are on this host."""
        kept = await self._database.read(lambda tx: _kept(tx, community, host))
        if kept is not None:
            return kept
        return await self._database.write(lambda tx: _made(tx, community, host))

    async def on_host(self, community: str, host: str) -> list[str]:
        """The ids of these followers, sorted."""

        await self.digest(community, host)  # by which every follower's host is known
        return await self._database.read(lambda tx: _ids(tx, community, host))


async def forget_digest(tx: Transaction, actor: str) -> None:
    """The follower came or went: digests of its server are made anew when they are asked for."""
    await tx.run("delete from follower_digest where host = :host", host=host_of_actor(actor))


def host_of_actor(actor: str) -> str:
    """The host of an actor's id; empty for what is no address."""
    try:
        return host_of(actor)
    except UrlRefused:
        return ""


async def _kept(tx: Transaction, community: str, host: str) -> Digest | None:
    row = await tx.row(
        "select digest, number from follower_digest where community = :community and host = :host",
        community=community,
        host=host,
    )
    if row is not None:
        return Digest(row["digest"], int(row["number"]))
    # Nothing is kept of servers where nobody follows, or anybody could fill the table.
    someone = await tx.row(
        "select actor from follower where host is null "
        "union all select actor from follower where community = :community and host = :host "
        "limit 1",
        community=community,
        host=host,
    )
    return None if someone else Digest(digest_of(()), 0)


async def _made(tx: Transaction, community: str, host: str) -> Digest:
    await _fill(tx)
    ids = await _ids(tx, community, host)
    found = Digest(digest_of(ids), len(ids))
    await tx.run(
        "insert into follower_digest (community, host, digest, number) "
        "values (:community, :host, :digest, :number) on conflict (community, host) do update "
        "set digest = excluded.digest, number = excluded.number",
        community=community,
        host=host,
        digest=found.value,
        number=found.number,
    )
    return found


async def _ids(tx: Transaction, community: str, host: str) -> list[str]:
    rows = await tx.rows(
        "select actor from follower where community = :community and host = :host order by actor",
        community=community,
        host=host,
    )
    return [row["actor"] for row in rows]


async def _fill(tx: Transaction) -> None:
    """Note the hosts of followers from before hosts were noted."""
    for row in await tx.rows("select distinct actor from follower where host is null"):
        await tx.run(
            "update follower set host = :host where actor = :actor",
            host=host_of_actor(row["actor"]),
            actor=row["actor"],
        )
