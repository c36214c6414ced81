"""What moderators decide only in twos: leaving a community that we know, opening the door to
everybody, deleting much at once. Spec: rights table, "two-person rule"; security DP14, J19

At the machine one person does these alone: whoever is there can do anything. Where only one person
may moderate, they are done three days after she asked, unless somebody of the team objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from federation.policy import Standing, covering
from node.context import Context
from node.errors import Conflict, NotFound
from node.i18n.messages import N_
from node.moderation import actions, once_known, store
from node.moderation.model import Rule
from node.people import approval_store
from node.people import store as people
from node.people.approval_store import Approval
from node.people.approvals import WaitsAlready, approvals
from node.people.model import Person
from node.people.rights import Right

SUSPEND_SERVER = N_("suspend a community that we know")
OPEN_UP = N_("speak with every server")
DELETE_ALL = N_("delete everything of")
AT_THE_DESK = N_("This needs two people: ask for it at the desk, or do it at the machine.")


@dataclass(frozen=True, slots=True)
class AllDeleted:
    """Two people want that whatever we hold of an actor, or of a server, is deleted."""

    target: str

    @property
    def is_actor(self) -> bool:
        """Whether it is one actor."""
        return "://" in self.target


async def needs_two(context: Context, *hosts: str) -> list[str]:
    """At which of these we follow or trust somebody, or did until one of us ended that within the
    last 30 days: then one person does not suspend it. None that is suspended by name already.

    Where a second person was asked it stays so: who asked has limited the server meanwhile, and
    would do alone by asking again what the other one has refused.
    """
    rules = await store.all_rules(context.tx)
    known = {name for name, held in rules.hosts.items() if held is Standing.TRUSTED}
    known |= set(rules.followed) | await once_known.hosts(context)
    known |= await approval_store.targets(context.tx, SUSPEND_SERVER)
    covered = {name for one in known for name in covering(one)}
    ended = {name for name, held in rules.hosts.items() if held is Standing.SUSPENDED}
    return [host for host in hosts if host in covered - ended]


async def waiting_of(context: Context, hosts: Sequence[str]) -> list[str]:
    """Of which of these the suspension waits for a second person."""
    open_ones = await approval_store.waiting(context.tx, context.now)
    waits = {each.target for each in open_ones if each.verb == SUSPEND_SERVER}
    return [host for host in hosts if host in waits]


def refuse_program(hosts: Sequence[str] = ()) -> NoReturn:
    """A token proves nobody's presence: it is never enough for what needs two.

    Raises: Conflict, which names the hosts.
    """
    raise Conflict(f"{', '.join(hosts)}: {AT_THE_DESK}" if hosts else AT_THE_DESK)


async def ask_to_suspend(context: Context, host: str, reason: str, by: str) -> None:
    """Let a second person decide about a server; nothing more where somebody asked already."""
    await _ask(context, SUSPEND_SERVER, host, reason, by)


async def ask_to_open_up(context: Context, reason: str, by: str) -> None:
    """Let a second person decide whether we speak with every server."""
    await _ask(context, OPEN_UP, context.urls.authority, reason, by)


async def ask_to_delete(context: Context, target: str, reason: str, by: str) -> None:
    """Let a second person decide whether everything of an actor or server is deleted."""
    await _ask(context, DELETE_ALL, target, reason, by)


async def _ask(context: Context, verb: str, target: str, reason: str, by: str) -> None:
    try:
        await approvals.ask(context, await _person(context, by), verb, target, reason[:500])
    except WaitsAlready:
        return


async def _person(context: Context, by: str) -> Person:
    found = await people.by_id(context.tx, by)
    if found is None:
        raise NotFound(N_("There is nobody with this name."))
    return found.at(context.now)


@approvals.on(SUSPEND_SERVER, Right.BLOCK_SERVERS, alone=True)
async def suspend_server(context: Context, approval: Approval) -> None:
    """The server is suspended."""
    rule = Rule(
        target=approval.target,
        standing=Standing.SUSPENDED,
        comment=approval.reason,
        created=context.now,
        updated=context.now,
    )
    await actions.add(context, rule)


@approvals.on(OPEN_UP, Right.BLOCK_SERVERS, alone=True)
async def open_up(context: Context, approval: Approval) -> None:
    """The allow-list binds no more."""
    await actions.set_allow_list(context, False)


@approvals.on(DELETE_ALL, Right.MODERATE, alone=True)
async def delete_all(context: Context, approval: Approval) -> None:
    """Whatever rooms hold of it is dropped."""
    await context.tell(AllDeleted(approval.target))
