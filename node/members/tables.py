"""Tables as spreadsheets read them, and none of their cells is taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BOM: Final = "\ufeff"


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV in UTF-8 with a byte-order mark, by which spreadsheets know it.

    A cell that could begin a formula is led by an apostrophe. Spec: RFC 4180, DP 3.4
    """
    lines = [head, *rows]
    text = "".join(",".join(_cell(cell) for cell in line) + "\r\n" for line in lines)
    return (_BOM + text).encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.startswith(_BEGINS_A_FORMULA):
        text = f"'{text}"
    if any(letter in text for letter in ',"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text
