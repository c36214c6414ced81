"""A picture: what we keep of one that was handed in, without where and when it was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from node.i18n.languages import Texts

LARGEST_BODY = 10 * 1024 * 1024
"""What is handed in, in bytes."""
MOST_PIXELS = 25_000_000
WIDTHS = (1280, 480)
"""The widest that each size of a picture may be, largest first; smaller ones stay as they are."""
TOO_MUCH = "takes too long or too much memory to be read"
LONGEST_ALT = 1500
"""Characters, in one language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One size of a picture; `digest` is the SHA-256 of its bytes."""

    width: int
    height: int
    media_type: str
    digest: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A picture made anew and fit to be kept: its sizes with their bytes, largest first."""

    sizes: Sequence[tuple[Size, bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that is kept here: its sizes, largest first; `alt` says what is to be seen."""

    id: str
    alt: Texts
    sizes: Sequence[Size]
    created: datetime

    def size(self, widest: int = WIDTHS[0]) -> Size:
        """The largest size that is no wider than this; the smallest where all are wider."""
        fitting = (size for size in self.sizes if size.width <= widest)
        return next(fitting, self.sizes[-1])

    @property
    def media_type(self) -> str:
        """The type of its largest size."""
        return self.sizes[0].media_type

    @property
    def width(self) -> int:
        """Of its largest size, in pixels."""
        return self.sizes[0].width

    @property
    def height(self) -> int:
        """Of its largest size, in pixels."""
        return self.sizes[0].height
