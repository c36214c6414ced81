"""News of events as JSON Feed. Spec: https://www.jsonfeed.org/version/1.1/"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from node.events.model import Event
from node.feeds.items import Item, items


def feed(
    events: Sequence[Event],
    *,
    title: str,
    self_url: str,
    home_url: str,
    languages: Sequence[str],
    ui_language: str,
    url_of: Callable[[Event], str],
) -> bytes:
    """The events as a JSON Feed for a reader of `languages`, last changed first."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home_url,
        "feed_url": self_url,
        "language": ui_language,
        "authors": [{"name": title, "url": home_url}],
        "items": [_item(item) for item in items(events, languages, ui_language, url_of)],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.url,
        "url": item.url,
        "title": item.title,
        "language": item.language,
        "summary": item.summary,
        "content_html": item.content_html,
        "date_published": item.published,
        "date_modified": item.updated,
        "tags": list(item.tags),
        "_event": {"start": item.start, "end": item.end},
    }
