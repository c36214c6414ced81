"""The picture of an event as a reader sees it, or hears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from node.events.model import PictureRef
from node.urls import Urls
from node.web.shown import Shown, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """Where the picture is, large and for phones, and what is to be seen on it."""

    url: str
    small_url: str
    alt: Shown


def picture_view(
    picture: PictureRef | None, languages: Sequence[str], page_url: str
) -> PictureView | None:
    """The picture for a reader of `languages`; `page_url` is an address of ours."""
    if picture is None:
        return None
    parts = urlsplit(page_url)
    urls = Urls(f"{parts.scheme}://{parts.netloc}", "")
    return PictureView(
        url=urls.media(picture.media),
        small_url=urls.media(picture.media, small=True),
        alt=shown(picture.alt, languages),
    )
