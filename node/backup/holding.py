"""After a restore the node shows its pages and does nothing to others until somebody lets it.

What the backup held may have happened since, or been taken back: so nothing is delivered, nothing
is taken in (the inbox answers 503, and others send it again), no reminder goes out and nothing that
waited is carried out by itself. It ends by `josoor restore release`, at the desk, or a day later.
Spec: security 5.2, steps 8 to 10
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from federation.waiting import first_of
from node.context import Context
from node.errors import NotFound
from node.happenings import Restored, happenings
from node.i18n.messages import N_
from node.ids import moment, stamp
from node.people import audit
from node.services import Node
from node.storage.database import Transaction
from node.storage.errors import StorageError

HELD_FOR: Final = timedelta(hours=24)
_ROUND = 1.0
"""Seconds until a process notices that another one let the node go on."""
_NOT_HELD = N_("Nothing is held back: the node delivers and takes in.")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why nothing leaves: a backup of `taken` was brought back. It ends at `until` by itself."""

    taken: datetime
    since: datetime
    until: datetime


@happenings.on(Restored)
async def hold(context: Context, fact: Restored) -> None:
    """From the first start on nothing leaves and nothing comes in."""
    await context.tx.run("delete from restore_hold")
    await context.tx.run(
        "insert into restore_hold (name, taken, since, until) "
        "values ('restore', :taken, :since, :until)",
        taken=stamp(fact.taken),
        since=stamp(context.now),
        until=stamp(context.now + HELD_FOR),
    )


async def current(tx: Transaction) -> Hold | None:
    """What holds the node back; None if nothing does."""
    row = await tx.row("select * from restore_hold")
    if row is None:
        return None
    return Hold(taken=moment(row["taken"]), since=moment(row["since"]), until=moment(row["until"]))


async def release(context: Context, by: str) -> Hold:
    """What held the node back until now. Raises: NotFound where nothing did."""
    held = await current(context.tx)
    if held is None:
        raise NotFound(_NOT_HELD)
    await context.tx.run("delete from restore_hold")
    await audit.note(context, by, "restore release", context.urls.authority)
    return held


async def look(node: Node) -> None:
    """Hold the node back, or let it go on, as the database says."""
    held = await node.look(current)
    if held is not None and held.until <= node.clock.now():
        await node.act(_time_is_up)
        held = None
    if held is None:
        node.released.set()
    else:
        node.released.clear()


async def _time_is_up(context: Context) -> None:
    if await current(context.tx):
        await release(context, audit.NODE)


async def keep_watch(node: Node, stop: asyncio.Event) -> None:
    """Let the node go on as soon as somebody said so, here or in another process."""
    if not node.released.is_set():
        _log.warning("restored from a backup: nothing leaves until josoor restore release")
    while not (stop.is_set() or node.released.is_set()):
        await first_of(stop, seconds=_ROUND)
        try:
            await look(node)
        except StorageError as wrong:
            _log.error("whether the node is held back cannot be read: %s", wrong)
    await stop.wait()
