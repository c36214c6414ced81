"""A link as a picture that a phone reads."""

from __future__ import annotations

import io

from markupsafe import Markup


def qr_svg(url: str, label: str) -> Markup:
    """An SVG for a page, black on white in every scheme; `label` is read aloud."""
    # Seldom needed, and not by a node at rest.
    import segno  # noqa: PLC0415

    drawn = segno.make(url, error="m").svg_inline(
        scale=5, border=4, dark="#000000", light="#ffffff", title=label, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - segno escapes the title


def qr_text(url: str) -> str:
    """The same for a terminal."""
    import segno  # noqa: PLC0415

    out = io.StringIO()
    segno.make(url, error="l").terminal(out, compact=True)
    return out.getvalue()
