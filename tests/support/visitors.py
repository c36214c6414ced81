"""Everybody who may come to a town: every role, tokens of every scope, who was shut out; and what
the policy of a route says of each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar

from node.people import store
from node.people.model import Person, Role, Scope
from node.people.rights import Right, may
from node.routing.policies import Needs, Route, SignedIn, Token
from node.services import Node
from tests.support.browsers import Browser, account
from tests.support.nodes import do
from tests.support.town import Town, town

VISITORS = (
    "guest", *(role.value for role in Role), "disabled", "expired",
    "read token", "write token", "admin token", "coordinator's token", "revoked token",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody, and what she comes with: a cookie and the token of its forms, or a bearer token."""

    person: Person | None = None
    headers: Mapping[str, str]
    csrf: str = ""
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """All that could tell two answers apart, but when they were given."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return dict(self.headers).get(name, "")


@dataclass(frozen=True, slots=True)
class Matrix:
    """The town and everybody who comes to it."""

    town: Town
    visitors: Mapping[str, Visitor]
    session: ClientSession

    async def ask(
        self, visitor: Visitor, method: str, path: str, accept: str = "text/html", **fields: str
    ) -> Answer:
        url = self.town.node.urls.origin + path
        headers = {"Accept": accept, "Accept-Language": "en", **visitor.headers}
        data = fields if method not in ("GET", "HEAD") else None
        async with self.session.request(
            method, url, headers=headers, data=data, allow_redirects=False
        ) as answer:
            kept = sorted(each for each in answer.headers.items() if each[0] != "Date")
            return Answer(answer.status, tuple(kept), await answer.read())


@asynccontextmanager
async def matrix_at(folder: Path) -> AsyncIterator[Matrix]:
    """A town with everybody in it, which lives as long as the block."""
    async with town(folder) as here, ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Matrix(here, await _everybody(here.node), session)


async def _everybody(node: Node) -> dict[str, Visitor]:
    made = {role.value: await _signed_in(node, role.value, role) for role in Role}
    made["guest"] = Visitor(headers={})
    gone = await _signed_in(node, "disabled", Role.AMBASSADOR)
    await do(node, "user.disable", name="disabled")
    made["disabled"] = Visitor(headers=gone.headers, csrf=gone.csrf)
    made["expired"] = await _expired(node)
    for scope in Scope:
        made[f"{scope.value} token"] = await _token(node, "ambassador", scope)
    made["coordinator's token"] = await _token(node, "coordinator", Scope.ADMIN)
    made["revoked token"] = await _revoked(node)
    return made


async def _signed_in(node: Node, name: str, role: Role) -> Visitor:
    person = await account(node, name, role)
    async with Browser(node) as browser:
        assert (await browser.sign_in(name)).status == 303
        await browser.get("/me/password")
        cookie = {"Cookie": f"session={browser.cookie}"}
        return Visitor(person=person, headers=cookie, csrf=browser.csrf)


async def _expired(node: Node) -> Visitor:
    """An ambassador until yesterday, whose session goes on."""
    was = await _signed_in(node, "expired", Role.AMBASSADOR)
    assert was.person
    name, yesterday = was.person.id, node.clock.now() - timedelta(days=1)
    given = was.person.created
    await node.act(
        lambda context: store.set_role(context.tx, name, Role.AMBASSADOR, yesterday, since=given)
    )
    found = await node.look(lambda tx: store.by_id(tx, name))
    assert found
    now = found.at(node.clock.now())
    assert now.role is Role.MEMBER
    return Visitor(person=now, headers=was.headers, csrf=was.csrf)


async def _token(node: Node, name: str, scope: Scope) -> Visitor:
    made = await do(node, "token.create", user=name, scope=scope.value)
    person = await node.look(lambda tx: store.by_name(tx, name))
    return Visitor(person=person, headers={"Authorization": f"Bearer {made['token']}"}, scope=scope)


async def _revoked(node: Node) -> Visitor:
    made = await do(node, "token.create", user="ambassador", scope=Scope.ADMIN.value)
    await do(node, "token.revoke", id=made["id"])
    return Visitor(headers={"Authorization": f"Bearer {made['token']}"})


def admitted(visitor: Visitor, route: Route) -> bool:
    """Whether the policy of a route lets somebody in."""
    policy = route.policy
    if isinstance(policy, Token):
        right: Right | None = policy.right
        enough = visitor.scope is not None and visitor.scope.covers(policy.scope)
        return enough and (right is None or may(visitor.person, right))
    if isinstance(policy, Needs):
        return visitor.scope is None and policy.met_by(visitor.person)
    if isinstance(policy, SignedIn):
        return visitor.scope is None and visitor.person is not None
    return True


def refused(visitor: Visitor, route: Route) -> set[int]:
    """The statuses with which somebody who is not let in is answered."""
    if isinstance(route.policy, Token):
        return {403} if visitor.scope else {401}
    return {404} if visitor.person and visitor.scope is None else {303}


def reachable(here: Town, routes: Iterable[Route]) -> list[tuple[Route, str]]:
    """The routes with something that is there."""
    found = [(route, here.here(route)) for route in routes]
    return [(route, path) for route, path in found if path is not None]


def paths(here: Town, route: Route) -> list[str]:
    """Something that is there, something that is kept from people, nothing."""
    found = (here.here(route), here.kept(route), here.absent(route))
    return [path for path in found if path is not None]
