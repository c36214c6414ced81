"""A node, a backup of it, and the node that comes of that backup with the ledger of later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from node.app import open_node
from node.backup.restoring import restore
from node.config import Config
from node.erasure.ledger import LOG_NAME
from node.operations.carrying_out import carry_out
from node.services import Node, SystemClock
from node.serving import answering
from tests.support.nodes import do, running


async def kept(node: Node, folder: Path) -> None:
    """A backup of now, in `folder`."""
    await do(node, "backup.take", file=str(folder / "yesterday.tgz"), with_keys=True)


@asynccontextmanager
async def come_back(node: Node, folder: Path, *, ledger: bool = True) -> AsyncIterator[Node]:
    """The node of that backup, with what the ledger knows by now; or without a ledger."""
    await carry_out(node)
    async with open_node(await _restored(node.config, folder, ledger)) as back:
        yield back


async def _restored(config: Config, folder: Path, ledger: bool) -> Config:
    again = replace(
        config,
        data=folder / "again",
        database=f"sqlite:///{folder}/again/josoor.db",
        secret_file=folder / "again" / "secret.key",
    )
    log = config.data / LOG_NAME
    await restore(
        again,
        folder / "yesterday.tgz",
        now=SystemClock().now(),
        ledger=log if ledger and log.exists() else None,
        without_ledger=not ledger,
    )
    return again


class Twice:
    """A node that answers HTTP, and the one that comes of its backup and answers in its place."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder, self._stack = folder, stack
        self.node: Node

    async def begin(self) -> Node:
        """The first one."""
        first = running(self.folder / "data", at_work=False)
        self.node = await self._stack.enter_async_context(first)
        return self.node

    async def keep(self) -> None:
        """A backup of now."""
        await kept(self.node, self.folder)

    async def back(self, *, ledger: bool = True) -> Node:
        """The second one, once the first is no more."""
        config = self.node.config
        await carry_out(self.node)
        await self._stack.aclose()
        again = await _restored(config, self.folder, ledger)
        self.node = await self._stack.enter_async_context(open_node(again))
        host, port = again.listen_host, again.listen_port
        await self._stack.enter_async_context(answering(self.node, host, port))
        return self.node
