"""Requests that were believed a while ago: the same bytes again prove nothing new."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from federation.ports import Clock
from keys.message import Request

LIFE: Final = timedelta(hours=13)
"""Longer than any signature is good for (12 hours, and the hour by which clocks may differ)."""
MOST: Final = 50_000


class Replays:
    """Remembers the last 50,000 believed requests, about 150 bytes each, for 13 hours."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._seen: OrderedDict[bytes, datetime] = OrderedDict()

    def seen(self, mark: bytes) -> bool:
        """Whether a request with this mark was believed."""
        until = self._seen.get(mark)
        return until is not None and until > self._clock.now()

    def remember(self, mark: bytes) -> None:
        """Call it once the activity is kept durably, not before."""
        self._seen[mark] = self._clock.now() + LIFE
        self._seen.move_to_end(mark)
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)


def mark_of(request: Request, digest: str) -> bytes:
    """What only a repetition shares: the target, every header and the body's SHA-256 `digest`.

    All headers, since any of them may be covered by the signature; whoever changes one that is
    not gains an ordinary verification. Spec: attack catalogue A11
    """
    parts = [digest, request.method, request.url]
    parts += chain.from_iterable(request.headers)
    # Lengths before the parts: nothing can be moved from one to the next.
    text = f"{' '.join(map(str, map(len, parts)))}:{''.join(parts)}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()[:16]
