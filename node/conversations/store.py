"""Replies, messages and mentions in the database: rows in, models out."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from node.conversations.model import NEWEST, Extra, Reply, ReplyRule, ReplyState, Visibility
from node.ids import moment, stamp
from node.storage.database import Row, Transaction

_ADD = (
    "insert into reply (id, address, subject, parent, depth, author, author_name, handle, host, "
    "url, inbox, shared_inbox, html, warning, language, links, visibility, state, barred, "
    "published, updated, received, decided) values (:id, :address, :subject, :parent, :depth, "
    ":author, :author_name, :handle, :host, :url, :inbox, :shared_inbox, :html, :warning, "
    ":language, :links, :visibility, :state, :barred, :published, :updated, :received, :decided)"
)
_SHOWN = "state = 'shown' and barred = 0"


async def rule(tx: Transaction) -> ReplyRule:
    """What becomes of public replies here."""
    row = await tx.row("select replies from community")
    return ReplyRule(row["replies"]) if row else ReplyRule.FIRST_HELD


async def set_rule(tx: Transaction, chosen: ReplyRule) -> None:
    """Let this become of public replies from now on."""
    await tx.run("update community set replies = :rule", rule=chosen.value)


# --- one reply -----------------------------------------------------------------------------------


async def add(tx: Transaction, reply: Reply) -> None:
    """Keep a new reply."""
    await tx.run(_ADD, **_values(reply))


async def change(tx: Transaction, reply: Reply) -> None:
    """Keep what its author says now; where it stands and whether it is shown stays."""
    names = (
        *("id", "author_name", "handle", "url", "inbox", "shared_inbox", "html", "warning"),
        *("language", "links", "updated"),
    )
    values = {name: value for name, value in _values(reply).items() if name in names}
    await tx.run(
        "update reply set author_name = :author_name, handle = :handle, url = :url, "
        "inbox = :inbox, shared_inbox = :shared_inbox, html = :html, warning = :warning, "
        "language = :language, links = :links, updated = :updated where id = :id",
        **values,
    )


async def decide(tx: Transaction, reply_id: str, state: ReplyState, at: datetime) -> None:
    """Note what somebody here decided about a reply."""
    await tx.run(
        "update reply set state = :state, decided = :at where id = :id",
        id=reply_id,
        state=state.value,
        at=stamp(at),
    )


async def find(tx: Transaction, name: str) -> Reply | None:
    """The reply of this short id, or of this address at its origin."""
    row = await tx.row("select * from reply where id = :name or address = :name", name=name)
    return _reply(row) if row else None


async def bury(tx: Transaction, address: str, author: str, at: datetime) -> None:
    """Drop what its author took back, wherever it is kept: it does not come back."""
    await tx.run(
        "delete from reply where address = :id and author = :author", **_of(address, author)
    )
    await tx.run(
        "delete from remote_object where id = :id and author = :author", **_of(address, author)
    )
    await tx.run(
        "insert into tombstone (id, author, at) values (:id, :author, :at) on conflict do nothing",
        **_of(address, author),
        at=stamp(at),
    )


async def buried(tx: Transaction, address: str, author: str) -> bool:
    """Whether this author took this back before, or is itself no more."""
    row = await tx.row(
        "select 1 as found from tombstone where (id = :id and author in (:author, '')) "
        "or (id = :author and author = :author)",
        **_of(address, author),
    )
    return row is not None


def _of(address: str, author: str) -> dict[str, str]:
    return {"id": address, "author": author}


# --- many ----------------------------------------------------------------------------------------


async def shown_under(tx: Transaction, subject: str, limit: int, upto: str = NEWEST) -> list[Reply]:
    """What guests see under a thing of ours, in the order in which it came: the newest `limit`
    that are not newer than `upto`."""
    rows = await tx.rows(
        f"select * from reply where subject = :subject and {_SHOWN} "  # noqa: S608  fixed
        "and id <= :upto order by id desc limit :limit",
        subject=subject,
        upto=upto,
        limit=limit,
    )
    return [_reply(row) for row in reversed(rows)]


async def listed(
    tx: Transaction,
    *,
    kind: str | None = None,
    state: ReplyState | None = None,
    subject: str | None = None,
    before: str | None = None,
    limit: int = 80,
) -> list[Reply]:
    """The team's list, newest first: of one `kind`, one state, about one thing."""
    clauses = ["1 = 1"]
    values: dict[str, object] = {"limit": limit}
    for name, value in (("state", state.value if state else None), ("subject", subject)):
        if value is not None:
            clauses.append(f"{name} = :{name}")
            values[name] = value
    if before:
        clauses.append("id < :before")
        values["before"] = before
    if kind:
        clauses.append(_KINDS[kind])
    rows = await tx.rows(
        f"select * from reply where {' and '.join(clauses)} "  # noqa: S608  fixed parts
        "order by id desc limit :limit",
        **values,
    )
    return [_reply(row) for row in rows]


