"""Follows of ours and remote things in the database."""

from __future__ import annotations

import json
from datetime import datetime

from node.ids import moment, stamp
from node.network.model import Following, FollowState, RemoteThing, Visibility
from node.storage.database import Row, Transaction

_KEEP = (
    "insert into remote_object (id, author, author_name, kind, shared_by, start_at, end_at, "
    "cancelled, url, uuid, answers, document, published, updated, received, visibility) "
    "values (:id, :author, :author_name, :kind, :shared_by, :start_at, :end_at, :cancelled, "
    ":url, :uuid, :answers, :document, :published, :updated, :received, :visibility) "
    "on conflict (id) do update set author_name = excluded.author_name, "
    "kind = excluded.kind, shared_by = excluded.shared_by, start_at = excluded.start_at, "
    "end_at = excluded.end_at, cancelled = excluded.cancelled, url = excluded.url, "
    "uuid = excluded.uuid, answers = excluded.answers, document = excluded.document, "
    "updated = excluded.updated, visibility = excluded.visibility"
)

_NO_TWIN = (
    "not exists (select 1 from remote_object shown where shown.id = remote_object.twin_of "
    "and shown.visibility = remote_object.visibility)"
)


async def add_following(tx: Transaction, following: Following) -> None:
    """Keep a follow of ours, in place of an earlier one of the same actor."""
    await tx.run("delete from following where actor = :actor", actor=following.actor)
    await tx.run(
        "insert into following (actor, handle, name, inbox, url, follow_id, state, since) "
        "values (:actor, :handle, :name, :inbox, :url, :follow_id, :state, :since)",
        actor=following.actor,
        handle=following.handle,
        name=following.name,
        inbox=following.inbox,
        url=following.url,
        follow_id=following.follow_id,
        state=following.state.value,
        since=stamp(following.since),
    )


async def find_following(tx: Transaction, actor: str) -> Following | None:
    """Our follow of this actor; None if we do not follow it."""
    row = await tx.row("select * from following where actor = :actor", actor=actor)
    return _following(row) if row else None


async def following(tx: Transaction) -> list[Following]:
    """Whom we follow, oldest first."""
    return [_following(row) for row in await tx.rows("select * from following order by since")]


async def answer(tx: Transaction, actor: str, follow_id: str | None, state: FollowState) -> bool:
    """Note the answer to a follow that we sent; False if we sent none such to this actor."""
    clause = "and follow_id = :follow_id" if follow_id else ""
    values = {"follow_id": follow_id} if follow_id else {}
    changed = await tx.run(
        f"update following set state = :state where actor = :actor {clause}",  # noqa: S608  fixed
        actor=actor,
        state=state.value,
        **values,
    )
    return changed > 0


async def rename(tx: Transaction, actor: str, name: str, told_at: datetime) -> None:
    """The name that this actor gave itself at `told_at`, unless it has given a newer one."""
    await tx.run(
        "update following set name = :name, told_at = :told_at "
        "where actor = :actor and (told_at is null or told_at <= :told_at)",
        actor=actor,
        name=name,
        told_at=stamp(told_at),
    )


async def remove_following(tx: Transaction, actor: str) -> None:
    """Follow this actor no more."""
    await tx.run("delete from following where actor = :actor", actor=actor)
    await tx.run("delete from backfill where actor = :actor", actor=actor)


async def keep(tx: Transaction, thing: RemoteThing) -> None:
    """Keep a remote thing, in place of an older form of itself."""
    await tx.run(
        _KEEP,
        id=thing.id,
        author=thing.author,
        author_name=thing.author_name,
        kind=thing.kind,
        shared_by=thing.shared_by,
        start_at=stamp(thing.start) if thing.start else None,
        end_at=stamp(thing.end) if thing.end else None,
        cancelled=int(thing.cancelled),
        url=thing.url,
        uuid=thing.uuid,
        answers=int(thing.answers),
        document=json.dumps(dict(thing.document), ensure_ascii=False),
        published=stamp(thing.published),
        updated=stamp(thing.updated),
        received=stamp(thing.received),
        visibility=thing.visibility.value,
    )


