"""Pictures for tests: harmless ones made here, and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS, ORIENTATION = 0x8825, 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (1600, 900), **how: Any) -> bytes:
    """A picture of two colours: the left half red, the right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def telling(size: tuple[int, int] = (1600, 900), kind: str = "JPEG") -> bytes:
    """A photograph that says where it was taken and by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Geheimkamera"
    exif.get_ifd(GPS)[2] = (48.0, 12.0, 30.0)
    return picture(kind, size, exif=exif, comment=b"Praterstern", icc_profile=b"PROFIL" * 40)


def bomb(width: int = 12_000, height: int = 12_000) -> bytes:
    """A PNG of a few kilobytes that unfolds to hundreds of megabytes."""
    rows = zlib.compressobj(9)
    line = b"\0" * (1 + width * 3)
    body = b"".join(rows.compress(line) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data) for kind, data in ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    )


def claimed(width: int, height: int) -> bytes:
    """A PNG whose head promises this size, with nothing behind it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0"))


def moving(frames: int = 300) -> bytes:
    """A GIF that moves."""
    pages = [Image.new("P", (64, 64), at % 250) for at in range(frames)]
    written = io.BytesIO()
    pages[0].save(written, "GIF", save_all=True, append_images=pages[1:])
    return written.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
