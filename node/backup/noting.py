"""When the last backup was taken, in a small file of the data folder: told by `doctor` and desk.

Not in the database, where every backup would hold the date of the one before it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from node.config import Config
from node.ids import moment, stamp

_NAME = "last-backup"


def note_taken(config: Config, at: datetime) -> None:
    """Remember that a backup was taken. Raises: OSError."""
    path = _file(config)
    draft = path.with_suffix(".new")
    draft.write_text(stamp(at) + "\n", encoding="ascii")
    draft.chmod(0o600)
    draft.replace(path)


def last_taken(config: Config) -> datetime | None:
    """When the last one was taken; None where none was, or nobody knows."""
    try:
        return moment(_file(config).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def _file(config: Config) -> Path:
    return config.data / _NAME
