"""What the community answered, in the database."""

from __future__ import annotations

import json

from node.conversations.model import NEWEST, Answer, Visibility
from node.ids import moment, stamp
from node.storage.database import Row, Transaction


async def add(tx: Transaction, answer: Answer) -> None:
    """Keep a new answer."""
    await tx.run(
        "insert into answer (id, subject, parent, actor, actor_name, inbox, shared_inbox, "
        "visibility, texts, document, said_by, deleted, published, updated) values (:id, :subject, "
        ":parent, :actor, :actor_name, :inbox, :shared_inbox, :visibility, :texts, :document, "
        ":said_by, :deleted, :published, :updated)",
        **_values(answer),
    )


async def change(tx: Transaction, answer: Answer) -> None:
    """Keep an answer in place of what it was."""
    await tx.run(
        "update answer set texts = :texts, document = :document, deleted = :deleted, "
        "updated = :updated where id = :id",
        id=answer.id,
        texts=_texts(answer),
        document=answer.document,
        deleted=int(answer.deleted),
        updated=stamp(answer.updated),
    )


async def find(tx: Transaction, answer_id: str) -> Answer | None:
    """The answer, also one that was deleted."""
    row = await tx.row("select * from answer where id = :id", id=answer_id)
    return _answer(row) if row else None


async def under(tx: Transaction, subject: str, limit: int, upto: str = NEWEST) -> list[Answer]:
    """What the community said for everybody under a thing of its own, oldest first: the newest
    `limit` that are not newer than `upto`."""
    rows = await tx.rows(
        "select * from answer where subject = :subject and visibility = 'public' and deleted = 0 "
        "and id <= :upto order by id desc limit :limit",
        subject=subject,
        upto=upto,
        limit=limit,
    )
    return [_answer(row) for row in reversed(rows)]


async def to(tx: Transaction, parent: str) -> list[Answer]:
    """What the community answered to one thing or reply, oldest first."""
    rows = await tx.rows(
        "select * from answer where parent = :parent and deleted = 0 order by id", parent=parent
    )
    return [_answer(row) for row in rows]


async def all_under(tx: Transaction, subject: str) -> list[Answer]:
    """Every answer under a thing, to whomever."""
    rows = await tx.rows(
        "select * from answer where subject = :subject and deleted = 0 order by id",
        subject=subject,
    )
    return [_answer(row) for row in rows]


async def forget_actor(tx: Transaction, actor: str) -> None:
    """Forget by which name and where an actor that is no more was answered; drop what only she
    could read."""
    await tx.run("delete from answer where actor = :actor and visibility = 'direct'", actor=actor)
    await tx.run(
        "update answer set actor = null, actor_name = null, inbox = null, shared_inbox = null "
        "where actor = :actor",
        actor=actor,
    )


def _texts(answer: Answer) -> str:
    return json.dumps(dict(answer.texts), ensure_ascii=False)


def _values(answer: Answer) -> dict[str, object]:
    plain = (
        *("id", "subject", "parent", "actor", "actor_name", "inbox", "shared_inbox"),
        *("document", "said_by"),
    )
    return {
        **{name: getattr(answer, name) for name in plain},
        "visibility": answer.visibility.value,
        "texts": _texts(answer),
        "deleted": int(answer.deleted),
        "published": stamp(answer.published),
        "updated": stamp(answer.updated),
    }


def _answer(row: Row) -> Answer:
    values = dict(row)
    values.update(
        visibility=Visibility(row["visibility"]),
        texts=json.loads(row["texts"]),
        document=bytes(row["document"]),
        deleted=bool(row["deleted"]),
        published=moment(row["published"]),
        updated=moment(row["updated"]),
    )
    return Answer(**values)
