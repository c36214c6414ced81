"""Operations on backups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from node.backup.taking import Source, take
from node.errors import Invalid
from node.ids import rfc3339
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]


@operation("backup.take")
async def take_backup(node: Node, arguments: Arguments) -> Json:
    """What the new backup holds. `file`: an absolute path; `with_keys`; `to`: the public key of
    who alone shall read it."""
    target = Path(str(arguments.get("file", "")))
    if not _can_be_written(target):
        raise Invalid({"file": "must be a path in a folder that is there"})
    manifest = await take(
        Source(config=node.config, handle=node.urls.handle),
        target,
        with_keys=bool(arguments.get("with_keys")),
        now=node.clock.now(),
        recipient=_recipient(arguments),
    )
    return {
        "id": str(target),
        "origin": manifest.origin,
        "taken": rfc3339(manifest.taken),
        "rows": manifest.rows,
        "parts": len(manifest.parts),
        "size": _size(target),
        "with_keys": manifest.with_keys,
        "sealed": _recipient(arguments) is not None,
    }


def _recipient(arguments: Arguments) -> str | None:
    given = arguments.get("to")
    return None if given is None else str(given)


def _can_be_written(target: Path) -> bool:
    return target.is_absolute() and target.parent.is_dir()


def _size(target: Path) -> int:
    return target.stat().st_size
