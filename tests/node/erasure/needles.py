"""Searching every byte that a node leaves for words that must not be there."""

from __future__ import annotations

import gzip
import io
import logging
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.logs import JsonFormatter
from node.services import Node
from tests.support.nodes import do

NEEDLE = "zorvanquil"
"""In every name and word of whoever is erased; nowhere else in the world."""
_FORMS = (NEEDLE, NEEDLE.upper(), NEEDLE.capitalize())


def found(content: bytes) -> int:
    """How often the needle is in these bytes, in whatever letters and encoding."""
    forms = [form.encode(code) for form in _FORMS for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return sum(content.count(form) for form in forms)


def in_folder(folder: Path) -> dict[str, int]:
    """The files below a folder in which, or in whose names, the needle is."""
    counted = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = str(path.relative_to(folder))
            if many := found(path.read_bytes()) + found(name.encode()):
                counted[name] = many
    return counted


async def in_backup(node: Node, file: Path) -> dict[str, int]:
    """The same for the parts of a backup that is taken now."""
    await do(node, "backup.take", file=str(file), with_keys=True)
    return _in_tar(file)


def _in_tar(file: Path) -> dict[str, int]:
    plain = gzip.decompress(file.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        parts = {member.name: tar.extractfile(member) for member in tar}
        many = {name: found(part.read()) for name, part in parts.items() if part}
    return {name: count for name, count in many.items() if count} | (
        {"whole": found(plain)} if found(plain) else {}
    )


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """All that is logged within the block, down to the last detail, as the node writes it."""
    said, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(said), root.level
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
