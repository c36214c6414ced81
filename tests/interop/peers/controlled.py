"""Peers in a process of their own that take orders at `https://HOST/control/…`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Controlled:
    """A running peer."""

    host: str
    session: aiohttp.ClientSession

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    async def order(self, name: str, **order: Any) -> Json:
        """What the peer answers to an order."""
        async with self.session.post(f"{self.origin}/control/{name}", json=order) as answer:
            return await _document(answer)

    async def ask(self, name: str, **about: str) -> Json:
        """What the peer answers to a question."""
        async with self.session.get(f"{self.origin}/control/{name}", params=about) as answer:
            return await _document(answer)


async def _document(answer: aiohttp.ClientResponse) -> Json:
    assert answer.status == 200, await answer.text()
    return dict(await answer.json())
