"""Personas in the database, and who waits to follow them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from node.community.model import Follower
from node.ids import moment, stamp
from node.members.model import Persona
from node.storage.database import Row, Transaction
from node.urls import Urls

# Whoever may come in no more is as hidden as whoever hid herself.
_PERSONA = (
    "select p.*, coalesce(p.hidden_at, o.disabled_at) as closed "
    "from persona p join person o on o.id = p.person"
)
_WAITS = timedelta(days=90)


async def of_person(tx: Transaction, person: str) -> Persona | None:
    """A person's own actor; None where she has none."""
    row = await tx.row(f"{_PERSONA} where p.person = :person", person=person)
    return _persona(row) if row else None


async def by_id(tx: Transaction, persona_id: str) -> Persona | None:
    """The persona with this id; None if there is none."""
    row = await tx.row(f"{_PERSONA} where p.id = :id", id=persona_id)
    return _persona(row) if row else None


async def by_handle(tx: Transaction, handle: str) -> Persona | None:
    """The persona of this handle; None if there is none."""
    row = await tx.row(f"{_PERSONA} where p.handle = :handle", handle=handle)
    return _persona(row) if row else None


async def by_actor(tx: Transaction, urls: Urls, actor: str | None) -> Persona | None:
    """The persona of an actor's address; None where it is none of ours."""
    persona_id = urls.member_id(actor) if actor else None
    return await by_id(tx, persona_id) if persona_id else None


async def actors(tx: Transaction, urls: Urls) -> dict[str, str]:
    """Every member's own actor, with its handle."""
    rows = await tx.rows("select id, handle from persona order by id")
    return {urls.member(row["id"]): row["handle"] for row in rows}


async def add(tx: Transaction, one: Persona) -> None:
    """Keep a new persona."""
    await tx.run(
        "insert into persona (id, person, handle, name, summary, language, created) "
        "values (:id, :person, :handle, :name, :summary, :language, :created)",
        id=one.id,
        person=one.person,
        handle=one.handle,
        name=one.name,
        summary=one.summary,
        language=one.language,
        created=stamp(one.created),
    )


async def change(tx: Transaction, one: Persona) -> None:
    """Keep what a persona says of itself, and whether it is hidden."""
    await tx.run(
        "update persona set name = :name, summary = :summary, language = :language, "
        "hidden_at = :hidden where id = :id",
        name=one.name,
        summary=one.summary,
        language=one.language,
        hidden=stamp(one.hidden_at) if one.hidden_at else None,
        id=one.id,
    )


async def drop(tx: Transaction, one: Persona, urls: Urls) -> None:
    """Forget a persona, with its posts, letters, followers; nobody gets its handle again."""
    actor = urls.member(one.id)
    for table in ("persona_post", "persona_wish", "persona_letter"):
        await tx.run(f"delete from {table} where persona = :id", id=one.id)  # noqa: S608
    for table in ("follower", "follower_digest"):
        await tx.run(f"delete from {table} where community = :actor", actor=actor)  # noqa: S608
    await tx.run("delete from persona where id = :id", id=one.id)
    await tx.run(
        "insert into persona_handle_gone (digest) values (:digest) on conflict do nothing",
        digest=_digest(one.handle),
    )


async def was_taken(tx: Transaction, handle: str) -> bool:
    """Whether somebody has this handle, or had it."""
    if await by_handle(tx, handle):
        return True
    if await tx.row("select 1 as found from channel where handle = :handle", handle=handle):
        return True
    row = await tx.row(
        "select 1 as found from persona_handle_gone where digest = :digest", digest=_digest(handle)
    )
    return row is not None


# --- who waits to follow ------------------------------------------------------------------------


