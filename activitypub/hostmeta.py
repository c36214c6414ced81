"""Where a host keeps its WebFinger, for those who ask the old way. Spec: RFC 6415."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from activitypub.names import JRD_JSON
from activitypub.shapes import Json


def template(origin: str) -> str:
    """The LRDD template of an origin (no slash at its end)."""
    return f"{origin}/.well-known/webfinger?resource={{uri}}"


def xrd(origin: str) -> bytes:
    """The document as XRD, which is what Mastodon and Friendica read. Spec: RFC 6415 2"""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="{JRD_JSON}" template={quoteattr(template(origin))}/>\n'
        "</XRD>\n"
    ).encode()


def jrd(origin: str) -> dict[str, Json]:
    """The same as JRD. Spec: RFC 6415 appendix A"""
    return {"links": [{"rel": "lrdd", "type": JRD_JSON, "template": template(origin)}]}
