"""Files of a person's data that the database holds only sealed.

They are put in when she gets her data, not while it is put together and kept for her.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping

from node.people.model import Person
from node.services import Node

Opening = Callable[[Node, Person], Awaitable[bytes | None]]


class SealedFiles:
    """Who opens which file; rooms above fill it."""

    def __init__(self) -> None:
        self._table: dict[str, Opening] = {}

    def on(self, name: str) -> Callable[[Opening], Opening]:
        """Let the decorated function say what is in the file of that name; None for no file."""

        def add(opening: Opening) -> Opening:
            self._table[name] = opening
            return opening

        return add

    async def add_to(self, archive: bytes, node: Node, person: Person) -> bytes:
        """The same ZIP with these files as well."""
        found = {name: await opening(node, person) for name, opening in self._table.items()}
        files = {name: content for name, content in found.items() if content is not None}
        return _with(archive, files) if files else archive


def _with(archive: bytes, files: Mapping[str, bytes]) -> bytes:
    import zipfile  # noqa: PLC0415 - seldom needed, and an idle node is to be small

    target = io.BytesIO(archive)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o600 << 16
            opened.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


sealed_files = SealedFiles()
"""Those of this node."""
