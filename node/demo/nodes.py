"""The nodes of the demo: each its own process and folder, made and asked as an operator would."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from node import asking
from node.demo.journal import NotHeld, until
from node.demo.seeds import Seed

_READY_WITHIN = 30.0
_STOP_WITHIN = 30.0
_COMMAND_WITHIN = 30.0
_A_MOMENT = ClientTimeout(total=2)
_USUAL_PORT = 8101
_CODE = str(Path(__file__).resolve().parents[2])


@dataclass(slots=True, kw_only=True)
class DemoNode:
    """One node; `home` is the folder of all, `process` its server once it was started."""

    seed: Seed
    home: Path
    port: int
    process: Process | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.home / self.seed.handle

    @property
    def log(self) -> Path:
        """What it says while it runs."""
        return self.home / f"{self.seed.handle}.log"

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.port}"

    @property
    def handle(self) -> str:
        """The community's handle, as others follow it."""
        return f"@{self.seed.handle}@localhost:{self.port}"

    async def found(self) -> None:
        """Make it with `josoor init`. Raises: NotHeld."""
        seed = self.seed
        given = {"--handle": seed.handle, "--name": seed.name, "--timezone": seed.timezone}
        given |= {"--city": seed.city} if seed.city else {}
        given |= {"--country": seed.country} if seed.country else {}
        words = [word for pair in given.items() for word in pair]
        words += [word for tag in seed.languages for word in ("--language", tag)]
        await self.command("init", *words)

    async def start(self) -> None:
        """Start `josoor serve`, its words going to the log."""
        with self.log.open("wb") as log:
            self.process = await _python(self, "serve", stdin=DEVNULL, stdout=log, stderr=log)

    async def ready(self, session: ClientSession) -> None:
        """Return once it can serve. Raises: NotHeld."""
        await until(
            lambda: self._is_ready(session),
            seconds=_READY_WITHIN,
            missing=f"{self.seed.name} does not answer",
        )

    async def ask(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """What it answers over its control socket."""
        return await asking.ask(self.data, operation, arguments)

    async def page(self, session: ClientSession, path: str, language: str) -> str:
        """A page of it as a browser in this language gets it."""
        headers = {"Accept": "text/html", "Accept-Language": language}
        async with session.get(self.origin + path, headers=headers) as response:
            return await response.text()

    async def command(self, *words: str) -> Any:
        """The JSON that a `josoor` command prints for this node. Raises: NotHeld."""
        process = await _python(self, *words, "--json", stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        try:
            out, err = await asyncio.wait_for(process.communicate(), _COMMAND_WITHIN)
        finally:
            await _end(process, signal.SIGKILL)
        if process.returncode:
            said = err.decode(errors="replace").strip()
            raise NotHeld(f"josoor {words[0]} failed for {self.seed.name}: {said}")
        return json.loads(out)

    async def stop(self) -> int | None:
        """End it: its exit status, None if it never ran. Leaves no process behind."""
        if self.process is None:
            return None
        await _end(self.process, signal.SIGTERM)
        return self.process.returncode

    async def _is_ready(self, session: ClientSession) -> bool:
        if self.process is None or self.process.returncode is not None:
            raise NotHeld(f"{self.seed.name} ended: {self._last_words()}")
        try:
            async with session.get(self.origin + "/readyz", timeout=_A_MOMENT) as response:
                return response.status == 200
        except (ClientError, TimeoutError):
            return False

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-12:])


def free_ports(count: int, *, usual: bool) -> list[int]:
    """Ports of 127.0.0.1 on which nobody listens; `usual` from 8101 on if all of them are free."""
    wanted = range(_USUAL_PORT, _USUAL_PORT + count) if usual else [0] * count
    try:
        return _try_ports(wanted)
    except OSError:
        return _try_ports([0] * count)


def _try_ports(wanted: range | list[int]) -> list[int]:
    # all are held until the last is found, so that none is given twice
    sockets = []
    try:
        for port in wanted:
            sockets.append(one := socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", port))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


async def _python(node: DemoNode, *words: str, **streams: Any) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "node",
        *words,
        cwd=node.home,
        env=_environment(node),
        # Ctrl-C in the terminal is for the demo alone: it ends its nodes in order
        start_new_session=True,
        **streams,
    )


def _environment(node: DemoNode) -> dict[str, str]:
    """Ours without settings of another node, and with those of this one."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JOSOOR_")}
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, (_CODE, os.environ.get("PYTHONPATH")))),
        "JOSOOR_DATA": str(node.data),
        "JOSOOR_LISTEN": f"127.0.0.1:{node.port}",
        "JOSOOR_ORIGIN": node.origin,
        "JOSOOR_PRIVATE_PEERS": "127.0.0.0/8,::1/128",
    }


async def _end(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)
    try:
        await asyncio.wait_for(process.wait(), _STOP_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
