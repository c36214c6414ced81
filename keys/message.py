"""The part of an HTTP request that a signature can speak of, as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, cast

from keys.errors import SignatureMalformed

# Sent twice, these would mean different things to different readers.
SENT_ONCE = frozenset(
    {
        *("host", "date", "digest", "content-digest", "content-type", "content-length"),
        *("signature", "signature-input"),
    }
)
KEPT_ADDRESSES = 512

_URL = re.compile(r"(https?)://([^/?#]+)([^#]*)", re.ASCII | re.IGNORECASE)
_UNFIT_IN_URL = re.compile(r"[^\x21-\x7e]")
# Line breaks would let one header pose as two lines of a signing string; lone surrogates outside
# U+DC80-U+DCFF are no bytes that a peer could have sent.
_UNFIT_IN_VALUE = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udc7f\udd00-\udfff]")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def authority_of(host: str, scheme: str) -> str:
    """`host[:port]` in lower case, without the port that `scheme` implies."""
    return host.lower().removesuffix(_DEFAULT_PORTS[scheme])


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: `url` absolute, its path and query raw as they stood on the request line.

    `headers` are pairs in the order of the wire, names in any case. `body` is what was sent, before
    any decoding.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    # The headers by their names in lower case, filled once somebody asks for one: a value that has
    # been looked at, or the lines of a header as they came.
    _fields: dict[str, str | list[str]] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @property
    def scheme(self) -> str:
        """`http` or `https`. Raises: SignatureMalformed."""
        return _address(self.url).scheme

    @property
    def target(self) -> str:
        """The raw path and query, `/` where the URL has no path; a fragment is never sent.

        Raises: SignatureMalformed. Spec: RFC 9112 3.2.1.
        """
        return _address(self.url).target

    @property
    def authority(self) -> str:
        """`host[:port]` in lower case, the default port dropped. Raises: SignatureMalformed."""
        return _address(self.url).authority

    def header(self, name: str) -> str | None:
        """The value of a header that may be sent once only, None when it was not sent.

        Raises: SignatureMalformed when it was sent twice or holds control characters.
        """
        key = name.lower()
        found = (self._fields or self._by_name()).get(key)
        if found is None or isinstance(found, str):
            return found
        if len(found) > 1:
            raise SignatureMalformed("A header that may be sent once was sent more than once.")
        return self._looked_at(key, found[0])

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header in the order of the wire, outer blanks removed.

        Raises: SignatureMalformed when one holds control characters.
        """
        found = (self._fields or self._by_name()).get(name.lower(), ())
        return (found,) if isinstance(found, str) else tuple([_fit(value) for value in found])

    def lines(self, name: str) -> list[str]:
        """All values of a header named in lower case, control characters included: for readers
        whose grammar has no place for these."""
        found = (self._fields or self._by_name()).get(name, [])
        return [found] if isinstance(found, str) else [value.strip(" \t") for value in found]

    def field(self, name: str) -> str | None:
        """The value that is signed for a header named in lower case, None when it was not sent.

        A list sent in several lines is joined. Raises: SignatureMalformed where the header may be
        sent once only, or holds control characters. Spec: RFC 9421 2.1, draft-cavage-12 2.3.
        """
        found = (self._fields or self._by_name()).get(name)
        if found is None or isinstance(found, str):
            return found
        if len(found) == 1 or name in SENT_ONCE:
            return self.header(name)
        return ", ".join([_fit(value) for value in found])

    def with_body(self, body: bytes) -> Request:
        """The same head before this body; what was looked up in it is not looked up again."""
        request = Request(method=self.method, url=self.url, headers=self.headers, body=body)
        object.__setattr__(request, "_fields", self._fields or self._by_name())
        return request

    def with_headers(self, pairs: Iterable[tuple[str, str]], *, without: str = "") -> Request:
        """The same request with these headers, each in place of all earlier ones of its name.

        `without` are names in lower case, parted by blanks, whose headers are left out.
        """
        added = tuple(pairs)
        gone = {name.lower() for name, _ in added}
        gone.update(without.split())
        kept = tuple([pair for pair in self.headers if pair[0].lower() not in gone])
        return Request(method=self.method, url=self.url, headers=kept + added, body=self.body)

    def _by_name(self) -> dict[str, str | list[str]]:
        lines = {name.lower(): [value] for name, value in self.headers}
        if len(lines) < len(self.headers):
            lines = {name: [] for name in lines}
            for name, value in self.headers:
                lines[name.lower()].append(value)
        fields = cast("dict[str, str | list[str]]", lines)
        object.__setattr__(self, "_fields", fields)
        return fields

    def _looked_at(self, name: str, line: str) -> str:
        """The value of a header that was sent once, which is then kept."""
        value = _fit(line)
        (self._fields or self._by_name())[name] = value
        return value


def _fit(value: str) -> str:
    """The value without its outer blanks."""
    value = value.strip(" \t")
    # What can be printed holds nothing unfit, and is what nearly everybody sends.
    if not value.isprintable() and _UNFIT_IN_VALUE.search(value):
        raise SignatureMalformed("A header holds control characters.")
    return value


class _Address(NamedTuple):
    scheme: str
    authority: str
    target: str


@lru_cache(maxsize=KEPT_ADDRESSES)
def _address(url: str) -> _Address:
    """The parts of a URL; the same few inboxes come again and again."""
    match = _URL.match(url)
    # A user name in the address is how one host dresses up as another.
    if match is None or _UNFIT_IN_URL.search(url) or "@" in match[2]:
        raise SignatureMalformed("The address of the request is not a plain http(s) URL.")
    scheme, rest = match[1].lower(), match[3]
    return _Address(
        scheme=scheme,
        authority=authority_of(match[2], scheme),
        target=rest if rest.startswith("/") else "/" + rest,
    )
