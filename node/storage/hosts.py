"""How each host is doing, in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from federation.outward.breaker import HostState, grade, heard, only_lives, reported
from federation.outward.lanes import Turn
from federation.ports import Report
from node.ids import moment, stamp
from node.storage.among import AMONG, rows_among
from node.storage.database import Database, Row, Transaction

_LIFE = timedelta(days=30)
_LONGEST_WAIT = timedelta(hours=29)
_LONGEST_LEASE = timedelta(minutes=10)
_TIMES = (
    "failing_since",
    "failed_at",
    "opened_at",
    "probe_at",
    "recovering_since",
    "held_until",
    "last_ok",
    "heard_at",
)
_SET = ", ".join(f"{name} = :{name}" for name in (*_TIMES, "failures", "probes", "round_trip"))
# Put together from our own names.
_KEEP = f"update host set {_SET}, grade = :grade, next_at = :next_at, changed_at = :now where name = :name"  # noqa: E501, S608
# Each part is one look at an index, however long the queue is.
SOONEST = " union all ".join(
    [
        f"select min(next_at) as at from delivery where host = :host and turn = {int(turn)} "  # noqa: S608
        "and state = 'due' and next_at > :after and lease is null"
        for turn in Turn
    ]
    + ["select min(lease_until) from delivery where host = :host and lease is not null"]
)
_NAMED = f"select * from host where name in {AMONG}"  # noqa: S608
_KEEP_WELL = (
    "update host set round_trip = :round_trip, last_ok = :now, changed_at = :now, "  # noqa: S608
    f"grade = :grade, next_at = (select min(at) from ({SOONEST}) as times) where name = :host"
)


def state_of(row: Row) -> HostState:
    """The state in a row of the table."""
    times = {name: moment(row[name]) if row[name] else None for name in _TIMES}
    return HostState(
        name=row["name"],
        failures=row["failures"],
        probes=row["probes"],
        round_trip=None if row["round_trip"] is None else row["round_trip"] / 1000,
        **times,
    )


async def wake(tx: Transaction, hosts: list[str], at: datetime) -> None:
    """Let claims look at these hosts from `at` on, or as soon as they did before."""
    # In one order, or two transactions could wait for each other's rows.
    await tx.run_many(
        "insert into host (name, next_at, changed_at) values (:name, :at, :at) "
        "on conflict (name) do update set next_at = case when host.next_at < excluded.next_at "
        "then host.next_at else excluded.next_at end",
        [{"name": name, "at": stamp(at)} for name in sorted(set(hosts))],
    )


async def report_on(
    tx: Transaction, reports: Mapping[str, Sequence[Report]], now: datetime
) -> None:
    """Keep how each host is after these attempts. A place is free at each: it is looked at."""
    # In one order, or two transactions could wait for each other's rows.
    names = sorted(reports)
    known = {row["name"]: state_of(row) for row in await rows_among(tx, _NAMED, names)}
    well: list[dict[str, Any]] = []
    for name in names:
        before = known.get(name)
        if before is None:
            await wake(tx, [name], now)
            continue
        after = before
        for report in reports[name]:
            after = reported(after, report, now)
        if after.last_ok == now and only_lives(before, after):
            well.append(_kept_well(after, now))
        else:
            await _keep_changed(tx, before, after, now)
    await tx.run_many(_KEEP_WELL, well)


async def _keep_changed(
    tx: Transaction, before: HostState, after: HostState, now: datetime
) -> None:
    if before.is_open and not after.is_open:
        await _release(tx, before)
    next_at = await soonest(tx, after.name)
    if next_at is not None and after.is_open and after.probe_at is not None:
        next_at = stamp(after.probe_at)
    await keep(tx, after, next_at, now)


async def soonest(tx: Transaction, host: str, *, after: str = "") -> str | None:
    """When something of the host falls due, later than `after`, or a lease runs out."""
    rows = await tx.rows(SOONEST, host=host, after=after)
    return min((row["at"] for row in rows if row["at"]), default=None)


async def _release(tx: Transaction, host: HostState) -> None:
    """Let what was tried in vain fall due: before what came while the host was away."""
    assert host.opened_at is not None
    await tx.run(
        "update delivery set next_at = :opened where host = :host and state = 'due' "
        "and lease is null and turn in (0, 1, 2) and attempts > 0 and next_at > :opened",
        host=host.name,
        opened=stamp(host.opened_at),
    )
    await tx.run(
        "update follower set stale_since = null where stale_since is not null "
        "and (inbox like :secure or inbox like :plain)",
        secure=f"https://{host.name}/%",
        plain=f"http://{host.name}/%",
    )


def _kept_well(host: HostState, now: datetime) -> dict[str, Any]:
    """For a host that was and is well: most of its state is empty."""
    assert host.round_trip is not None
    return {
        "host": host.name,
        "round_trip": round(host.round_trip * 1000),
        "grade": int(grade(host)),
        "now": stamp(now),
        "after": "",
    }


async def keep(tx: Transaction, host: HostState, next_at: str | None, now: datetime) -> None:
    """Keep the state of a host, and when to look at it next."""
    values: dict[str, Any] = {
        name: stamp(at) if (at := getattr(host, name)) else None for name in _TIMES
    }
    await tx.run(
        _KEEP,
        **values,
        name=host.name,
        failures=host.failures,
        probes=host.probes,
        round_trip=None if host.round_trip is None else round(host.round_trip * 1000),
        grade=int(grade(host)),
        next_at=next_at,
        now=stamp(now),
    )


class StoredNeighbours:
    """`Neighbours` over the database; `changed` is called when something may leave now."""

    def __init__(self, database: Database, changed: Callable[[], object]) -> None:
        self._database = database
        self._changed = changed

    async def heard_from(self, host: str, now: datetime) -> None:
        """If the host's breaker is open, its next probe is now."""
        # Most hosts are well: reading costs little, a transaction more.
        if await self._database.read(lambda tx: _open(tx, host)) is None:
            return
        if await self._database.write(lambda tx: _hear(tx, host, now)):
            self._changed()


