"""The server bovine_herd (PyPI), which shows its actors only to who signs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from activitypub.contexts import load
from tests.interop.peers.controlled import Controlled
from tests.interop.peers.installing import python_of
from tests.support.https import Street, program

_SOURCE = Path(__file__).parent / "bovine"
# It would fetch these; nobody is asked who is not on this machine.
_CONTEXTS = (
    "https://www.w3.org/ns/activitystreams",
    "https://www.w3.org/ns/cid/v1",
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/v1",
)


def install() -> Path:
    """The Python that has it. Raises: NotInstallable."""
    return python_of("bovine")


@asynccontextmanager
async def bovine_peer(
    where: Street, python: Path, folder: Path, host: str = "bovine.test"
) -> AsyncIterator[Controlled]:
    """The server at `https://HOST`, running as long as the block; see bovine/serve.py."""
    address, tls = where.server(host)
    contexts = folder / "contexts.json"
    contexts.write_text(json.dumps({url: load(url) for url in _CONTEXTS}), encoding="utf-8")
    command = [str(python), str(_SOURCE / "serve.py"), host, address, str(tls), str(contexts)]
    async with (
        program(where, *command, folder=folder, ready="Running on"),
        where.session() as session,
    ):
        yield Controlled(host=host, session=session)
