"""The worker that carries out what is due: erasures, and what was done to be seen no more.

The order makes it safe: first the line in the ledger, on the disk; then the rows; then the disk is
wiped. Wherever it is broken off, the next start goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from federation.waiting import first_of
from node.context import Context
from node.erasure import actions, silences
from node.erasure.ledger import Added, Ledger, Line
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
        _ledger(node.config.data).forget()
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
        ledger = _ledger(node.config.data)
        known: dict[str, tuple[str, str]] = {}
        for each in due:
            if each.name is not None:
                name = (each.kind.value, each.name)
                (line,) = (await _written(ledger, [name], node.clock.now())).lines
                known[line.mac] = (each.kind.value, each.name)
        await _follow(node, known)


async def _write_silences(node: Node) -> None:
    """Write down who took an actor back, hid everything, showed it again, what is gone, and how
    accounts stand: it is done already, and only an older database than the line does it anew."""
    if not await node.look(silence_store.due):
        return
    await _follow(node, {})
    due = await node.look(silence_store.due)
    names = [(each.kind.value, each.name) for each in due]
    added = await _written(_ledger(node.config.data), names, node.clock.now())
    await node.act(_noting(added, due))


def _noting(added: Added, due: Sequence[Due]) -> Any:
    async def work(context: Context) -> None:
        many, _ = await erasure_store.applied(context.tx)
        if many + len(added.lines) != added.many:
            # another command wrote in between: the next round follows that first, then these
            return
        if added.lines:
            await actions.follow(context, added.lines[-1], added.many, None)
        await silence_store.written(context.tx, due)

    return work


@lru_cache(maxsize=4)
def _ledger(folder: Path) -> Ledger:
    """The one of a node, which remembers what of it was verified."""
    return Ledger(folder)


async def _written(ledger: Ledger, names: Sequence[tuple[str, str]], now: datetime) -> Added:
    try:
        return await asyncio.to_thread(partial(ledger.append_all, names, now, most=_MOST))
    except OSError as wrong:
        raise Unavailable(
            f"The ledger of erasures cannot be written ({wrong.strerror}): nothing was erased."
        ) from wrong


async def _follow(node: Node, known: Known) -> int:
    """Follow the ledger to its end; `known` says whom lines speak of. How many lines that were."""
    ledger = _ledger(node.config.data)
    many, head = await node.look(erasure_store.applied)
    late = await asyncio.to_thread(ledger.after, many, head)
    own = await _own(node, ledger, late)
    whom = await _whom(node, ledger, late, known)
    steps = zip(late, whom, own, strict=True)
    for number, (line, each, mine) in enumerate(steps, start=many + 1):
        await node.act(_following(line, number, None if mine else each, mine))
    return len(late)


async def _own(node: Node, ledger: Ledger, late: Sequence[Line]) -> Sequence[Due | None]:
    """What this database did itself and had not yet struck out when it was written, for each line.

    It is not done anew, nor written a second time, after what came later; one line is one of them.
    """
    pending = await node.look(silence_store.waiting) if late else []
    if not pending:
        return [None] * len(late)
    macs = await asyncio.to_thread(ledger.macs, [(one.kind.value, one.name) for one in pending])
    named = {name: mac for mac, name in macs.items()}
    left: dict[str, deque[Due]] = defaultdict(deque)
    for one in pending:
        left[named[one.kind.value, one.name]].append(one)
    return [left[line.mac].popleft() if left[line.mac] else None for line in late]


async def _whom(
    node: Node, ledger: Ledger, late: Sequence[Line], known: Known
) -> Sequence[tuple[str, str] | None]:
    """Of whom each line speaks; None where nothing is to be done."""
    if all(line.mac in known for line in late):
        return [known[line.mac] for line in late]
    known = {**await _everybody(node, ledger), **known}
    return silences.last_of_each([known.get(line.mac) for line in late])


def _following(line: Line, number: int, whom: tuple[str, str] | None, mine: Due | None) -> Any:
    async def work(context: Context) -> None:
        await actions.follow(context, line, number, whom)
        if mine is not None:
            await silence_store.written(context.tx, [mine])

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
