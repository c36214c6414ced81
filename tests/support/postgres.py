"""A throw-away PostgreSQL server: an ordinary user's, on a free loopback port, in a folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from node.storage.migrate import migrate
from node.storage.opening import open_database
from tests.support.ports import free_port

SCHEMA = "with_schema"
"""The name of the database that others are copied from."""
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Durability is not tested here; speed is wanted."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs, or None when none is installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if folders:
        return max(folders, key=lambda folder: float(folder.parent.name))
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


@contextmanager
def running(folder: Path, binaries: Path) -> Iterator[str]:
    """The URL of a server (without a database's name), stopped when the block ends."""
    user = _ordinary_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, port = folder / "data", free_port()
    subprocess.run(
        _as(user, [binaries / "initdb", "-D", data, "-U", "josoor", "--locale=C", "-E", "UTF8",
                   "--auth=trust", "--no-sync"]),
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
    options = [part for setting in (*settings, *_FAST) for part in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            _as(user, [binaries / "postgres", "-D", data, *options]),
            stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
    try:
        _wait(server, port, folder / "log")
        yield f"postgresql://josoor@127.0.0.1:{port}"
    finally:
        # SIGINT is PostgreSQL's "fast shutdown"; setpriv has become the server, so the pid is its.
        server.send_signal(signal.SIGINT)
        server.wait(30)


@asynccontextmanager
async def database(server: str, *, like: str = "template1") -> AsyncIterator[str]:
    """The URL of a new database of this server, a copy of the one called `like`; it is dropped when
    the block ends."""
    name = f"test_{uuid.uuid4().hex}"
    async with _administrator(server) as administrator:
        await administrator.execute(f"create database {name} template {like}")
        try:
            yield f"{server}/{name}"
        finally:
            await administrator.execute(f"drop database {name} with (force)")


async def make_schema(server: str) -> None:
    """Make the database that has the project's schema and nothing else, unless it is there."""
    async with _administrator(server) as administrator:
        if await administrator.fetchval("select 1 from pg_database where datname = $1", SCHEMA):
            return
        await administrator.execute(f"create database {SCHEMA}")
    made = await open_database(f"{server}/{SCHEMA}")
    try:
        await migrate(made, now=datetime.now(UTC))
    finally:
        await made.close()


@asynccontextmanager
async def _administrator(server: str) -> AsyncIterator[Any]:
    import asyncpg  # noqa: PLC0415  of an extra

    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        yield connection
    finally:
        await connection.close()


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom to run as when we are root (PostgreSQL refuses to be), else None."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(user: pwd.struct_passwd | None, command: list[object]) -> list[str]:
    words = [str(word) for word in command]
    if user is None:
        return words
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            *words]  # fmt: skip


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        # The pid file's last line says "ready" once connections are accepted.
        pid_file = log.parent / "data" / "postmaster.pid"
        if pid_file.exists() and "ready" in pid_file.read_text():
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}")
