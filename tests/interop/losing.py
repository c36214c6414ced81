"""What a document has lost on its way through us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def lost(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """The keys that were there and are not any more; nulls and contexts are not counted."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            if key == "@context" or value is None:
                continue
            if key not in after:
                yield f"{path}/{key}"
            else:
                yield from lost(value, after[key], f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list):
        for place, (left, right) in enumerate(zip(before, after, strict=False)):
            yield from lost(left, right, f"{path}/{place}")
    elif isinstance(before, list) and len(before) == 1:
        yield from lost(before[0], after, path)
    elif isinstance(after, list) and len(after) == 1:
        yield from lost(before, after[0], path)
