"""Which deliveries a courier gets: host after host, as many of each as its state allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from federation.outward.breaker import Allowance, allowance
from federation.outward.lanes import Turn
from federation.ports import Grade
from node.ids import stamp
from node.storage.database import Row, Transaction
from node.storage.hosts import SOONEST, state_of

# Within a lane the earlier activity goes first; one activity's own inboxes do not wait for each
# other.
_FIRST_IN_LANE = (
    "not exists (select 1 from delivery e where e.lane = d.lane and e.state = 'due' "
    "and e.sequence < d.sequence and e.activity_id <> d.activity_id)"
)
_COLUMNS = (
    "d.sequence, d.activity_id, d.inbox, d.host, d.turn, d.attempts, d.first_attempt_at, "
    "d.next_at, d.content, d.lease_until, d.refusals, d.refused_since"
)
_FREE = "d.state = 'due' and (d.lease is null or d.lease_until <= :now)"
# The texts below are put together from fixed parts; nothing of a peer's is in them.
_TURN = (
    f"select * from (select {_COLUMNS} from delivery d where d.host = :host and d.turn = {{turn}} "  # noqa: S608
    f"and {{due}} {_FREE} and {_FIRST_IN_LANE} order by d.next_at, d.sequence limit :limit) "
    "as turn_{turn}"
)
# An Update that announces a key goes before its lane, and is seen while it is under way.
_BARRIERS = (
    f"select * from (select {_COLUMNS} from delivery d where d.host = :host and d.turn = 0 "  # noqa: S608
    "and d.state = 'due' order by d.next_at, d.sequence limit 8) as turn_0"
)


def _by_turn(due: str) -> str:
    """One question for all turns: most hosts have something in one of them only."""
    turns = (_TURN.format(turn=int(turn), due=due) for turn in (Turn.ERASURE, Turn.CONTENT))
    return " union all ".join([_BARRIERS, *turns])


_OLDEST = _by_turn("d.next_at <= :now and")
# A probe may be any of them: what failed last would otherwise keep the host waiting.
_FOR_PROBE = _by_turn("")
_READY = "select * from host where grade = :grade and next_at <= :now order by next_at limit :limit"
_LOOK = (
    "update host set next_at = :next_at, probe_at = coalesce(:pace, probe_at) where name = :name"
)
_LOOK_SOON = (
    f"update host set next_at = (select min(at) from ({SOONEST} "  # noqa: S608
    "union all select cast(:ends as text)) as times) where name = :host"
)
_MORE_HOSTS = 32


async def busy_hosts(tx: Transaction, now: str) -> dict[str, int]:
    """How many deliveries of each host are under way."""
    rows = await tx.rows(
        "select host, count(*) as number from delivery "
        "where lease is not null and lease_until > :now group by host",
        now=now,
    )
    return {row["host"]: int(row["number"]) for row in rows}


class Claiming:
    """The choosing of rows within one transaction.

    `locked` is what to append to a SELECT so that rows chosen by others are skipped; `until` is
    when a lease taken now runs out.
    """

    def __init__(self, tx: Transaction, locked: str, now: datetime, until: datetime) -> None:
        self._tx = tx
        self._locked = locked
        self._now = now
        self._at = stamp(now)
        self._until = until
        self._busy: dict[str, int] = {}
        self._looks: list[dict[str, object]] = []
        self._soonest: list[dict[str, object]] = []

    async def choose(self, room: Mapping[Grade, int]) -> list[Row]:
        """At most `room` rows of each grade; each host that was looked at is told when next."""
        self._busy = await busy_hosts(self._tx, self._at)
        chosen: list[Row] = []
        for each in Grade:
            if (places := room.get(each, 0)) > 0:
                chosen += await self._of_grade(each, places)
        await self._tx.run_many(_LOOK, self._looks)
        await self._tx.run_many(_LOOK_SOON, self._soonest)
        return chosen

    async def _of_grade(self, wanted: Grade, places: int) -> list[Row]:
        hosts = await self._tx.rows(
            _READY + self._locked,
            grade=int(wanted),
            now=self._at,
            limit=places + _MORE_HOSTS,
        )
        chosen: list[Row] = []
        for host in hosts:
            if len(chosen) >= places:
                break
            rows = await self._of_host(host, places - len(chosen))
            chosen += ({**row, "grade": wanted} for row in rows)
        return chosen

    async def _of_host(self, row: Row, places: int) -> list[Row]:
        host, busy = state_of(row), self._busy.get(row["name"], 0)
        allowed = allowance(host, busy, self._now)
        limit = min(allowed.rows, places)
        found = await self._tx.rows(
            _FOR_PROBE if allowed.probe else _OLDEST, host=host.name, now=self._at, limit=limit
        )
        barriers = [each for each in found if each["turn"] == Turn.BARRIER]
        alone = self._alone(barriers, busy, allowed) if barriers else None
        if alone is not None:
            self._look(host.name, self._until)
            return alone
        rows = [each for each in found if each["turn"] != Turn.BARRIER][:limit]
        self._look_again(host.name, allowed, limit, len(rows))
        return rows

    def _alone(self, barriers: list[Row], busy: int, allowed: Allowance) -> list[Row] | None:
        """What goes alone, nothing while that is or will be under way; None when nothing stands
        in the way of the others."""
        now = self._at
        if any(row["lease_until"] is not None and row["lease_until"] > now for row in barriers):
            return []
        ready = [row for row in barriers if allowed.probe or row["next_at"] <= now]
        if not ready:
            return None
        if busy:
            return []
        return ready[:1] if allowed.rows else None

    def _look_again(self, host: str, allowed: Allowance, limit: int, found: int) -> None:
        """Say when the host is worth another look; the end of a delivery brings that forward."""
        if found and allowed.again_at is not None:
            self._look(host, allowed.again_at, pace=allowed.again_at)
        elif found == limit == allowed.rows:
            self._look(host, allowed.again_at or self._until)
        elif found == limit:
            # Only our places were used up: after the others it is its turn again.
            self._look(host, self._now)
        else:
            ends = stamp(self._until) if found else None
            self._soonest.append({"host": host, "after": self._at, "ends": ends})

    def _look(self, host: str, at: datetime, *, pace: datetime | None = None) -> None:
        """`pace`: not before this, even if a delivery ends."""
        self._looks.append(
            {"name": host, "next_at": stamp(at), "pace": stamp(pace) if pace else None}
        )
