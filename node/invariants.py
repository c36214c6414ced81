"""What must be true of a whole database, whatever happened to the node: `doctor --invariants`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.followers.synchronisation import digest_of
from node.conversations import soundness as conversations
from node.ids import stamp
from node.people import audit, erasure_store
from node.rsvp import poll_store, soundness
from node.storage.database import Transaction
from node.storage.inspection import Engine, damage

_EXAMPLES = 5
_LEASE_OVERDUE = timedelta(minutes=2)
_FORGETTING_OVERDUE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One truth and a query for what contradicts it, in a column `what`: ids, never content."""

    name: str
    says: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How often an invariant is broken, and by what; `many` 0 when it holds."""

    name: str
    says: str
    many: int
    examples: tuple[str, ...]


INVARIANTS = (
    Invariant(
        name="fan-out",
        says="every activity has one delivery for each recipient that was decided on",
        query="select o.id as what from outgoing o where o.recipients <> "
        "(select count(*) from delivery d where d.activity_id = o.id)",
    ),
    Invariant(
        name="attempts",
        says="whatever was delivered was recorded as attempted before",
        query="select activity_id as what from delivery "
        "where state = 'done' and (attempts = 0 or first_attempt_at is null or done_at is null)",
    ),
    Invariant(
        name="order",
        says="within a lane nothing was begun before what came earlier",
        query="select what from (select activity_id as what, first_attempt_at, "
        "max(first_attempt_at) over (partition by lane order by sequence "
        "rows between unbounded preceding and 1 preceding) as before, "
        "lag(activity_id) over (partition by lane order by sequence) as last "
        "from delivery where first_attempt_at is not null) ordered "
        "where first_attempt_at < before and what <> last",
    ),
    Invariant(
        name="leases",
        says="nothing is held by a process that is gone",
        query="select activity_id as what from delivery "
        "where state = 'due' and lease is not null and lease_until < :overdue",
    ),
    Invariant(
        name="looked at",
        says="whoever something waits for is looked at again",
        query="select distinct d.host as what from delivery d left join host h on h.name = d.host "
        "where d.state = 'due' and h.next_at is null",
    ),
    Invariant(
        name="one in hand",
        says="of one lane only one thing is in hand at a time",
        query="select lane as what from delivery where state = 'due' and lease is not null "
        "group by lane having count(distinct activity_id) > 1 union all "
        "select lane from inbox_activity where state = 'waiting' and lease is not null "
        "group by lane having count(*) > 1",
    ),
    Invariant(
        name="letters",
        says="whatever is still to be sent, or is parked, has its bytes",
        query="select o.id as what from delivery d join outgoing o on o.id = d.activity_id "
        "left join outgoing_content c on c.id = d.content where d.state in ('due', 'parked') and "
        "coalesce(length(case when d.content is null then o.body else c.body end), 0) = 0",
    ),
    Invariant(
        name="erased",
        says="of what was deleted no word is left once nobody waits for it",
        query="select o.id as what from outgoing o where o.kind <> 'Delete' and length(o.body) > 0 "
        "and exists (select 1 from outgoing gone where gone.object_id = o.object_id "
        "and gone.kind = 'Delete' and gone.created < :forgotten) and not exists "
        "(select 1 from delivery d where d.activity_id = o.id and (d.state in ('due', 'parked') "
        "or d.done_at > :forgotten))",
    ),
    Invariant(
        name="suspended",
        says="nothing waits for a server with which we do not speak",
        query="select distinct d.host as what from delivery d join host_rule r "
        "on r.standing = 'suspended' and (d.host = r.host or d.host like '%.' || r.host "
        "or d.host like r.host || ':%' or d.host like '%.' || r.host || ':%') "
        "where d.state in ('due', 'parked')",
    ),
    Invariant(
        name="acknowledged",
        says="whatever was kept is waiting, parked or dealt with, and has an end once it is",
        query="select activity_id as what from inbox_activity where "
        "(state in ('done', 'unheard', 'refused') and done_at is null) "
        "or (state in ('waiting', 'parked') and done_at is not null)",
    ),
    Invariant(
        name="waiting bytes",
        says="whatever still waits or is parked has its bytes",
        query="select activity_id as what from inbox_activity "
        "where state in ('waiting', 'parked') and length(body) = 0",
    ),
    Invariant(
        name="tombstones",
        says="nothing that was deleted elsewhere is kept here",
        query="select r.id as what from remote_object r join tombstone t on t.id = r.id "
        "and t.author in (r.author, '')",
    ),
    Invariant(
        name="told",
        says="every event that is public was told to the followers it had",
        query="select id as what from event where state <> 'deleted' and create_id is null",
    ),
    Invariant(
        name="pictures",
        says="no picture is kept for an event that is not there",
        query="select u.used_by as what from media_use u where u.used_by like '%/e/%' and not "
        "exists (select 1 from event e where e.state <> 'deleted' "
        "and u.used_by like '%/e/' || e.id)",
    ),
    Invariant(
        name="shut out",
        says="nobody who was shut out, or waits to be let in, has a session or an open token",
        query="select person.id as what from person where (disabled_at is not null "
        "or pending = 1) and (exists (select 1 from session s where s.person = person.id) or "
        "exists (select 1 from token t where t.person = person.id and t.revoked_at is null))",
    ),
    Invariant(
        name="hidden",
        says="of whoever hid everything nothing is shown, and whoever has an actor has its keys",
        query="select p.id as what from persona_post p join persona s on s.id = p.persona "
        "where s.hidden_at is not null and p.state in ('shown', 'home') union all "
        "select id from profile where hidden_at is not null and visibility <> 'nobody' "
        "union all select id from persona where not exists "
        "(select 1 from actor_key k where k.actor like '%/p/' || persona.id)",
    ),
    Invariant(
        name="followers",
        says="nobody follows who is not there to follow",
        query="select actor as what from follower "
        "where community not in (select actor from actor_key)",
    ),
    Invariant(
        name="channels",
        says="nobody follows a channel that is gone, and none shares what was deleted",
        query="select f.community as what from follower f join channel c on c.actor = f.community "
        "where c.removed is not null union all select s.object from channel_share s "
        "join channel c on c.actor = s.channel join event e on e.id = s.event "
        "where c.removed is not null or e.state = 'deleted'",
    ),
    Invariant(
        name="private words",
        says="what was said to one person is served to nobody else",
        query=conversations.PRIVATE,
    ),
    Invariant(
        name="barred",
        says="nobody with whom we do not speak has a word on a page",
        query=conversations.BARRED,
    ),
    Invariant(
        name="taken back",
        says="no reply is kept that its author took back",
        query=conversations.TAKEN_BACK,
    ),
    Invariant(
        name="guests",
        says="an event tells as many guests as come",
        query=soundness.COUNTED,
    ),
    Invariant(
        name="nobody's",
        says="nothing is kept of an account that is no more, nor the name of whoever was erased",
        query=erasure_store.LEFT,
    ),
    Invariant(
        name="left over",
        says="of a deleted event neither its poll nor words to people are left",
        query=poll_store.LEFT_OVER,
    ),
    Invariant(
        name="joined",
        says="whoever joined from elsewhere was told what became of it",
        query=soundness.ANSWERED,
    ),
)


async def findings(tx: Transaction, engine: Engine, now: datetime) -> list[Finding]:
    """Every invariant and whether it holds; the first is the soundness of the file itself."""
    wrong = await damage(tx, engine)
    sound = Finding(
        name="database",
        says="the file and its references are whole",
        many=len(wrong),
        examples=tuple(wrong[:_EXAMPLES]),
    )
    values = {
        "overdue": stamp(now - _LEASE_OVERDUE),
        "forgotten": stamp(now - _FORGETTING_OVERDUE),
    }
    held = [await _finding(tx, each, values) for each in INVARIANTS]
    return [
        sound,
        *held,
        await _sealed(tx),
        await _digests(tx),
        await _line(tx, now),
        await _log(tx),
    ]


async def _line(tx: Transaction, now: datetime) -> Finding:
    """Whoever waits for a place waits because there is none."""
    wrong = await soundness.kept_waiting(tx, now)
    return Finding(
        name="waiting list",
        says="nobody waits while a place is free",
        many=len(wrong),
        examples=tuple(wrong[:_EXAMPLES]),
    )


async def _digests(tx: Transaction) -> Finding:
    """What other servers are told of their followers is what is kept of them. Spec: FEP-8fcf"""
    people: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in await tx.rows("select community, host, actor from follower where host is not null"):
        people[row["community"], row["host"]].append(row["actor"])
    wrong = [
        row["host"]
        for row in await tx.rows("select * from follower_digest")
        if row["digest"] != digest_of(people[row["community"], row["host"]])
    ]
    return Finding(
        name="digests",
        says="the digest of the followers on a server is that of those who are kept",
        many=len(wrong),
        examples=tuple(wrong[:_EXAMPLES]),
    )


async def _log(tx: Transaction) -> Finding:
    """Who did what is as it was written. Spec: security DP14"""
    wrong = await audit.broken(tx)
    return Finding(
        name="log",
        says="no row of the log was changed or taken out",
        many=len(wrong),
        examples=tuple(str(number) for number in wrong[:_EXAMPLES]),
    )


async def _sealed(tx: Transaction) -> Finding:
    """A sealed key starts with a version; an open one with DER's or PEM's first letter."""
    rows = await tx.rows("select id, sealed from actor_key")
    wrong = [row["id"] for row in rows if bytes(row["sealed"])[:1] in (b"\x30", b"-")]
    return Finding(
        name="sealed keys",
        says="no private key lies open in the database",
        many=len(wrong),
        examples=tuple(wrong[:_EXAMPLES]),
    )


async def _finding(tx: Transaction, held: Invariant, values: Mapping[str, str]) -> Finding:
    named = {name: value for name, value in values.items() if f":{name}" in held.query}
    rows = await tx.rows(held.query, **named)
    return Finding(
        name=held.name,
        says=held.says,
        many=len(rows),
        examples=tuple(str(row["what"]) for row in rows[:_EXAMPLES]),
    )
