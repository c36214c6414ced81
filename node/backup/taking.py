"""Taking a backup, also while the node runs: rows of one moment, pictures, if wanted the key."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from node.backup import archive
from node.backup.manifest import DATABASE, MEDIA, SECRET, BackupRefused, Manifest, Part
from node.backup.noting import note_taken
from node.backup.sealing import check_recipient
from node.config import Config
from node.storage.copying import copy_out
from node.storage.migrate import read_migrations
from node.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Of which node a backup is taken."""

    config: Config
    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _What:
    with_keys: bool
    recipient: str | None


async def take(
    source: Source,
    target: Path,
    *,
    with_keys: bool,
    now: datetime,
    recipient: str | None = None,
) -> Manifest:
    """The manifest of the new backup at `target`; with a `recipient` only who has the secret key
    of this public one can read it.

    Without keys it opens nothing by itself: keep the master key somewhere else.
    Raises: BackupRefused when there is such a file, or it cannot be written.
    """
    if recipient is not None:
        check_recipient(recipient)
    what = _What(with_keys=with_keys, recipient=recipient)
    try:
        # beside the target: there is where the room must be
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as draft:
            rows = await copy_out(source.config.database, Path(draft))
            manifest = await asyncio.to_thread(_write, source, target, Path(draft), rows, what, now)
    except FileExistsError as there:
        raise BackupRefused(
            f"{target.name} is there already; a backup never replaces another."
        ) from there
    except OSError as wrong:
        raise BackupRefused(f"{target.name} cannot be written: {wrong.strerror}.") from wrong
    with suppress(OSError):  # a backup is one, whether or not its day could be noted
        await asyncio.to_thread(note_taken, source.config, now)
    return manifest


def _write(
    source: Source,
    target: Path,
    draft: Path,
    rows: dict[str, int],
    what: _What,
    now: datetime,
) -> Manifest:
    found = [_table(name, many, draft) for name, many in rows.items()]
    found += _media(source)
    if what.with_keys:
        secret = source.config.secret_file
        found.append((archive.describe(SECRET, secret), secret))
    manifest = Manifest(
        program=VERSION,
        origin=source.config.origin,
        handle=source.handle,
        taken=now,
        schema={each.name: each.digest for each in read_migrations()},
        parts=[part for part, _ in found],
    )
    archive.write(target, manifest, [path for _, path in found], what.recipient)
    return manifest


def _table(name: str, rows: int, draft: Path) -> tuple[Part, Path]:
    path = draft / f"{name}.jsonl"
    return archive.describe(f"{DATABASE}{name}.jsonl", path, rows), path


def _media(source: Source) -> list[tuple[Part, Path]]:
    """The files of pictures; one that is removed meanwhile is missed by nobody."""
    found = []
    for path in sorted((source.config.data / "media").glob("*/*")):
        with suppress(FileNotFoundError):
            if not path.name.startswith("."):
                found.append((archive.describe(f"{MEDIA}{path.name}", path), path))
    return found
