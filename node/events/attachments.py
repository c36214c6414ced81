"""What hangs on an event: its picture first, with words for those who cannot see it."""

from __future__ import annotations

from typing import Any

from node.events.model import Event, PictureRef
from node.urls import Urls

Json = dict[str, Any]
_TYPE = "image/jpeg"


def attachments(event: Event, urls: Urls) -> Json:
    """The keys `attachment` and, where there is a picture, `image`.

    Gancio takes whatever comes first for the picture and breaks where a media type is missing
    (platforms: b.2.3, traps 1 and 2), so a link goes along only behind a picture. Mastodon and
    GoToSocial take `name` for the words; Mobilizon reads `image` where nothing is called "Banner".
    """
    picture = event.draft.picture
    if picture is None:
        return {"attachment": []}
    shown = _picture(picture, event.language, urls)
    hung = [shown, *_website(event)]
    return {"attachment": hung, "image": {**_plain(shown), "type": "Image"}}


def _picture(picture: PictureRef, language: str, urls: Urls) -> Json:
    alt = picture.alt.get(language) or next(iter(picture.alt.values()))
    shown: Json = {
        "type": "Document",
        "mediaType": _TYPE,
        "url": urls.media(picture.media),
        "name": alt,
        "nameMap": dict(picture.alt),
    }
    if picture.focus:
        shown["focalPoint"] = [float(part) for part in picture.focus]
    return shown


def _plain(shown: Json) -> Json:
    return {key: shown[key] for key in ("mediaType", "url", "name")}


def _website(event: Event) -> list[Json]:
    """The room online where anybody may know it, as Mobilizon recognises it."""
    draft = event.draft
    if draft.online_url is None or draft.exact_address != "public":
        return []
    return [{"type": "Link", "mediaType": "text/html", "href": draft.online_url, "name": "Website"}]
