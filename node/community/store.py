"""The community, its keys and its followers in the database."""

from __future__ import annotations

import json
from datetime import datetime

from node.community.model import ActorKey, Community, Follower
from node.ids import moment, stamp
from node.storage.database import Row, Transaction
from node.storage.digests import forget_digest, host_of_actor


async def add(tx: Transaction, community: Community) -> None:
    """Keep the community."""
    await tx.run(
        "insert into community (handle, name, description, languages, city, country, timezone, "
        "contact, created) values (:handle, :name, :description, :languages, :city, :country, "
        ":timezone, :contact, :created)",
        **_values(community),
    )


async def change(tx: Transaction, community: Community) -> None:
    """Keep the community in place of what it was."""
    values = _values(community)
    del values["created"]
    await tx.run(
        "update community set name = :name, description = :description, languages = :languages, "
        "city = :city, country = :country, timezone = :timezone, contact = :contact "
        "where handle = :handle",
        **values,
    )


async def find(tx: Transaction) -> Community | None:
    """The community of this node; None before `init`."""
    row = await tx.row("select * from community")
    if row is None:
        return None
    return Community(
        handle=row["handle"],
        name=json.loads(row["name"]),
        description=json.loads(row["description"]),
        languages=json.loads(row["languages"]),
        city=row["city"],
        country=row["country"],
        timezone=row["timezone"],
        created=moment(row["created"]),
        contact=row["contact"],
    )


async def add_key(tx: Transaction, key: ActorKey) -> None:
    """Keep a key pair."""
    await tx.run(
        "insert into actor_key (id, actor, kind, public, sealed, created) "
        "values (:id, :actor, :kind, :public, :sealed, :created)",
        id=key.id,
        actor=key.actor,
        kind=key.kind,
        public=key.public,
        sealed=key.sealed,
        created=stamp(key.created),
    )


async def keys(tx: Transaction) -> list[ActorKey]:
    """All key pairs, also retired ones, oldest first."""
    return [
        ActorKey(
            id=row["id"],
            actor=row["actor"],
            kind=row["kind"],
            public=row["public"],
            sealed=bytes(row["sealed"]),
            created=moment(row["created"]),
            retired_at=moment(row["retired_at"]) if row["retired_at"] else None,
        )
        for row in await tx.rows("select * from actor_key order by created, id")
    ]


async def add_follower(tx: Transaction, follower: Follower) -> None:
    """Keep a follower; a second Follow of the same actor takes the place of the first."""
    await tx.run(
        "insert into follower (community, actor, inbox, shared_inbox, follow_id, since, host) "
        "values (:community, :actor, :inbox, :shared_inbox, :follow_id, :since, :host) "
        "on conflict (community, actor) do update set inbox = excluded.inbox, "
        "shared_inbox = excluded.shared_inbox, follow_id = excluded.follow_id",
        community=follower.community,
        actor=follower.actor,
        inbox=follower.inbox,
        shared_inbox=follower.shared_inbox,
        follow_id=follower.follow_id,
        since=stamp(follower.since),
        host=host_of_actor(follower.actor),
    )
    await forget_digest(tx, follower.actor)


async def remove_follower(tx: Transaction, community: str, actor: str) -> str | None:
    """Let a follower go; the inbox she had, None if she did not follow."""
    row = await tx.row(
        "delete from follower where community = :community and actor = :actor returning inbox",
        community=community,
        actor=actor,
    )
    await forget_digest(tx, actor)
    return row["inbox"] if row else None


async def remove_everywhere(tx: Transaction, actor: str) -> None:
    """Let an actor go that is no more."""
    await tx.run("delete from follower where actor = :actor", actor=actor)
    await tx.run("delete from pending_follower where actor = :actor", actor=actor)
    await forget_digest(tx, actor)


async def note_undo(tx: Transaction, actor: str, undone: str, at: datetime) -> None:
    """Remember for two days that this actor undid this activity, which may arrive later."""
    await tx.run(
        "insert into pending_undo (actor, undone, at) values (:actor, :undone, :at) "
        "on conflict do nothing",
        actor=actor,
        undone=undone,
        at=stamp(at),
    )


async def was_undone(tx: Transaction, actor: str, activity_id: str) -> bool:
    """Whether this actor undid this activity of its own before it arrived, or is itself no more."""
    row = await tx.row(
        "select 1 as found from pending_undo where actor = :actor and undone = :undone "
        "union all select 1 from tombstone where id = :actor and author = :actor",
        actor=actor,
        undone=activity_id,
    )
    return row is not None


async def followed_by(tx: Transaction, actor: str, follow_id: str) -> str | None:
    """Which of our actors this actor follows by this Follow; None if none."""
    row = await tx.row(
        "select community from follower where actor = :actor and follow_id = :follow_id",
        actor=actor,
        follow_id=follow_id,
    )
    return row["community"] if row else None


async def followers(tx: Transaction, community: str) -> list[Follower]:
    """Who follows this actor of ours, oldest first."""
    rows = await tx.rows(
        "select * from follower where community = :community order by since, actor",
        community=community,
    )
    return [_follower(row) for row in rows]


async def follower_count(tx: Transaction, community: str) -> int:
    """How many follow this actor of ours."""
    row = await tx.row(
        "select count(*) as number from follower where community = :community",
        community=community,
    )
    return int(row["number"]) if row else 0


def _values(community: Community) -> dict[str, object]:
    return {
        "handle": community.handle,
        "name": json.dumps(dict(community.name), ensure_ascii=False),
        "description": json.dumps(dict(community.description), ensure_ascii=False),
        "languages": json.dumps(list(community.languages)),
        "city": community.city,
        "country": community.country,
        "timezone": community.timezone,
        "contact": community.contact,
        "created": stamp(community.created),
    }


def _follower(row: Row) -> Follower:
    return Follower(
        community=row["community"],
        actor=row["actor"],
        inbox=row["inbox"],
        shared_inbox=row["shared_inbox"],
        follow_id=row["follow_id"],
        since=moment(row["since"]),
    )
