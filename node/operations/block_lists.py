"""Operations on block lists in Mastodon's form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from node.context import Context
from node.errors import Invalid, NotFound
from node.moderation import actions, lists, store
from node.moderation.model import Rule, Severed, TargetKind
from node.operations.moderation import change, id_of, rule_json, severed_json
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]
LARGEST_LIST = 4 * 1024 * 1024
_LOOKUPS = 8


@operation("block.export")
async def block_export(node: Node, arguments: Arguments) -> Json:
    """A list for other servers in Mastodon's form. `actors`: of actors, not of hosts."""
    write = lists.write_actors if arguments.get("actors") else lists.write_hosts
    return {"id": "export", "csv": write(await node.look(store.rules))}


@operation("block.import")
async def block_import(node: Node, arguments: Arguments) -> Json:
    """What came of a list: `added`, `kept` as it was, `refused` and why. `csv`, `dry_run`."""
    text = arguments.get("csv")
    if not isinstance(text, str) or len(text) > LARGEST_LIST:
        raise Invalid({"csv": f"must be text of at most {LARGEST_LIST // 1024} kB"})
    try:
        entries, passed = lists.read(text)
    except ValueError as wrong:
        raise Invalid({"csv": str(wrong)}) from wrong
    rules, more = await _rules(node, entries)
    dry = bool(arguments.get("dry_run"))
    added, kept, severed = await _merge(node, rules, dry=dry)
    return {
        "id": "import",
        "dry_run": dry,
        "added": [rule_json(rule) for rule in added],
        "kept": [rule.target for rule in kept],
        "refused": [
            {"line": each.line, "entry": each.entry, "why": each.why}
            for each in sorted([*passed, *more], key=lambda each: each.line)
        ],
        **severed_json(severed),
    }


class _Dry(Exception):
    """Undoes a transaction whose outcome was only to be seen."""


async def _merge(
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


async def _rules(
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
