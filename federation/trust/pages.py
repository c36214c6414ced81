"""From a web page to the document of ActivityPub that it names as its other form."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

from activitypub.identity import same_origin
from activitypub.negotiation import is_activity
from federation.errors import NotActivityPub, OriginMismatch
from federation.ports import Response

_HEAD: Final = 128 * 1024
_LONGEST_HEADER: Final = 8 * 1024
_LINK: Final = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*]+\s*=\s*(?:"[^"]*"|[^\s;,"]*))*)')
_PARAMETER: Final = re.compile(r';\s*([\w*]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))')


def alternate(page: Response) -> str:
    """The address of the document, on the same server as the page.

    The HTTP header `Link` comes first, then `<link rel="alternate">`.
    Raises: NotActivityPub where there is none, OriginMismatch where it is on another server.
    """
    named = _in_header(page.headers.get("link", "")) or _in_head(page.body)
    if named is None:
        raise NotActivityPub("The page does not lead to a document of ActivityPub.")
    try:
        found = urljoin(page.url, named)
    except ValueError as error:
        raise NotActivityPub("The page leads to what is no address.") from error
    if not same_origin(found, page.url):
        raise OriginMismatch("The page leads to another server.")
    return found


def _in_header(value: str) -> str | None:
    """Spec: RFC 8288 3"""
    for address, parameters in _LINK.findall(value[:_LONGEST_HEADER]):
        named = {
            key.lower(): quoted or bare for key, quoted, bare in _PARAMETER.findall(parameters)
        }
        if _is_alternate(named.get("rel", ""), named.get("type", "")):
            return str(address)
    return None


def _in_head(body: bytes) -> str | None:
    parser = _AlternateParser()
    parser.feed(body[:_HEAD].decode("utf-8", errors="replace"))
    return parser.found


def _is_alternate(rel: str, media_type: str) -> bool:
    return "alternate" in rel.lower().split() and is_activity(media_type)


class _AlternateParser(HTMLParser):
    """Remembers the first `<link rel=alternate>` of an ActivityPub type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "link" or self.found is not None:
            return
        named = {name: value or "" for name, value in attrs}
        if _is_alternate(named.get("rel", ""), named.get("type", "")):
            self.found = named.get("href") or None