async def add_wish(tx: Transaction, one: Follower, handle: str, most: int) -> bool:
    """Let somebody wait; False where too many do. A second wish takes the place of the first."""
    row = await tx.row(
        "select count(*) as many from persona_wish where persona = :persona and actor <> :actor",
        persona=one.community,
        actor=one.actor,
    )
    if row is None or int(row["many"]) >= most:
        return False
    await tx.run(
        "insert into persona_wish (persona, actor, handle, inbox, shared_inbox, follow_id, since) "
        "values (:persona, :actor, :handle, :inbox, :shared, :follow_id, :since) "
        "on conflict (persona, actor) do update set inbox = excluded.inbox, "
        "shared_inbox = excluded.shared_inbox, follow_id = excluded.follow_id",
        persona=one.community,
        actor=one.actor,
        handle=handle,
        inbox=one.inbox,
        shared=one.shared_inbox,
        follow_id=one.follow_id,
        since=stamp(one.since),
    )
    return True


async def wishes(tx: Transaction, persona_id: str) -> list[tuple[Follower, str]]:
    """Who waits to follow a persona, with a handle for each; longest first."""
    rows = await tx.rows(
        "select * from persona_wish where persona = :id order by since, actor", id=persona_id
    )
    return [(_wish(row), row["handle"]) for row in rows]


async def take_wish(tx: Transaction, persona_id: str, actor: str) -> Follower | None:
    """Whoever waited, and waits no more; None if she did not."""
    row = await tx.row(
        "delete from persona_wish where persona = :id and actor = :actor returning *",
        id=persona_id,
        actor=actor,
    )
    return _wish(row) if row else None


async def take_wish_by_follow(tx: Transaction, actor: str, follow_id: str) -> bool:
    """Whether this actor waited by this Follow; she waits no more."""
    gone = await tx.run(
        "delete from persona_wish where actor = :actor and follow_id = :follow_id",
        actor=actor,
        follow_id=follow_id,
    )
    return gone > 0


async def forget_actor(tx: Transaction, actor: str) -> None:
    """An actor elsewhere waits no more, and nothing she wrote is kept."""
    await tx.run("delete from persona_wish where actor = :actor", actor=actor)
    await tx.run("delete from persona_letter where author = :actor", actor=actor)
    await tx.run(
        "update persona_post set actor = null, actor_name = null, inbox = null, "
        "shared_inbox = null, parent = null where actor = :actor",
        actor=actor,
    )


async def forget_wishes(tx: Transaction, now: datetime) -> None:
    """Forget who has waited for too long."""
    await tx.run("delete from persona_wish where since < :before", before=stamp(now - _WAITS))


async def known_actors(tx: Transaction) -> list[str]:
    """Everybody elsewhere who waits, or wrote something that is kept."""
    rows = await tx.rows(
        "select actor from persona_wish union select author as actor from persona_letter"
    )
    return [row["actor"] for row in rows]


async def hidden_before(tx: Transaction, before: datetime) -> list[Persona]:
    """The personas that were hidden before this moment."""
    rows = await tx.rows(f"{_PERSONA} where p.hidden_at < :before", before=stamp(before))
    return [_persona(row) for row in rows]


async def followers(tx: Transaction, actor: str) -> list[tuple[str, str]]:
    """Who follows an actor of ours: her id, and a handle where she is known."""
    rows = await tx.rows(
        "select f.actor, a.username, a.host from follower f "
        "left join remote_actor a on a.id = f.actor "
        "where f.community = :actor order by f.since, f.actor",
        actor=actor,
    )
    return [
        (row["actor"], f"{row['username']}@{row['host']}" if row["username"] else row["actor"])
        for row in rows
    ]


def _digest(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()


def _persona(row: Row) -> Persona:
    return Persona(
        id=row["id"],
        person=row["person"],
        handle=row["handle"],
        name=row["name"],
        summary=row["summary"],
        language=row["language"],
        created=moment(row["created"]),
        hidden_at=moment(row["closed"]) if row["closed"] else None,
    )


def _wish(row: Row) -> Follower:
    """`community` is the persona's short id here."""
    return Follower(
        community=row["persona"],
        actor=row["actor"],
        inbox=row["inbox"],
        shared_inbox=row["shared_inbox"],
        follow_id=row["follow_id"],
        since=moment(row["since"]),
    )
