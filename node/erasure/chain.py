"""The lines of the ledger of erasures: each holds the digest of the one before."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.errors import Conflict

LOG_NAME: Final = "erasures.log"
BEGIN: Final = "0" * 64
_FIELDS = 4


class LedgerBroken(Conflict):
    """The ledger of erasures is not as it was written; says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One erasure; `digest` is that of the line itself, on which the next one follows."""

    at: str
    kind: str
    mac: str
    previous: str

    @property
    def text(self) -> str:
        """The line as it stands in the file."""
        return f"{self.at} {self.kind} {self.mac} {self.previous}"

    @property
    def digest(self) -> str:
        """SHA-256 of the line."""
        return hashlib.sha256(self.text.encode()).hexdigest()


Mark = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was verified: how the file looked then, lines, bytes, the digest of the last line ("":
    there is none), and how many lines speak of each."""

    mark: Mark
    many: int
    whole: int
    digest: str
    tally: Counter[int]


def checked(path: Path) -> Iterator[tuple[str, str]]:
    """Every whole line with its digest, as far as each follows on the one before.

    Raises: LedgerBroken, OSError.
    """
    previous = BEGIN
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            # what has no end was never told to anybody
            if raw.endswith(b"\n"):
                text = raw[:-1].decode("ascii", "replace")
                if text.count(" ") != _FIELDS - 1 or not text.endswith(f" {previous}"):
                    raise LedgerBroken(_broken(number))
                previous = hashlib.sha256(raw[:-1]).hexdigest()
                yield text, previous


def verified(path: Path, mark: Mark) -> Known:
    many, whole, digest, tally = 0, 0, "", Counter[int]()
    for text, its_own in checked(path):
        many, whole, digest = many + 1, whole + len(text) + 1, its_own
        tally[short(line_of(text).mac)] += 1
    return Known(mark=mark, many=many, whole=whole, digest=digest, tally=tally)


def longer(known: Known, new: Sequence[Line], found: os.stat_result) -> Known:
    known.tally.update(short(line.mac) for line in new)
    return Known(
        mark=mark_of(found),
        many=known.many + len(new),
        whole=known.whole + sum(len(line.text) + 1 for line in new),
        digest=new[-1].digest if new else known.digest,
        tally=known.tally,
    )


def mark_of(found: os.stat_result) -> Mark:
    """Another one once anybody has written to the file, or put another in its place."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def short(mac: str) -> int:
    """Enough of it to count by; a whole one takes four times the memory."""
    return int(mac[:16], 16)


def line_of(text: str) -> Line:
    at, kind, mac, previous = text.split(" ")
    return Line(at=at, kind=kind, mac=mac, previous=previous)


def _broken(number: int) -> str:
    return (
        f"The ledger of erasures ({LOG_NAME}) was changed at or before line {number}. The node "
        "does not start with it, for somebody who was erased could be back. "
        "Put its copy in its place."
    )
