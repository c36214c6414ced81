"""The part of an HTTP request that a signature can speak of, as a value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from keys.errors import SignatureMalformed

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

    @property
    def scheme(self) -> str:
        """`http` or `https`. Raises: SignatureMalformed."""
        return self._parts()[0]

    @property
    def target(self) -> str:
        """The raw path and query, `/` where the URL has no path; a fragment is never sent.

        Raises: SignatureMalformed. Spec: RFC 9112 3.2.1.
        """
        rest = self._parts()[2]
        return rest if rest.startswith("/") else "/" + rest

    @property
    def authority(self) -> str:
        """`host[:port]` in lower case, the default port dropped. Raises: SignatureMalformed."""
        scheme, authority, _ = self._parts()
        return authority_of(authority, scheme)

    def header(self, name: str) -> str | None:
        """The value of a header that may be sent once only, None when it was not sent.

        Raises: SignatureMalformed when it was sent twice or holds control characters.
        """
        values = self.values(name)
        if len(values) > 1:
            raise SignatureMalformed("A header that may be sent once was sent more than once.")
        return values[0] if values else None

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header in the order of the wire, outer blanks removed.

        Raises: SignatureMalformed when one holds control characters.
        """
        wanted = name.lower()
        values = tuple(v.strip(" \t") for n, v in self.headers if n.lower() == wanted)
        if any(_UNFIT_IN_VALUE.search(value) for value in values):
            raise SignatureMalformed("A header holds control characters.")
        return values

    def with_headers(self, pairs: Iterable[tuple[str, str]]) -> Request:
        """The same request with these headers, each in place of all earlier ones of its name."""
        added = tuple(pairs)
        names = {name.lower() for name, _ in added}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in names)
        return replace(self, headers=kept + added)

    def _parts(self) -> tuple[str, str, str]:
        """Scheme, authority, and path with query."""
        match = _URL.match(self.url)
        # A user name in the address is how one host dresses up as another.
        if match is None or _UNFIT_IN_URL.search(self.url) or "@" in match[2]:
            raise SignatureMalformed("The address of the request is not a plain http(s) URL.")
        return match[1].lower(), match[2], match[3]
