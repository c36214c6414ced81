"""Those between whom posts are shared: Vienna, an author in Linz, and followers elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from activitypub.names import PUBLIC
from federation.policy import Standing
from node.moderation import store as moderation_store
from node.moderation.model import Rule
from node.services import Node
from tests.support.neighbours import Neighbour
from tests.support.nodes import do, until

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Vienna; Linz, where people write; a Mastodon and a Lemmy, whose people follow Vienna."""

    wien: Node
    linz: Neighbour
    mastodon: Neighbour
    lemmy: Neighbour

    @property
    def group(self) -> str:
        return self.wien.urls.community

    @property
    def fan(self) -> str:
        return f"{self.mastodon.origin}/fan"

    @property
    def reader(self) -> str:
        return f"{self.lemmy.origin}/reader"

    def post(self, author: str, **more: Any) -> Json:
        return {
            "id": self.linz.new_id(),
            "type": "Note",
            "attributedTo": author,
            "to": [PUBLIC],
            "cc": [self.group],
            "content": "<p>Wer kocht mit?</p>",
            "published": "2026-06-01T10:00:00Z",
            **more,
        }

    async def write(self, kind: str, author: str, about: Json | str, **more: Any) -> Json:
        """An activity that Vienna has dealt with."""
        activity = self.linz.activity(kind, author, about, **more)
        await self.linz.insists(self.wien.urls.inbox(self.group), activity)
        await until(lambda: self._dealt_with(activity["id"]))
        return activity

    async def _dealt_with(self, activity_id: str) -> bool:
        row = await self.wien.look(
            lambda tx: tx.row(
                "select state from inbox_activity where activity_id = :id", id=activity_id
            )
        )
        return row is not None and row["state"] not in ("waiting", "parked")

    async def sent(self) -> None:
        """Once nothing waits to be sent."""

        async def empty() -> bool:
            row = await self.wien.look(
                lambda tx: tx.row("select count(*) as n from delivery where state = 'due'")
            )
            return row is not None and row["n"] == 0

        await until(empty)

    async def shared(self) -> list[str]:
        return [each["id"] for each in await do(self.wien, "network.shares")]

    async def trust(self, actor: str, standing: Standing = Standing.TRUSTED) -> None:
        now = self.wien.clock.now()
        rule = Rule(target=actor, standing=standing, created=now, updated=now)
        await self.wien.act(lambda context: moderation_store.put(context.tx, rule))

    async def rule(self, rule: str) -> None:
        await do(self.wien, "network.sharing", share=rule)


async def know(wien: Node, host: str, name: str) -> None:
    await wien.act(
        lambda context: context.tx.run(
            "insert into peer_software (host, name, due_at) values (:host, :name, '9999') "
            "on conflict (host) do update set name = excluded.name, due_at = excluded.due_at",
            host=host,
            name=name,
        )
    )
