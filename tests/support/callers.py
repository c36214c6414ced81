"""A program that calls the JSON API of a node, with a token for each scope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from node.people.model import Scope
from node.routes import Route
from node.services import Node
from node.urls import ID_PATTERN


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `json` is None for an empty body."""

    status: int
    headers: Mapping[str, str]
    json: Any


class Caller:
    """A program that calls the API of a node, with a token for each scope."""

    def __init__(self, node: Node, session: ClientSession, tokens: Mapping[Scope, str]) -> None:
        self.node, self.session, self.tokens = node, session, tokens

    async def call(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        token: str | Scope | None = Scope.WRITE,
        body: Any = None,
        kind: str = "application/json",
    ) -> Answer:
        """The answer; `document` goes as JSON, `body` as it is."""
        headers = {"Content-Type": kind} if document is not None or body is not None else {}
        if token is not None:
            secret = self.tokens[token] if isinstance(token, Scope) else token
            headers["Authorization"] = f"Bearer {secret}"
        data = json.dumps(document).encode() if document is not None else body
        url = self.node.urls.origin + path
        async with self.session.request(method, url, data=data, headers=headers) as response:
            text = await response.read()
            return Answer(response.status, response.headers, json.loads(text) if text else None)

    async def post(self, document: Any) -> Answer:
        """The answer to publishing this."""
        return await self.call("POST", "/api/v1/events", document)

    async def events(self) -> Any:
        """What is published."""
        return (await self.call("GET", "/api/v1/events", token=Scope.READ)).json


def template(route: Route) -> tuple[str, str]:
    """Method and path of a route, without the patterns of its parameters."""
    path = route.path.replace(ID_PATTERN, "{id}")
    before, found, after = path.partition("{collection:")
    return route.method, before + "{collection}" + after.partition("}")[2] if found else path
