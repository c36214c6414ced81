"""Real nodes for tests: own folder, own database, own port on loopback, courier and intake at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from node.app import build_app, open_node, working
from node.community.model import Community
from node.config import Config, load_config
from node.operations import registry
from node.services import Node
from tests.support.founding import found
from tests.support.needles import NEEDLES
from tests.support.ports import free_port as free_port

_SECRETS = ("token", "url", "codes")
"""What of an answer of an operation is for one person's eyes."""
PEERS = "127.0.0.0/8,::1/128"

EVENT: dict[str, Any] = {
    "name": {"de": "Sprachcafé", "ar": "مقهى اللغة", "en": "Language café"},
    "description": {"de": "Wir **reden**.", "ar": "نتحدث معاً.", "en": "We talk."},
    "start": "2031-12-05T18:00",
    "end": "2031-12-05T21:00",
    "timezone": "Europe/Vienna",
    "place": {
        "name": "Haus der Begegnung",
        "street": "Praterstraße 1",
        "postal_code": "1020",
        "city": "Wien",
        "country": "AT",
        "latitude": 48.21,
        "longitude": 16,
    },
    "languages_spoken": ["ar", "de"],
    "category": "LANGUAGE_CULTURE",
    "capacity": 30,
    "tags": ["josoor"],
    "shifts": [{"task": {"de": "Kochen"}, "places": 3}],
}


def settings(folder: Path, port: int, database: str = "sqlite") -> dict[str, str]:
    """The environment of a node on loopback that talks to others on loopback."""
    return {
        "JOSOOR_DATA": str(folder),
        "JOSOOR_ORIGIN": f"http://localhost:{port}",
        "JOSOOR_LISTEN": f"127.0.0.1:{port}",
        "JOSOOR_PRIVATE_PEERS": PEERS,
        "JOSOOR_DATABASE": database,
        "JOSOOR_LOG": "debug",
    }


def community(handle: str = "wien") -> Community:
    """A community that speaks German first."""
    return Community(
        handle=handle,
        name={"de": f"Josoor {handle.title()}", "ar": f"جسور {handle}"},
        description={"de": "Nachbarinnen und Nachbarn."},
        languages=["de", "ar", "en"],
        city=handle.title(),
        country="AT",
        timezone="Europe/Vienna",
        created=datetime(2026, 1, 1, tzinfo=UTC),
    )


@asynccontextmanager
async def running(
    folder: Path, handle: str = "wien", *, database: str = "sqlite", at_work: bool = True
) -> AsyncIterator[Node]:
    """A founded node that serves HTTP; without `at_work` nothing is delivered or heard."""
    port = free_port()
    config: Config = load_config(settings(folder, port, database))
    await found(config, community(handle), {})
    async with open_node(config) as node:
        runner = web.AppRunner(build_app(node), access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            if at_work:
                async with working(node):
                    yield node
            else:
                yield node
        finally:
            await runner.cleanup()


async def do(node: Node, operation: str, **arguments: Any) -> Any:
    """What an operation answers, as the command line and the API would ask it."""
    NEEDLES.take(arguments)
    answer = await registry.perform(node, operation, arguments)
    if isinstance(answer, dict):
        NEEDLES.take({name: answer.get(name) for name in _SECRETS})
    return answer


async def published(node: Node, **changes: Any) -> str:
    """The short id of a new event, with these changes."""
    return str((await do(node, "event.publish", document={**EVENT, **changes}))["short_id"])


async def until(holds: Callable[[], Awaitable[Any]], seconds: float = 30.0) -> Any:
    """What `holds` answers once it is true; fails after a while."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await holds():
                return found
            await asyncio.sleep(0.05)
