"""Operations on what only two may decide: whoever is at the machine confirms alone."""

from __future__ import annotations

from typing import Any

from node.ids import rfc3339
from node.moderation.ruling import change
from node.operations.registry import Arguments, operation
from node.people import approval_store, store
from node.people.approval_store import Approval
from node.people.approvals import approvals
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]


def _json(approval: Approval, names: dict[str, str]) -> Json:
    return {
        "id": approval.id,
        "verb": approval.verb,
        "target": names.get(approval.target, approval.target),
        "reason": approval.reason,
        "asked_by": names.get(approval.asked_by, approval.asked_by),
        "asked": rfc3339(approval.asked),
        "ends": rfc3339(approval.ends),
        "due": rfc3339(approval.due) if approval.due else None,
    }


@operation("decision.list")
async def decision_list(node: Node, arguments: Arguments) -> list[Json]:
    """What waits for a second person, oldest first; `due`: when it is carried out anyway."""

    async def read(tx: Transaction) -> list[Json]:
        names = await _names(tx)
        return [_json(each, names) for each in await approval_store.waiting(tx, node.clock.now())]

    return await node.look(read)


@operation("decision.confirm")
async def decision_confirm(node: Node, arguments: Arguments) -> Json:
    """What is done now, by whoever is at the machine. `id`."""
    wanted = str(arguments.get("id") or "")
    found = await change(node, lambda context: approvals.confirm(context, None, wanted))
    return {**_json(found, await node.look(_names)), "state": "confirmed"}


@operation("decision.refuse")
async def decision_refuse(node: Node, arguments: Arguments) -> Json:
    """What is not done. `id`."""
    wanted = str(arguments.get("id") or "")
    found = await change(node, lambda context: approvals.refuse(context, None, wanted))
    return {**_json(found, await node.look(_names)), "state": "refused"}


async def _names(tx: Transaction) -> dict[str, str]:
    return {person.id: person.name for person in await store.everybody(tx)}
