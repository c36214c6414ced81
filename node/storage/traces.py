"""The traces that an actor of another server leaves below all rooms: letters in, letters out."""

from __future__ import annotations

from datetime import datetime

from node.ids import stamp
from node.storage.database import Row, Transaction

# Mastodon and others put what somebody writes below her own address.
_ABOUT_HERS = (
    "(object_id = :actor or substr(object_id, 1, length(:below)) = :below) and created < :now"
)
_TO_HER = f"(select id from outgoing where {_ABOUT_HERS})"  # noqa: S608  fixed parts
_NAMING = (
    "select s.activity_id from outgoing_subject s join outgoing o on o.id = s.activity_id "
    "where s.subject = :subject and not exists "
    "(select 1 from erasure_letter l where l.activity_id = s.activity_id)"
)
_DUE = "(select activity_id from delivery where state = 'due')"


async def forget_actor(tx: Transaction, actor: str, now: datetime) -> None:
    """Forget an actor and whatever she wrote or was written before."""
    known = await tx.row("select inbox, shared_inbox from remote_actor where id = :id", id=actor)
    await _forget_letters_in(tx, actor)
    await _forget_letters_to(tx, actor, now)
    if known is not None:
        await _forget_inbox(tx, known)
    for table, column in (
        ("backfill", "actor"),
        ("moved_actor", "actor"),
        ("moved_actor", "target"),
        ("pending_undo", "actor"),
        ("stranger", "actor"),
        ("remote_key", "actor"),
        ("remote_actor", "id"),
    ):
        await tx.run(f"delete from {table} where {column} = :actor", actor=actor)  # noqa: S608
    await tx.run("delete from report where actor = :actor and state = 'closed'", actor=actor)
    # that she herself is gone stays known: it keeps late words of hers away
    await tx.run("delete from tombstone where author = :actor and id <> :actor", actor=actor)


async def _forget_letters_in(tx: Transaction, actor: str) -> None:
    """Hers go; of everybody the bytes that were dealt with, for they may repeat what she said."""
    await tx.run(
        "delete from inbox_activity where sender = :actor "
        "and (state <> 'waiting' or lease is null)",
        actor=actor,
    )
    await tx.run(
        "update inbox_activity set body = :empty, blanked = 1 "
        "where done_at is not null and blanked = 0",
        empty=b"",
    )


async def _forget_letters_to(tx: Transaction, actor: str, now: datetime) -> None:
    """What was said between her and us, follows and answers to them; what of hers was shared."""
    values = {"actor": actor, "below": f"{actor}/", "now": stamp(now)}
    for table in ("outgoing_subject", "outgoing_content", "delivery"):
        await tx.run(f"delete from {table} where activity_id in {_TO_HER}", **values)  # noqa: S608
    await tx.run(f"delete from outgoing where {_ABOUT_HERS}", **values)  # noqa: S608  fixed


async def _forget_inbox(tx: Transaction, known: Row) -> None:
    """Her own inbox is an address of hers: what went there counts as sent to her server's, so that
    what we delete later still reaches it; where it has none, she did not get it."""
    inbox, shared = known["inbox"], known["shared_inbox"]
    if inbox == shared:
        return
    if shared is not None:
        await tx.run(
            "update delivery set inbox = :shared where inbox = :inbox and state <> 'due' and "
            "not exists (select 1 from delivery twin where twin.inbox = :shared "
            "and twin.activity_id = delivery.activity_id)",
            shared=shared,
            inbox=inbox,
        )
    await tx.run(
        "update outgoing set recipients = recipients - 1 where id in "
        "(select activity_id from delivery where inbox = :inbox)",
        inbox=inbox,
    )
    await tx.run("delete from delivery where inbox = :inbox", inbox=inbox)
    if shared is not None:
        await tx.run(
            "update disclosure set inbox = :shared where inbox = :inbox", inbox=inbox, shared=shared
        )


async def blank_letters_about(tx: Transaction, subject: str) -> bool:
    """Drop the bytes of what we said about somebody, other than that she is erased.

    What is still on its way keeps them until it has arrived; whether nothing is left of it.
    """
    await tx.run(
        "update delivery set state = 'cancelled', reason = 'erased' "  # noqa: S608  fixed parts
        "where state = 'due' and lease is null and attempts = 0 and content is null "
        f"and activity_id in ({_NAMING})",
        subject=subject,
    )
    await tx.run(
        "update delivery set state = 'cancelled', reason = 'erased' "  # noqa: S608  fixed parts
        f"where state = 'parked' and activity_id in ({_NAMING})",
        subject=subject,
    )
    await tx.run(
        "delete from outgoing_content where "  # noqa: S608  fixed parts
        f"activity_id in ({_NAMING}) and activity_id not in {_DUE}",
        subject=subject,
    )
    await tx.run(
        "update outgoing set body = :empty where "  # noqa: S608  fixed parts
        f"id in ({_NAMING}) and id not in {_DUE}",
        empty=b"",
        subject=subject,
    )
    row = await tx.row(
        f"select 1 as found from outgoing where id in ({_NAMING}) "  # noqa: S608  fixed parts
        "and length(body) > 0 limit 1",
        subject=subject,
    )
    return row is None
