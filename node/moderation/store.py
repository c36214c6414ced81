"""Rules in the database, and what must stop at once when somebody is suspended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from activitypub.identity import host_of
from federation.policy import Rules, Standing, covering, deciding
from node.ids import moment, stamp
from node.moderation.model import Rule
from node.storage.database import Row, Transaction


async def put(tx: Transaction, rule: Rule) -> None:
    """Keep a rule in place of an earlier one about the same."""
    values = {
        "target": rule.target,
        "standing": rule.standing.value,
        "reason": rule.reason,
        "comment": rule.comment,
        "created": stamp(rule.created),
        "updated": stamp(rule.updated),
    }
    if rule.is_actor:
        await tx.run(
            "insert into actor_rule (actor, handle, standing, reason, comment, created, updated) "
            "values (:target, :handle, :standing, :reason, :comment, :created, :updated) "
            "on conflict (actor) do update set handle = excluded.handle, "
            "standing = excluded.standing, reason = excluded.reason, "
            "comment = excluded.comment, updated = excluded.updated",
            handle=rule.handle,
            **values,
        )
        return
    await tx.run(
        "insert into host_rule (host, standing, reason, comment, reject_media, reject_reports, "
        "obfuscate, created, updated) values (:target, :standing, :reason, :comment, "
        ":reject_media, :reject_reports, :obfuscate, :created, :updated) "
        "on conflict (host) do update set standing = excluded.standing, "
        "reason = excluded.reason, comment = excluded.comment, "
        "reject_media = excluded.reject_media, reject_reports = excluded.reject_reports, "
        "obfuscate = excluded.obfuscate, updated = excluded.updated",
        reject_media=int(rule.reject_media),
        reject_reports=int(rule.reject_reports),
        obfuscate=int(rule.obfuscate),
        **values,
    )


async def remove(tx: Transaction, target: str) -> bool:
    """Drop the rule about a host or an actor; False if there is none."""
    table, column = ("actor_rule", "actor") if "://" in target else ("host_rule", "host")
    return await tx.run(f"delete from {table} where {column} = :target", target=target) > 0  # noqa: S608


async def find(tx: Transaction, target: str) -> Rule | None:
    """The rule about exactly this host or actor; None if there is none."""
    table, column = ("actor_rule", "actor") if "://" in target else ("host_rule", "host")
    row = await tx.row(f"select * from {table} where {column} = :target", target=target)  # noqa: S608
    return _rule(row) if row else None


async def actor_of_handle(tx: Transaction, handle: str) -> str | None:
    """The id of the actor called `user@host`, from a rule or from when it was fetched; None if
    it is not known here."""
    user, _, host = handle.partition("@")
    row = await tx.row(
        "select actor from actor_rule where lower(handle) = :handle union all "
        "select id from remote_actor where lower(username) = :user and host = :host",
        handle=handle.lower(),
        user=user.lower(),
        host=host,
    )
    return str(row["actor"]) if row else None


async def actor_of_url(tx: Transaction, url: str) -> str | None:
    """The id of the actor with this id or this page, from a rule or from when it was fetched; None
    if it is not known here."""
    row = await tx.row(
        "select actor from actor_rule where actor = :url union all "
        "select id from remote_actor where id = :url or (host = :host and url = :url)",
        url=url,
        host=host_of(url),
    )
    return str(row["actor"]) if row else None


async def rules(tx: Transaction) -> list[Rule]:
    """Every rule: hosts, then actors."""
    hosts = await tx.rows("select * from host_rule order by host")
    actors = await tx.rows("select * from actor_rule order by actor")
    return [_rule(row) for row in [*hosts, *actors]]


async def allow_list(tx: Transaction) -> bool:
    """Whether only those on the list are spoken with."""
    row = await tx.row("select enabled from moderation_mode where name = 'allow-list'")
    return bool(row and row["enabled"])


async def set_allow_list(tx: Transaction, enabled: bool, at: datetime) -> None:
    """Speak only with those on the list, or with everybody who is not suspended."""
    await tx.run(
        "insert into moderation_mode (name, enabled, updated) "
        "values ('allow-list', :enabled, :at) "
        "on conflict (name) do update set enabled = excluded.enabled, updated = excluded.updated",
        enabled=int(enabled),
        at=stamp(at),
    )


async def all_rules(tx: Transaction) -> Rules:
    """The rules as they are held in memory."""
    hosts = await tx.rows("select host, standing from host_rule")
    actors = await tx.rows("select actor, standing from actor_rule")
    return Rules(
        hosts={row["host"]: Standing(row["standing"]) for row in hosts},
        actors={row["actor"]: Standing(row["standing"]) for row in actors},
        followed=frozenset(await _followed_hosts(tx)),
        allow_list=await allow_list(tx),
    )


async def revision(tx: Transaction) -> tuple[object, ...]:
    """Something that is another whenever the rules are others; cheap to ask for."""
    row = await tx.row(
        "select (select count(*) from host_rule) as hosts, "
        "(select max(updated) from host_rule) as host_at, "
        "(select count(*) from actor_rule) as actors, "
        "(select max(updated) from actor_rule) as actor_at, "
        "(select max(updated) from moderation_mode) as mode_at, "
        "(select count(*) from following where state <> 'rejected') as followed, "
        "(select max(since) from following) as followed_at"
    )
    return tuple((row or {}).values())


async def _followed_hosts(tx: Transaction) -> Iterable[str]:
    # The table is of a room above this one; asked by its actors alone, so that a change of rules
    # and what it ends are of one transaction.
    rows = await tx.rows("select actor from following where state <> 'rejected'")
    return (host_of(row["actor"]) for row in rows)


async def standing(tx: Transaction, actor_id: str, host: str) -> Standing:
    """What the rules say of this actor at this moment of the database."""
    names = dict(enumerate(covering(host)))
    slots = ", ".join(f":name{number}" for number in names) or "null"
    rows = await tx.rows(
        f"select standing from host_rule where host in ({slots}) "  # noqa: S608  only our slots
        "union all select standing from actor_rule where actor = :actor",
        actor=actor_id,
        **{f"name{number}": name for number, name in names.items()},
    )
    if not names:
        return Standing.SUSPENDED
    return deciding(Standing(row["standing"]) for row in rows)


# --- what stops at once --------------------------------------------------------------------------


async def waiting_hosts(tx: Transaction) -> list[str]:
    """Hosts for which something waits, on its way out or in."""
    rows = await tx.rows(
        "select host from delivery where state in ('due', 'parked') "
        "union select host from inbox_activity where state in ('waiting', 'parked')"
    )
    return [str(row["host"]) for row in rows]


async def stop_host(tx: Transaction, host: str, at: datetime) -> int:
    """Nothing that waits is sent to this host or heard from it; how many deliveries."""
    await tx.run(
        "update inbox_activity set state = 'refused', reason = 'blocked', done_at = :at, "
        "lease = null, lease_until = null "
        "where host = :host and state in ('waiting', 'parked')",
        host=host,
        at=stamp(at),
    )
    return await tx.run(
        "update delivery set state = 'cancelled', reason = 'blocked', done_at = :at, "
        "lease = null, lease_until = null where host = :host and state in ('due', 'parked')",
        host=host,
        at=stamp(at),
    )


async def stop_actor(tx: Transaction, actor: str, at: datetime) -> int:
    """Nothing that waits is sent to this actor's own inbox or heard from it; how many deliveries.

    An inbox that it shares with others stays, for their sake.
    """
    await tx.run(
        "update inbox_activity set state = 'refused', reason = 'blocked', done_at = :at, "
        "lease = null, lease_until = null "
        "where sender = :actor and state in ('waiting', 'parked')",
        actor=actor,
        at=stamp(at),
    )
    return await tx.run(
        "update delivery set state = 'cancelled', reason = 'blocked', done_at = :at, "
        "lease = null, lease_until = null where state in ('due', 'parked') and inbox in "
        "(select inbox from remote_actor where id = :actor) and not exists "
        "(select 1 from follower f where f.actor <> :actor "
        "and (f.inbox = delivery.inbox or f.shared_inbox = delivery.inbox))",
        actor=actor,
        at=stamp(at),
    )


def _rule(row: Row) -> Rule:
    return Rule(
        target=row.get("host") or row["actor"],
        standing=Standing(row["standing"]),
        reason=row["reason"],
        comment=row["comment"],
        handle=row.get("handle"),
        reject_media=bool(row.get("reject_media")),
        reject_reports=bool(row.get("reject_reports")),
        obfuscate=bool(row.get("obfuscate")),
        created=moment(row["created"]),
        updated=moment(row["updated"]),
    )
