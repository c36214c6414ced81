"""One's own data as a file: asked for once a day, made in the background, fetched once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from node.context import Context
from node.errors import NotFound, TooMany
from node.happenings import Restored, happenings
from node.i18n.messages import N_
from node.ids import moment, stamp
from node.jobs import jobs
from node.members.gathering import gather
from node.people import store as people_store
from node.people.model import Person, digest
from node.storage.database import Row, Transaction

EVERY: Final = timedelta(hours=24)
LIFE: Final = timedelta(hours=48)
"""So long can what is ready be fetched."""
TOO_OFTEN = N_("You asked for your data less than a day ago. Please ask again tomorrow.")
NO_FILE = N_("There is no such file any more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One's own data, asked for; `ready` None while it is being made."""

    id: str
    asked: datetime
    ready: datetime | None
    fetched: bool

    def holds(self, now: datetime) -> bool:
        """Whether there is a file to be fetched."""
        return self.ready is not None and not self.fetched and now < self.ready + LIFE


async def ask(context: Context, person: Person, language: str) -> None:
    """Let somebody's data be put together. Raises: TooMany within a day."""
    last = await newest(context.tx, person.id)
    if last and context.now < last.asked + EVERY:
        wait = last.asked + EVERY - context.now
        raise TooMany(TOO_OFTEN, int(wait.total_seconds()) + 1)
    await context.tx.run(
        "insert into member_export (id, person, asked, language) "
        "values (:id, :person, :asked, :language)",
        id=context.new_id(),
        person=person.id,
        asked=stamp(context.now),
        language=language,
    )


async def newest(tx: Transaction, person: str) -> Export | None:
    """What somebody asked for last; None if she never did."""
    row = await tx.row(
        "select id, asked, ready_at, fetched_at from member_export where person = :person "
        "order by asked desc, id desc limit 1",
        person=person,
    )
    return _export(row) if row else None


@jobs.every(timedelta(seconds=15))
async def make_next(context: Context) -> None:
    """Put the data of whoever waits longest together."""
    row = await context.tx.row(
        "select id, person, language from member_export where ready_at is null "
        "order by asked, id limit 1"
    )
    person = await people_store.by_id(context.tx, row["person"]) if row else None
    if row is None or person is None:
        return
    await context.tx.run(
        "update member_export set content = :content, ready_at = :now where id = :id",
        content=await gather(context, person, row["language"]),
        now=stamp(context.now),
        id=row["id"],
    )


async def new_link(context: Context, person: Person) -> str | None:
    """What the link to a file that is ready carries; earlier links end. None without a file."""
    found = await newest(context.tx, person.id)
    if found is None or not found.holds(context.now):
        return None
    secret = secrets.token_urlsafe(32)
    await context.tx.run(
        "update member_export set digest = :digest where id = :id",
        digest=digest(secret),
        id=found.id,
    )
    return secret


async def take(context: Context, person: Person, secret: str) -> bytes:
    """The file, this once, for nobody but the person whose data it is. Raises: NotFound."""
    row = await context.tx.row(
        "select id, content, ready_at from member_export "
        "where digest = :digest and person = :person and fetched_at is null",
        digest=digest(secret),
        person=person.id,
    )
    if row is None or context.now >= moment(row["ready_at"]) + LIFE:
        raise NotFound(NO_FILE)
    await context.tx.run(
        "update member_export set content = null, digest = null, fetched_at = :now where id = :id",
        now=stamp(context.now),
        id=row["id"],
    )
    return bytes(row["content"])


@jobs.every(timedelta(hours=1))
async def forget(context: Context) -> None:
    """Drop files that nobody fetched in time."""
    await context.tx.run(
        "delete from member_export where ready_at < :before", before=stamp(context.now - LIFE)
    )


@happenings.on(Restored)
async def end_links(context: Context, fact: Restored) -> None:
    """Files and links of the time of a backup are no more once it was restored."""
    await context.tx.run("delete from member_export")


def _export(row: Row) -> Export:
    return Export(
        id=row["id"],
        asked=moment(row["asked"]),
        ready=moment(row["ready_at"]) if row["ready_at"] else None,
        fetched=row["fetched_at"] is not None,
    )
