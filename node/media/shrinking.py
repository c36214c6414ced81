"""Pictures made anew by a process of their own that may be killed at any time.

Whatever is in the file besides the pixels stays behind: where and when it was taken, with which
camera, colour profiles, comments, a second file in its tail. The decoder of a picture is where a
stranger's bytes reach a lot of C, so it runs with little memory, ten seconds, no files and no
network, once for each picture (security: M01 to M03; limits 4.6).
Started as a program, this file is that process: `python -m node.media.shrinking`.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from typing import TYPE_CHECKING, Any

from node.media.model import MOST_PIXELS, TOO_MUCH, WIDTHS

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
CPU_SECONDS = 10
MEMORY = 512 * 1024 * 1024
QUALITY = 85
ENOUGH = WIDTHS[0] * 3 // 2
"""Pixels on the shorter side from which the largest size is still made sharp."""
_LENGTH = 4

UNREADABLE = "is not a picture that can be read; JPEG, PNG, WebP and GIF can"
BROKEN = "is a broken picture: it cannot be read to its end"
TOO_MANY_PIXELS = f"has more than {MOST_PIXELS // 1_000_000} million pixels"


class Refused(Exception):
    """The picture cannot be taken; the text is the rest of a sentence that begins with it."""


def main() -> None:
    """Answer the picture on stdin with its sizes on stdout: a line of JSON, then their bytes."""
    _limit()
    # only in this process, and before the limits of files count
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        made = sizes_of(sys.stdin.buffer.read())
    except Refused as refused:
        _write({"refused": str(refused)}, [])
        return
    _write({"sizes": [[width, height] for width, height, _ in made]}, [body for *_, body in made])


def sizes_of(body: bytes) -> list[tuple[int, int, bytes]]:
    """(width, height, JPEG) of each size of a picture, largest first. Raises: Refused."""
    from PIL import ImageOps  # noqa: PLC0415

    image = _opened(body)
    try:
        # a JPEG need not be decoded larger than it is used
        image.draft("RGB", (ENOUGH, ENOUGH))
        image.seek(0)
        image.load()
        upright = _plain(ImageOps.exif_transpose(_reduced(image)))
    except MemoryError as wrong:
        raise Refused(TOO_MUCH) from wrong
    except (OSError, ValueError, SyntaxError, EOFError) as wrong:
        raise Refused(BROKEN) from wrong
    return [_size(upright, width) for width in WIDTHS if _is_made(upright, width)]


def _opened(body: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        image = Image.open(io.BytesIO(body), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused(TOO_MANY_PIXELS) from bomb
    except UnidentifiedImageError as unknown:
        raise Refused(UNREADABLE) from unknown
    except (OSError, ValueError, SyntaxError, EOFError) as wrong:
        raise Refused(BROKEN) from wrong
    if image.width * image.height > MOST_PIXELS:
        raise Refused(TOO_MANY_PIXELS)
    return image


def _reduced(image: Image.Image) -> Image.Image:
    """A large picture at a half, a third … of its size: what follows needs less memory.

    The orientation stays with it.
    """
    factor = min(image.size) // ENOUGH
    if factor < 2 or image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return image
    exif = image.getexif()
    smaller = image.reduce(factor)
    smaller.info["exif"] = exif.tobytes()
    return smaller


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, in three colours; what was transparent is white."""
    from PIL import Image  # noqa: PLC0415

    if image.mode.startswith("I"):
        # 16 bits a pixel: the upper eight
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    colours = image.convert("RGB")
    plain = Image.new("RGB", colours.size)
    plain.paste(colours)
    return plain


def _is_made(image: Image.Image, width: int) -> bool:
    """Each size once: a small picture is its own largest size."""
    return width == WIDTHS[0] or image.width > width


def _size(image: Image.Image, widest: int) -> tuple[int, int, bytes]:
    from PIL import Image  # noqa: PLC0415

    # very high ones are bounded as well
    factor = min(1.0, widest / image.width, widest * 2 / image.height)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    small = image if factor == 1.0 else image.resize(size, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return *size, written.getvalue()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # it writes to a pipe only, and no core of it is kept
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn")):
        raise PermissionError("not from here")


def _write(head: dict[str, Any], bodies: list[bytes]) -> None:
    told = json.dumps(head | {"lengths": [len(body) for body in bodies]}).encode()
    sys.stdout.buffer.write(len(told).to_bytes(_LENGTH, "big") + told + b"".join(bodies))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
