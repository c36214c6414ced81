"""What a database counts about its writes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """What was done since the database was opened."""

    jobs: int = 0
    """Transaction functions committed."""
    commits: int = 0
    """COMMITs that served them."""
    refused: int = 0
    """Turned away because too many were waiting."""
    retries: int = 0
    """Functions run again, because concurrent transactions collided."""
    alarms: int = 0
    """Times that a transaction was found open, or gone, against the rules (W2)."""
