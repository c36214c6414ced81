"""What hosts taught us about signing, in the database: kinds of signature, acknowledged keys."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from keys.signature import Scheme
from node.ids import moment, stamp
from node.storage.database import Database, Row, Transaction

SETTLING = timedelta(minutes=2)
"""For how long nothing is sent to a host that was just told of a new key. Mastodon answers 202 and
reads later: met with the new key before that, it would fetch us by itself, find that no old key has
vouched for the new, and let all its people unfollow and follow anew."""
_HELD = 10_000


class StoredSchemes:
    """`federation.network.sending.SchemeLog` over the database.

    Only hosts that taught us something have a row, so all of them are held in memory, at most
    10,000; one that is left out is simply asked again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: OrderedDict[str, tuple[Scheme, datetime]] | None = None

    async def scheme(self, host: str, now: datetime) -> Scheme | None:
        """The kind of signature that this host took, None when not known or too long ago."""
        held = self._held if self._held is not None else await self._load(now)
        scheme, until = held.get(host, (None, now))
        return scheme if until > now else None

    async def learn(self, host: str, scheme: Scheme, until: datetime) -> None:
        """Keep what the host took, in place of what was kept."""
        await self._database.write(lambda tx: _learn(tx, host, scheme, until))
        if self._held is not None:
            self._held.pop(host, None)
            self._held[host] = scheme, until
            if len(self._held) > _HELD:
                self._held.popitem(last=False)

    async def known_key(self, actor: str, host: str) -> str | None:
        """The id of our actor's key that this host holds, None when it holds none of ours."""
        return await self._database.read(lambda tx: known_key(tx, actor, host))

    async def acknowledge(self, actor: str, host: str, key_id: str, at: datetime) -> None:
        """Keep that this host has believed this key."""
        await self._database.write(lambda tx: _hold_key(tx, actor, host, key_id, at))

    async def _load(self, now: datetime) -> OrderedDict[str, tuple[Scheme, datetime]]:
        async def read(tx: Transaction) -> list[Row]:
            return await tx.rows(
                "select host, scheme, until from host_scheme where until > :now "
                "order by until desc limit :limit",
                now=stamp(now),
                limit=_HELD,
            )

        rows = await self._database.read(read)
        self._held = OrderedDict(
            (row["host"], (Scheme(row["scheme"]), moment(row["until"]))) for row in reversed(rows)
        )
        return self._held


async def forget_schemes(tx: Transaction, now: datetime) -> int:
    """Drop what was learned too long ago; how many."""
    return await tx.run("delete from host_scheme where until <= :now", now=stamp(now))


async def known_key(tx: Transaction, actor: str, host: str) -> str | None:
    """The key of our actor that this host has acknowledged; None if it was told of none."""
    row = await tx.row(
        "select key_id from host_key_ack where actor = :actor and host = :host",
        actor=actor,
        host=host,
    )
    return row["key_id"] if row else None


async def acknowledge(tx: Transaction, actor: str, host: str, key_id: str, at: datetime) -> None:
    """Keep that this host has taken the Update that brings this key, and leave it alone for
    `SETTLING`: whoever answers 202 before reading must not meet the new key before the Update."""
    await _hold_key(tx, actor, host, key_id, at)
    await tx.run(
        "update host set held_until = :until "
        "where name = :host and (held_until is null or held_until < :until)",
        host=host,
        until=stamp(at + SETTLING),
    )


async def _hold_key(tx: Transaction, actor: str, host: str, key_id: str, at: datetime) -> None:
    await tx.run(
        "insert into host_key_ack (actor, host, key_id, at) "
        "values (:actor, :host, :key_id, :at) "
        "on conflict (actor, host) do update set key_id = excluded.key_id, at = excluded.at",
        actor=actor,
        host=host,
        key_id=key_id,
        at=stamp(at),
    )


async def _learn(tx: Transaction, host: str, scheme: Scheme, until: datetime) -> None:
    await tx.run(
        "insert into host_scheme (host, scheme, until) values (:host, :scheme, :until) "
        "on conflict (host) do update set scheme = excluded.scheme, until = excluded.until",
        host=host,
        scheme=scheme.value,
        until=stamp(until),
    )
