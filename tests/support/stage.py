"""`us.test`, a node with the settings of production, and everybody who wishes it ill."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.app import build_app, open_node, working
from node.config import load_config
from node.logs import LogHandler
from node.services import Node
from node.storage.database import Transaction
from tests.support.authority import Authority
from tests.support.forging import US, Post, Told, cavage, post, rfc9421, speak
from tests.support.founding import found
from tests.support.hostile import Hostile, Persona, hostile
from tests.support.nodes import community, free_port
from tests.support.wire import Wire, wired

Json = dict[str, Any]
INBOX = "/c/wien/inbox"
# What a fetch may leave behind: the actor who was asked about, and what is known of its server.
FETCHED = frozenset({"remote_actor", "remote_key"})


@dataclass(slots=True, kw_only=True)
class Stage:
    """The node under attack at https://us.test behind a proxy, of which we play the part."""

    node: Node
    port: int
    evil: Hostile
    wire: Wire
    log: StringIO
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def community(self) -> str:
        return self.node.urls.community

    def stranger(self, name: str = "eve", **changes: Any) -> Persona:
        """Somebody on a server that was never heard of."""
        return self.evil.persona(name, f"evil{next(self._numbers)}.test", **changes)

    def activity(self, actor: str, kind: str = "Follow", **changes: Any) -> Json:
        """An activity by `actor` about us, with a new id of its server."""
        host = "/".join(actor.split("/", 3)[:3])
        return {
            "@context": OBJECT_CONTEXT,
            "id": f"{host}/activities/{next(self._numbers)}",
            "type": kind,
            "actor": actor,
            "to": [PUBLIC],
            "object": self.community,
            **changes,
        }

    def post(self, by: Persona, target: str = INBOX, **changes: Any) -> Post:
        """An honest request of somebody, not yet signed."""
        return post(target, self.activity(by.id, **changes))

    def signed(self, by: Persona, scheme: str = "cavage", **changes: Any) -> Post:
        """An honest request of somebody, signed."""
        sign = cavage if scheme == "cavage" else rfc9421
        return sign(self.post(by, **changes), by.key, by.key_id)

    async def tell(self, request: Post | bytes) -> Told:
        """What the node answers."""
        data = request if isinstance(request, bytes) else request.raw()
        return await speak(self.port, data)

    async def contents(self, without: Collection[str] = ()) -> dict[str, list[str]]:
        """Every row of every table."""

        async def read(tx: Transaction) -> dict[str, list[str]]:
            tables = await tx.rows(
                "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
            )
            names = [row["name"] for row in tables if row["name"] not in without]
            return {
                name: sorted(
                    repr(tuple(row.values())) for row in await tx.rows(f"select * from {name}")
                )
                for name in names
            }

        return await self.node.look(read)

    async def rows(self, table: str) -> int:
        """How many rows a table has."""
        return len((await self.contents())[table])

    async def refuses(
        self,
        request: Post | bytes,
        *,
        asks: Sequence[str] | int = (),
        secret: str = "",
    ) -> Told:
        """The answer to a request that must be refused, whatever the reason.

        No table changes but those of fetched actors. `asks`: exactly these addresses are fetched,
        or at most so many; a number below zero allows none as well. Without, no connection goes
        out. `secret` is in no log line.
        """
        without = FETCHED if asks else frozenset[str]()
        before = await self.contents(without)
        self.evil.asked.clear()
        tries = len(self.wire.attempts)
        self.log.truncate(self.log.seek(0))
        told = await self.tell(request)
        lines = self.log.getvalue()
        assert told.status >= 400, told.verdict
        self._asked_only(asks, tries)
        assert await self.contents(without) == before, "something was kept"
        assert "Traceback" not in lines, lines
        assert "127.0.0.1" not in lines, lines
        assert not secret or secret not in lines, lines
        return told

    def _asked_only(self, asks: Sequence[str] | int, tries: int) -> None:
        urls = self.evil.urls()
        if isinstance(asks, int):
            assert (asks > 0) <= len(urls) <= abs(asks), urls
        else:
            assert urls == list(asks)
        if not asks:
            assert len(self.wire.attempts) == tries, self.wire.attempts[tries:]


@contextmanager
def _logged() -> Iterator[StringIO]:
    """What the node writes into its log, as an operator would read it."""
    stream, root = StringIO(), logging.getLogger()
    handler = LogHandler("info", "text", stream)
    root.addHandler(handler)
    try:
        yield stream
    finally:
        root.removeHandler(handler)


@asynccontextmanager
async def stage(folder: Path, *, at_work: bool = False, **more: str) -> AsyncIterator[Stage]:
    """A founded node without private peers, the hostile server, and the wire between them."""
    authority, port = Authority(folder / "authority"), free_port()
    config = load_config(
        {
            "JOSOOR_DATA": str(folder / "us"),
            "JOSOOR_ORIGIN": f"https://{US}",
            "JOSOOR_LISTEN": f"127.0.0.1:{port}",
            "JOSOOR_CA_FILE": str(authority.bundle),
            **more,
        }
    )
    await found(config, community(), {})
    async with AsyncExitStack() as stack:
        log = stack.enter_context(_logged())
        wire = stack.enter_context(wired())
        evil = await stack.enter_async_context(hostile(wire, authority))
        node = await stack.enter_async_context(open_node(config))
        runner = web.AppRunner(build_app(node), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        if at_work:
            await stack.enter_async_context(working(node))
        yield Stage(node=node, port=port, evil=evil, wire=wire, log=log)
