"""The way home: where a visitor's own server lets her follow or answer what she has found here.

Her server says it itself; nothing that she types becomes an address that she is sent to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from activitypub.errors import HandleRefused, UrlRefused
from activitypub.identity import Handle, host_of
from activitypub.intents import Intent, filled, template_for
from activitypub.webfinger import Jrd
from federation.errors import FederationError, Gone, Malformed, NotActivityPub, NotFound, Refused
from federation.ports import Clock
from federation.remembering import Remembered
from federation.trust.handles import Handles
from federation.trust.servers import Servers

_LIFE: Final = timedelta(minutes=10)
_SAID_NO: Final = (NotFound, Gone, Refused, NotActivityPub)
_MASTODON: Final = "/authorize_interaction?uri={uri}"
# What is known of servers that name no template, or name one only for single accounts.
_KNOWN: Final = {
    "mastodon": _MASTODON,
    "hometown": _MASTODON,
    "fedibird": _MASTODON,
    "mobilizon": "/interact?uri={uri}",
    "pleroma": "/ostatus_subscribe?acct={uri}",
    "akkoma": "/ostatus_subscribe?acct={uri}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where the visitor goes on: `url` on her server, `host` as it is told to her."""

    url: str
    host: str


class Ways:
    """Finds ways home. What one server answered, or that it did not, is remembered for 10 minutes:
    nobody makes us ask a third one again and again."""

    def __init__(self, handles: Handles, servers: Servers, clock: Clock) -> None:
        self._handles = handles
        self._servers = servers
        self._answers: Remembered[Jrd | FederationError] = Remembered(clock)
        self._software: Remembered[str] = Remembered(clock)

    async def home(self, account: str, thing: str, intent: Intent) -> Way | None:
        """The way from a thing of ours to the server of `@anna@server.example` or
        `server.example`; None where that server does not say how to get there.

        Raises: Malformed for what is neither; NotFound where the server knows no such account;
        FederationError where it does not answer.
        """
        handle, host = read_account(account)
        jrd = await self._asked(handle, host)
        template = template_for(jrd, intent) or await self._known(host)
        if template is None:
            return None
        return self._checked(filled(template, thing), frozenset(_homes(jrd, host)))

    async def _asked(self, handle: Handle | None, host: str) -> Jrd:
        key = str(handle).lower() if handle else host
        held = self._answers.get(key)
        if held is None:
            held = await self._answer(handle, host)
            self._answers.put(key, held, _LIFE)
        if isinstance(held, FederationError):
            raise held.with_traceback(None)
        return held

    async def _answer(self, handle: Handle | None, host: str) -> Jrd | FederationError:
        try:
            if handle is not None:
                return (await self._handles.meaning(handle))[1]
            return await self._handles.asked(host, f"https://{host}/")
        except FederationError as error:
            if handle is None and isinstance(error, _SAID_NO):
                # Few servers know themselves by WebFinger; NodeInfo may still tell.
                return Jrd(subject="")
            return error

    async def _known(self, host: str) -> str | None:
        """The template of the software that runs there; None for one that we do not know."""
        name = self._software.get(host)
        for scheme in self._handles.schemes(host) if name is None else ():
            try:
                name = (await self._servers.software(f"{scheme}://{host}")).name.lower()
            except FederationError:
                continue
            self._software.put(host, name, _LIFE)
            path = _KNOWN.get(name)
            return f"{scheme}://{host}{path}" if path else None
        path = _KNOWN.get(name or "")
        return f"{self._handles.schemes(host)[0]}://{host}{path}" if path else None

    def _checked(self, url: str | None, homes: frozenset[str]) -> Way | None:
        """None for an address that is not on her own server: nobody is sent to a third one."""
        try:
            host = host_of(url or "")
            # An address that browsers and we might read differently is none.
            plain = quote(url or "", safe=":/?#[]@!$&'()*+,;=%-._~") == url
        except UrlRefused:
            host, plain = "", False
        scheme = (url or "").partition(":")[0]
        if not plain or host not in homes or scheme not in self._handles.schemes(host):
            return None
        return Way(url=url or "", host=host)


def read_account(account: str) -> tuple[Handle | None, str]:
    """The handle, if it is one, and the server in the form in which hosts are compared.

    Raises: Malformed.
    """
    text = account.strip().removeprefix("https://").removesuffix("/")
    try:
        if "@" in text:
            handle = Handle.parse(text)
            return handle, handle.host
        if not text or set(text) & set("/?#%"):
            raise Malformed("account", "This is neither a handle nor a server.")
        return None, host_of(f"https://{text}")
    except (HandleRefused, UrlRefused) as error:
        raise Malformed("account", "This is neither a handle nor a server.") from error


def _homes(jrd: Jrd, asked: str) -> Iterator[str]:
    """The hosts that are the visitor's own: the one she named, the one to which that one's answer
    belongs, and the one where her actor lives."""
    yield asked
    subject = jrd.subject.rpartition("@")[2] if "@" in jrd.subject else ""
    for url in (f"https://{subject}" if subject else "", jrd.actor or ""):
        try:
            yield host_of(url)
        except UrlRefused:
            continue