async def find(tx: Transaction, object_id: str) -> RemoteThing | None:
    """The remote thing; None if we do not hold it."""
    row = await tx.row("select * from remote_object where id = :id", id=object_id)
    return _thing(row) if row else None


async def bury(tx: Transaction, object_id: str, author: str, at: datetime) -> None:
    """Drop a remote thing for good: nothing of this author is taken in under its id again."""
    await tx.run("delete from remote_object where id = :id", id=object_id)
    await tx.run(
        "insert into tombstone (id, author, at) values (:id, :author, :at) on conflict do nothing",
        id=object_id,
        author=author,
        at=stamp(at),
    )


async def buried(tx: Transaction, object_id: str, author: str) -> bool:
    """Whether this author deleted this thing, or is itself no more."""
    row = await tx.row(
        "select 1 as found from tombstone where (id = :id and author in (:author, '')) "
        "or (id = :author and author = :author)",
        id=object_id,
        author=author,
    )
    return row is not None


async def forget_shares(tx: Transaction, object_id: str, by: str) -> None:
    """Drop a thing that we hold only because this actor shared it."""
    await tx.run(
        "delete from remote_object where id = :id and shared_by = :by", id=object_id, by=by
    )


async def forget_author(tx: Transaction, author: str) -> None:
    """Drop everything by an actor that is no more."""
    await tx.run("delete from remote_object where author = :author", author=author)


async def timeline(
    tx: Transaction,
    *,
    kind: str | None = None,
    limit: int = 40,
    before: str | None = None,
    for_staff: bool = False,
) -> list[RemoteThing]:
    """What arrived from others, newest first; `before` is a `received` stamp to go on from.

    With `for_staff` also what those wrote who are limited; never of those who are suspended. Of
    things that are one under two ids (`node.network.twins`) one is shown.
    """
    clauses = ["visibility <> 'nobody'" if for_staff else "visibility = 'public'", _NO_TWIN]
    clauses += ["kind = :kind"] if kind else []
    clauses += ["received < :before"] if before else []
    where = f"where {' and '.join(clauses)} "
    values = {
        key: value for key, value in (("kind", kind), ("before", before)) if value is not None
    }
    rows = await tx.rows(
        f"select * from remote_object {where}order by received desc, id desc limit :limit",  # noqa: S608
        limit=limit,
        **values,
    )
    return [_thing(row) for row in rows]


async def behind(tx: Transaction) -> list[tuple[str, str | None]]:
    """Every author with whoever shared, of all that is kept."""
    rows = await tx.rows("select distinct author, shared_by from remote_object")
    return [(row["author"], row["shared_by"]) for row in rows]


async def set_visibility(
    tx: Transaction, author: str, shared_by: str | None, visibility: Visibility
) -> None:
    """Show what came from this author, or through who shared it, to these."""
    clause = "shared_by = :shared_by" if shared_by else "shared_by is null"
    values = {"shared_by": shared_by} if shared_by else {}
    await tx.run(
        "update remote_object set visibility = :visibility "  # noqa: S608  fixed
        f"where author = :author and {clause} and visibility <> :visibility",
        author=author,
        visibility=visibility.value,
        **values,
    )


def _following(row: Row) -> Following:
    return Following(
        actor=row["actor"],
        handle=row["handle"],
        name=row["name"],
        inbox=row["inbox"],
        url=row["url"],
        follow_id=row["follow_id"],
        state=FollowState(row["state"]),
        since=moment(row["since"]),
    )


def _thing(row: Row) -> RemoteThing:
    return RemoteThing(
        id=row["id"],
        author=row["author"],
        author_name=row["author_name"],
        kind=row["kind"],
        shared_by=row["shared_by"],
        start=moment(row["start_at"]) if row["start_at"] else None,
        end=moment(row["end_at"]) if row["end_at"] else None,
        cancelled=bool(row["cancelled"]),
        url=row["url"],
        document=json.loads(row["document"]),
        published=moment(row["published"]),
        updated=moment(row["updated"]),
        received=moment(row["received"]),
        visibility=Visibility(row["visibility"]),
        uuid=row["uuid"],
    )
