"""A node, a backup of it, and the node that comes of that backup with the ledger of later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from node.app import open_node
from node.backup.restoring import restore
from node.erasure.ledger import LOG_NAME
from node.operations.carrying_out import carry_out
from node.services import Node, SystemClock
from tests.support.nodes import do


async def kept(node: Node, folder: Path) -> None:
    """A backup of now, in `folder`."""
    await do(node, "backup.take", file=str(folder / "yesterday.tgz"), with_keys=True)


@asynccontextmanager
async def come_back(node: Node, folder: Path, *, ledger: bool = True) -> AsyncIterator[Node]:
    """The node of that backup, with what the ledger knows by now; or without a ledger."""
    await carry_out(node)
    again = replace(
        node.config,
        data=folder / "again",
        database=f"sqlite:///{folder}/again/josoor.db",
        secret_file=folder / "again" / "secret.key",
    )
    await restore(
        again,
        folder / "yesterday.tgz",
        now=SystemClock().now(),
        ledger=node.config.data / LOG_NAME if ledger else None,
        without_ledger=not ledger,
    )
    async with open_node(again) as back:
        yield back
