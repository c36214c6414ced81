"""Operations on e-mail: one as a test, and what waits; never to whom."""

from __future__ import annotations

from typing import Any

from node.context import Context
from node.errors import Conflict, Invalid, Unavailable
from node.ids import rfc3339
from node.mail import queue_store
from node.mail.message import Sender, trial
from node.mail.model import clean_address
from node.mail.post import Outcome, connected
from node.mail.queue_store import MailState
from node.mail.sending import our_name
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]


@operation("mail.test")
async def test(node: Node, arguments: Arguments) -> Json:
    """One mail that says it is a test, sent at once. `address`."""
    config, to = node.config, clean_address(str(arguments.get("address") or ""))
    if config.mail is None or config.mail_from is None:
        raise Conflict("No mail server is set: see mail (JOSOOR_MAIL) in the settings.")
    if to is None:
        raise Invalid({"address": "must be an e-mail address, in plain letters"})
    content = trial(Sender(address=config.mail_from, name=config.mail_name), to, node.clock.now())
    async with connected(config.mail, name=our_name(node), ca_file=config.ca_file) as post:
        outcome = await post.send(config.mail_from, to, content)
    if outcome is not Outcome.SENT:
        raise Unavailable(f"It was not sent: {outcome.value}.")

    async def note(context: Context) -> None:
        await queue_store.note_sent(context.tx, context.now)

    await node.act(note)
    return {"sent": True, "server": str(config.mail)}


@operation("mail.queue")
async def waiting(node: Node, arguments: Arguments) -> list[Json]:
    """What waits to be sent: of what kind, and when it is tried next."""
    return [
        {
            "id": each.id,
            "kind": each.kind.value,
            "since": rfc3339(each.created),
            "attempts": each.attempts,
            "next_attempt": rfc3339(each.next_attempt),
        }
        for each in await node.look(queue_store.listing)
    ]


def state_json(state: MailState, *, on: bool) -> Json:
    """How sending goes, as `status` tells it."""
    return {
        "on": on,
        "waiting": state.waiting,
        "sent": rfc3339(state.sent) if state.sent else None,
        "well": state.is_well,
        "trouble": state.trouble,
        "troubled": rfc3339(state.troubled) if state.troubled else None,
    }
