"""Vienna with a channel in Arabic, and a server on which people follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from activitypub.names import ACTIVITY_JSON
from node.invariants import findings
from node.services import Node
from tests.support.neighbours import Neighbour
from tests.support.nodes import EVENT

Json = dict[str, Any]
GERMAN = {**EVENT, "name": {"de": "Gartentag"}, "description": {"de": "Mit Spaten."}, "shifts": []}
BOTH = {**GERMAN, "name": {"de": "Gartentag", "ar": "يوم الحديقة"}}


@dataclass(frozen=True, slots=True)
class Scene:
    """Vienna with a channel in Arabic; a server of the kind of Mastodon with people on it."""

    wien: Node
    mastodon: Neighbour

    @property
    def channel(self) -> str:
        return f"{self.wien.urls.origin}/c/wien-ar"

    async def fan(self, name: str = "fan") -> str:
        """Somebody there who follows the channel."""
        fan = self.mastodon.actor(name)
        await self.mastodon.follow(fan, self.channel)
        return fan

    async def get(self, url: str, accept: str = ACTIVITY_JSON) -> tuple[int, Any]:
        async with (
            ClientSession(headers={"Accept": accept}) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            is_json = "json" in answer.content_type
            return answer.status, await answer.json(content_type=None) if is_json else answer

    async def sound(self) -> bool:
        node = self.wien
        engine = node.database.engine
        found = await node.look(lambda tx: findings(tx, engine, node.clock.now()))
        return [each for each in found if each.many] == []
