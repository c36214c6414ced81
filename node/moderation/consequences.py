"""What a decision does: rules about authors and servers, rights taken; and how it is undone."""

from __future__ import annotations

from dataclasses import replace

from federation.policy import RuleBook, Standing
from node.context import Context
from node.errors import NotAllowed, NotFound
from node.i18n.messages import N_
from node.moderation import actions, store
from node.moderation.case_model import Case, CaseKind, Decision, Outcome
from node.moderation.model import Rule
from node.moderation.twos import ask_to_suspend, needs_two
from node.people import actions as people
from node.people import audit
from node.people import store as people_store
from node.people.model import AFTERWARDS, Role
from node.people.rights import STAFF, Right, may
from node.people.twos import check_alone_may

_STANDINGS = {
    Decision.LIMIT_AUTHOR: Standing.LIMITED,
    Decision.SUSPEND_AUTHOR: Standing.SUSPENDED,
    Decision.LIMIT_SERVER: Standing.LIMITED,
    Decision.SUSPEND_SERVER: Standing.SUSPENDED,
}
_SERVERS = (Decision.LIMIT_SERVER, Decision.SUSPEND_SERVER)
_STRICT = {Standing.TRUSTED: 0, Standing.OPEN: 0, Standing.LIMITED: 1, Standing.SUSPENDED: 2}
LEFT_WITH = Role.NEWCOMER
"""What a member is who lost her rights: she may speak, and each word of hers is looked at."""


async def follow_through(context: Context, case: Case, by: str) -> Case:
    """The case after its decision is in force, as far as it is a rule or a right.

    Raises: NotAllowed for a right that is not for whoever decides to take; Conflict for an
    ambassador's, which two end; NotFound.
    """
    if case.decision is Decision.TAKE_RIGHTS:
        return await _take_rights(context, case, by)
    standing = _STANDINGS.get(case.decision) if case.decision else None
    if standing is None:
        return case
    target = case.host if case.decision in _SERVERS else case.author
    suspended = case.decision is Decision.SUSPEND_SERVER
    if suspended and by != audit.COMMAND_LINE and await needs_two(context, target):
        await ask_to_suspend(context, target, case.reason or "", by)
        standing = Standing.LIMITED
    await make_rule(context, target, standing, case)
    return case


async def make_rule(context: Context, target: str, standing: Standing, case: Case) -> None:
    """Make a rule about an author or a server, unless a stricter one holds already."""
    book = RuleBook(await store.all_rules(context.tx))
    now = (book.standing if "://" in target else book.host_standing)(target)
    if _STRICT[now] >= _STRICT[standing]:
        return
    handle = case.snapshot.handle.removeprefix("@") or None
    rule = Rule(
        target=target,
        standing=standing,
        comment=f"case {case.id}",
        handle=handle if "://" in target else None,
        created=context.now,
        updated=context.now,
    )
    await actions.add(context, rule)


async def _take_rights(context: Context, case: Case, by: str) -> Case:
    person = await people_store.by_id(context.tx, case.target)
    if person is None or case.kind is not CaseKind.MEMBER:
        raise NotFound(N_("There is nobody with this name."))
    now = person.at(context.now)
    if by != audit.COMMAND_LINE and now.role in STAFF:
        who = await people_store.by_id(context.tx, by)
        if who is None or not may(who.at(context.now), Right.MANAGE_PEOPLE):
            raise NotAllowed(N_("Only an ambassador takes rights from somebody of the team."))
        await check_alone_may(context, who, person)
    await people.set_role(context, person.id, LEFT_WITH, by=by)
    return replace(case, role_before=now.role.value, role_before_until=now.role_until)


async def undo(context: Context, case: Case, by: str) -> None:
    """Give back the rights that a decision took, until when they were given before.

    An ambassador is a member then: one person makes nobody ambassador, two can make her one again.
    """
    if case.decision is not Decision.TAKE_RIGHTS or not case.role_before:
        return
    person = await people_store.by_id(context.tx, case.target)
    if person is not None and person.role is LEFT_WITH:
        until = case.role_before_until
        was = replace(person, role=Role(case.role_before), role_until=until).at(context.now)
        if was.role is Role.AMBASSADOR and by != audit.COMMAND_LINE:
            was = replace(was, role=AFTERWARDS, role_until=None)
        await people.set_role(context, person.id, was.role, until=was.role_until, by=by)


def takes_two_to_return(case: Case) -> bool:
    """Whether the role that a decision took is one that answering its appeal does not give back."""
    ambassador = case.role_before == Role.AMBASSADOR.value
    lasts = case.outcome is not Outcome.OVERTURNED or case.outcome_by != audit.COMMAND_LINE
    return case.decision is Decision.TAKE_RIGHTS and ambassador and lasts
