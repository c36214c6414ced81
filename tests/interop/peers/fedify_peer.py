"""A running server on Fedify, installed from npm into a folder outside the project."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.nodes import free_port

Json = dict[str, Any]
SOURCE = Path(__file__).parent / "fedify"
FILES = ("package.json", "package-lock.json", "peer.mjs")
_INSTALL_SECONDS = 240


class NotInstallable(Exception):
    """Node, npm or the registry is not there; the text says which."""


def install() -> Path:
    """The folder with the peer and all it needs; made anew when one of its files has changed.

    Raises: NotInstallable.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstallable(f"{program} is not installed")
    version = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES[:2]))
    home = os.environ.get("JOSOOR_PEERS_CACHE", "~/.cache/josoor-peers")
    folder = Path(home).expanduser() / f"fedify-{version.hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(SOURCE / name, folder / name)
    if not (folder / "complete").exists():
        _npm_ci(folder)
        (folder / "complete").touch()
    return folder


def _npm_ci(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstallable("npm's registry did not answer in time") from error
    if done.returncode:
        raise NotInstallable(f"npm could not install @fedify/fedify: {done.stderr[-300:]}")


class FedifyPeer:
    """The peer's controls; `port` is where it serves everything."""

    def __init__(self, port: int, session: aiohttp.ClientSession) -> None:
        self.port = port
        self.actor = f"http://127.0.0.1:{port}/people/dora"
        self.handle = f"@dora@127.0.0.1:{port}"
        self._session = session

    async def control(self, name: str, **order: Any) -> Json:
        """What the peer answers to an order."""
        url = f"http://127.0.0.1:{self.port}/control/{name}"
        async with self._session.post(url, json=order) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def post(self, document: Json) -> int:
        """The status with which an unsigned POST to the peer's inbox is answered."""
        headers = {"Content-Type": "application/activity+json"}
        body = json.dumps(document)
        async with self._session.post(f"{self.actor}/inbox", data=body, headers=headers) as answer:
            return answer.status

    async def heard(self, kind: str, place: int = 0) -> Json | None:
        """An activity of this kind that Fedify believed, None if it has not come (yet)."""
        found = [it for it in (await self.control("journal"))["heard"] if it["type"] == kind]
        return found[place] if len(found) > place else None


@asynccontextmanager
async def fedify_peer(folder: Path) -> AsyncIterator[FedifyPeer]:
    """The peer in `folder`, running as long as the block."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "node", "peer.mjs", str(port), cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"ready\n"
        async with aiohttp.ClientSession() as session:
            yield FedifyPeer(port, session)
    finally:
        process.kill()
        await process.communicate()
