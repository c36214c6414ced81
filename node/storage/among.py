"""Statements about a handful of rows at once, in a text that stays the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from node.storage.database import Row, Transaction

_SIZE: Final = 16
AMONG: Final = f"({', '.join(f':among_{number}' for number in range(_SIZE))})"
"""What a statement for `rows_among` holds after `in`."""


async def rows_among(
    tx: Transaction, sql: str, among: Sequence[str | int], **values: Any
) -> list[Row]:
    """What the statement answers for all of these, asked 16 by 16."""
    found: list[Row] = []
    for begin in range(0, len(among), _SIZE):
        part = among[begin : begin + _SIZE]
        # Always as many parameters, or each number of them would be a statement of its own.
        filled = {f"among_{number}": part[min(number, len(part) - 1)] for number in range(_SIZE)}
        found += await tx.rows(sql, **filled, **values)
    return found
