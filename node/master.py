"""The master key's file, and its exchange: at every moment the disk holds what opens each secret.

While `NAME.next` lies beside the file, an exchange is under way or was broken off: the new master
seals, both open. Sealed rows come first, the file's replacement last; each step survives a crash
because the one before is durable.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keys.vault import Vault, make_master
from node.errors import Conflict


def open_vault(secret_file: Path) -> Vault:
    """The vault of the master key in this file; during an exchange of both.

    Raises: VaultRefused when it is no master key, OSError when it cannot be read.
    """
    # The next one first: were it read last, an exchange could end between the two readings.
    following = _read(_next(secret_file))
    current = secret_file.read_bytes()
    return Vault(current) if following in (None, current) else Vault(following, current)


def exchange_under_way(secret_file: Path) -> bool:
    """Whether an exchange was begun and not ended."""
    return _next(secret_file).exists()


@contextmanager
def alone(secret_file: Path) -> Iterator[None]:
    """Within the block nobody else seals or exchanges, in this process or another one here.

    Two exchanges at once could each put away the master key with which the other has sealed.
    Raises: Conflict.
    """
    # The folder itself: no file is left behind, and the kernel gives it back after a crash.
    descriptor = os.open(secret_file.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict("Keys are being exchanged at this moment. Try again soon.") from error


def begin_exchange(secret_file: Path) -> None:
    """Put a new master key beside the old one, durably; keep that of an exchange broken off."""
    following = _next(secret_file)
    if following.exists():
        return
    draft = following.with_name(f"{following.name}.draft")
    write_secret(draft, make_master())
    draft.replace(following)
    _sync(following.parent)


def end_exchange(secret_file: Path) -> None:
    """Put the new master key in place of the old one, which is no more afterwards.

    Only to be called when nothing is left that the old one has sealed. Nothing happens when
    somebody else has ended the exchange.
    """
    with suppress(FileNotFoundError):
        _next(secret_file).replace(secret_file)
    _sync(secret_file.parent)


def write_secret(path: Path, secret: bytes) -> None:
    """Write a file that only its owner may read, durably, in place of what was there."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())


def _next(secret_file: Path) -> Path:
    return secret_file.with_name(f"{secret_file.name}.next")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sync(folder: Path) -> None:
    """Make the names in this folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
