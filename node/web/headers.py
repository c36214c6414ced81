"""Headers that every page of ours goes out with."""

from __future__ import annotations

from collections.abc import Mapping

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""No script at all: pages need none. JSON-LD in a page is data, which this does not touch."""

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}
"""For HTML."""

DATA_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""For documents, feeds and files."""

STATIC_CACHE = "public, max-age=31536000, immutable"
"""For static files, whose addresses carry the hash of what is in them."""


def page_headers(language: str, *, https: bool) -> dict[str, str]:
    """The headers of a page in `language`; with HSTS where the origin is https."""
    headers = {
        **PAGE_HEADERS,
        "Content-Language": language,
        "Vary": "Accept, Accept-Language, Cookie",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
