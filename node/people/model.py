"""People of the node and what they may do."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
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


AFTERWARDS = Role.MEMBER
"""What somebody is once a role that was given for a time has ended."""

PUBLISHERS = frozenset({Role.AMBASSADOR, Role.COORDINATOR})
"""Who may speak for the community in public. Spec: rights table, "publish / federate\""""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account here; never federated.

    `pending`: she asked to be let in, and nobody has answered yet. `role_until` None: for good.
    `role_since` None: she has had her role since the account was made.
    """

    id: str
    name: str
    role: Role
    created: datetime
    disabled: bool = False
    pending: bool = False
    role_until: datetime | None = None
    role_since: datetime | None = None
    language: str | None = None

    @property
    def since(self) -> datetime:
        """Since when she has had her role without a break."""
        return self.role_since or self.created

    @property
    def active(self) -> bool:
        """Whether she may do anything here: let in, and not shut out."""
        return not (self.disabled or self.pending)

    def at(self, now: datetime) -> Person:
        """The person with the role that she has at a moment: a role that has ended is no more."""
        if self.role_until is None or now < self.role_until:
            return self
        return replace(self, role=AFTERWARDS, role_until=None, role_since=self.role_until)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as its owner sees it: never with its cookie, and of her device only a word."""

    id: str
    person: str
    device: str
    created: datetime
    seen: datetime
    proven: datetime
    ends: datetime


class Purpose(Enum):
    """What a one-time link opens."""

    INVITE = "invite"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLink:
    """A link as it is listed, never with its secret: `role` invites, `person` resets."""

    id: str
    purpose: Purpose
    role: Role | None
    person: str | None
    made_by: str | None
    created: datetime
    ends: datetime
    uses: int
    most_uses: int

    def holds(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.uses < self.most_uses and now < self.ends


class SignUp(Enum):
    """How somebody comes in."""

    CLOSED = "closed"
    INVITATION = "invitation"
    APPROVAL = "approval"


_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,63}")


def clean_name(text: str) -> str | None:
    """A name as it is kept, in its one spelling; None for what is none."""
    name = unicodedata.normalize("NFKC", text).strip().removeprefix("@").lower()
    return name if _NAME.fullmatch(name) else None


def digest(secret: str) -> str:
    """What is kept of a random secret: never the secret."""
    # Bytes that are no UTF-8 come out of a header as halves of characters.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
