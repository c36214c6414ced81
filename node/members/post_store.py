"""The posts of personas, and the letters to them, in the database."""

from __future__ import annotations

from datetime import datetime

from node.ids import moment, stamp
from node.members.model import Addressee, Audience, Letter, Post, PostState
from node.storage.database import Row, Transaction

_MOST_LISTED = 5000


async def add(tx: Transaction, post: Post) -> None:
    """Keep a new post."""
    to = post.to
    await tx.run(
        "insert into persona_post (id, persona, source, language, visibility, state, parent, "
        "actor, actor_name, inbox, shared_inbox, published, updated) values (:id, :persona, "
        ":source, :language, :visibility, :state, :parent, :actor, :actor_name, :inbox, "
        ":shared_inbox, :published, :updated)",
        id=post.id,
        persona=post.persona,
        source=post.source,
        language=post.language,
        visibility=post.audience.value,
        state=post.state.value,
        parent=post.parent,
        actor=to.actor if to else None,
        actor_name=to.name if to else None,
        inbox=to.inbox if to else None,
        shared_inbox=to.shared_inbox if to else None,
        published=stamp(post.published),
        updated=stamp(post.updated),
    )


async def change(tx: Transaction, post: Post) -> None:
    """Keep a post's words and state in place of what they were."""
    removed = post.state is PostState.REMOVED
    await tx.run(
        "update persona_post set source = :source, state = :state, removed = :removed, "
        "updated = :updated, "
        "parent = :parent, actor = :actor, actor_name = :name, inbox = :inbox, "
        "shared_inbox = :shared where id = :id",
        source=post.source,
        state=PostState.HIDDEN.value if removed else post.state.value,
        removed=int(removed),
        updated=stamp(post.updated),
        parent=post.parent,
        actor=post.to.actor if post.to else None,
        name=post.to.name if post.to else None,
        inbox=post.to.inbox if post.to else None,
        shared=post.to.shared_inbox if post.to else None,
        id=post.id,
    )


async def find(tx: Transaction, persona: str, post_id: str) -> Post | None:
    """One post of a persona, whatever its state; None if there is none."""
    row = await tx.row(
        "select * from persona_post where id = :id and persona = :persona",
        id=post_id,
        persona=persona,
    )
    return _post(row) if row else None


async def of_persona(
    tx: Transaction, persona: str, *states: PostState, limit: int = _MOST_LISTED
) -> list[Post]:
    """The posts in these states, newest first."""
    rows = await tx.rows(
        "select * from persona_post where persona = :persona order by id desc limit :limit",
        persona=persona,
        limit=_MOST_LISTED,
    )
    found = [_post(row) for row in rows]
    return [post for post in found if post.state in states][:limit]


async def public(tx: Transaction, persona: str, *states: PostState, limit: int) -> list[Post]:
    """The newest posts for everybody in these states."""
    rows = await tx.rows(
        "select * from persona_post where persona = :persona and visibility = 'public' "
        "and state in ('shown', 'home') order by id desc limit :limit",
        persona=persona,
        limit=limit,
    )
    return [post for post in map(_post, rows) if post.state in states]


async def removed_before(tx: Transaction, before: datetime) -> list[Post]:
    """What the team took away before then, and nobody has decided for good."""
    rows = await tx.rows(
        "select * from persona_post where removed = 1 and updated < :before order by id",
        before=stamp(before),
    )
    return [_post(row) for row in rows]


async def number_since(tx: Transaction, persona: str, since: datetime) -> int:
    """How many posts a persona made since then."""
    row = await tx.row(
        "select count(*) as many from persona_post where persona = :persona and published > :since",
        persona=persona,
        since=stamp(since),
    )
    return int(row["many"]) if row else 0


# --- letters ------------------------------------------------------------------------------------


async def put_letter(tx: Transaction, letter: Letter, *, most: int) -> None:
    """Keep a letter, in place of what it was; of more than `most` the oldest go."""
    await tx.run(
        "insert into persona_letter (id, persona, address, author, handle, inbox, shared_inbox, "
        "html, parent, visibility, published, received) values (:id, :persona, :address, "
        ":author, :handle, :inbox, :shared_inbox, :html, :parent, :visibility, :published, "
        ":received) on conflict (persona, address) do update set html = excluded.html, "
        "published = excluded.published",
        id=letter.id,
        persona=letter.persona,
        address=letter.address,
        author=letter.author.actor,
        handle=letter.author.name,
        inbox=letter.author.inbox,
        shared_inbox=letter.author.shared_inbox,
        html=letter.html,
        parent=letter.parent,
        visibility="public" if letter.is_public else "direct",
        published=stamp(letter.published),
        received=stamp(letter.received),
    )
    await tx.run(
        "delete from persona_letter where persona = :persona and id not in "
        "(select id from persona_letter where persona = :persona "
        "order by received desc, id desc limit :most)",
        persona=letter.persona,
        most=most,
    )


async def letters(tx: Transaction, persona: str) -> list[Letter]:
    """What others wrote to a persona, newest first."""
    rows = await tx.rows(
        "select * from persona_letter where persona = :persona order by received desc, id desc",
        persona=persona,
    )
    return [_letter(row) for row in rows]


async def letter(tx: Transaction, persona: str, letter_id: str) -> Letter | None:
    """One letter to a persona; None if there is none."""
    row = await tx.row(
        "select * from persona_letter where id = :id and persona = :persona",
        id=letter_id,
        persona=persona,
    )
    return _letter(row) if row else None


async def letters_at(tx: Transaction, address: str) -> list[Letter]:
    """The letters with this address: one for each persona whom it reached."""
    rows = await tx.rows("select * from persona_letter where address = :at", at=address)
    return [_letter(row) for row in rows]


async def drop_letter(tx: Transaction, letter_id: str) -> None:
    """Forget a letter."""
    await tx.run("delete from persona_letter where id = :id", id=letter_id)


async def letters_since(tx: Transaction, persona: str, author: str, since: datetime) -> int:
    """How many letters of one author came to a persona since then."""
    row = await tx.row(
        "select count(*) as many from persona_letter "
        "where persona = :persona and author = :author and received > :since",
        persona=persona,
        author=author,
        since=stamp(since),
    )
    return int(row["many"]) if row else 0


async def forget_letters(tx: Transaction, before: datetime) -> None:
    """Forget letters that came before this moment."""
    await tx.run("delete from persona_letter where received < :before", before=stamp(before))


def _post(row: Row) -> Post:
    return Post(
        id=row["id"],
        persona=row["persona"],
        source=row["source"],
        language=row["language"],
        audience=Audience(row["visibility"]),
        state=PostState.REMOVED if row["removed"] else PostState(row["state"]),
        parent=row["parent"],
        to=_addressee(row, row["actor"], row["actor_name"]) if row["actor"] else None,
        published=moment(row["published"]),
        updated=moment(row["updated"]),
    )


def _letter(row: Row) -> Letter:
    return Letter(
        id=row["id"],
        persona=row["persona"],
        address=row["address"],
        author=_addressee(row, row["author"], row["handle"]),
        html=row["html"],
        parent=row["parent"],
        is_public=row["visibility"] == "public",
        published=moment(row["published"]),
        received=moment(row["received"]),
    )


def _addressee(row: Row, actor: str, name: str) -> Addressee:
    return Addressee(actor=actor, name=name, inbox=row["inbox"], shared_inbox=row["shared_inbox"])