_KINDS = {
    "message": "visibility = 'direct'",
    "mention": "visibility = 'public' and subject is null",
    "reply": "visibility = 'public' and subject is not null",
}


async def waiting(tx: Transaction) -> dict[str, int]:
    """How many of each kind nobody has dealt with yet."""
    rows = await tx.rows(
        "select case when visibility = 'direct' then 'message' when subject is null then 'mention' "
        "else 'reply' end as kind, count(*) as many from reply "
        "where state = 'held' and barred = 0 group by 1"
    )
    return dict.fromkeys(_KINDS, 0) | {row["kind"]: int(row["many"]) for row in rows}


# --- who is known, who is gone, who is barred ----------------------------------------------------


async def is_known(tx: Transaction, actor: str) -> bool:
    """Whether something of this actor was approved once."""
    row = await tx.row("select 1 as found from known_commenter where actor = :actor", actor=actor)
    return row is not None


async def know(tx: Transaction, actor: str, at: datetime) -> None:
    """From now on what this actor says need not wait as a first word does."""
    await tx.run(
        "insert into known_commenter (actor, at) values (:actor, :at) on conflict do nothing",
        actor=actor,
        at=stamp(at),
    )


async def unknow(tx: Transaction, actor: str) -> None:
    """Let what this actor says wait again."""
    await tx.run("delete from known_commenter where actor = :actor", actor=actor)


async def is_followed(tx: Transaction, actor: str) -> bool:
    """Whether the community follows this actor."""
    row = await tx.row(
        "select 1 as found from following where actor = :actor and state <> 'rejected'",
        actor=actor,
    )
    return row is not None


async def forget_author(tx: Transaction, actor: str) -> None:
    """Drop everything of an actor that is no more."""
    await tx.run("delete from reply where author = :actor", actor=actor)
    await tx.run("delete from known_commenter where actor = :actor", actor=actor)


async def forget_subject(tx: Transaction, subject: str) -> None:
    """Drop what stands under a thing that is no more; messages stay with the team."""
    await tx.run(
        "delete from reply where subject = :subject and visibility = 'public'", subject=subject
    )
    await tx.run("update reply set subject = null where subject = :subject", subject=subject)


async def authors(tx: Transaction) -> list[tuple[str, bool]]:
    """(everybody of whom something is kept, whether that is kept away from pages)."""
    rows = await tx.rows("select author, max(barred) as barred from reply group by author")
    return [(row["author"], bool(row["barred"])) for row in rows]


async def bar(tx: Transaction, author: str, barred: bool) -> None:
    """Keep what this actor said away from pages, or no longer."""
    await tx.run(
        "update reply set barred = :barred where author = :author",
        author=author,
        barred=int(barred),
    )


async def hold_unseen(tx: Transaction, author: str) -> None:
    """Let what is shown of this actor wait, unless somebody here has looked at it."""
    await tx.run(
        "update reply set state = 'held' "
        "where author = :author and state = 'shown' and decided is null",
        author=author,
    )


# --- bounds --------------------------------------------------------------------------------------


async def count(tx: Transaction, **where: str) -> int:
    """How many replies have these values; `since` means received since."""
    clauses = ["received > :since" if name == "since" else f"{name} = :{name}" for name in where]
    row = await tx.row(
        f"select count(*) as many from reply where {' and '.join(clauses)}",  # noqa: S608  names
        **where,
    )
    return int(row["many"]) if row else 0


def _values(reply: Reply) -> dict[str, object]:
    plain = (
        *("id", "address", "subject", "parent", "depth", "author", "author_name", "handle"),
        *("host", "url", "inbox", "shared_inbox", "html", "warning", "language"),
    )
    return {
        **{name: getattr(reply, name) for name in plain},
        "links": json.dumps([asdict(link) for link in reply.links], ensure_ascii=False),
        "visibility": reply.visibility.value,
        "state": reply.state.value,
        "barred": int(reply.barred),
        "published": stamp(reply.published),
        "updated": stamp(reply.updated),
        "received": stamp(reply.received),
        "decided": stamp(reply.decided) if reply.decided else None,
    }


def _reply(row: Row) -> Reply:
    values = dict(row)
    values.update(
        links=[Extra(**link) for link in json.loads(row["links"])],
        visibility=Visibility(row["visibility"]),
        state=ReplyState(row["state"]),
        barred=bool(row["barred"]),
        published=moment(row["published"]),
        updated=moment(row["updated"]),
        received=moment(row["received"]),
        decided=moment(row["decided"]) if row["decided"] else None,
    )
    return Reply(**values)
