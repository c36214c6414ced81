"""What the inbox tells a sender."""

from __future__ import annotations

from dataclasses import dataclass

from federation.ports import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to tell the sender. `receipt` is None unless the activity was believed and is kept.

    `status` is 202, 400, 401, 403, 408, 413, 415, 429 or 503. With 429 and 503 belongs a
    Retry-After: `retry_after` seconds, a minute when it is None.
    """

    status: int
    reason: str
    receipt: Receipt | None = None
    retry_after: int | None = None
