"""Who may do what with us, and what was reported: rules are made, merged, ended; reports kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.policy import RuleBook, Standing
from federation.ports import RemoteActor
from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.moderation import once_known, reports, store
from node.moderation.model import (
    LONGEST_REASON,
    LONGEST_REPORT,
    MOST_OBJECTS,
    MOST_OPEN_REPORTS,
    Direction,
    Report,
    ReportState,
    Rule,
    Severed,
    covers,
)
from node.storage.cast import own_actors
from node.urls import Urls


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """The rules are now those of `book`; who hears it ends what they no longer allow, and counts
    that in `severed`. Nobody outside is told (security: E21)."""

    book: RuleBook
    severed: Severed


@dataclass(frozen=True, slots=True)
class ActorGone:
    """An actor elsewhere was deleted, as its own server says: whatever is held of it goes."""

    actor: str


@dataclass(frozen=True, slots=True)
class ReportMade:
    """We tell another server about one of its actors."""

    report: Report
    inbox: str


async def standing(context: Context, *actors: str) -> Standing:
    """What the rules say of these actors together: the strictest, SUSPENDED for no address."""
    found = {await _one_standing(context, actor) for actor in dict.fromkeys(actors)}
    for each in (Standing.SUSPENDED, Standing.LIMITED, Standing.TRUSTED):
        if each in found:
            return each
    return Standing.OPEN


async def _one_standing(context: Context, actor: str) -> Standing:
    try:
        host = host_of(actor)
    except UrlRefused:
        return Standing.SUSPENDED
    return await store.standing(context.tx, actor, host)


# --- rules ---------------------------------------------------------------------------------------


async def add(context: Context, rule: Rule) -> tuple[Rule, Severed]:
    """The rule as it is kept, in place of an earlier one, and what it ended.

    Raises: Invalid for a rule about ourselves or with too long words, Conflict where a stricter
    rule for the whole server would make it idle.
    """
    check(context.urls, rule)
    present = await store.find(context.tx, rule.target)
    if rule.standing in (Standing.OPEN, Standing.TRUSTED):
        await _check_not_idle(context, rule)
    kept = replace(rule, created=present.created) if present else rule
    await _note_trust(context, present, rule.standing)
    await store.put(context.tx, kept)
    return kept, await apply(context)


async def remove(context: Context, target: str) -> tuple[Rule, Severed]:
    """The rule that was. Follows that it ended stay ended. Raises: NotFound."""
    rule = await store.find(context.tx, target)
    if rule is None:
        raise NotFound(f"There is no rule about {target}.")
    await _note_trust(context, rule)
    await store.remove(context.tx, target)
    return rule, await apply(context)


async def _note_trust(context: Context, was: Rule | None, now: Standing | None = None) -> None:
    """Remember a server that was trusted, if it is no more."""
    if was is None or was.is_actor or was.standing is not Standing.TRUSTED:
        return
    if now is not Standing.TRUSTED:
        await once_known.note(context, was.target)


async def set_allow_list(context: Context, enabled: bool) -> Severed:
    """Speak only with those on the list, or with everybody; what that ended."""
    await store.set_allow_list(context.tx, enabled, context.now)
    return await apply(context)


async def merge(context: Context, rules: Sequence[Rule]) -> tuple[list[Rule], list[Rule], Severed]:
    """(kept anew or made stricter, left as they were, what that ended) of a list from elsewhere.

    What is as strict already, and what was allowed or trusted by name, is left as it is.
    """
    book = RuleBook(await store.all_rules(context.tx))
    taken: list[Rule] = []
    left: list[Rule] = []
    for rule in rules:
        (taken if await _raises(context, book, rule) else left).append(rule)
    for rule in taken:
        present = await store.find(context.tx, rule.target)
        comment = present.comment if present else rule.comment
        await store.put(context.tx, replace(rule, comment=comment))
    return taken, left, await apply(context) if taken else Severed()


async def _raises(context: Context, book: RuleBook, rule: Rule) -> bool:
    """Whether the rule makes anything stricter, without undoing what was decided by hand."""
    present = await store.find(context.tx, rule.target)
    if present and present.standing in (Standing.OPEN, Standing.TRUSTED):
        return False
    ours = book.standing if rule.is_actor else book.host_standing
    return _STRICTNESS[rule.standing] > _STRICTNESS[ours(rule.target)]


_STRICTNESS = {
    Standing.TRUSTED: 0,
    Standing.OPEN: 0,
    Standing.LIMITED: 1,
    Standing.SUSPENDED: 2,
}


async def apply(context: Context) -> Severed:
    """Stop at once whatever the rules no longer allow; how much that was."""
    book = RuleBook(await store.all_rules(context.tx))
    severed = Severed()
    for host in await store.waiting_hosts(context.tx):
        if book.blocked(host):
            severed.deliveries += await store.stop_host(context.tx, host, context.now)
    for rule in await store.rules(context.tx):
        if rule.is_actor and rule.standing is Standing.SUSPENDED:
            severed.deliveries += await store.stop_actor(context.tx, rule.target, context.now)
    await context.tell(RulesChanged(book, severed))
    return severed


def check(urls: Urls, rule: Rule) -> None:
    """Raises: Invalid for what no rule can say."""
    wrong = {}
    if rule.is_actor and urls.is_ours(rule.target):
        wrong["target"] = "is an actor of this server itself"
    elif not rule.is_actor and covers(rule.target, urls.authority):
        wrong["target"] = "would cover this server itself"
    for field, text in (("reason", rule.reason), ("comment", rule.comment)):
        if text is not None and len(text) > LONGEST_REASON:
            wrong[field] = f"is longer than {LONGEST_REASON} characters"
    if wrong:
        raise Invalid(wrong)


async def _check_not_idle(context: Context, rule: Rule) -> None:
    rules = await store.all_rules(context.tx)
    others = replace(
        rules,
        hosts={host: held for host, held in rules.hosts.items() if host != rule.target},
        actors={actor: held for actor, held in rules.actors.items() if actor != rule.target},
    )
    book = RuleBook(others)
    now = (book.standing if rule.is_actor else book.host_standing)(rule.target)
    if now in (Standing.LIMITED, Standing.SUSPENDED):
        raise Conflict(f"A rule for its whole server says {now.value}: change that one first.")


# --- reports -------------------------------------------------------------------------------------


async def take_report(
    context: Context, sender: RemoteActor, flag_id: str, objects: Sequence[str], content: str
) -> Report | None:
    """What another server reports about somebody here, kept; None where that is not wanted.

    `content` is plain text. Who signed is kept as a server only.
    """
    rule_host = await _rejecting(context, sender.host)
    if rule_host or await reports.open_of(context.tx, sender.host) >= MOST_OPEN_REPORTS:
        return None
    ours = await own_actors(context.tx, context.urls)
    accused = next((each for each in objects if each in ours), None)
    report = Report(
        id=context.new_id(),
        direction=Direction.IN,
        flag_id=flag_id,
        host=sender.host,
        actor=accused or context.urls.community,
        objects=tuple(objects[:MOST_OBJECTS]),
        content=content[:LONGEST_REPORT],
        state=ReportState.OPEN,
        created=context.now,
    )
    await reports.add(context.tx, report)
    return report


async def _rejecting(context: Context, host: str) -> bool:
    """Whether a rule says that reports of this server are not wanted."""
    return any(
        rule.reject_reports and not rule.is_actor and covers(rule.target, host)
        for rule in await store.rules(context.tx)
    )


async def send_report(
    context: Context, accused: RemoteActor, objects: Sequence[str], comment: str
) -> Report:
    """A report to the server of `accused`, by this server, without the name of a person.

    Raises: Invalid when the words are too long, Conflict for what is ours.
    """
    if len(comment) > LONGEST_REPORT:
        raise Invalid({"comment": f"is longer than {LONGEST_REPORT} characters"})
    if context.urls.is_ours(accused.id):
        raise Conflict("What is ours is not reported to ourselves.")
    report = Report(
        id=context.new_id(),
        direction=Direction.OUT,
        flag_id=context.urls.activity(context.new_id()),
        host=accused.host,
        actor=accused.id,
        objects=tuple(dict.fromkeys([accused.id, *objects]))[:MOST_OBJECTS],
        content=comment,
        state=ReportState.OPEN,
        created=context.now,
    )
    await reports.add(context.tx, report)
    await context.tell(ReportMade(report, accused.inbox))
    return report


async def close_report(context: Context, report_id: str) -> Report:
    """The report, done with. Raises: NotFound, Conflict when it is closed already."""
    report = await reports.find(context.tx, report_id)
    if report is None:
        raise NotFound("There is no such report.")
    if not await reports.close(context.tx, report_id, context.now):
        raise Conflict("This report is closed already.")
    return replace(report, state=ReportState.CLOSED, closed_at=context.now)
