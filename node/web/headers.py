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
WITH_SCRIPT = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"
"""Of the few pages where a device may be asked for a passkey: one file of ours, no other."""

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


def page_headers(
    language: str, *, https: bool, leaves: bool = False, scripted: bool = False
) -> dict[str, str]:
    """The headers of a page in `language`; with HSTS where the origin is https.

    With `leaves` a form of the page may lead to another server: browsers hold `form-action` also
    against the redirect that follows a form. `scripted`: the page has our script.
    """
    headers = {
        **PAGE_HEADERS,
        "Content-Language": language,
        "Vary": "Accept, Accept-Language, Cookie",
    }
    if leaves:
        elsewhere = "form-action 'self' https:" + ("" if https else " http:")
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
            "form-action 'self'", elsewhere
        )
    if scripted:
        headers["Content-Security-Policy"] = WITH_SCRIPT
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
