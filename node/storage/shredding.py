"""Overwriting what was deleted: the pages of the file, and the log that had held them.

SQLite zeroes what is deleted (`secure_delete`), but leaves copies of rows in pages that it has
arranged anew, and what was written in its log. So the file is made anew, and the log emptied. What
the disk itself still holds is beyond a program: encrypt the disk.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

LARGEST: Final = 1024 * 1024 * 1024
"""A larger file is not made anew: its log is emptied, deleted bytes are zeroed where they stood."""
_PATIENCE = 500
_USUAL_PATIENCE = 5000
"""Milliseconds for which a statement waits for those who read."""


def shred_sqlite(connection: sqlite3.Connection, path: Path) -> bool:
    """Make the file anew without what was deleted, and empty its log; False while somebody reads.

    `connection` is the writer, with no transaction open. Raises: sqlite3.Error, for a full disk.
    """
    if path.stat().st_size <= LARGEST:
        _make_anew(connection, path.parent)
    return _empty_log(connection)


def _make_anew(connection: sqlite3.Connection, folder: Path) -> None:
    """What it is copied through lies in our own folder, without a name, and never in memory."""
    before = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(folder)
    try:
        connection.execute("pragma temp_store = file")
        connection.execute("vacuum")
    finally:
        connection.execute("pragma temp_store = memory")
        if before is None:
            del os.environ["SQLITE_TMPDIR"]
        else:
            os.environ["SQLITE_TMPDIR"] = before


def _empty_log(connection: sqlite3.Connection) -> bool:
    connection.execute(f"pragma busy_timeout = {_PATIENCE}").fetchall()
    try:
        busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        return not busy
    finally:
        connection.execute(f"pragma busy_timeout = {_USUAL_PATIENCE}").fetchall()
