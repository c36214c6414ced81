"""People of the node and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Role(Enum):
    """What somebody is in the community."""

    AMBASSADOR = "ambassador"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    VOLUNTEER = "volunteer"
    MEMBER = "member"
    NEWCOMER = "newcomer"
    PARTNER = "partner"


class Scope(Enum):
    """What a token opens; each opens what those before it open."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: Scope) -> bool:
        """Whether a token of this scope is enough where `needed` is asked for."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


PUBLISHERS = frozenset({Role.AMBASSADOR, Role.COORDINATOR})
"""Who may speak for the community in public. Spec: rights table, "publish / federate\""""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account here; never federated."""

    id: str
    name: str
    role: Role
    created: datetime
    disabled: bool = False

    def may(self, scope: Scope) -> bool:
        """Whether the role allows what a scope opens."""
        return scope is Scope.READ or self.role in PUBLISHERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is listed: never with its secret."""

    id: str
    person: str
    scope: Scope
    label: str | None
    created: datetime
    revoked: bool
