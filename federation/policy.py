"""Whom we speak with; the host decides."""

from __future__ import annotations

from typing import Protocol


class Policy(Protocol):
    """The community's own rules about other servers."""

    def blocked(self, host: str) -> bool:
        """Whether nothing from `host` (lower case, port kept if not the default) is taken in."""


class Everyone:
    """Nobody is blocked."""

    def blocked(self, host: str) -> bool:
        """False."""
        return False
