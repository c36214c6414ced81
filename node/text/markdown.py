"""Markdown to HTML: emphasis, lists, links, line breaks, and nothing else."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from node.text.sanitise import LIMIT, clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - 3 MB that an idle node does not need

    parser = MarkdownIt("zero", {"html": False, "breaks": True})
    return parser.enable(["emphasis", "list", "link", "newline", "escape", "entity"])


@lru_cache(maxsize=256)
def to_html(markdown: str) -> str:
    """Clean HTML of a text; HTML in it is shown as it is written. The last 256 are kept."""
    return clean(_parser().render(markdown[:LIMIT])).strip()
