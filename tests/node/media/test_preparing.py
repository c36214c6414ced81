"""Tests of node/media/preparing.py and shrinking.py: pictures made anew, hostile ones refused."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from node.errors import Invalid, Unavailable
from node.media import shrinking
from node.media.model import LARGEST_BODY, Prepared
from node.media.preparing import prepare
from node.turns import Turns
from tests.support.pictures import bomb, claimed, moving, picture, telling

GERMAN_PAGE = b"<html><script>alert(1)</script>" + b" " * 400
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TIFF = picture("TIFF", (40, 30))
HOSTILE = {
    "svg": (SVG, shrinking.UNREADABLE),
    "html": (GERMAN_PAGE, shrinking.UNREADABLE),
    "tiff": (TIFF, shrinking.UNREADABLE),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", shrinking.UNREADABLE),
    "words": (b"not a picture at all", shrinking.UNREADABLE),
    "too many pixels": (claimed(6000, 5000), shrinking.TOO_MANY_PIXELS),
    "endless": (claimed(2**31 - 1, 2**31 - 1), shrinking.TOO_MANY_PIXELS),
    "truncated jpeg": (picture()[:4000], shrinking.BROKEN),
    "truncated png": (picture("PNG")[:900], shrinking.BROKEN),
    "empty promise": (claimed(400, 300), shrinking.BROKEN),
    "nothing": (b"", "is empty"),
    "too large": (b"x" * (LARGEST_BODY + 1), "is larger than 10 MiB"),
}


async def made(body: bytes) -> Prepared:
    return await prepare(body, Turns())


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


def reddish(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 200 and pixel[2] < 60)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_every_kind_becomes_two_jpegs(kind: str):
    found = await made(picture(kind))

    sizes = [(size.width, size.height, size.media_type) for size, _ in found.sizes]
    assert sizes == [(1280, 720, "image/jpeg"), (480, 270, "image/jpeg")]
    for size, body in found.sizes:
        assert len(body) == size.length
        image = opened(body)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (size.width, size.height))
        assert reddish(image.getpixel((2, 2)))


@pytest.mark.parametrize(
    ("kind", "size"), [("JPEG", (1600, 900)), ("JPEG", (5000, 4000)), ("PNG", (5000, 4000))]
)
async def test_where_and_by_whom_it_was_taken_is_gone_and_it_stands_upright(
    kind: str, size: tuple[int, int]
):
    before = telling(size, kind)
    assert b"Geheimkamera" in before

    for _, body in (await made(before)).sizes:
        for secret in (b"Geheimkamera", b"Praterstern", b"PROFIL", b"Exif", b"ICC_PROFILE"):
            assert secret not in body
        image = opened(body)
        assert not image.getexif()
        assert "icc_profile" not in image.info
        # turned by a quarter: what was left is at the top
        assert image.height > image.width
        assert reddish(image.getpixel((image.width // 2, 2)))


async def test_what_hangs_behind_the_picture_is_gone():
    found = await made(picture() + b"PK\x03\x04<script>alert(1)</script>")

    assert all(b"<script>" not in body for _, body in found.sizes)


async def test_of_what_moves_the_first_picture_is_kept():
    found = await made(moving())

    assert [(size.width, size.height) for size, _ in found.sizes] == [(64, 64)]


async def test_what_was_transparent_is_white():
    written = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(written, "PNG")

    (_, body), *_ = (await made(written.getvalue())).sizes
    assert min(opened(body).getpixel((20, 20))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK", "LA"])
async def test_every_way_to_write_colours_is_understood(mode: str):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    written = io.BytesIO()
    Image.new(mode, (60, 40)).save(written, kind)

    (size, body), *_ = (await made(written.getvalue())).sizes
    assert (size.width, opened(body).mode) == (60, "RGB")


async def test_very_high_and_very_wide_ones_are_bounded():
    (high, _), *_ = (await made(picture("PNG", (10, 20_000)))).sizes
    (wide, _), *_ = (await made(picture("PNG", (20_000, 10)))).sizes

    assert (high.height, wide.width) == (2560, 1280)
    assert min(high.width, wide.height) >= 1


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_no_harmless_picture_is_refused_by_the_name_of_its_field(name: str):
    body, why = HOSTILE[name]

    with pytest.raises(Invalid) as refused:
        await prepare(body, Turns(), field="picture")
    assert refused.value.fields == {"picture": why}


async def test_a_bomb_costs_neither_time_nor_memory():
    body = bomb()
    assert len(body) < 500_000
    begin = time.monotonic()

    with pytest.raises(Invalid, match="million pixels"):
        await made(body)
    assert time.monotonic() - begin < 5


async def test_a_child_that_does_not_come_to_an_end_is_ended():
    begin = time.monotonic()

    with pytest.raises(Invalid, match="takes too long"):
        await prepare(picture(), Turns(), seconds=0.01)
    assert time.monotonic() - begin < 5


async def test_too_many_at_once_are_told_to_come_back():
    turns = Turns(at_once=1, waiting=1)

    answers = await asyncio.gather(
        *(prepare(picture(size=(20, 20)), turns) for _ in range(4)), return_exceptions=True
    )
    assert [isinstance(one, Unavailable) for one in answers] == [False, False, True, True]
    assert isinstance(await prepare(picture(size=(20, 20)), turns), Prepared)


def test_the_child_may_write_no_file_and_open_no_socket(tmp_path: Path):
    script = (
        "from node.media import shrinking; shrinking._limit(); import socket, sys\n"
        "try: socket.socket()\n"
        "except PermissionError: print('no network')\n"
        "try: open(sys.argv[1], 'wb', buffering=0).write(b'x' * 10)\n"
        "except OSError: print('no file')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == ["no network", "no file"]
