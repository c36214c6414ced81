"""What a backup says of itself: from which node, under which schema, and the sum of each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from node.errors import Conflict
from node.ids import moment, stamp

FORMAT = 1
NAME = "manifest.json"
SECRET = "secret"  # noqa: S105  a name, not a secret
DATABASE, MEDIA = "database/", "media/"


class BackupRefused(Conflict):
    """A file is no backup, is damaged, or cannot be restored here; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a backup: SHA-256 in hexadecimal, size in bytes, rows of a table."""

    name: str
    digest: str
    size: int
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The table of contents; `schema` names the migrations with their digests."""

    program: str
    origin: str
    handle: str
    taken: datetime
    schema: Mapping[str, str]
    parts: Sequence[Part]

    @property
    def with_keys(self) -> bool:
        """Whether the master key is inside."""
        return any(part.name == SECRET for part in self.parts)

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(part.rows or 0 for part in self.parts)

    def dump(self) -> bytes:
        """The manifest as JSON."""
        parts = [
            {"name": each.name, "sha256": each.digest, "size": each.size, "rows": each.rows}
            for each in self.parts
        ]
        return orjson.dumps(
            {
                "format": FORMAT,
                "program": self.program,
                "origin": self.origin,
                "handle": self.handle,
                "taken": stamp(self.taken),
                "schema": dict(self.schema),
                "parts": parts,
            },
            option=orjson.OPT_INDENT_2,
        )


def read_manifest(text: bytes) -> Manifest:
    """The manifest in this JSON. Raises: BackupRefused."""
    try:
        found = orjson.loads(text)
        if found["format"] != FORMAT:
            raise BackupRefused(f"This backup has the format {found['format']}, we read {FORMAT}.")
        return Manifest(
            program=str(found["program"]),
            origin=str(found["origin"]),
            handle=str(found["handle"]),
            taken=moment(found["taken"]),
            schema={str(name): str(digest) for name, digest in found["schema"].items()},
            parts=[_part(each) for each in found["parts"]],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BackupRefused("The list of contents of this backup cannot be read.") from wrong


def _part(found: Mapping[str, Any]) -> Part:
    name = str(found["name"])
    folder, _, file = name.rpartition("/")
    if name != SECRET and (folder not in ("database", "media") or not _is_plain(file)):
        raise BackupRefused("This backup has a part with a name that no backup of ours has.")
    return Part(name=name, digest=found["sha256"], size=int(found["size"]), rows=found["rows"])


def _is_plain(file: str) -> bool:
    return bool(file) and not file.startswith(".") and "\\" not in file and file.isprintable()
