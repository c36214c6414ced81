"""Profiles and consents in the database."""

from __future__ import annotations

import json
from datetime import datetime

from node.ids import moment, stamp
from node.members.model import Consent, Profile, Visible
from node.storage.database import Row, Transaction
from node.storage.disclosures import subject_of

_MOST_LISTED = 500
_ACTIVE = "person in (select id from person where disabled_at is null and pending = 0)"


async def profile(tx: Transaction, person: str) -> Profile | None:
    """A person's profile; None where she never made one."""
    row = await tx.row("select * from profile where person = :person", person=person)
    return _profile(row) if row else None


async def page(tx: Transaction, profile_id: str) -> Profile | None:
    """The profile that its owner shows to everybody; None for every other, as if it were not."""
    row = await tx.row(
        "select * from profile where id = :id and visibility = 'public' "  # noqa: S608  fixed
        f"and hidden_at is null and {_ACTIVE}",
        id=profile_id,
    )
    return _profile(row) if row else None


async def listed(tx: Transaction) -> list[Profile]:
    """The profiles of those who want to be seen by members, by name."""
    rows = await tx.rows(
        "select * from profile where visibility in ('members', 'public') "  # noqa: S608  fixed
        f"and hidden_at is null and {_ACTIVE} order by name, id limit :limit",
        limit=_MOST_LISTED,
    )
    return [_profile(row) for row in rows]


async def put(tx: Transaction, one: Profile) -> None:
    """Keep a profile in place of what it was."""
    values = {
        "person": one.person,
        "id": one.id,
        "name": one.name,
        "bio": json.dumps(dict(one.bio), ensure_ascii=False),
        "languages": json.dumps(list(one.languages)),
        "pronouns": one.pronouns,
        "talents": one.talents,
        "visibility": one.visibility.value,
        "before_hiding": one.before_hiding.value if one.before_hiding else None,
        "hidden_at": stamp(one.hidden_at) if one.hidden_at else None,
        "updated": stamp(one.updated),
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name != "person")
    await tx.run(
        f"insert into profile ({names}) values ({marks}) "  # noqa: S608  a fixed text
        f"on conflict (person) do update set {changes}",
        **values,
    )


async def drop(tx: Transaction, person: str) -> None:
    """Forget a profile and what its owner agreed to."""
    for table in ("profile", "consent", "member_export"):
        await tx.run(f"delete from {table} where person = :person", person=person)  # noqa: S608


async def forget_hidden(tx: Transaction, before: datetime) -> None:
    """What was hidden so long ago stays private: how it was before is known no more."""
    await tx.run(
        "update profile set before_hiding = null, hidden_at = null where hidden_at < :before",
        before=stamp(before),
    )


async def note_consent(
    tx: Transaction, consent_id: str, person: str, kind: Consent, given: bool, at: datetime
) -> None:
    """Write down that somebody agreed to something, or does no longer."""
    await tx.run(
        "insert into consent (id, person, kind, given, at) "
        "values (:id, :person, :kind, :given, :at)",
        id=consent_id,
        person=person,
        kind=kind.value,
        given=int(given),
        at=stamp(at),
    )


async def consents(tx: Transaction, person: str) -> list[tuple[Consent, bool, datetime]]:
    """What somebody agreed to and when, oldest first."""
    rows = await tx.rows("select * from consent where person = :person order by id", person=person)
    return [(Consent(row["kind"]), bool(row["given"]), moment(row["at"])) for row in rows]


async def pictures_given(tx: Transaction, person: str) -> list[str]:
    """The ids of the pictures that somebody handed in."""
    rows = await tx.rows(
        "select media from media_giver where person = :person order by media", person=person
    )
    return [row["media"] for row in rows]


async def hosts_told(tx: Transaction, actor: str) -> list[tuple[object, ...]]:
    """The servers that ever got something of an actor of ours: name, first and last time."""
    rows = await tx.rows(
        "select host, first, last from disclosure where subject = :subject order by host",
        subject=subject_of(actor),
    )
    return [(row["host"], row["first"], row["last"]) for row in rows]


def _profile(row: Row) -> Profile:
    return Profile(
        person=row["person"],
        id=row["id"],
        name=row["name"],
        bio=json.loads(row["bio"]),
        languages=json.loads(row["languages"]),
        pronouns=row["pronouns"],
        talents=row["talents"],
        visibility=Visible(row["visibility"]),
        before_hiding=Visible(row["before_hiding"]) if row["before_hiding"] else None,
        hidden_at=moment(row["hidden_at"]) if row["hidden_at"] else None,
        updated=moment(row["updated"]),
    )
