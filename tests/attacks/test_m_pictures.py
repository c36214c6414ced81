"""Pictures as weapons: rows M01, M02, M03 and M08 of the catalogue."""

from __future__ import annotations

import io
import resource
import time
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from node.errors import Invalid
from node.media import shrinking
from node.media.folder import Folder
from node.media.preparing import prepare
from node.turns import Turns
from tests.node.media.test_preparing import TIFF
from tests.support.pictures import bomb, claimed, moving, picture, telling

ICO = picture("ICO", (64, 64))
BMP = picture("BMP", (64, 64))
PSD = (
    b"8BPS\0\x01"
    + b"\0" * 6
    + b"\0\x03"
    + (9).to_bytes(4, "big") * 2
    + b"\0\x08\0\x03"
    + b"\0" * 99
)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200


def _progressive(scans: int) -> bytes:
    """A JPEG whose last scan is repeated: each of them costs a pass over the whole picture."""
    body = picture(size=(1200, 1200), progressive=True)
    last = body.rindex(b"\xff\xda")
    return body[:-2] + body[last:-2] * scans + body[-2:]


@pytest.mark.parametrize(
    "body",
    [bomb(), claimed(60_000, 60_000), claimed(25_000_001, 1)],
    ids=["unfolds", "claims", "one row"],
)
async def test_m01_a_bomb_is_refused_before_it_is_unfolded(body: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(Invalid, match="million pixels"):
        await prepare(body, Turns())
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 2


@pytest.mark.parametrize("body", [moving(2000), _progressive(400)], ids=["frames", "scans"])
async def test_m01_what_takes_long_ends_within_its_bounds(body: bytes) -> None:
    begin = time.monotonic()
    with suppress(Invalid):
        assert len((await prepare(body, Turns(), seconds=8)).sizes) <= 2
    assert time.monotonic() - begin < 9


@pytest.mark.parametrize(
    "body", [TIFF, ICO, BMP, PSD, HEIC, b"%!PS-Adobe-3.0 EPSF-3.0\n"],
    ids=["tiff", "ico", "bmp", "psd", "heic", "eps"],
)  # fmt: skip
async def test_m02_no_other_decoder_is_ever_asked(body: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        await prepare(body, Turns())
    assert refused.value.fields == {"file": shrinking.UNREADABLE}


async def test_m03_what_is_two_things_at_once_is_only_a_picture_afterwards() -> None:
    page = b"<script>alert(1)</script>"
    for body in (telling() + page, picture(comment=page), picture("GIF", (50, 50)) + b"PK\x03\x04"):
        for _, made in (await prepare(body, Turns())).sizes:
            assert page not in made
            assert b"PK\x03\x04" not in made
            assert Image.open(io.BytesIO(made)).format == "JPEG"


async def test_m08_files_are_for_their_owner_only_and_nothing_is_left_half_written(
    tmp_path: Path,
) -> None:
    folder = Folder(tmp_path)
    folder.keep(await prepare(picture(), Turns()))

    found = _below(tmp_path)
    assert len([path for path in found if path.is_file()]) == 2
    for path in found:
        assert path.stat().st_mode & 0o077 == 0
        assert not path.name.startswith(".")


def _below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))
