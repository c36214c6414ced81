"""The worker that carries out what is due: erasures, and what was done to be seen no more.

The order makes it safe: first the line in the ledger, on the disk; then the rows; then the disk is
wiped. Wherever it is broken off, the next start goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from federation.waiting import first_of
from node.context import Context
from node.erasure import actions, silences
from node.erasure.ledger import Ledger, Line
from node.errors import NodeError, Unavailable
from node.media.folder import Folder, sweep
from node.people import erasure_store, silence_store, standing
from node.people.erasure_store import Kind
from node.people.silence_store import Due, Silence
from node.services import Node
from node.storage.errors import StorageError

Known = Mapping[str, tuple[str, str]]
ROUND = 1.0
"""Seconds until what is due is erased."""
WIPED_EVERY = timedelta(minutes=5)
"""The file is made anew no more often; whoever asks for an erasure on the spot does not wait."""
TRIES = 10
_MOST = {Silence.GONE.value: 20}
"""Lines about one thing: who gives and takes back an answer without end does not fill the disk."""
_ALARM = timedelta(minutes=10)
_PAUSE = 30.0
"""Seconds after something went wrong."""
_LEFT_OVER = timedelta(hours=6)

_log = logging.getLogger(__name__)


async def catch_up(node: Node) -> int:
    """How many lines of the ledger a database that is older than it had not followed.

    Called before anybody is answered. Raises: LedgerBroken.
    """
    async with node.erasing:
        many = await _follow(node, {})
    if many:
        _log.warning("the ledger of erasures was ahead of the database", extra={"lines": many})
        if await node.look(standing.nobody_leads):
            _log.warning("nobody is ambassador: josoor user role NAME ambassador")
        await wipe(node, tries=TRIES)
    return many


async def carry_out(node: Node) -> None:
    """Erase whatever is due. Raises: LedgerBroken, Unavailable when the ledger cannot be written;
    then nothing was erased."""
    async with node.erasing:
        await _write_silences(node)
        due = await node.look(lambda tx: erasure_store.due(tx, node.clock.now()))
        if not due:
            return
        ledger = Ledger(node.config.data)
        known: dict[str, tuple[str, str]] = {}
        for each in due:
            if each.name is not None:
                name = (each.kind.value, each.name)
                line = (await _written(ledger, [name], node.clock.now()))[-1]
                known[line.mac] = (each.kind.value, each.name)
        await _follow(node, known)


async def _write_silences(node: Node) -> None:
    """Write down who took an actor back, hid everything, showed it again, what is gone, and how
    accounts stand: it is done already, and only an older database than the line does it anew."""
    due = await node.look(silence_store.due)
    if not due:
        return
    ledger = Ledger(node.config.data)
    await _follow(node, {})
    names = [(each.kind.value, each.name) for each in due]
    lines = await _written(ledger, names, node.clock.now())
    await node.act(_noting(lines, due))


def _noting(lines: Sequence[Line], due: Sequence[Due]) -> Any:
    async def work(context: Context) -> None:
        if lines:
            await actions.follow(context, lines[-1], len(lines), None)
        await silence_store.written(context.tx, due)

    return work


async def _written(
    ledger: Ledger, names: Sequence[tuple[str, str]], now: datetime
) -> Sequence[Line]:
    try:
        return await asyncio.to_thread(partial(ledger.append_all, names, now, most=_MOST))
    except OSError as wrong:
        raise Unavailable(
            f"The ledger of erasures cannot be written ({wrong.strerror}): nothing was erased."
        ) from wrong


async def _follow(node: Node, known: Known) -> int:
    """Follow the ledger to its end; `known` says whom lines speak of. How many lines that were."""
    ledger = Ledger(node.config.data)
    lines = await asyncio.to_thread(ledger.lines)
    late = await node.look(lambda tx: actions.late(tx, lines))
    whom = await _whom(node, ledger, late, known)
    first = len(lines) - len(late) + 1
    for number, (line, each) in enumerate(zip(late, whom, strict=True), start=first):
        await node.act(_following(line, number, each))
    return len(late)


async def _whom(
    node: Node, ledger: Ledger, late: Sequence[Line], known: Known
) -> Sequence[tuple[str, str] | None]:
    """Of whom each line speaks; None where nothing is to be done.

    What this database did itself and was not yet written whole is not done anew.
    """
    if all(line.mac in known for line in late):
        return [known[line.mac] for line in late]
    known = {**await _everybody(node, ledger), **known}
    pending = [(each.kind.value, each.name) for each in await node.look(silence_store.due)]
    own = await asyncio.to_thread(ledger.macs, pending)
    found = silences.last_of_each([known.get(line.mac) for line in late])
    return [None if line.mac in own else each for line, each in zip(late, found, strict=True)]


def _following(line: Line, number: int, whom: tuple[str, str] | None) -> Any:
    async def work(context: Context) -> None:
        await actions.follow(context, line, number, whom)

    return work


async def _everybody(node: Node, ledger: Ledger) -> Known:
    """What would stand in the ledger for everybody of whom something is kept."""
    kinds: Sequence[Kind | Silence] = (*Kind, *Silence)
    found: Sequence[tuple[str, str]] = [
        (kind.value, name) for kind in kinds for name in sorted(await node.look(_names_of(kind)))
    ]
    return await asyncio.to_thread(ledger.macs, found)


def _names_of(kind: Kind | Silence) -> Any:
    if isinstance(kind, Silence):
        return lambda tx: silences.names(tx, kind)
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
