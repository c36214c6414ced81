"""A weblog that federates with the PyPI package pubby."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.interop.peers.controlled import Controlled
from tests.interop.peers.installing import python_of
from tests.support.https import Street, program

_SOURCE = Path(__file__).parent / "pubby"


def install() -> Path:
    """The Python that has it. Raises: NotInstallable."""
    return python_of("pubby")


@asynccontextmanager
async def pubby_peer(
    where: Street, python: Path, folder: Path, host: str = "blog.test"
) -> AsyncIterator[Controlled]:
    """The weblog at `https://HOST`, running as long as the block; see pubby/serve.py."""
    address, tls = where.server(host)
    command = [str(python), str(_SOURCE / "serve.py"), host, address, str(tls)]
    async with (
        program(where, *command, folder=folder, ready="Running on"),
        where.session() as session,
    ):
        yield Controlled(host=host, session=session)
