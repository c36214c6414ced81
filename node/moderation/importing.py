"""Block lists taken in by a running node: handles are looked up; a dry run shows the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from node.context import Context
from node.errors import Invalid, NotFound
from node.moderation import actions, lists
from node.moderation.model import Rule, Severed, TargetKind
from node.moderation.ruling import change, id_of
from node.services import Node

LARGEST_LIST = 4 * 1024 * 1024
_LOOKUPS = 8


class _Dry(Exception):
    """Undoes a transaction whose outcome was only to be seen."""


async def merge(
    node: Node, rules: Sequence[Rule], *, dry: bool
) -> tuple[list[Rule], list[Rule], Severed]:
    outcome: list[tuple[list[Rule], list[Rule], Severed]] = []

    async def work(context: Context) -> None:
        outcome[:] = [await actions.merge(context, rules)]
        if dry:
            raise _Dry

    with suppress(_Dry):
        await change(node, work)
    return outcome[0]


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
