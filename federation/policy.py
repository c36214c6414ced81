"""Whom we speak with; the host decides."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from activitypub.errors import UrlRefused
from activitypub.identity import host_of

_REMEMBERED = 4096
_PLAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::[0-9]+)?")


class Standing(Enum):
    """What a server or an actor may do with us.

    TRUSTED writes into calendar and directory though nobody follows it. OPEN is everybody; named in
    a rule it is on the list of allow-list mode. LIMITED is taken in but not shown to everybody, and
    its follows wait for approval. With SUSPENDED we have nothing to do.
    """

    TRUSTED = "trusted"
    OPEN = "open"
    LIMITED = "limited"
    SUSPENDED = "suspended"


class Policy(Protocol):
    """The community's own rules about other servers; answered from memory, at once.

    A `host` is lower case, with a port if it is not the default one.
    """

    def blocked(self, host: str) -> bool:
        """Whether nothing from `host` is taken in."""

    def actor_blocked(self, actor_id: str) -> bool:
        """Whether nothing by this actor is taken in, for its own sake or its host's."""

    def allows_out(self, host: str) -> bool:
        """Whether anything may be sent to `host` or fetched from it."""

    def standing(self, actor_id: str) -> Standing:
        """What this actor may do with us."""


class Everyone:
    """Nobody is blocked."""

    def blocked(self, host: str) -> bool:
        """False."""
        return False

    def actor_blocked(self, actor_id: str) -> bool:
        """False."""
        return False

    def allows_out(self, host: str) -> bool:
        """True."""
        return True

    def standing(self, actor_id: str) -> Standing:
        """OPEN."""
        return Standing.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules at one moment.

    `hosts` maps hosts and `actors` ids to what they may do. `followed` are hosts of those whom we
    follow: with `allow_list`, only they and hosts named in a rule are spoken with.
    """

    hosts: Mapping[str, Standing] = field(default_factory=dict)
    actors: Mapping[str, Standing] = field(default_factory=dict)
    followed: frozenset[str] = frozenset()
    allow_list: bool = False


class RuleBook:
    """`Policy` over rules held in memory; `replace` puts new ones in their place.

    A rule for a host covers its sub-domains and, where it names no port, all ports. Of several
    rules the strictest counts, so that none can be slipped past by a narrower one. A question costs
    one look into a dictionary for each label of the name.
    """

    def __init__(self, rules: Rules | None = None) -> None:
        self.replace(rules or Rules())

    def replace(self, rules: Rules) -> None:
        """Go by these rules from now on."""
        self._rules = rules
        named = (actor for actor, held in rules.actors.items() if held is not Standing.SUSPENDED)
        # An actor on the list is of no use when its server is not.
        self._listed = {*rules.hosts, *rules.followed, *_hosts_of(named)}
        self._answers: dict[str, bool] = {}

    @property
    def allow_list(self) -> bool:
        """Whether only those on the list are spoken with."""
        return self._rules.allow_list

    def blocked(self, host: str) -> bool:
        """Whether nothing from `host` is taken in; True for what is no name of a host."""
        known = self._answers.get(host)
        if known is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            known = self._answers[host] = self._blocks(host)
        return known

    def _blocks(self, host: str) -> bool:
        names = tuple(covering(host))
        if not names or self._of_names(names) is Standing.SUSPENDED:
            return True
        return self.allow_list and self._listed.isdisjoint(names)

    def actor_blocked(self, actor_id: str) -> bool:
        """Whether nothing by this actor is taken in, for its own sake or its host's."""
        if self._rules.actors.get(actor_id) is Standing.SUSPENDED:
            return True
        host = _host_or_none(actor_id)
        return host is None or self.blocked(host)

    def allows_out(self, host: str) -> bool:
        """Whether anything may be sent to `host` or fetched from it."""
        return not self.blocked(host)

    def host_standing(self, host: str) -> Standing:
        """What the rules say of this host, whether or not it is on the list."""
        names = tuple(covering(host))
        return self._of_names(names) if names else Standing.SUSPENDED

    def standing(self, actor_id: str) -> Standing:
        """What the rules say of this actor and its host; the strictest counts."""
        host = _host_or_none(actor_id)
        if host is None:
            return Standing.SUSPENDED
        own = self._rules.actors.get(actor_id, Standing.OPEN)
        return deciding((own, self.host_standing(host)))

    def _of_names(self, names: Iterable[str]) -> Standing:
        hosts = self._rules.hosts
        return deciding(hosts[name] for name in names if name in hosts)


def deciding(standings: Iterable[Standing]) -> Standing:
    """What counts of several rules: the strictest, else trust; OPEN when there is none."""
    found = set(standings)
    for each in (Standing.SUSPENDED, Standing.LIMITED, Standing.TRUSTED):
        if each in found:
            return each
    return Standing.OPEN


def covering(host: str) -> Iterator[str]:
    """Every name under which a rule would cover this host, itself first; none if it is no host.

    >>> list(covering("a.evil.test:8080"))
    ['a.evil.test:8080', 'a.evil.test', 'evil.test', 'test']
    """
    normal = host if _PLAIN.fullmatch(host) else _host_or_none(f"https://{host}")
    if normal is None:
        return
    yield normal
    name = normal if normal.endswith("]") else _without_port(normal)
    if name != normal:
        yield name
    if _is_address(name):
        return
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _without_port(host: str) -> str:
    name, colon, _ = host.rpartition(":")
    return name if colon else host


def _is_address(name: str) -> bool:
    """Whether this is an IP address: the parts of these are no domains."""
    if name.startswith("["):
        return True
    if not name[-1:].isdigit():
        # No address ends with a letter; finding that out by an error takes ten times as long.
        return False
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _host_or_none(url: str) -> str | None:
    try:
        return host_of(url)
    except UrlRefused:
        return None


def _hosts_of(actors: Iterable[str]) -> Iterator[str]:
    return (host for host in map(_host_or_none, actors) if host is not None)
