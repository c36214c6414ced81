"""Which hosts were ever sent something about a person: written before the first byte leaves.

A person is named by the SHA-256 of her actor's id. Communities and relays are no persons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from federation.ports import Destination, Outgoing
from node.ids import stamp
from node.storage.among import AMONG, rows_among
from node.storage.database import Row, Transaction

NAMED_LIFE = timedelta(days=400)
"""So long after the last word that named somebody elsewhere it is known where it went."""
_MOST_NAMED = 50
_AT_ONCE = 2000
_SUBJECTS = f"select activity_id, subject, kind from outgoing_subject where activity_id in {AMONG}"  # noqa: S608
_DISCLOSE = (
    "insert into disclosure (subject, host, inbox, first, last, kinds) "
    "values (:subject, :host, :inbox, :now, :now, :kind) on conflict (subject, host) do update "
    "set inbox = excluded.inbox, last = excluded.last, kinds = case "
    "when disclosure.kinds = excluded.kinds then disclosure.kinds else 'both' end"
)


def subject_of(actor: str) -> str:
    """How a person is named here."""
    return hashlib.sha256(actor.encode()).hexdigest()


async def note_subjects(tx: Transaction, activity: Outgoing) -> None:
    """Remember about whom this activity is."""
    about = {subject_of(actor): "named" for actor in _named(activity.body)}
    if _is_person(activity.actor):
        about[subject_of(activity.actor)] = "own"
    await tx.run_many(
        "insert into outgoing_subject (activity_id, subject, kind) "
        "values (:activity_id, :subject, :kind) on conflict do nothing",
        [
            {"activity_id": activity.id, "subject": subject, "kind": kind}
            for subject, kind in about.items()
        ],
    )


def _is_person(actor: str) -> bool:
    """Whether one of our actors is a member's, by the form of its address."""
    path = urlsplit(actor).path
    return path != "/relay" and not path.startswith("/c/")


def _named(body: bytes) -> Iterable[str]:
    """The actors that an activity mentions, at most so many."""
    if b'"Mention"' not in body:
        return ()
    inner = orjson.loads(body).get("object")
    tags = inner.get("tag") if isinstance(inner, Mapping) else None
    found = [_mentioned(tag) for tag in (tags if isinstance(tags, list) else [tags])]
    return [actor for actor in found if actor][:_MOST_NAMED]


def _mentioned(tag: Any) -> str | None:
    is_mention = isinstance(tag, Mapping) and tag.get("type") == "Mention"
    href = tag.get("href") if is_mention else None
    return href if isinstance(href, str) else None


async def disclose(tx: Transaction, rows: Sequence[Row], now: datetime) -> None:
    """Note to which hosts these deliveries are about to go, where they are about a person."""
    about: dict[str, list[tuple[str, str]]] = {}
    ids = sorted({row["activity_id"] for row in rows})
    for row in await rows_among(tx, _SUBJECTS, ids):
        about.setdefault(row["activity_id"], []).append((row["subject"], row["kind"]))
    if about:
        told = {
            (subject, row["host"], kind): row["inbox"]
            for row in rows
            for subject, kind in about.get(row["activity_id"], ())
        }
        await tx.run_many(_DISCLOSE, [_values(key, told[key], now) for key in sorted(told)])


def _values(key: tuple[str, str, str], inbox: str, now: datetime) -> dict[str, object]:
    subject, host, kind = key
    return {"subject": subject, "host": host, "inbox": inbox, "now": stamp(now), "kind": kind}


async def told_about(tx: Transaction, actor: str) -> list[Destination]:
    """One inbox of every host that was ever sent something about this actor."""
    rows = await tx.rows(
        "select inbox, host from disclosure where subject = :subject order by host",
        subject=subject_of(actor),
    )
    return [Destination(inbox=row["inbox"], host=row["host"]) for row in rows]


async def forget_disclosures(tx: Transaction, now: datetime) -> None:
    """Forget about whom activities were that are not there any more, and where words went that
    named somebody long ago."""
    await tx.run(
        "delete from outgoing_subject where activity_id in (select s.activity_id "
        "from outgoing_subject s where not exists "
        "(select 1 from outgoing o where o.id = s.activity_id) limit :limit)",
        limit=_AT_ONCE,
    )
    await tx.run(
        "delete from disclosure where kinds = 'named' and last < :before",
        before=stamp(now - NAMED_LIFE),
    )
