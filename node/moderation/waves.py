"""Waves of strangers: when many who never wrote before write within minutes, their words wait.

What they say in public is held, what they write to the team is folded; whom we follow, trust or
have approved passes. A wave ends by itself `CALM` after the last crowd, or when the team ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from node.context import Context
from node.errors import NotFound
from node.happenings import happenings
from node.i18n.messages import N_
from node.ids import moment, stamp
from node.jobs import jobs
from node.moderation.actions import ActorGone
from node.people import audit
from node.storage.database import Row, Transaction

WINDOW: Final = timedelta(minutes=10)
CROWD: Final = 20
"""So many actors who never wrote before, within `WINDOW`, are a wave."""
CROWD_OF_HOSTS: Final = 8
"""So many servers of which nobody ever wrote before, within `WINDOW`, are a wave as well."""
CALM: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=30)
UNNOTED: Final = timedelta(days=1)
"""Strangers outside a wave are remembered for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A wave; `ends` moves on while strangers keep coming."""

    id: str
    began: datetime
    ends: datetime
    strangers: int
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class WaveBegan:
    """What these actors said in the last minutes, and nobody looked at, is to wait."""

    actors: tuple[str, ...]


async def met(context: Context, actor: str, host: str, *, fresh_host: bool) -> bool:
    """Whether somebody who never wrote before is part of a wave; she is remembered.

    `fresh_host`: nobody of her server ever wrote before.
    """
    await context.tx.run(
        "insert into stranger (actor, host, fresh_host, at) values (:actor, :host, :fresh, :at) "
        "on conflict (actor) do nothing",
        actor=actor,
        host=host,
        fresh=int(fresh_host),
        at=stamp(context.now),
    )
    wave = await current(context.tx, context.now)
    crowded = await _is_crowd(context)
    if wave is None and crowded:
        await _begin(context)
        return True
    if wave is None:
        return False
    if crowded:
        await _prolong(context, wave)
    await context.tx.run(
        "update stranger set wave = :wave where actor = :actor", wave=wave.id, actor=actor
    )
    return True


async def is_in(context: Context, actor: str) -> bool:
    """Whether this actor came with a wave that goes on."""
    row = await context.tx.row(
        "select 1 as found from stranger s join wave w on w.id = s.wave "
        "where s.actor = :actor and w.ends > :now",
        actor=actor,
        now=stamp(context.now),
    )
    return row is not None


async def current(tx: Transaction, now: datetime) -> Wave | None:
    """The wave that goes on; None if there is none."""
    rows = await tx.rows(f"{_WAVES} where w.ends > :now order by w.id desc limit 1", now=stamp(now))
    return _wave(rows[0]) if rows else None


async def newest(tx: Transaction, limit: int = 20) -> list[Wave]:
    """The last waves, newest first."""
    return [
        _wave(row)
        for row in await tx.rows(f"{_WAVES} order by w.id desc limit :limit", limit=limit)
    ]


async def members(tx: Transaction) -> set[str]:
    """Who came with one of the waves that are remembered."""
    return {row["actor"] for row in await tx.rows("select actor from stranger where wave <> ''")}


async def end(context: Context, by: str) -> Wave:
    """The wave that is over now; what waits still waits. Raises: NotFound when there is none."""
    wave = await current(context.tx, context.now)
    if wave is None:
        raise NotFound(N_("There is no wave of strangers now."))
    await context.tx.run(
        "update wave set ends = :now, ended_by = :by where id = :id",
        now=stamp(context.now),
        by=by,
        id=wave.id,
    )
    # They were looked at: the next stranger must not call the same crowd a wave again.
    await context.tx.run(
        "update stranger set at = :long_ago where at > :since",
        long_ago=stamp(context.now - WINDOW),
        since=stamp(context.now - WINDOW),
    )
    await audit.note(context, by, "end a wave", wave.id)
    return wave


async def _is_crowd(context: Context) -> bool:
    row = await context.tx.row(
        "select count(*) as actors, "
        "count(distinct case when fresh_host = 1 then host end) as hosts "
        "from stranger where at > :since",
        since=stamp(context.now - WINDOW),
    )
    return row is not None and (row["actors"] >= CROWD or row["hosts"] >= CROWD_OF_HOSTS)


async def _begin(context: Context) -> None:
    wave, since = context.new_id(), stamp(context.now - WINDOW)
    await context.tx.run(
        "insert into wave (id, began, ends) values (:id, :now, :ends)",
        id=wave,
        now=stamp(context.now),
        ends=stamp(context.now + CALM),
    )
    await context.tx.run(
        "update stranger set wave = :wave where at > :since", wave=wave, since=since
    )
    rows = await context.tx.rows("select actor from stranger where wave = :wave", wave=wave)
    await audit.note(context, audit.NODE, "a wave began", wave)
    await context.tell(WaveBegan(tuple(row["actor"] for row in rows)))


async def _prolong(context: Context, wave: Wave) -> None:
    await context.tx.run(
        "update wave set ends = :ends where id = :id", ends=stamp(context.now + CALM), id=wave.id
    )


@happenings.on(ActorGone)
async def forget_stranger(context: Context, fact: ActorGone) -> None:
    """That somebody wrote who is no more is forgotten."""
    await context.tx.run("delete from stranger where actor = :actor", actor=fact.actor)


@jobs.every(timedelta(hours=1))
async def forget_strangers(context: Context) -> None:
    """Strangers are remembered for a day, those of a wave for thirty."""
    old, older = stamp(context.now - UNNOTED), stamp(context.now - KEPT)
    await context.tx.run("delete from stranger where wave is null and at < :old", old=old)
    await context.tx.run("delete from stranger where at < :older", older=older)
    await context.tx.run(
        "delete from wave where ends < :older and not exists "
        "(select 1 from stranger s where s.wave = wave.id)",
        older=older,
    )


_WAVES = (
    "select w.*, (select count(*) from stranger s where s.wave = w.id) as strangers from wave w"
)


def _wave(row: Row) -> Wave:
    return Wave(
        id=row["id"],
        began=moment(row["began"]),
        ends=moment(row["ends"]),
        strangers=int(row["strangers"]),
        ended_by=row["ended_by"],
    )
