"""Bringing a node back from its backup, into a folder and a database that hold nothing yet.

Everything is made in a folder of its own first; what cannot be restored whole leaves nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from keys.errors import VaultRefused
from node.backup import archive
from node.backup.manifest import DATABASE, MEDIA, SECRET, BackupRefused, Manifest
from node.community.keyring import StoredKeyring
from node.config import Config, write_config
from node.context import Context
from node.erasure.ledger import KEY_NAME, LOG_NAME, Ledger, LedgerBroken
from node.happenings import Restored
from node.master import open_vault, write_secret
from node.people import erasure_store
from node.services import SystemClock
from node.storage.copying import copy_in
from node.storage.database import Database, Transaction
from node.storage.errors import StorageError
from node.storage.migrate import check, migrate, read_migrations
from node.storage.opening import open_database
from node.storage.outbox import StoredOutbox
from node.urls import Urls


@dataclass(frozen=True, slots=True)
class _Draft:
    """A node that is being put together: `folder` becomes its data folder."""

    folder: Path
    manifest: Manifest
    config: Config


async def restore(
    config: Config,
    source: Path,
    *,
    now: datetime,
    ledger: Path | None = None,
    without_ledger: bool = False,
) -> Manifest:
    """The manifest of the backup from which the node at `config` now lives again.

    All sessions, tokens and one-time links of that time are ended: some may have been revoked
    since. The ledger of erasures is the one in the data folder, or `ledger`; at its next start the
    node erases whom that names. `without_ledger`: it is lost, and a new one begins.
    Raises: BackupRefused.
    """
    await _check_free(config)
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=config.data) as folder:
        draft = _unpacked(config, source, Path(folder))
        found = _ledger(config, Path(folder), ledger)
        await _fill(draft, now, None if without_ledger else found)
        if not without_ledger:
            _move_ledger(draft.folder, config)
        _move(draft, config)
    return draft.manifest


async def _check_free(config: Config) -> None:
    """Raises: BackupRefused, where a node is already."""
    if config.engine == "sqlite":
        if _file_of(config).exists():
            raise BackupRefused(f"There is a node in {config.data}; restore into another folder.")
        return
    database = await open_database(config.database)
    try:
        found = await database.read(
            lambda tx: tx.row("select to_regclass('community') is not null as there")
        )
        if found and found["there"]:
            row = await database.read(lambda tx: tx.row("select count(*) as many from community"))
            if row and row["many"]:
                raise BackupRefused("There is a node in this database; restore into an empty one.")
    finally:
        await database.close()


def _unpacked(config: Config, source: Path, folder: Path) -> _Draft:
    manifest = archive.unpack(source, folder)
    if config.file.exists() and config.origin != manifest.origin:
        raise BackupRefused(f"This is the backup of {manifest.origin}, which cannot be another.")
    secret = folder / SECRET
    if not secret.exists():
        if not config.secret_file.exists():
            raise BackupRefused(
                f"The master key is not in this backup: put it at {config.secret_file} first."
            )
        shutil.copy(config.secret_file, secret)
    here = f"sqlite:///{folder}/josoor.db" if config.engine == "sqlite" else config.database
    draft = replace(config, data=folder, origin=manifest.origin, database=here, secret_file=secret)
    return _Draft(folder, manifest, draft)


async def _fill(draft: _Draft, now: datetime, ledger: Ledger | None) -> None:
    """Rows into a database of their own time's schema, then whatever came since."""
    manifest = draft.manifest
    try:
        check(read_migrations(), dict(manifest.schema))
        database = await open_database(draft.config.database)
        try:
            level = max(manifest.schema)
            await migrate(database, now=now, through=level)
            old = [each for each in read_migrations() if each.name <= level]
            await copy_in(database, draft.folder / DATABASE, old)
            await _check_rows(database, manifest)
            await migrate(database, now=now)
            await _match(database, ledger)
            await _wake(database, draft, now)
        finally:
            await database.close()
    except (StorageError, VaultRefused) as wrong:
        raise BackupRefused(f"This backup cannot be restored: {wrong}") from wrong


async def _check_rows(database: Database, manifest: Manifest) -> None:
    async def count(tx: Transaction) -> dict[str, int]:
        found = {}
        for part in manifest.parts:
            if part.name.startswith(DATABASE):
                table = part.name.removeprefix(DATABASE).removesuffix(".jsonl")
                row = await tx.row(f"select count(*) as many from {table}")  # noqa: S608
                found[part.name] = int(row["many"]) if row else 0
        return found

    found = await database.read(count)
    for part in manifest.parts:
        if part.name in found and found[part.name] != part.rows:
            raise BackupRefused(f"The part {part.name} has not as many rows as it says.")


async def _wake(database: Database, draft: _Draft, now: datetime) -> None:
    """See that the keys open, and let the rooms hear that time has passed."""
    secret = draft.config.secret_file
    await StoredKeyring(database, lambda: open_vault(secret), SystemClock()).check()
    urls = Urls(draft.manifest.origin, draft.manifest.handle)

    async def tell(tx: Transaction) -> None:
        context = Context(tx=tx, now=now, urls=urls, outbox=StoredOutbox(tx))
        await context.tell(Restored(draft.manifest.taken))

    await database.write(tell)


def _ledger(config: Config, folder: Path, given: Path | None) -> Ledger:
    """The ledger, whole, that the node will have; `given` is put into `folder` with its key.

    Raises: BackupRefused.
    """
    try:
        if given is None:
            return _whole(Ledger(config.data))
        if (config.data / LOG_NAME).exists():
            raise BackupRefused(f"There is a ledger of erasures in {config.data} already.")
        new = Ledger(folder)
        new.copy_from(given)
        return _whole(new)
    except (LedgerBroken, OSError) as wrong:
        raise BackupRefused(f"The ledger of erasures cannot be taken: {wrong}") from wrong


def _whole(ledger: Ledger) -> Ledger:
    ledger.end()
    return ledger


async def _match(database: Database, ledger: Ledger | None) -> None:
    """Nothing when the database has followed a beginning of this ledger, which it goes on with;
    None: it begins a new one.

    Raises: BackupRefused.
    """
    if ledger is None:
        await database.write(lambda tx: erasure_store.set_applied(tx, 0, ""))
        return
    try:
        ledger.after(*await database.read(erasure_store.applied))
    except LedgerBroken as wrong:
        raise BackupRefused(
            f"{wrong} Give it with --ledger FILE; if it is lost, say --without-ledger."
        ) from wrong


def _move_ledger(folder: Path, config: Config) -> None:
    """The key first: a ledger without it would stop the start."""
    for name in (KEY_NAME, LOG_NAME):
        if (folder / name).exists():
            (folder / name).replace(config.data / name)


def _move(draft: _Draft, config: Config) -> None:
    """Put everything in its place, the database last: with it there is a node."""
    for part in draft.manifest.parts:
        if part.name.startswith(MEDIA):
            name = part.name.removeprefix(MEDIA)
            if name != part.digest:
                raise BackupRefused("A picture of this backup has another name than its content.")
            place = config.data / "media" / name[:2] / name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (draft.folder / part.name).replace(place)
    if not config.secret_file.exists():
        write_secret(config.secret_file, draft.config.secret_file.read_bytes())
    if not config.file.exists():
        write_config({"origin": draft.manifest.origin}, config.file)
    if config.engine == "sqlite":
        (draft.folder / "josoor.db").replace(_file_of(config))


def _file_of(config: Config) -> Path:
    return Path(config.database.removeprefix("sqlite:///"))
