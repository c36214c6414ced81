"""Opening a database: the one place that knows both engines by name."""

from __future__ import annotations

from pathlib import Path

from node.storage.database import Database
from node.storage.errors import DatabaseUnusable


async def open_database(url: str, *, readers: int = 2) -> Database:
    """The database at `url`: `sqlite:///relative`, `sqlite:////absolute` or `postgresql://…`.

    `readers` is the number of reading connections (on PostgreSQL: added to the writing ones).
    Raises: DatabaseInUse, DatabaseForeign, DatabaseUnusable.
    """
    # Each engine is imported when it is wanted: asyncpg is an extra, and each costs memory.
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from node.storage.sqlite import open_sqlite  # noqa: PLC0415

        return open_sqlite(Path(rest[1:]), readers=readers)
    if scheme in {"postgresql", "postgres"}:
        from node.storage.postgres import open_postgres  # noqa: PLC0415

        return await open_postgres(url, readers=readers)
    # The URL may hold a password: only its scheme is told.
    raise DatabaseUnusable(f"a database URL starts sqlite:/// or postgresql://, not {scheme!r}")
