"""What can go wrong in storage, and whether the same call may succeed later.

    StorageError
    ├── DatabaseUnusable         it cannot be opened, or is gone
    │   ├── DatabaseInUse        another process holds the lock
    │   ├── DatabaseForeign      the file belongs to another program
    │   └── ConnectionLost       the server went away; the last write is unknown (retry)
    ├── DatabaseClosed           asked after, or while, closing
    ├── Overloaded               too many writes are waiting           (retry)
    ├── StorageFull              no room left on the disk              (retry)
    ├── Contended                concurrent transactions kept colliding (retry)
    ├── ReadTooLong              a read passed its deadline
    ├── ConstraintViolated       a unique, foreign, check or not-null rule
    ├── StatementRefused         SQL that is wrong, or not allowed inside a transaction function
    ├── TransactionMisused
    │   ├── TransactionSuspended it awaited something that is not a statement
    │   ├── TransactionNested    it asked the database for a second transaction
    │   └── TransactionEnded     it was used after its function returned
    └── MigrationError
        ├── MigrationMisnamed    a file that is not NNNN_name.sql, or a number used twice
        ├── MigrationChanged     an applied file was edited, or one was slipped in before it
        └── SchemaTooNew         the database knows migrations that this program does not

Each has two faces: `str(error)` is a sentence, `reason` the slug for log and counter.
"""

from __future__ import annotations


class StorageError(Exception):
    """Anything that storage refuses or fails to do; `retry` says whether later may go better."""

    reason = "storage"
    retry = False


class DatabaseUnusable(StorageError):
    """The database cannot be opened, or went away."""

    reason = "database-unusable"


class DatabaseInUse(DatabaseUnusable):
    """Another process holds this database: two writers could corrupt it."""

    reason = "database-in-use"


class DatabaseForeign(DatabaseUnusable):
    """The file is a database of another program."""

    reason = "database-foreign"


class ConnectionLost(DatabaseUnusable):
    """The server went away; whether the write happened is unknown, so repeat it idempotently."""

    reason = "connection-lost"
    retry = True


class DatabaseClosed(StorageError):
    """The database is closed, or closing: nothing was written."""

    reason = "database-closed"


class Overloaded(StorageError):
    """Too many writes are waiting; nothing of this one was done."""

    reason = "overloaded"
    retry = True


class StorageFull(StorageError):
    """No room left on the disk; nothing was written, reading goes on."""

    reason = "storage-full"
    retry = True


class Contended(StorageError):
    """Concurrent transactions kept colliding; nothing was written."""

    reason = "contended"
    retry = True


class ReadTooLong(StorageError):
    """A read passed its deadline and was stopped."""

    reason = "read-too-long"


class ConstraintViolated(StorageError):
    """A unique, foreign-key, check or not-null rule of the schema said no."""

    reason = "constraint-violated"


class StatementRefused(StorageError):
    """The SQL is wrong, lacks a value, or is not for a transaction function."""

    reason = "statement-refused"


class TransactionMisused(StorageError):
    """A transaction function did what would break the promises to the others."""

    reason = "transaction-misused"


class TransactionSuspended(TransactionMisused):
    """It awaited something that is not a statement: no network inside a transaction."""

    reason = "transaction-suspended"


class TransactionNested(TransactionMisused):
    """It asked the database for a second transaction."""

    reason = "transaction-nested"


class TransactionEnded(TransactionMisused):
    """It was used after its function had returned."""

    reason = "transaction-ended"


class MigrationError(StorageError):
    """The schema of the database and the files do not go together."""

    reason = "migration"


class MigrationMisnamed(MigrationError):
    """A file is not named NNNN_name.sql, or a number is used twice."""

    reason = "migration-misnamed"


class MigrationChanged(MigrationError):
    """A file that was applied reads otherwise now, or one was slipped in before it."""

    reason = "migration-changed"


class SchemaTooNew(MigrationError):
    """The database was migrated by a newer program."""

    reason = "schema-too-new"
