"""A process that erases somebody and dies on the way, at a step that is named.

Started as a program: `dying STEP NAME`, with the settings of a node in its environment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from node.app import open_node
from node.config import load_config
from node.erasure.ledger import Ledger
from node.operations import registry
from node.storage.sqlite import SqliteDatabase

STEPS = ("before-line", "after-line", "before-commit", "after-commit", "before-wiping")


def _die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(step: str) -> None:
    """Lay death around the step: the COMMIT that counts is the first one after the line."""
    append, commit = Ledger.append_all, SqliteDatabase._commit

    def appending(self: Ledger, *arguments: Any, **more: Any) -> Any:
        lines = append(self, *arguments, **more)
        if step == "after-line":
            _die()
        if step == "before-commit":
            SqliteDatabase._commit = _die  # type: ignore[method-assign]
        if step == "after-commit":
            SqliteDatabase._commit = committing  # type: ignore[method-assign]
        return lines

    def committing(self: SqliteDatabase) -> None:
        commit(self)
        _die()

    if step == "before-line":
        Ledger.append_all = _die  # type: ignore[method-assign]
    elif step == "before-wiping":
        SqliteDatabase.shred = _die  # type: ignore[method-assign]
    else:
        Ledger.append_all = appending  # type: ignore[method-assign]


async def _erase(name: str) -> None:
    async with open_node(load_config(os.environ)) as node:
        await registry.perform(node, "user.erase", {"name": name, "now": True})


if __name__ == "__main__":
    _arm(sys.argv[1])
    asyncio.run(_erase(sys.argv[2]))
