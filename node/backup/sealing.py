"""Backups that only the holder of an offline key can read: the node itself cannot.

The form is that of the program `age`, which opens them as well. Spec: age-encryption.org/v1;
security: M12
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.backup.manifest import BackupRefused

_HEADER = b"age-encryption.org/v1"


def make_key(file: Path) -> str:
    """The public key that belongs to a new secret key, which is written to `file`.

    Raises: BackupRefused when there is such a file, or it cannot be written.
    """
    import pyrage  # noqa: PLC0415  a Rust library: loaded only where it is used

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as wrong:
        raise BackupRefused(f"{file.name} cannot be written: {wrong.strerror}.") from wrong
    with open(descriptor, "w", encoding="ascii") as written:
        written.write(f"# public key: {public}\n{identity}\n")
    return public


def seal(plain: Path, sealed: Path, recipient: str) -> None:
    """Write the file anew so that only the holder of the recipient's secret key can read it.

    Raises: BackupRefused for what is no public key.
    """
    import pyrage  # noqa: PLC0415  as above

    # made first, so that nobody else can open it
    os.close(os.open(sealed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    pyrage.encrypt_file(str(plain), str(sealed), [_recipient(recipient)])
    with sealed.open("rb") as file:
        os.fsync(file.fileno())


def check_recipient(recipient: str) -> None:
    """Nothing for a public key. Raises: BackupRefused."""
    _recipient(recipient)


def _recipient(text: str) -> object:
    import pyrage  # noqa: PLC0415  as above

    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as wrong:
        raise BackupRefused("This is no public key: they begin with age1.") from wrong


@contextmanager
def opened(source: Path, identity: Path | None) -> Iterator[Path]:
    """Within the block the backup as it can be read; a sealed one in a folder of its own.

    Raises: BackupRefused, as `unseal`.
    """
    if not is_sealed(source):
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="josoor-unsealed-") as folder:
        plain = Path(folder) / source.name
        unseal(source, plain, identity)
        yield plain


def is_sealed(source: Path) -> bool:
    """Whether this file was sealed. Raises: BackupRefused when it cannot be read."""
    try:
        with source.open("rb") as file:
            return file.read(len(_HEADER)) == _HEADER
    except OSError as wrong:
        raise BackupRefused(f"{source.name} cannot be read: {wrong.strerror}.") from wrong


def unseal(source: Path, plain: Path, identity: Path | None) -> None:
    """Write what was sealed to `plain`, with the secret key in the file `identity`.

    Raises: BackupRefused without a key, with a wrong one, and for a damaged file.
    """
    import pyrage  # noqa: PLC0415  as above

    if identity is None:
        raise BackupRefused("This backup is sealed: give its secret key with --identity FILE.")
    os.close(os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        pyrage.decrypt_file(str(source), str(plain), [_identity(identity)])
    except (pyrage.DecryptError, OSError, ValueError) as wrong:
        raise BackupRefused(
            "This key does not open this backup, or the file is damaged."
        ) from wrong


def _identity(file: Path) -> object:
    import pyrage  # noqa: PLC0415  as above

    try:
        lines = file.read_text(encoding="ascii").splitlines()
        secret = next(line for line in lines if line.startswith("AGE-SECRET-KEY-"))
        return pyrage.x25519.Identity.from_str(secret.strip())
    except (OSError, UnicodeDecodeError, StopIteration, pyrage.IdentityError) as wrong:
        raise BackupRefused("There is no secret key in the file of --identity.") from wrong
