"""Which deliveries a courier gets: the oldest, in order within a lane, hosts in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from node.storage.database import Row, Transaction

_WINDOW = 128

# Within a lane the earlier activity goes first; one activity's own inboxes do not wait for each
# other.
FIRST_IN_LANE = (
    "not exists (select 1 from delivery e where e.lane = d.lane and e.state = 'due' "
    "and e.sequence < d.sequence and e.activity_id <> d.activity_id)"
)
_FREE = (
    "d.state = 'due' and d.next_at <= :now and (d.lease is null or d.lease_until <= :now) "
    f"and {FIRST_IN_LANE}"
)
# The texts below are put together from fixed parts; nothing of a peer's is in them.
_OLDEST = (
    "select d.sequence, d.activity_id, d.inbox, d.host, d.attempts, d.first_attempt_at "  # noqa: S608
    f"from delivery d where {_FREE} order by d.next_at, d.sequence limit :limit"
)
_OLDEST_OF_HOST = (
    "select d.sequence, d.activity_id, d.inbox, d.host, d.attempts, d.first_attempt_at "  # noqa: S608
    f"from delivery d where d.host = :host and {_FREE} order by d.next_at, d.sequence limit :limit"
)
# A leap from host to host over the index: a host with a long queue costs no more than another.
_WAITING_HOSTS = """
with recursive hosts (host) as (
    select min(host) from delivery where state = 'due' and host > :after
    union all
    select (select min(n.host) from delivery n where n.state = 'due' and n.host > hosts.host)
    from hosts where hosts.host is not null
)
select hosts.host from hosts where hosts.host is not null and exists (
    select 1 from delivery d where d.host = hosts.host and d.state = 'due' and d.next_at <= :now
    and (d.lease is null or d.lease_until <= :now)
) limit :limit
"""


async def leased(tx: Transaction) -> list[Row]:
    """Host and end of each lease on what is still due.

    Sorted out here: any further condition tempts SQLite away from the small index of leases.
    """
    rows = await tx.rows("select host, state, lease_until from delivery where lease is not null")
    return [row for row in rows if row["state"] == "due"]


class Claiming:
    """The choosing of rows within one transaction.

    `locked` is what to append to a SELECT so that rows chosen by others are skipped; `after` the
    host that was served last, and after `choose` the one that is now.
    """

    def __init__(self, tx: Transaction, locked: str, now: str, after: str) -> None:
        self._tx = tx
        self._locked = locked
        self._now = now
        self.after = after

    async def choose(self, limit: int, per_host: int) -> list[Row]:
        """At most `limit` rows, at most `per_host` of a host with those already leased.

        When few wait, the oldest first; when more wait than can be looked at, hosts take turns,
        so that one with a long queue does not stand in the way of another.
        """
        busy = [row["host"] for row in await leased(self._tx) if row["lease_until"] > self._now]
        room = _Room(limit, per_host, busy)
        window = await self._tx.rows(_OLDEST + self._locked, now=self._now, limit=_WINDOW)
        if len(window) < _WINDOW:
            return room.take(window)
        for host in await self._hosts(limit + len(busy)):
            if free := room.free(host):
                room.take(await self._oldest_of(host, free))
                self.after = host
        return room.taken

    async def _oldest_of(self, host: str, limit: int) -> list[Row]:
        sql = _OLDEST_OF_HOST + self._locked
        return await self._tx.rows(sql, now=self._now, host=host, limit=limit)

    async def _hosts(self, limit: int) -> list[str]:
        """Hosts with something due, from the one after the last that was served, then round."""
        found = await self._waiting(self.after, limit)
        if len(found) < limit and self.after:
            found += [host for host in await self._waiting("", limit) if host not in found]
        return found[:limit]

    async def _waiting(self, after: str, limit: int) -> list[str]:
        rows = await self._tx.rows(_WAITING_HOSTS, now=self._now, after=after, limit=limit)
        return [row["host"] for row in rows]


class _Room:
    """How many rows may still be taken, in all and from each host."""

    def __init__(self, limit: int, per_host: int, busy: Sequence[str]) -> None:
        self._limit = limit
        self._per_host = per_host
        self._used = Counter(busy)
        self.taken: list[Row] = []

    def free(self, host: str) -> int:
        left = self._limit - len(self.taken)
        return max(0, min(left, self._per_host - self._used[host]))

    def take(self, rows: Sequence[Row]) -> list[Row]:
        for row in rows:
            if self.free(row["host"]):
                self._used[row["host"]] += 1
                self.taken.append(row)
        return self.taken
