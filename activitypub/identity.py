"""Hosts, origins and handles: the questions of who is where, answered the same way everywhere."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

import idna

from activitypub.errors import HandleRefused, UrlRefused

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ODD: Final = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_BRACKETED: Final = re.compile(r"\[[^\[\]]*\](?::[0-9]*)?")
_USER: Final = re.compile(r"[A-Za-z0-9_]+(?:[.~-]+[A-Za-z0-9_]+)*")
_LONGEST: Final = 2048


def host_of(url: str) -> str:
    """The host of an http(s) address in the one form in which hosts are compared.

    Lower case, no trailing dot, IDNA A-labels; the default port is left out, any other kept.
    Raises UrlRefused for user information, other schemes, spaces, backslashes, odd ports or hosts.
    """
    return _origin(_checked(url))[1]


@lru_cache(maxsize=1024)
def _checked(url: str) -> str:
    """The address up to its path; of one activity the same few are asked for again and again.

    Raises: UrlRefused when the whole of it is odd.
    """
    if len(url) > _LONGEST or _ODD.search(url):
        raise UrlRefused("The address is too long or holds a space, backslash or the like.")
    end = url.find("/", len("https://"))
    return url if end < 0 else url[:end]


@lru_cache(maxsize=4096)
def _origin(beginning: str) -> tuple[str, str]:
    """Scheme and host of an address that was cut before its path; the same few come all the time.

    Raises: UrlRefused.
    """
    parts = _split(beginning)
    return parts.scheme, _host(parts)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UrlRefused("The address cannot be read.") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise UrlRefused("The address does not begin with https:// or http://.")
    if "@" in parts.netloc:
        raise UrlRefused("The address holds user information.")
    if "[" in parts.netloc and not _BRACKETED.fullmatch(parts.netloc):
        # urlsplit passes over what stands between the bracket and the port; others do not.
        raise UrlRefused("The host is not an IPv6 address.")
    return parts


def _host(parts: SplitResult) -> str:
    try:
        port = parts.port
    except ValueError as error:
        raise UrlRefused("The port of the address is not a port.") from error
    if port == 0 or parts.netloc.endswith(":"):
        raise UrlRefused("The port of the address is not a port.")
    name = _name(parts.hostname or "")
    return name if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}"


def _name(name: str) -> str:
    if ":" in name:
        return f"[{_ipv6(name)}]"
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise UrlRefused("The host name is not a name.") from error
    name = name.removesuffix(".")
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise UrlRefused("The host name is not a name.")
    return name


def _ipv6(name: str) -> str:
    try:
        address = ipaddress.IPv6Address(name)
    except ValueError as error:
        raise UrlRefused("The host is not an IPv6 address.") from error
    if address.scope_id is not None:
        raise UrlRefused("The address holds the zone of a network card.")
    return str(address)


def origin_of(url: str) -> str:
    """Scheme and host, such as `https://wien.example`. Raises UrlRefused."""
    scheme, host = _origin(_checked(url))
    return f"{scheme}://{host}"


def same_origin(a: str, b: str) -> bool:
    """Whether both addresses belong to one origin; False when one of them cannot be read.

    Spec: FEP-fe34.
    """
    try:
        return origin_of(a) == origin_of(b)
    except UrlRefused:
        return False


@dataclass(frozen=True, slots=True)
class Handle:
    """The name by which people call an actor; `host` keeps a port that is not the default one."""

    user: str
    host: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """A handle from `@wien@wien.example`, `wien@wien.example` or `acct:wien@wien.example`.

        Raises HandleRefused.
        """
        bare = text.strip().removeprefix("acct:").removeprefix("@")
        user, at, host = bare.partition("@")
        if not at or len(user) > 200 or not _USER.fullmatch(user):
            raise HandleRefused("A handle looks like @name@server.example.")
        if re.search(r"[/?#@]", host):
            raise HandleRefused("A handle ends with the name of a server.")
        try:
            return cls(user, host_of(f"https://{host}"))
        except UrlRefused as error:
            raise HandleRefused("A handle ends with the name of a server.") from error

    @property
    def acct(self) -> str:
        """As a WebFinger subject: `acct:wien@wien.example`."""
        return f"acct:{self}"

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"
