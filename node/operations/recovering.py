"""What is done without a node, because none would start."""

from __future__ import annotations

from node.config import Config
from node.erasure.ledger import KEY_NAME, LOG_NAME
from node.people import erasure_store
from node.storage.opening import open_database


async def begin_ledger_anew(config: Config) -> str | None:
    """Under which name the broken ledger is kept, None where there was none.

    Safe only with the newest database: of whoever is erased by now it holds nothing any more.
    Raises: StorageError while the node runs, OSError.
    """
    database = await open_database(config.database)
    try:
        kept = None
        for name in (LOG_NAME, KEY_NAME):
            path = config.data / name
            if path.exists():
                path.replace(path.with_name(f"{name}.broken"))
                kept = f"{LOG_NAME}.broken"
        await database.write(lambda tx: erasure_store.set_applied(tx, 0, ""))
    finally:
        await database.close()
    return kept
