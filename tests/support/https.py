"""Real `https://NAME.test` on loopback: one authority, names, nodes of ours and servers of others."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
import pytest
from aiohttp import web

from activitypub.names import ACTIVITY_JSON
from node.app import build_app, open_node, working
from node.config import load_config
from node.services import Node
from tests.support.authority import Authority
from tests.support.founding import found
from tests.support.names import HTTPS, Names, NoHttps
from tests.support.nodes import PEERS, community

_START_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """Servers that know each other by name and believe the same authority."""

    names: Names
    authority: Authority

    def server(self, host: str) -> tuple[str, Path]:
        """The address of a host, which has a name from now on, and the file with its certificate
        and key."""
        address = self.names.add(host)
        self.authority.server(host)
        return address, self.authority.folder / f"{host}.none.pem"

    def session(self) -> aiohttp.ClientSession:
        """A client that knows the names and believes the authority; to be closed."""
        tls = ssl.create_default_context(cafile=str(self.authority.bundle))
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver(), ssl=tls)
        return aiohttp.ClientSession(connector=connector)

    def environment(self) -> Mapping[str, str]:
        """The environment of a program of somebody else that lives here."""
        bundle = str(self.authority.bundle)
        trusted = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")
        return {
            **_without_proxies(os.environ),
            **dict.fromkeys(trusted, bundle),
            **self.names.environment(),
        }


def _without_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Nobody is asked who is not on this machine."""
    return {name: value for name, value in environment.items() if "proxy" not in name.lower()}


@contextmanager
def street(folder: Path) -> Iterator[Street]:
    """Names and an authority that last as long as the block. Raises: NoHttps."""
    authority, names = Authority(folder / "authority"), Names(folder / "names")
    with names.known():
        yield Street(names=names, authority=authority)


def required(why: str) -> NoReturn:
    """Leave the test out with this sentence; fail instead where peers must be there."""
    if os.environ.get("JOSOOR_REQUIRE_PEERS") == "1":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def street_or_skip(folder: Path) -> Iterator[Street]:
    """The same; the test is left out where port 443 cannot be had."""
    with street(folder) as ours:
        try:
            ours.names.add("nobody.test")
        except NoHttps as absent:
            required(f"servers with https names cannot run: {absent}")
        yield ours


@asynccontextmanager
async def node_at(
    where: Street, folder: Path, handle: str = "wien", host: str | None = None
) -> AsyncIterator[Node]:
    """A founded node at work at `https://HOST` (`HANDLE.test` if no host is named)."""
    host = host or f"{handle}.test"
    address, _ = where.server(host)
    config = load_config(
        {
            "JOSOOR_DATA": str(folder),
            "JOSOOR_ORIGIN": f"https://{host}",
            "JOSOOR_LISTEN": f"{address}:{HTTPS}",
            "JOSOOR_PRIVATE_PEERS": PEERS,
            "JOSOOR_CA_FILE": str(where.authority.bundle),
        }
    )
    await found(config, community(handle), {})
    async with open_node(config) as node, _answering(where, node, host), working(node):
        yield node


@asynccontextmanager
async def _answering(where: Street, node: Node, host: str) -> AsyncIterator[None]:
    runner = web.AppRunner(build_app(node), access_log=None, shutdown_timeout=1)
    await runner.setup()
    tls = where.authority.server(host)
    await web.TCPSite(runner, where.names.add(host), HTTPS, ssl_context=tls).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def post(where: Street, url: str, document: Mapping[str, Any], **headers: str) -> int:
    """The status with which an unsigned POST is answered."""
    named = {"Content-Type": ACTIVITY_JSON, **headers}
    async with (
        where.session() as session,
        session.post(url, data=json.dumps(document), headers=named) as answer,
    ):
        return answer.status


@asynccontextmanager
async def program(
    where: Street, *command: str, folder: Path, ready: str, **environment: str
) -> AsyncIterator[None]:
    """A program of somebody else, running in `folder` as long as the block; it is there as soon as
    it has printed a line that holds `ready`. What it prints is in `folder/log`."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**where.environment(), **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=2**20,
    )
    log: list[bytes] = []
    begun = asyncio.Event()
    reading = asyncio.create_task(_read(process, log, ready.encode(), begun))
    try:
        await _begun(process, begun, log)
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
        (folder / "log").write_bytes(b"".join(log))


async def _read(
    process: asyncio.subprocess.Process, log: list[bytes], ready: bytes, begun: asyncio.Event
) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        log.append(line)
        if ready in line:
            begun.set()
    begun.set()


async def _begun(
    process: asyncio.subprocess.Process, begun: asyncio.Event, log: list[bytes]
) -> None:
    try:
        async with asyncio.timeout(_START_SECONDS):
            await begun.wait()
    except TimeoutError as late:
        raise AssertionError(f"not ready in {_START_SECONDS} s: {b''.join(log).decode()}") from late
    await asyncio.sleep(0)
    assert process.returncode is None, b"".join(log).decode()
