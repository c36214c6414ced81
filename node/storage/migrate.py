"""Bring the schema up to date: `schema/NNNN_name.sql`, once each, in order.

Every file runs in one transaction together with the row that says so. Applied files are
immutable; the database remembers their digests. Spec: reliability rules U1, U3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from node.storage.database import Database, Transaction
from node.storage.errors import MigrationChanged, MigrationMisnamed, SchemaTooNew
from node.storage.statements import for_postgresql, split

SCHEMA = Path(__file__).parent / "schema"

_NAME = re.compile(r"\d{4}_[a-z0-9_]+\Z")
_TABLE = """
create table if not exists migration (
    name text not null primary key,
    digest text not null,
    applied_at text not null
) strict
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file of the schema."""

    name: str
    """Its file name without `.sql`."""
    script: str
    digest: str
    """SHA-256 of the text, in hexadecimal."""

    @property
    def statements(self) -> tuple[str, ...]:
        """What stands in the file, one by one; most starts need none of it."""
        return tuple(split(self.script))


def read_migrations(folder: Path = SCHEMA) -> tuple[Migration, ...]:
    """The files of a folder, in order. Raises: MigrationMisnamed."""
    migrations = tuple(_read(path) for path in sorted(folder.glob("*.sql")))
    numbers = [migration.name[:4] for migration in migrations]
    twice = {number for number in numbers if numbers.count(number) > 1}
    if twice:
        raise MigrationMisnamed(f"migration numbers used twice: {', '.join(sorted(twice))}")
    return migrations


async def migrate(
    database: Database, folder: Path = SCHEMA, *, now: datetime, through: str | None = None
) -> tuple[str, ...]:
    """The names of the migrations applied just now; empty when nothing was to do.

    `through` names the last one wanted; None: all. Several processes may call it at once on
    PostgreSQL: one works, the others wait.
    Raises: MigrationMisnamed, MigrationChanged, SchemaTooNew; on these nothing was changed.
    """
    migrations = read_migrations(folder)
    await database.write(lambda transaction: _prepare(database, transaction))
    check(migrations, await _applied(database))
    wanted = [each for each in migrations if through is None or each.name <= through]
    names = [each.name for each in wanted if await _apply(database, each, now)]
    return tuple(names)


def check(migrations: Sequence[Migration], applied: dict[str, str]) -> None:
    """Nothing, when `applied` (name to digest) is a beginning of `migrations`.

    Raises: SchemaTooNew, MigrationChanged.
    """
    digests = {migration.name: migration.digest for migration in migrations}
    unknown = sorted(applied.keys() - digests.keys())
    if unknown:
        raise SchemaTooNew(f"this program is older than its database, which has {unknown[-1]}")
    for name, digest in applied.items():
        if digests[name] != digest:
            raise MigrationChanged(f"{name}.sql was edited after it had been applied")
    late = sorted(digests)[: len(applied)]
    if late != sorted(applied):
        slipped = min(digests.keys() - applied.keys())
        raise MigrationChanged(f"{slipped}.sql comes before migrations that are applied")


def _read(path: Path) -> Migration:
    if not _NAME.match(path.stem):
        raise MigrationMisnamed(f"a migration is named NNNN_name.sql, not {path.name}")
    script = path.read_text(encoding="utf-8")
    return Migration(
        name=path.stem,
        script=script,
        digest=hashlib.sha256(script.encode()).hexdigest(),
    )


async def _prepare(database: Database, transaction: Transaction) -> None:
    if database.engine == "postgresql":
        # Two processes that create the same table at once would collide in the catalogue.
        await transaction.row("select pg_advisory_xact_lock(1246974802)")
    await transaction.run(_dialect(database, _TABLE))


async def _applied(database: Database) -> dict[str, str]:
    async def read(transaction: Transaction) -> dict[str, str]:
        rows = await transaction.rows("select name, digest from migration")
        return {row["name"]: row["digest"] for row in rows}

    return await database.read(read)


async def _apply(database: Database, migration: Migration, now: datetime) -> bool:
    """Whether the migration was applied here, and not before or by another process."""

    async def work(transaction: Transaction) -> bool:
        if database.engine == "postgresql":
            # LOCK takes no snapshot: what another process has just applied is seen below.
            await transaction.run("lock table migration in exclusive mode")
        known = await transaction.row(
            "select digest from migration where name = :name", name=migration.name
        )
        if known is not None:
            return False
        for statement in migration.statements:
            await transaction.run(_dialect(database, statement))
        await transaction.run(
            "insert into migration (name, digest, applied_at) values (:name, :digest, :at)",
            name=migration.name,
            digest=migration.digest,
            at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        )
        return True

    return await database.write(work)


def _dialect(database: Database, statement: str) -> str:
    return statement if database.engine == "sqlite" else for_postgresql(statement)
