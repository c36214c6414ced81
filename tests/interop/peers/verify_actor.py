"""verify_actor of the PyPI package fediverse-pasture: six actors with different demands."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.interop.peers.installing import python_of
from tests.support.https import Street, program

_SOURCE = Path(__file__).parent / "pasture"


def install() -> Path:
    """The Python that has it. Raises: NotInstallable."""
    return python_of("pasture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasture:
    """The running service."""

    street: Street
    host: str

    async def judge(self, actor: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What each of the six could do with this actor (id or `acct:`), and their steps."""
        async with (
            self.street.session() as session,
            session.get(
                f"https://{self.host}/",
                params={"actor_uri": actor},
                headers={"Accept": "application/json"},
            ) as answer,
        ):
            assert answer.status == 200, await answer.text()
            told = await answer.json()
        return told["result"], json.loads(told["messages"])


@asynccontextmanager
async def pasture(
    where: Street, python: Path, folder: Path, host: str = "pasture.test"
) -> AsyncIterator[Pasture]:
    """The service at `https://HOST`, running as long as the block; it keeps its keys in `folder`."""
    address, tls = where.server(host)
    command = [str(python), str(_SOURCE / "serve.py"), host, address, str(tls)]
    async with program(where, *command, folder=folder, ready="Running on"):
        yield Pasture(street=where, host=host)
