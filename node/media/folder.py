"""The files of pictures: each named by the SHA-256 of its bytes, in the data folder's `media`.

A file never changes, so a backup may copy the folder at any time; what the database does not know
is nobody's picture.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from node.media import store
from node.media.model import Prepared, Size
from node.storage.database import Database, Transaction

NAME = "media"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 200
_YOUNG = timedelta(hours=1)
"""Within this time a file may be waiting for its picture to be kept."""


class Folder:
    """The pictures of one data folder."""

    def __init__(self, data: Path) -> None:
        self._top = data / NAME

    def path(self, digest: str) -> Path:
        """Where the file with these bytes is, or would be. Raises: ValueError for no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError("not a digest")
        return self._top / digest[:2] / digest

    def keep(self, image: Prepared) -> None:
        """Write every size, durably; one that is there already stays."""
        for size, body in image.sizes:
            self._write(size, body)

    def remove(self, digest: str) -> None:
        """Remove the file; nothing happens when it is gone already."""
        self.path(digest).unlink(missing_ok=True)

    def names(self, before: datetime) -> Iterator[str]:
        """The names of all files that were written before this moment."""
        for folder in self._top.iterdir() if self._top.is_dir() else ():
            for path in folder.iterdir():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before.timestamp():
                        yield path.name

    def discard(self, name: str) -> None:
        """Remove what is no picture's file: a stray, or a write that was broken off."""
        (self._top / name.lstrip(".")[:2] / name).unlink(missing_ok=True)

    def _write(self, size: Size, body: bytes) -> None:
        path = self.path(size.digest)
        if path.is_file():
            return
        self._top.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)


async def sweep(database: Database, folder: Folder) -> int:
    """Remove the files that no picture needs any more; how many."""

    async def work(tx: Transaction) -> int:
        removed = 0
        for digest in await store.waste(tx, _AT_ONCE):
            # within the transaction: nobody can keep the same picture anew meanwhile
            if not await store.is_needed(tx, digest):
                folder.remove(digest)
                removed += 1
            await store.forget_waste(tx, digest)
        return removed

    if not await database.read(lambda tx: store.waste(tx, 1)):
        return 0
    return await database.write(work)


async def sweep_strays(database: Database, folder: Folder, now: datetime) -> int:
    """Remove the files of which the database knows nothing; how many."""
    old = list(folder.names(now - _YOUNG))
    known = await database.read(lambda tx: store.needed(tx, old))
    strays = [name for name in old if name not in known]
    for name in strays:
        folder.discard(name)
    return len(strays)
