"""A node's keys over a real database, with a clock moved by hand, and hosts that know its actors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from federation.memory import FakeClock
from federation.outward import outbox
from federation.ports import Destination
from keys.vault import Vault, make_master
from node.community import key_store, rotation, store
from node.community.document import community_document, relay_document
from node.community.keyring import Pair, StoredKeyring, make_pair, seal_pair
from node.community.model import ActorKey, Community, Follower
from node.context import Context
from node.storage.database import Database, Transaction
from node.storage.outbox import StoredOutbox
from node.urls import Urls

T = TypeVar("T")
START = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
URLS = Urls("https://wien.test", "wien")
US, RELAY = URLS.community, URLS.relay
FIRST, SECOND, THIRD = (f"{US}#main-key{part}" for part in ("", "-2", "-3"))


class OurNode:
    """What of a node the rotation of keys touches."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock(START)
        self.vault = Vault(make_master())
        self.keyring = StoredKeyring(database, lambda: self.vault, self.clock)
        self._published = 0

    async def act(self, work: Callable[[Context], Awaitable[T]]) -> T:
        """What `work` returns, committed."""

        async def transaction(tx: Transaction) -> T:
            now = self.clock.now()
            return await work(Context(tx=tx, now=now, urls=URLS, outbox=StoredOutbox(tx)))

        return await self.database.write(transaction)

    async def found(self, *pairs: Pair) -> None:
        """Make the community and its actors' keys, a new pair for each that none is given for."""
        given = list(pairs)

        async def work(context: Context) -> None:
            await store.add(context.tx, _community())
            for actor, pair in zip(URLS.actors(), given, strict=True):
                for key in seal_pair(actor, pair, self.vault, context.now, number=1):
                    await store.add_key(context.tx, key)

        while len(given) < len(URLS.actors()):
            given.append(make_pair())
        await self.act(work)

    async def rotate(self, actor: str = US) -> str:
        """The id of the actor's new key, a minute later."""
        self.clock.advance(timedelta(minutes=1))
        pair = make_pair()
        key_id, _ = await self.act(
            lambda context: rotation.rotate(context, actor, pair, self.vault)
        )
        await self.keyring.refresh()
        return key_id

    async def retire(self) -> None:
        """Do the hourly job."""
        await self.act(rotation.retire_old_keys)
        await self.keyring.refresh()

    async def keys(self, actor: str = US) -> dict[str, ActorKey]:
        """The actor's keys by the ends of their ids."""
        found = await self.database.read(store.keys)
        return {key.id.partition("#")[2]: key for key in found if key.actor == actor}

    async def document(self, actor: str = US, asker: str | None = None) -> dict[str, object]:
        """The actor as it is shown to whoever asks, and to a host that signs its asking."""
        make = relay_document if actor == RELAY else community_document
        keys = await self.database.read(lambda tx: key_store.shown_to(tx, actor, asker))
        return make(_community(), keys, URLS)

    async def follow(self, actor: str, inbox: str, shared: str | None = None) -> None:
        """Let somebody follow the community."""
        follower = Follower(
            community=US,
            actor=actor,
            inbox=inbox,
            shared_inbox=shared,
            follow_id=f"{actor}/follow",
            since=self.clock.now(),
        )
        await self.act(lambda context: store.add_follower(context.tx, follower))

    async def publish(self, object_id: str, to: list[Destination], actor: str = US) -> str:
        """Put something into the outbox; the activity's id."""
        self._published += 1
        activity = {
            "id": f"{URLS.origin}/a/{self._published}",
            "type": "Create",
            "actor": actor,
            "object": object_id,
            "number": self._published,
        }

        async def work(context: Context) -> None:
            await outbox.put(
                context.outbox, activity, object_id=object_id, destinations=to, now=context.now
            )

        await self.act(work)
        return str(activity["id"])

    async def acknowledged(self, actor: str = US) -> dict[str, str]:
        """Which of the actor's keys each host holds."""

        async def read(tx: Transaction) -> dict[str, str]:
            rows = await tx.rows(
                "select host, key_id from host_key_ack where actor = :actor", actor=actor
            )
            return {row["host"]: row["key_id"] for row in rows}

        return await self.database.read(read)

    async def announcements(self, actor: str = US) -> dict[str, tuple[str, str]]:
        """By inbox: which key is announced there, and what became of it."""

        async def read(tx: Transaction) -> dict[str, tuple[str, str]]:
            rows = await tx.rows(
                "select d.inbox, d.state, o.announces_key as key_id from delivery d "
                "join outgoing o on o.id = d.activity_id "
                "where o.actor = :actor and o.announces_key is not null order by d.sequence",
                actor=actor,
            )
            return {row["inbox"]: (row["key_id"], row["state"]) for row in rows}

        return await self.database.read(read)


def _community() -> Community:
    return Community(
        handle="wien",
        name={"de": "Wien"},
        description={},
        languages=["de"],
        city=None,
        country=None,
        timezone="Europe/Vienna",
        created=START,
    )
