"""The file of a backup: a compressed tar, the manifest first, then its parts in that order."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from node.backup.manifest import NAME, BackupRefused, Manifest, Part, read_manifest
from node.backup.sealing import seal

_CHUNK = 1024 * 1024
_LARGEST_MANIFEST = 64 * 1024 * 1024
_BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError)


def describe(name: str, path: Path, rows: int | None = None) -> Part:
    """The part with the content of this file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(name=name, digest=digest, size=path.stat().st_size, rows=rows)


def write(
    target: Path, manifest: Manifest, files: Sequence[Path], recipient: str | None = None
) -> None:
    """Write the backup durably, readable by its owner only, all of it or nothing.

    `files` are those of the parts, in their order; `recipient` is the public key of who alone can
    read it. Raises: OSError, FileExistsError among them; BackupRefused for what is no such key.
    """
    if target.exists():
        raise FileExistsError(target)
    draft = target.with_name(f"{target.name}.part")
    sealed = target.with_name(f"{target.name}.sealed")
    for left_behind in (draft, sealed):
        left_behind.unlink(missing_ok=True)
    try:
        _write(draft, manifest, files)
        if recipient is not None:
            seal(draft, sealed, recipient)
        # not `replace`: an older backup of this name stays
        os.link(sealed if recipient is not None else draft, target)
    finally:
        draft.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)
    _sync(target.parent)


def _write(draft: Path, manifest: Manifest, files: Sequence[Path]) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
            _add(tar, NAME, io.BytesIO(manifest.dump()), len(manifest.dump()))
            for part, path in zip(manifest.parts, files, strict=True):
                with path.open("rb") as file:
                    _add(tar, part.name, file, part.size)
        raw.flush()
        os.fsync(raw.fileno())


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    tar.addfile(info, file)


@contextmanager
def _refusing() -> Iterator[None]:
    """What breaks while a backup is read is told as what it is."""
    try:
        yield
    except BackupRefused:
        raise
    except FileNotFoundError as missing:
        raise BackupRefused("There is no such file.") from missing
    except _BROKEN as broken:
        raise BackupRefused("This file is no backup, or it is damaged.") from broken


def unpack(source: Path, folder: Path) -> Manifest:
    """The manifest of a backup, each of its parts checked and written below `folder`.

    Raises: BackupRefused for whatever is missing, too much, or not as the manifest says.
    """
    with _refusing(), tarfile.open(source, mode="r:gz") as tar:
        manifest = _manifest(tar)
        for part in manifest.parts:
            member = tar.next()
            if member is None or member.name != part.name or not member.isreg():
                raise BackupRefused(f"The part {part.name} is missing.")
            _unpack(tar, member, part, folder)
        if tar.next() is not None:
            raise BackupRefused("There is more in this file than its list of contents says.")
        # to the very end, where the sum over the whole file stands
        while tar.fileobj.read(_CHUNK):
            continue
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != NAME or first.size > _LARGEST_MANIFEST:
        raise BackupRefused("This file is no backup of a node.")
    file = tar.extractfile(first)
    return read_manifest(file.read() if file else b"")


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, part: Part, folder: Path) -> None:
    file, digest, size = tar.extractfile(member), hashlib.sha256(), 0
    path = folder / part.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as written:
        while file and (chunk := file.read(_CHUNK)):
            digest.update(chunk)
            size += len(chunk)
            written.write(chunk)
    if (size, digest.hexdigest()) != (part.size, part.digest):
        raise BackupRefused(f"The part {part.name} is damaged.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
