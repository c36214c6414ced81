"""Rules about servers and actors elsewhere, and reports: what they are, what they may say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from urllib.parse import urlsplit

from activitypub.errors import DocumentError
from activitypub.identity import Handle, host_of
from federation.policy import Standing, covering

LONGEST_REASON = 500
LONGEST_REPORT = 5000
MOST_OBJECTS = 50
MOST_OPEN_REPORTS = 100
"""Open reports that one server can have with us; further ones are not kept."""

# Enough to catch a slip of the hand; whole registries are nobody's server.
_WIDE = frozenset(
    f"{second}.{country}"
    for country, seconds in {
        "uk": "co org ac gov ltd me net",
        "at": "co or ac gv",
        "au": "com net org edu gov",
        "br": "com net org gov",
        "in": "co net org gov",
        "jp": "co ne or ac go",
        "nz": "co net org govt",
        "tr": "com net org gov",
        "za": "co net org gov",
        "il": "co net org ac",
    }.items()
    for second in seconds.split()
)


class TargetKind(Enum):
    """What a rule is about."""

    HOST = "host"
    HANDLE = "handle"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True)
class Target:
    """A host in its normal form, a handle `user@host`, or the id of an actor."""

    kind: TargetKind
    value: str


class TargetRefused(ValueError):
    """What was typed is nothing that a rule can be about; the text is the rest of a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `target` is a host or the id of an actor, which has a `handle` if it is known.

    `reason` goes along when the list is exported, `comment` stays here. The other three are of
    hosts only; media is never kept here, so `reject_media` is merely passed on.
    """

    target: str
    standing: Standing
    reason: str | None = None
    comment: str | None = None
    handle: str | None = None
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    created: datetime
    updated: datetime

    @property
    def is_actor(self) -> bool:
        """Whether this is about one actor."""
        return "://" in self.target


@dataclass(slots=True)
class Severed:
    """What a change of the rules has ended."""

    followers: int = 0
    following: int = 0
    deliveries: int = 0


class Direction(Enum):
    """Where a report comes from: from another server, or from here."""

    IN = "in"
    OUT = "out"


class ReportState(Enum):
    """Whether somebody has still to look at a report."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one server told another about an actor. `content` is plain text, `host` the other
    server; who reported is not kept."""

    id: str
    direction: Direction
    flag_id: str
    host: str
    actor: str
    objects: Sequence[str] = field(default_factory=tuple)
    content: str
    state: ReportState
    created: datetime
    closed_at: datetime | None = None


def read_target(text: str) -> Target:
    """What a rule typed in so is about. Raises: TargetRefused."""
    wanted = text.strip()
    if "*" in wanted:
        raise TargetRefused("hides letters behind *, so nobody knows which server is meant")
    try:
        if wanted.lower().startswith(("https://", "http://")):
            return _of_url(wanted)
        if "@" in wanted:
            return Target(TargetKind.HANDLE, str(Handle.parse(wanted)))
        return Target(TargetKind.HOST, read_host(wanted))
    except DocumentError as wrong:
        raise TargetRefused("is no server, handle or address of an actor") from wrong


def _of_url(url: str) -> Target:
    parts = urlsplit(url)
    if parts.path in ("", "/") and not parts.query:
        return Target(TargetKind.HOST, _not_too_wide(host_of(url)))
    host_of(url)
    return Target(TargetKind.ACTOR, url)


def read_host(text: str) -> str:
    """The host in the form in which hosts are compared. Raises: TargetRefused, UrlRefused."""
    if any(letter in text for letter in "/?#@ "):
        raise TargetRefused("is no name of a server")
    return _not_too_wide(host_of(f"https://{text}"))


def _not_too_wide(host: str) -> str:
    """Raises: TargetRefused for a whole top-level domain and the like."""
    name = host.rpartition(":")[0] or host
    lone = "." not in host and not host.startswith("[") and ":" not in host
    if (lone and host != "localhost") or name in _WIDE:
        raise TargetRefused("would cover a whole domain of servers; name one of them")
    return host


def covers(rule_host: str, host: str) -> bool:
    """Whether a rule for `rule_host` is about `host`."""
    return rule_host in covering(host)
