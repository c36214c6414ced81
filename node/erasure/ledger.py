"""The ledger of erasures: a file beside the database and outside of its backups, one line for each.

A restored database is older than what was erased since; the ledger is not, so nobody comes back
with it. A line has no name: time, kind, HMAC-SHA-256 of the id, SHA-256 of the line before. Lines
are only ever added, and each is on the disk before anybody is told that something was erased.
Spec: security 3.5
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from node.erasure.chain import (
    BEGIN,
    LOG_NAME,
    Known,
    LedgerBroken,
    Line,
    checked,
    line_of,
    longer,
    mark_of,
    short,
    verified,
)
from node.ids import stamp

__all__ = ["BEGIN", "KEY_NAME", "LOG_NAME", "Added", "Ledger", "LedgerBroken", "Line"]

KEY_NAME: Final = "erasures.key"
_KEY_BYTES = 32
_ANY: Final[Mapping[str, int]] = {}
_WAY_OUT: Final = (
    "Put the newest one in its place; docs/commands.md says what to do where it is lost."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The lines that are new, and how many there are with them."""

    lines: Sequence[Line]
    many: int


class Ledger:
    """The ledger in one folder; its key lies beside it, readable by the owner alone.

    It remembers what it has verified: writing and asking take no longer when there is much in it.
    """

    def __init__(self, folder: Path) -> None:
        self.path, self._key_path = folder / LOG_NAME, folder / KEY_NAME
        self._known: Known | None = None

    def lines(self) -> Sequence[Line]:
        """Every line, oldest first; none where there is no ledger.

        Raises: LedgerBroken, OSError.
        """
        try:
            return tuple(line_of(text) for text, _ in checked(self.path))
        except FileNotFoundError:
            return ()

    def mac(self, kind: str, name: str) -> str:
        """What stands in the ledger for this id. Raises: LedgerBroken without the key."""
        return self._mac(self._key(), kind, name)

    def macs(self, names: Sequence[tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """The same for many (kind, id): which of them each stands for. Raises: LedgerBroken."""
        key = self._key()
        return {self._mac(key, kind, name): (kind, name) for kind, name in names}

    def forget(self) -> None:
        """Let it be verified from its first line the next time, as at every start."""
        self._known = None

    def end(self) -> tuple[int, str]:
        """How many lines there are, and the digest of the last. Raises: LedgerBroken, OSError."""
        known = self._verified()
        return known.many, known.digest

    def after(self, many: int, head: str) -> Sequence[Line]:
        """The lines after the first `many`, the last of which has the digest `head`.

        Raises: LedgerBroken when those are not how it begins; OSError.
        """
        known = self._verified()
        if many > known.many:
            raise LedgerBroken(
                f"The ledger of erasures has {known.many} lines, and this database has followed "
                f"{many}: it is missing, or an older copy. {_WAY_OUT}"
            )
        if (many, head) == (known.many, known.digest):
            return ()
        digest, rest = "", list[Line]()
        for number, (text, its_own) in enumerate(checked(self.path), start=1):
            if number == many:
                digest = its_own
            elif number > many:
                rest.append(line_of(text))
        if many and digest != head:
            raise LedgerBroken(
                f"The ledger of erasures is not the one that this database has followed. {_WAY_OUT}"
            )
        return rest

    def append(self, kind: str, name: str, now: datetime) -> Line:
        """The new line, on the disk. Raises: LedgerBroken, OSError, and nothing was added."""
        return self.append_all([(kind, name)], now).lines[-1]

    def append_all(
        self, names: Sequence[tuple[str, str]], now: datetime, *, most: Mapping[str, int] = _ANY
    ) -> Added:
        """A new line for each (kind, id), on the disk.

        `most`: of what so many lines of this kind speak already, no other is written.
        Raises: LedgerBroken, OSError, and nothing was added.
        """
        self._make_key()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with open(descriptor, "r+b") as file:
            # two commands at once
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            known = self._verified()
            new = self._following(known, names, stamp(now), most)
            # what a crash left of a line was never told to anybody
            file.truncate(known.whole)
            file.seek(known.whole)
            file.write(b"".join(line.text.encode() + b"\n" for line in new))
            file.flush()
            os.fsync(descriptor)
            self._known = longer(known, new, os.fstat(descriptor))
        _sync(self.path.parent)
        return Added(lines=new, many=self._known.many)

    def _following(
        self, known: Known, names: Sequence[tuple[str, str]], at: str, most: Mapping[str, int]
    ) -> Sequence[Line]:
        key, more, previous = self._key(), Counter[int](), known.digest or BEGIN
        new: list[Line] = []
        for kind, name in names:
            mac = self._mac(key, kind, name)
            if known.tally[short(mac)] + more[short(mac)] < most.get(kind, sys.maxsize):
                more[short(mac)] += 1
                new.append(Line(at=at, kind=kind, mac=mac, previous=previous))
                previous = new[-1].digest
        return new

    def copy_from(self, source: Path) -> int:
        """How many lines the ledger in `source` has, which is now in this folder with its key.

        Raises: LedgerBroken, OSError.
        """
        other = Ledger(source.parent)
        other.path = source
        lines = other.lines()
        if not source.exists():
            raise LedgerBroken(f"There is no ledger of erasures at {source}.")
        if lines:
            _write(self._key_path, other._key())
        _write(self.path, b"".join(line.text.encode() + b"\n" for line in lines))
        _sync(self.path.parent)
        return len(lines)

    def _verified(self) -> Known:
        """What the file says, every line of it verified unless nothing has touched it since."""
        try:
            mark = mark_of(self.path.stat())
        except FileNotFoundError:
            return Known(mark=(), many=0, whole=0, digest="", tally=Counter())
        if self._known is None or self._known.mark != mark:
            self._known = verified(self.path, mark)
        return self._known

    def _key(self) -> bytes:
        try:
            key = self._key_path.read_bytes()
        except FileNotFoundError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise LedgerBroken(
                f"{self._key_path} is missing or is no key: without it nobody can say whom the "
                f"ledger of erasures speaks of. Put it back from where it was copied to."
            )
        return key

    def _make_key(self) -> None:
        """A key of its own: it survives an exchange of the master key, and is in no backup."""
        if not self._key_path.exists() and not self.path.exists():
            _write(self._key_path, secrets.token_bytes(_KEY_BYTES))
            _sync(self._key_path.parent)

    @staticmethod
    def _mac(key: bytes, kind: str, name: str) -> str:
        return hmac.new(key, f"{kind} {name}".encode(), "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
