"""Operations on erasures."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from node.context import Context
from node.erasure import actions, receipts
from node.erasure.ledger import Ledger
from node.errors import NotFound
from node.ids import rfc3339
from node.moderation.twos import refuse_program
from node.operations.carrying_out import TRIES, carry_out, wipe
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.people import actions as people_actions
from node.people import audit, erasing, erasure_store, twos
from node.people.erasure_store import Erasure
from node.services import Node

Json = dict[str, Any]


@operation("user.erase")
async def erase_person(node: Node, arguments: Arguments) -> Json:
    """The receipt. `name`; without `now` it is done in 72 hours, unless it is taken back.

    By a token another's account waits for a second ambassador (`asked`), and then for 72 hours;
    `now` is only for oneself, and for who is at the machine.
    """
    name, by, at_once = str(arguments.get("name") or ""), actor(arguments), arguments.get("now")

    async def work(context: Context) -> tuple[str | None, str]:
        person = await people_actions.somebody(context, name)
        if asked := await twos.ask_to_erase(context, by, person):
            return asked.id, ""
        now = at_once is True and by in (person.id, audit.COMMAND_LINE)
        after = timedelta(0) if now else erasing.REGRET
        return None, await erasing.erase_person(context, person.id, after=after, by=by)

    asked, number = await node.act(work)
    return {"asked": asked} if asked else await _done(node, number)


@operation("user.keep")
async def keep_person(node: Node, arguments: Arguments) -> Json:
    """The account that is not erased after all, and open again. `name`."""
    name, by = str(arguments.get("name") or ""), actor(arguments)

    async def work(context: Context) -> Json:
        person = (await people_actions.somebody(context, name)).at(context.now)
        await twos.check_program_may(context, by, person, person.role)
        kept = await erasing.keep_person(context, person.id, by=by)
        return {"id": kept.id, "name": kept.name, "kept": True}

    kept: Json = await node.act(work)
    return kept


@operation("data.forget")
async def forget(node: Node, arguments: Arguments) -> Json:
    """The receipt. `target`: an actor elsewhere by address or handle, or the link of a guest.

    A token is enough only with the link, which whoever it is about has given away: two people
    decide at the desk that everything of an actor is deleted.
    """
    target, by = str(arguments.get("target") or "").strip(), actor(arguments)
    if by != audit.COMMAND_LINE and not target.startswith(node.urls.rsvp("")):
        refuse_program()
    return await _done(node, await node.act(lambda it: actions.ask_to_forget(it, target)))


async def _done(node: Node, number: str) -> Json:
    await carry_out(node)
    await wipe(node, tries=TRIES)
    shown: Json = await show(node, {"id": number})
    return shown


@operation("erasures.list")
async def everything(node: Node, arguments: Arguments) -> list[Json]:
    """The erasures of the last three months, newest first, without a name."""
    limit = int(arguments.get("limit") or 100)
    found = await node.look(lambda tx: erasure_store.newest(tx, limit))
    return [await _receipt(node, each) for each in found]


@operation("erasures.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """One receipt. `id`."""
    number = str(arguments.get("id") or "")
    found = await node.look(lambda tx: erasure_store.find(tx, number))
    if found is None:
        raise NotFound("There is no such erasure.")
    return await _receipt(node, found)


@operation("erasures.verify")
async def verify(node: Node, arguments: Arguments) -> Json:
    """That the ledger is whole and was followed to its end; else what is wrong as an error."""
    ledger = Ledger(node.config.data)
    applied = await node.look(erasure_store.applied)
    late = await asyncio.to_thread(ledger.after, *applied)
    many, head = await asyncio.to_thread(ledger.end)
    return {"file": str(ledger.path), "lines": many, "late": len(late), "head": head or None}


async def _receipt(node: Node, erasure: Erasure) -> Json:
    found = await node.look(lambda tx: receipts.reached(tx, erasure))
    return {
        "id": erasure.id,
        "kind": erasure.kind.value,
        "due": rfc3339(erasure.due),
        "erased": _when(erasure.erased),
        "wiped": _when(erasure.wiped),
        "confirmed": found.confirmed,
        "waiting": list(found.waiting),
        "missed": list(found.missed),
    }


def _when(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
