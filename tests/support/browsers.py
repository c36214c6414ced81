"""A browser without JavaScript for tests: keeps cookies, fills in forms, follows nothing by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, CookieJar

from node.context import Context
from node.people import actions, coming_back, passwords, sessions, store
from node.people.approvals import see_to_time
from node.people.model import Person, Role
from node.services import Node, SystemClock
from tests.support.needles import NEEDLES

PASSWORD = "siebzehn kleine Brücken"
_HTML = {"Accept": "text/html", "Accept-Language": "en"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser shows: `path` is where a form led on to, "" where it did not."""

    status: int
    text: str
    headers: Mapping[str, str]
    path: str


class Later(SystemClock):
    """A clock that is ahead: `node.clock = Later(timedelta(days=8))`."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        """The present moment and so much more."""
        return super().now() + self.ahead


async def do_later(node: Node, days: float) -> None:
    """What of the wishes for a second person is due after so many days."""
    clock = node.clock
    node.clock = Later(timedelta(days=days))
    try:
        await see_to_time(node.act)
    finally:
        node.clock = clock


class Browser:
    """One browser of one person."""

    def __init__(self, node: Node) -> None:
        self.node, self.csrf = node, ""
        self._session = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **headers: str) -> Shown:
        """A page; the token of its forms is remembered."""
        return await self._ask("GET", path, None, headers)

    async def post(
        self, path: str, fields: Mapping[str, str] | None = None, **headers: str
    ) -> Shown:
        """A form, sent from a page of the site, with the token that was seen last."""
        data = {"csrf": self.csrf, **(fields or {})}
        return await self._ask("POST", path, data, {"Sec-Fetch-Site": "same-origin", **headers})

    async def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Shown:
        """Any request, without what a browser adds by itself."""
        return await self._ask(method, path, data, headers)

    async def sign_in(self, name: str, password: str = PASSWORD, next: str = "") -> Shown:
        """The form of the sign-in page; then the token of this session."""
        shown = await self.post("/sign-in", {"name": name, "password": password, "next": next})
        if shown.status == 303:
            await self.get("/me")
        return shown

    @property
    def cookie(self) -> str | None:
        """The session cookie as this browser keeps it."""
        found = {cookie.key: cookie.value for cookie in self._session.cookie_jar}
        return found.get("session") or None

    @cookie.setter
    def cookie(self, value: str) -> None:
        self._session.cookie_jar.update_cookies({"session": value})

    async def _ask(self, method: str, path: str, data: Any, headers: Mapping[str, str]) -> Shown:
        url = f"{self.node.urls.origin}{path}"
        sent = {**_HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self._session.request(
            method, url, data=data, headers=sent, allow_redirects=False
        ) as answer:
            text = await answer.text()
            if found := re.search(r'name="csrf" value="([^"]+)"', text):
                self.csrf = unescape(found[1])
                NEEDLES.add(self.csrf)
            return Shown(answer.status, text, answer.headers, answer.headers.get("Location", ""))


_digests: dict[str, str] = {}
"""What is kept of a password; making it takes long."""


SETTLED = timedelta(days=4)
"""For so long the people of the tests are in their roles: long enough to confirm."""


async def settle(node: Node, person: Person, since: timedelta = SETTLED) -> Person:
    """Somebody who has been in her role for four days already, or as long as `since` says."""

    async def work(context: Context) -> Person:
        await store.set_role_since(context.tx, person.id, context.now - since)
        return await actions.somebody(context, person.id)

    return await node.act(work)


async def account(
    node: Node, name: str, role: Role, password: str = PASSWORD, *, since: timedelta = SETTLED
) -> Person:
    """A person who has a password, and has been in her role for four days."""
    NEEDLES.add(name, password)
    if password not in _digests:
        _digests[password] = await passwords.digest_of(password)
    kept = _digests[password]

    async def work(context: Context) -> Person:
        person = await actions.create(context, name, role)
        await coming_back.set_password(context, person, kept)
        return person

    return await settle(node, await node.act(work), since)


@asynccontextmanager
async def signed_in(
    node: Node, name: str, role: Role, *, since: timedelta = SETTLED
) -> AsyncIterator[Browser]:
    """The browser of a new person in a session; quicker than by her password."""
    person = await account(node, name, role, since=since)
    async with Browser(node) as browser:
        browser.cookie, _ = await node.act(partial(sessions.begin, person=person, device="Firefox"))
        await browser.get("/me")
        yield browser
