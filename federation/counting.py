"""What is counted for those who run the node: which refusal how often, since the start."""

from __future__ import annotations

from collections import Counter
from typing import Final

MOST_REASONS: Final = 200
OTHER: Final = "other"


class Counters:
    """Counts by name and reason; both are slugs of ours, never bytes of a peer."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def count(self, name: str, reason: str) -> None:
        """Count one more; when a name has very many reasons, as "other"."""
        counts = self._counts.setdefault(name, Counter())
        known = reason in counts or len(counts) < MOST_REASONS
        counts[reason if known else OTHER] += 1

    def snapshot(self) -> dict[str, dict[str, int]]:
        """Every name with its reasons, those that come most often first."""
        return {name: dict(counts.most_common()) for name, counts in sorted(self._counts.items())}