async def _open(tx: Transaction, name: str) -> Row | None:
    return await tx.row(
        "select * from host where name = :name and opened_at is not null", name=name
    )


async def _hear(tx: Transaction, name: str, now: datetime) -> bool:
    row = await _open(tx, name)
    after = heard(state_of(row), now) if row else None
    if after is not None:
        await keep(tx, after, stamp(now), now)
    return after is not None


async def forget_hosts(tx: Transaction, now: datetime) -> int:
    """Drop what is known of hosts for which nothing waits and nothing happened for 30 days."""
    return await tx.run(
        "delete from host where name in (select name from host h where h.changed_at < :before "
        "and not exists (select 1 from delivery d where d.host = h.name and d.state = 'due') "
        "limit 1000)",
        before=stamp(now - _LIFE),
    )


async def mend(tx: Transaction, now: datetime) -> None:
    """Let nothing wait longer than any rule of ours asks for.

    What was never attempted waits for nobody; nothing waits for more than a day and a bit; no lease
    is longer than minutes. And every host for which something waits is looked at.
    """
    await tx.run(
        "update delivery set next_at = :now where state = 'due' and lease is null "
        "and next_at > :now and (attempts = 0 or next_at > :far)",
        now=stamp(now),
        far=stamp(now + _LONGEST_WAIT),
    )
    await tx.run(
        "update delivery set lease = null, lease_until = null "
        "where lease is not null and lease_until > :far",
        far=stamp(now + _LONGEST_LEASE),
    )
    await tx.run(
        "insert into host (name, next_at, changed_at) select distinct host, :now, :now "
        "from delivery where state = 'due' on conflict (name) do nothing",
        now=stamp(now),
    )
    await tx.run(
        "update host set next_at = :now where (next_at is null or next_at > :now) "
        "and exists (select 1 from delivery d where d.host = host.name and d.state = 'due')",
        now=stamp(now),
    )
