"""The tree of the project, as a test reads it."""

from __future__ import annotations

from pathlib import Path

TOP = Path(__file__).parents[2]


def read(name: str) -> str:
    """The text of a file of the project."""
    return (TOP / name).read_text(encoding="utf-8")
