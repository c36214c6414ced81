"""Whether the public name leads here, asked on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from node import control, outside
from node.config import Config, load_config
from node.outside import check_outside
from node.services import Node
from tests.support.authority import Authority, Fault
from tests.support.https import node_at, street_or_skip
from tests.support.nodes import free_port, settings

ROOT = Path(__file__).parents[2]


def now() -> datetime:
    return datetime.now(UTC)


def by_name(checks: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """The worst of each kind: `localhost` may have two addresses, of which one answers."""
    order = {"green": 0, "yellow": 1, "red": 2}
    return {each["check"]: each for each in sorted(checks, key=lambda each: order[each["state"]])}


async def one_address(host: str, port: int) -> list[str]:
    """The name means one address: a machine may know two, and the node listens at one."""
    return ["127.0.0.1"]


async def checked(config: Config, handle: str = "wien", clock=now) -> list[dict[str, str]]:
    return await check_outside(config, handle, clock, one_address)


def at(folder: Path, port: int, scheme: str = "http", ca: Path | None = None) -> Config:
    environment = settings(folder, port) | {"JOSOOR_ORIGIN": f"{scheme}://localhost:{port}"}
    return replace(load_config(environment), ca_file=ca)


@asynccontextmanager
async def answering(answer: bytes, tls: object = None) -> AsyncIterator[int]:
    """The port of something that says one thing to everybody."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(4096):
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def test_a_name_that_leads_here_is_well(node: Node):
    found = by_name(await checked(node.config))
    assert {name: each["state"] for name, each in found.items()} == {
        "name": "green", "webfinger": "green", "actor": "green", "clock": "green",
    }  # fmt: skip


async def test_another_node_behind_the_name_is_red(node: Node):
    found = by_name(await checked(node.config, "linz"))
    assert (found["webfinger"]["state"], found["actor"]["state"]) == ("red", "red")


async def test_a_clock_that_is_wrong_is_told(node: Node):
    found = by_name(await checked(node.config, clock=lambda: now() + timedelta(minutes=5)))
    assert found["clock"]["state"] == "yellow"
    assert "timedatectl" in found["clock"]["mend"]


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b"HTTP/1.1 421 Misdirected\r\n\r\n", "proxy_set_header Host"),
        (b"HTTP/1.1 301 Moved\r\nLocation: https://www.wien.test/\r\n\r\n", "https://www.wien"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "listen"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>are you a robot?</html>", "Accept header"),
        (b"HTTP/1.1 200 OK\r\n\r\n[]", "Another node"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 200_000, "Accept header"),
        (b"HTTP/1.1\r\n\r\n", "proxy"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "proxy"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (outside.LARGEST + 1), "proxy"),
    ],
)
async def test_what_a_proxy_does_wrong_comes_with_its_mend(
    answer: bytes, word: str, tmp_path: Path
):
    async with answering(answer) as port:
        found = await checked(at(tmp_path, port))
    red = [each for each in found if each["state"] == "red"]
    assert red
    assert all(word in each["mend"] for each in red)


async def test_a_name_where_nobody_answers_may_be_the_router_and_is_not_red(tmp_path: Path):
    found = by_name(await checked(at(tmp_path, free_port())))
    assert found["reachable"]["state"] == "yellow"
    assert "routers" in found["reachable"]["mend"]


async def test_silence_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outside, "SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        async with asyncio.timeout(2):
            found = by_name(await checked(at(tmp_path, port)))
    assert found["reachable"]["state"] == "red"


async def test_the_command_asks_a_public_name_with_its_certificate(tmp_path: Path):
    with street_or_skip(tmp_path) as where:
        async with node_at(where, tmp_path / "wien") as node, control.listening(node):
            environment = {
                **where.environment(),
                "JOSOOR_DATA": str(node.config.data),
                "JOSOOR_ORIGIN": node.config.origin,
                "JOSOOR_CA_FILE": str(where.authority.bundle),
            }
            asked = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "node", "doctor", "--json",
                env=environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            printed, _ = await asked.communicate()
    found = by_name(json.loads(printed))
    wanted = ("name", "certificate", "webfinger", "actor", "clock")
    assert {name: found[name]["state"] for name in wanted} == dict.fromkeys(wanted, "green")
    assert asked.returncode == 0


async def test_a_name_that_nobody_knows_is_red(tmp_path: Path):
    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    found = await check_outside(at(tmp_path, 1, "https"), "wien", now, unknown)
    assert [(each["check"], each["state"]) for each in found] == [("name", "red")]
    assert "A record" in found[0]["mend"]


@pytest.mark.parametrize("fault", [Fault.EXPIRED, Fault.OTHER_NAME, Fault.SELF_SIGNED])
async def test_a_certificate_that_others_would_not_believe_is_red(fault: Fault, tmp_path: Path):
    authority = Authority(tmp_path / "authority")
    async with answering(b"", authority.server("localhost", fault)) as port:
        config = at(tmp_path, port, "https", authority.bundle)
        found = by_name(await checked(config))
    assert found["certificate"]["state"] == "red"
    assert "Caddy" in found["certificate"]["mend"]


async def test_a_certificate_says_for_how_long_it_holds(tmp_path: Path):
    authority = Authority(tmp_path / "authority")
    async with answering(b"", authority.server("localhost")) as port:
        config = at(tmp_path, port, "https", authority.bundle)
        held = by_name(await checked(config))["certificate"]
        later = now() + timedelta(days=int(held["says"].split()[-3]) - 3)
        ends = by_name(await checked(config, clock=lambda: later))["certificate"]
    assert ends["state"] == "yellow"
    assert "renew" in ends["mend"]
