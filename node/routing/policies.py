"""Who may call a route: one policy for each row, and no row without one.

What is not said here is refused: a route without a policy stops the start of the node.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from node.people.model import Person, Scope
from node.people.rights import Right, may

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Open(Enum):
    """Policies that need no account. The value is how `josoor routes` tells it."""

    PUBLIC = "everybody"
    """Reading, for everybody; changes nothing."""

    PUBLIC_FORM = "everybody, from a page of ours"
    """A form without an account: only from a page of ours (Sec-Fetch-Site, Origin)."""

    ENTRY_FORM = "everybody, surely from a page of ours"
    """The same, for what signs somebody in: a browser must say that the page is ours."""

    PEER = "servers, by signature"
    """Other servers: the handler checks the signature."""

    SETUP = "whoever has the setup link"
    """The secret in the path opens it; forms only from a page of ours."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token of this scope, whose holder may do it. `right` None: what the scope asks;
    `upload`: of how many bytes a file may be that comes."""

    scope: Scope
    right: Right | None = None
    upload: int = 0

    def __str__(self) -> str:
        return self.scope.value


@dataclass(frozen=True, slots=True)
class Needs:
    """Signed in, with this right; forms carry the token of the session.

    `recent`: the password was given in the last minutes. `upload`: the form may bring files, of so
    many bytes in all. `other`: a right that will do as well. Without either the answer is that of
    a path that is not there.
    """

    right: Right
    recent: bool = False
    upload: int = 0
    other: Right | None = None

    def met_by(self, person: Person | None) -> bool:
        """Whether somebody may."""
        return may(person, self.right) or (self.other is not None and may(person, self.other))

    def __str__(self) -> str:
        other = f", or {self.other.value}" if self.other else ""
        return f"may {self.right.value}{other}"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Signed in, whatever the role. The fields are those of `Needs`."""

    recent: bool = False
    upload: int = 0

    def __str__(self) -> str:
        return "signed in"


Policy = Open | Token | Needs | SignedIn
PUBLIC, PUBLIC_FORM, ENTRY_FORM, PEER, SETUP = Open
SIGNED_IN = SignedIn()


class PolicyMissing(Exception):
    """A route of which nobody said who may call it."""


@dataclass(frozen=True, slots=True)
class Route:
    """One path and who may call it.

    `kept`: what it answers to everybody is kept until something changes (node/doors/keeping.py).
    """

    method: str
    path: str
    handler: Handler
    policy: Policy | None = None
    kept: bool = False

    @property
    def scope(self) -> Scope | None:
        """What a token must open; None where none is asked for."""
        return self.policy.scope if isinstance(self.policy, Token) else None

    @property
    def who(self) -> str:
        """The policy in words."""
        return self.policy.value if isinstance(self.policy, Open) else str(self.policy)


def check_policies(routes: Iterable[Route]) -> None:
    """Nothing when every route has a policy. Raises: PolicyMissing, with the route's name."""
    for route in routes:
        name = f"{route.method} {route.path}"
        if not isinstance(route.policy, Policy):
            raise PolicyMissing(
                f"The route {name} has no policy: say in node/routing who may call it."
            )
        if route.policy is PUBLIC and route.method not in ("GET", "HEAD"):
            raise PolicyMissing(f"The route {name} changes something: PUBLIC is for reading.")
        if route.kept and route.policy is not PUBLIC:
            raise PolicyMissing(f"The route {name} is not for everybody: its answers are not kept.")
