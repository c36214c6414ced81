"""Operations on block lists in Mastodon's form."""

from __future__ import annotations

from typing import Any

from federation.policy import Standing
from node.errors import Invalid
from node.moderation import lists, store
from node.moderation.importing import LARGEST_LIST, merge, rules_of
from node.moderation.twos import refuse_program
from node.operations.moderation import needs_two, rule_json, severed_json
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]


@operation("block.export")
async def block_export(node: Node, arguments: Arguments) -> Json:
    """A list for other servers in Mastodon's form. `actors`: of actors, not of hosts."""
    write = lists.write_actors if arguments.get("actors") else lists.write_hosts
    return {"id": "export", "csv": write(await node.look(store.rules))}


@operation("block.import")
async def block_import(node: Node, arguments: Arguments) -> Json:
    """What came of a list: `added`, `kept` as it was, `refused` and why. `csv`, `dry_run`; `by`:
    the holder of a token, from whom a list is not taken that needs two for a server; a dry run
    names those (`needs_two`)."""
    text = arguments.get("csv")
    if not isinstance(text, str) or len(text) > LARGEST_LIST:
        raise Invalid({"csv": f"must be text of at most {LARGEST_LIST // 1024} kB"})
    try:
        entries, passed = lists.read(text)
    except ValueError as wrong:
        raise Invalid({"csv": str(wrong)}) from wrong
    rules, more = await rules_of(node, entries)
    dry = bool(arguments.get("dry_run"))
    ended = [rule.target for rule in rules if rule.standing is Standing.SUSPENDED]
    held = await needs_two(node, arguments, ended)
    if held and not dry:
        refuse_program(held)
    came = await merge(node, rules, dry=dry)
    return {
        "id": "import",
        "dry_run": dry,
        "added": [rule_json(rule) for rule in came.taken],
        "kept": [rule.target for rule in came.kept],
        "needs_two": list(held),
        "refused": [
            {"line": each.line, "entry": each.entry, "why": each.why}
            for each in sorted([*passed, *more], key=lambda each: each.line)
        ],
        **severed_json(came.severed),
    }
