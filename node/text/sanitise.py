"""Text of strangers made harmless: HTML by an allow-list, plain text, direction marks, links."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

LIMIT = 40_000
"""Characters of HTML that are looked at; the cleaner needs time that grows with the text."""

# Mastodon's allow-list (lib/sanitize_ext/sanitize_config.rb), and bdi for names.
TAGS = frozenset(
    {
        *("p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i"),
        *("em", "ul", "ol", "li", "ruby", "rt", "rp", "h1", "h2", "h3", "h4", "h5", "h6", "bdi"),
    }
)
_EVERYWHERE = {"dir", "lang"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "ol": {"start", "reversed"},
    "li": {"value"},
}
_REL = "nofollow noopener noreferrer"
# Embeddings, overrides and isolates can reach beyond the text they stand in, if nobody closes them;
# marks (LRM, RLM, ALM) cannot, and stay. We isolate by element.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]")
_BREAKS = re.compile(r"<br\s*/?>|</(?:p|li|h[1-6]|blockquote|pre)>", re.IGNORECASE)


def clean(html: str) -> str:
    """The HTML with nothing in it but harmless elements; links go to https only.

    Text over `LIMIT` characters is cut before.
    """
    import nh3  # noqa: PLC0415 - native code that an idle node does not need in memory

    return nh3.clean(
        _INVISIBLE.sub("", _BIDI.sub("", html[:LIMIT])),
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        url_schemes={"https"},
        link_rel=_REL,
        strip_comments=True,
    )


def plain(html: str) -> str:
    """The words of some HTML, paragraphs as lines; never markup, so it is to be escaped as text."""
    import nh3  # noqa: PLC0415 - as above

    broken = _BREAKS.sub(lambda match: match[0] + "\n", html[:LIMIT])
    bare = unescape(nh3.clean(broken, tags=set(), attributes={}, strip_comments=True))
    lines = (" ".join(line.split()) for line in strip_bidi(bare).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def strip_bidi(text: str) -> str:
    """The text without marks that turn the direction of what stands beside it, and without
    characters nobody sees (zero-width joiners stay: Persian is spelled with them)."""
    return _INVISIBLE.sub("", _BIDI.sub("", text))


def web_link(url: str) -> str | None:
    """The address if it is http or https with a host and no name in it, else None."""
    if len(url) > 2000 or any(character <= " " or character == "\\" for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    fine = parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in parts.netloc
    return url if fine else None
