"""What becomes of addresses when somebody goes, wants her data, or the node was restored."""

from __future__ import annotations

import orjson

from node.context import Context
from node.happenings import Restored, happenings
from node.ids import rfc3339
from node.mail import queue_store, sealing, store
from node.mail.model import State
from node.members.sealed_files import sealed_files
from node.people.erasing import PersonErased
from node.people.model import Person
from node.services import Node
from node.storage.database import Transaction


@happenings.on(PersonErased)
async def forget(context: Context, fact: PersonErased) -> None:
    """Her addresses go with her, and whatever waits for them."""
    await store.drop_of(context.tx, fact.person)


@happenings.on(Restored)
async def send_nothing_again(context: Context, fact: Restored) -> None:
    """What waited when a backup was made was sent since; links of that time hold no more."""
    await queue_store.drop_all(context.tx)
    await context.tx.run("delete from mail_address where state <> 'kept'")


@sealed_files.on("mail.json")
async def address_for_her(node: Node, person: Person) -> bytes | None:
    """Her addresses, opened for her alone; None where she gave none."""
    vault = node.keyring.vault

    async def read(tx: Transaction) -> list[dict[str, object]]:
        found = [await store.of_person(tx, person.id, state) for state in State]
        return [
            {
                "address": sealing.opened(vault, one),
                "state": one.state.value,
                "since": rfc3339(one.created),
                "recovers": one.recovers,
                "news": one.news_from is not None,
            }
            for one in found
            if one
        ]

    found = await node.look(read)
    return orjson.dumps(found, option=orjson.OPT_INDENT_2) if found else None
