"""News of events as Atom, written by hand. Spec: RFC 4287."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape

from node.events.model import Event
from node.feeds.items import Item, items, moment

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(
    events: Sequence[Event],
    *,
    title: str,
    self_url: str,
    home_url: str,
    languages: Sequence[str],
    ui_language: str,
    url_of: Callable[[Event], str],
    now: datetime,
) -> bytes:
    """The events as an Atom feed for a reader of `languages`, last changed first.

    `now` is the time of a feed without entries; else it is that of the last change.
    """
    found = items(events, languages, ui_language, url_of)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={_attribute(ui_language)}>',
        f"<id>{_text(self_url)}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{found[0].updated if found else moment(now)}</updated>",
        f"<author><name>{_text(title)}</name><uri>{_text(home_url)}</uri></author>",
        f'<link rel="self" type="application/atom+xml" href={_attribute(self_url)}/>',
        f'<link rel="alternate" type="text/html" href={_attribute(home_url)}/>',
    ]
    for item in found:
        lines += _entry(item)
    lines.append("</feed>\n")
    return "\n".join(lines).encode()


def _entry(item: Item) -> Iterator[str]:
    yield f"<entry xml:lang={_attribute(item.language)}>"
    yield f"<id>{_text(item.url)}</id>"
    yield f"<title>{_text(item.title)}</title>"
    yield f"<published>{item.published}</published><updated>{item.updated}</updated>"
    yield f'<link rel="alternate" type="text/html" href={_attribute(item.url)}/>'
    for tag in item.tags:
        yield f"<category term={_attribute(tag)}/>"
    yield f"<summary>{_text(item.summary)}</summary>"
    yield f'<content type="html">{_text(item.content_html)}</content>'
    yield "</entry>"


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("", value))


def _attribute(value: str) -> str:
    return f'"{escape(" ".join(_NOT_XML.sub("", value).split()))}"'
