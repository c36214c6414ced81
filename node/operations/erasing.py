"""Operations on erasures, and the worker that carries out what is due.

The order makes it safe: first the line in the ledger, on the disk; then the rows; then the disk is
wiped. Wherever it is broken off, the next start goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from federation.waiting import first_of
from node.context import Context
from node.erasure import actions, receipts
from node.erasure.ledger import Ledger, Line
from node.errors import NodeError, NotFound, Unavailable
from node.ids import rfc3339
from node.media.folder import Folder, sweep
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.people import actions as people_actions
from node.people import erasing, erasure_store, twos
from node.people.erasure_store import Erasure, Kind
from node.services import Node
from node.storage.errors import StorageError

Json = dict[str, Any]
Known = Mapping[str, tuple[str, str]]
ROUND = 1.0
"""Seconds until what is due is erased."""
WIPED_EVERY = timedelta(minutes=5)
"""The file is made anew no more often; whoever asks for an erasure on the spot does not wait."""
_ALARM = timedelta(minutes=10)
_TRIES = 10
_PAUSE = 30.0
"""Seconds after something went wrong."""
_LEFT_OVER = timedelta(hours=6)

_log = logging.getLogger(__name__)


@operation("user.erase")
async def erase_person(node: Node, arguments: Arguments) -> Json:
    """The receipt. `name`; without `now` it is done in 72 hours, unless it is taken back.

    By a token another's account waits for a second ambassador (`asked`), and then for 72 hours.
    """
    name, by, at_once = str(arguments.get("name") or ""), actor(arguments), arguments.get("now")
    after = timedelta(0) if at_once is True else erasing.REGRET

    async def work(context: Context) -> tuple[str | None, str]:
        person = await people_actions.somebody(context, name)
        if asked := await twos.ask_to_erase(context, by, person):
            return asked.id, ""
        return None, await erasing.erase_person(context, person.id, after=after, by=by)

    asked, number = await node.act(work)
    return {"asked": asked} if asked else await _done(node, number)


@operation("user.keep")
async def keep_person(node: Node, arguments: Arguments) -> Json:
    """The account that is not erased after all, and open again. `name`."""
    name, by = str(arguments.get("name") or ""), actor(arguments)

    async def work(context: Context) -> Json:
        person = await people_actions.somebody(context, name)
        kept = await erasing.keep_person(context, person.id, by=by)
        return {"id": kept.id, "name": kept.name, "kept": True}

    kept: Json = await node.act(work)
    return kept


@operation("data.forget")
async def forget(node: Node, arguments: Arguments) -> Json:
    """The receipt. `target`: an actor elsewhere by address or handle, or the link of a guest."""
    target = str(arguments.get("target") or "").strip()
    return await _done(node, await node.act(lambda it: actions.ask_to_forget(it, target)))


async def _done(node: Node, number: str) -> Json:
    await carry_out(node)
    await wipe(node, tries=_TRIES)
    shown: Json = await show(node, {"id": number})
    return shown


@operation("erasures.list")
async def everything(node: Node, arguments: Arguments) -> list[Json]:
    """The erasures of the last three months, newest first, without a name."""
    limit = int(arguments.get("limit") or 100)
    found = await node.look(lambda tx: erasure_store.newest(tx, limit))
    return [await _receipt(node, each) for each in found]


@operation("erasures.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """One receipt. `id`."""
    number = str(arguments.get("id") or "")
    found = await node.look(lambda tx: erasure_store.find(tx, number))
    if found is None:
        raise NotFound("There is no such erasure.")
    return await _receipt(node, found)


@operation("erasures.verify")
async def verify(node: Node, arguments: Arguments) -> Json:
    """That the ledger is whole and was followed to its end; else what is wrong as an error."""
    ledger = Ledger(node.config.data)
    lines = await asyncio.to_thread(ledger.lines)
    late = await node.look(lambda tx: actions.late(tx, lines))
    head = lines[-1].digest if lines else None
    return {"file": str(ledger.path), "lines": len(lines), "late": len(late), "head": head}


async def _receipt(node: Node, erasure: Erasure) -> Json:
    found = await node.look(lambda tx: receipts.reached(tx, erasure))
    return {
        "id": erasure.id,
        "kind": erasure.kind.value,
        "due": rfc3339(erasure.due),
        "erased": _when(erasure.erased),
        "wiped": _when(erasure.wiped),
        "confirmed": found.confirmed,
        "waiting": list(found.waiting),
        "missed": list(found.missed),
    }


def _when(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


# --- carrying it out -----------------------------------------------------------------------------


async def catch_up(node: Node) -> int:
    """How many lines of the ledger a database that is older than it had not followed.

    Called before anybody is answered. Raises: LedgerBroken.
    """
    async with node.erasing:
        many = await _follow(node, {})
    if many:
        _log.warning("the ledger of erasures was ahead of the database", extra={"lines": many})
        await wipe(node, tries=_TRIES)
    return many


async def carry_out(node: Node) -> None:
    """Erase whatever is due. Raises: LedgerBroken, Unavailable when the ledger cannot be written;
    then nothing was erased."""
    async with node.erasing:
        due = await node.look(lambda tx: erasure_store.due(tx, node.clock.now()))
        if not due:
            return
        ledger = Ledger(node.config.data)
        known: dict[str, tuple[str, str]] = {}
        for each in due:
            if each.name is not None:
                line = await _written(ledger, each.kind, each.name, node.clock.now())
                known[line.mac] = (each.kind.value, each.name)
        await _follow(node, known)


async def _written(ledger: Ledger, kind: Kind, name: str, now: datetime) -> Line:
    try:
        return await asyncio.to_thread(ledger.append, kind.value, name, now)
    except OSError as wrong:
        raise Unavailable(
            f"The ledger of erasures cannot be written ({wrong.strerror}): nothing was erased."
        ) from wrong


async def _follow(node: Node, known: Known) -> int:
    """Follow the ledger to its end; `known` says whom lines speak of. How many lines that were."""
    ledger = Ledger(node.config.data)
    lines = await asyncio.to_thread(ledger.lines)
    late = await node.look(lambda tx: actions.late(tx, lines))
    if any(line.mac not in known for line in late):
        known = {**await _everybody(node, ledger), **known}
    number = len(lines) - len(late)
    for line in late:
        number += 1
        await node.act(_following(line, number, known.get(line.mac)))
    return len(late)


def _following(line: Line, number: int, whom: tuple[str, str] | None) -> Any:
    async def work(context: Context) -> None:
        await actions.follow(context, line, number, whom)

    return work


async def _everybody(node: Node, ledger: Ledger) -> Known:
    """What would stand in the ledger for everybody of whom something is kept."""
    found: Sequence[tuple[str, str]] = [
        (kind.value, name) for kind in Kind for name in sorted(await node.look(_names_of(kind)))
    ]
    return await asyncio.to_thread(ledger.macs, found)


def _names_of(kind: Kind) -> Any:
    return lambda tx: actions.names(tx, kind)


async def wipe(node: Node, *, tries: int) -> bool:
    """Whether everything that was erased is off the disk, as far as a program can see to it."""
    if not await node.look(erasure_store.to_wipe):
        return True
    for _ in range(tries):
        began = node.clock.now()
        await sweep(node.database, Folder(node.config.data))
        if await node.database.shred():
            await node.act(_wiping(began))
            return True
        await asyncio.sleep(ROUND / 4)
    return False


def _wiping(began: datetime) -> Any:
    return lambda context: erasure_store.set_wiped(context.tx, context.now, began)


async def keep_erasing(node: Node, stop: asyncio.Event) -> None:
    """Carry out what is due until `stop` is set, and wipe the disk now and then."""
    wiped: datetime | None = None
    await asyncio.to_thread(sweep_leftovers, node.config.data, node.clock.now())
    while not stop.is_set():
        pause = ROUND
        try:
            await carry_out(node)
            if wiped is None or node.clock.now() - wiped >= WIPED_EVERY:
                if await wipe(node, tries=1):
                    wiped = node.clock.now()
                await _warn(node)
        except (NodeError, StorageError, OSError) as wrong:
            pause = _PAUSE
            _log.error("an erasure waits: %s", wrong)
        except Exception:
            pause = _PAUSE
            _log.exception("An erasure failed; it is tried again.")
        await first_of(stop, seconds=pause)


def sweep_leftovers(folder: Path, now: datetime) -> int:
    """Remove folders in which a backup or a restore was made that was broken off; how many."""
    found = [path for form in (".backup-*", ".restore-*") for path in folder.glob(form)]
    old = [path for path in found if path.stat().st_mtime < (now - _LEFT_OVER).timestamp()]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


async def _warn(node: Node) -> None:
    since = await node.look(erasure_store.unwiped_longest)
    if since is not None and node.clock.now() - since > _ALARM:
        _log.error("what was erased is still on the disk: somebody reads the database for long")
