"""The ledger of erasures: a file beside the database and outside of its backups, one line for each.

A restored database is older than what was erased since; the ledger is not, so nobody comes back
with it. A line has no name: time, kind, HMAC-SHA-256 of the id, SHA-256 of the line before. Lines
are only ever added, and each is on the disk before anybody is told that something was erased.
Spec: security 3.5
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from node.errors import Conflict
from node.ids import stamp

LOG_NAME: Final = "erasures.log"
KEY_NAME: Final = "erasures.key"
BEGIN: Final = "0" * 64
_KEY_BYTES = 32
_FIELDS = 4
_ANY: Final[Mapping[str, int]] = {}


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


class Ledger:
    """The ledger in one folder; its key lies beside it, readable by the owner alone."""

    def __init__(self, folder: Path) -> None:
        self.path, self._key_path = folder / LOG_NAME, folder / KEY_NAME

    def lines(self) -> Sequence[Line]:
        """Every line, oldest first; none where there is no ledger.

        Raises: LedgerBroken, OSError.
        """
        return self._read()[0]

    def mac(self, kind: str, name: str) -> str:
        """What stands in the ledger for this id. Raises: LedgerBroken without the key."""
        return self._mac(self._key(), kind, name)

    def macs(self, names: Sequence[tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """The same for many (kind, id): which of them each stands for. Raises: LedgerBroken."""
        key = self._key()
        return {self._mac(key, kind, name): (kind, name) for kind, name in names}

    def append(self, kind: str, name: str, now: datetime) -> Line:
        """The new line, on the disk. Raises: LedgerBroken, OSError, and nothing was added."""
        return self.append_all([(kind, name)], now)[-1]

    def append_all(
        self, names: Sequence[tuple[str, str]], now: datetime, *, most: Mapping[str, int] = _ANY
    ) -> Sequence[Line]:
        """The whole ledger, on the disk, with a new line for each (kind, id).

        `most`: of what so many lines of this kind speak already, no other is written.
        Raises: LedgerBroken, OSError, and nothing was added.
        """
        self._make_key()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with open(descriptor, "r+b") as file:
            # two commands at once
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            lines, whole = self._read()
            new = self._following(lines, names, stamp(now), most)
            # what a crash left of a line was never told to anybody
            file.truncate(whole)
            file.seek(whole)
            file.write(b"".join(line.text.encode() + b"\n" for line in new))
            file.flush()
            os.fsync(descriptor)
        _sync(self.path.parent)
        return (*lines, *new)

    def _following(
        self,
        lines: Sequence[Line],
        names: Sequence[tuple[str, str]],
        at: str,
        most: Mapping[str, int],
    ) -> Sequence[Line]:
        key, many = self._key(), Counter(line.mac for line in lines)
        previous = lines[-1].digest if lines else BEGIN
        new: list[Line] = []
        for kind, name in names:
            mac = self._mac(key, kind, name)
            many[mac] += 1
            if many[mac] <= most.get(kind, many[mac]):
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

    def _read(self) -> tuple[Sequence[Line], int]:
        """Every whole line, and how many bytes they are."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return (), 0
        whole = content.rfind(b"\n") + 1
        lines: list[Line] = []
        previous = BEGIN
        for number, text in enumerate(content[:whole].splitlines(), start=1):
            line = _line(text, number)
            if line.previous != previous:
                raise LedgerBroken(_broken(number))
            lines.append(line)
            previous = line.digest
        return lines, whole

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


def _line(text: bytes, number: int) -> Line:
    try:
        fields = text.decode("ascii").split(" ")
    except UnicodeDecodeError:
        fields = []
    if len(fields) != _FIELDS:
        raise LedgerBroken(_broken(number))
    at, kind, mac, previous = fields
    return Line(at=at, kind=kind, mac=mac, previous=previous)


def _broken(number: int) -> str:
    return (
        f"The ledger of erasures ({LOG_NAME}) was changed at or before line {number}. The node "
        "does not start with it, for somebody who was erased could be back. "
        "Put its copy in its place."
    )


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
