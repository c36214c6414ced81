"""Our events as documents, for tests that read them as others do."""

from __future__ import annotations

from typing import Any

from node.events.document import event_document
from node.events.model import PictureRef
from node.urls import Urls
from tests.node.samples import event

Json = dict[str, Any]
URLS = Urls("https://wien.example", "wien")
PICTURE = PictureRef(media="0" * 26, alt={"de": "Ein Garten", "ar": "حديقة"})


def document(**draft: Any) -> Json:
    return event_document(event(**{"picture": PICTURE, **draft}), URLS)
