"""Block lists taken in by a running node: handles are looked up; a dry run shows the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from federation.policy import RuleBook, Standing
from node.context import Context
from node.errors import Invalid, NotFound
from node.moderation import actions, lists, store
from node.moderation.model import Rule, Severed, TargetKind
from node.moderation.ruling import change, id_of
from node.moderation.twos import ask_to_suspend, needs_two, waiting_of
from node.people.approvals import TooMuchWaits
from node.services import Node

LARGEST_LIST = 4 * 1024 * 1024
_LOOKUPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came of a list: rules kept anew or made stricter, those left as they were, what that
    ended, and the servers whose suspension waits for a second person."""

    taken: Sequence[Rule]
    kept: Sequence[Rule]
    severed: Severed
    waiting: Sequence[str] = ()


class _Dry(Exception):
    """Undoes a transaction whose outcome was only to be seen."""


async def merge(node: Node, rules: Sequence[Rule], *, dry: bool, by: str = "") -> Merged:
    """What `actions.merge` makes of them. `by`: who alone does not suspend whom we know; she limits
    them, and a second person is asked."""
    outcome: list[Merged] = []

    async def work(context: Context) -> None:
        wanted = await _as_one_may(context, rules, by) if by else rules
        ended = [each.target for each in rules if _suspends(each)]
        waiting = await waiting_of(context, ended) if by else []
        taken, kept, severed = await actions.merge(context, wanted)
        outcome[:] = [Merged(taken=taken, kept=kept, severed=severed, waiting=waiting)]
        if dry:
            raise _Dry

    with suppress(_Dry):
        await change(node, work)
    return outcome[0]


async def _as_one_may(context: Context, rules: Sequence[Rule], by: str) -> list[Rule]:
    hosts = [each.target for each in rules if _suspends(each)]
    known = set(await needs_two(context, *hosts))
    softened = [
        replace(each, standing=Standing.LIMITED)
        if each.target in known and _suspends(each)
        else each
        for each in rules
    ]
    for each in rules:
        if each.target in known and await _is_wished(context, each):
            # who has asked for enough limits them for now, and takes the list in again later
            with suppress(TooMuchWaits):
                await ask_to_suspend(context, each.target, each.reason or each.target, by)
    return softened


async def _is_wished(context: Context, rule: Rule) -> bool:
    """Whether a list changes anything about this server: not against what was decided by hand."""
    if not _suspends(rule):
        return False
    present = await store.find(context.tx, rule.target)
    if present and present.standing in (Standing.OPEN, Standing.TRUSTED):
        return False
    return not RuleBook(await store.all_rules(context.tx)).blocked(rule.target)


def _suspends(rule: Rule) -> bool:
    return rule.standing is Standing.SUSPENDED and not rule.is_actor


async def rules_of(
    node: Node, entries: Sequence[lists.Entry]
) -> tuple[list[Rule], list[lists.Passed]]:
    """The entries as rules; a handle of which nothing can be learned, and our own server, is
    passed over."""
    places = asyncio.Semaphore(_LOOKUPS)

    async def one(entry: lists.Entry) -> Rule | lists.Passed:
        async with places:
            return await _rule(node, entry)

    found = await asyncio.gather(*(one(entry) for entry in entries))
    rules = {each.target: each for each in found if isinstance(each, Rule)}
    return list(rules.values()), [each for each in found if isinstance(each, lists.Passed)]


async def _rule(node: Node, entry: lists.Entry) -> Rule | lists.Passed:
    now = node.clock.now()
    try:
        rule = Rule(
            target=await id_of(node, entry.target),
            handle=entry.target.value if entry.target.kind is TargetKind.HANDLE else None,
            standing=entry.standing,
            reason=entry.reason,
            reject_media=entry.reject_media,
            reject_reports=entry.reject_reports,
            obfuscate=entry.obfuscate,
            created=now,
            updated=now,
        )
        actions.check(node.urls, rule)
    except (Invalid, NotFound) as wrong:
        return lists.Passed(line=entry.line, entry=entry.target.value, why=str(wrong))
    return rule
