"""Single things that were deleted, removed or taken back do not come back with an older backup.

Nor do ways in that were ended: passwords, passkeys, recovery codes, addresses for e-mail.

What the ledger says of them is a keyed digest of the thing and its id; only what stands in the
restored database is looked for. Each goes the way by which its own room lets it go.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from node.context import Context
from node.conversations import actions as conversations
from node.conversations import saying
from node.conversations import store as replies
from node.events import actions as events
from node.mail import withdrawing as mail
from node.members import letters, moderating, persona_store, post_store, posting
from node.members.model import Persona, Post, PostState
from node.network import actions as network
from node.network import store as network_store
from node.people import ways_in
from node.people.silence_store import Thing, name_of
from node.rsvp import actions as rsvps
from node.rsvp import store as participations
from node.storage.database import Transaction

_POSTS: Final = "select id from persona_post where state <> 'deleted'"
_HERE: Final[Mapping[Thing, str]] = {
    Thing.POST: _POSTS,
    Thing.AWAY: _POSTS,
    Thing.BACK: _POSTS,
    Thing.EVENT: "select id from event where state <> 'deleted'",
    Thing.ANSWER: "select id from answer where deleted = 0",
    Thing.GUEST: "select id from participation",
    Thing.SAID: "select address as id from reply union select id from remote_object "
    "union select address as id from persona_letter",
}


async def names(tx: Transaction) -> set[str]:
    """Everything that is here, under the names that it would have in the ledger."""
    found = await ways_in.names(tx) | await mail.names(tx)
    for thing, sql in _HERE.items():
        found |= {name_of(thing, row["id"]) for row in await tx.rows(sql)}
    return found


async def let_go_again(context: Context, name: str) -> None:
    """What the ledger says was done with this thing; nothing where it is so already."""
    thing, _, which = name.partition(" ")
    await _WAYS[Thing(thing)](context, which)


async def _post(context: Context, id: str) -> None:
    if found := await _find_post(context.tx, id):
        persona, post = found
        await posting.delete(context, persona, post.id, noted=True)


async def _away(context: Context, id: str) -> None:
    found = await _find_post(context.tx, id)
    if found and found[1].state is not PostState.REMOVED:
        await moderating.remove(context, *found, noted=True)


async def _back(context: Context, id: str) -> None:
    found = await _find_post(context.tx, id)
    if found and found[1].state is PostState.REMOVED:
        await moderating.give_back(context, found[1], noted=True)


async def _find_post(tx: Transaction, id: str) -> tuple[Persona, Post] | None:
    row = await tx.row("select persona from persona_post where id = :id", id=id)
    persona = await persona_store.by_id(tx, row["persona"]) if row else None
    post = await post_store.find(tx, persona.id, id) if persona else None
    if persona is None or post is None or post.state is PostState.DELETED:
        return None
    return persona, post


async def _event(context: Context, id: str) -> None:
    # an event that an earlier line let go is here no more
    if await _is_here(context.tx, Thing.EVENT, id):
        await events.delete(context, id, noted=True)


async def _answer(context: Context, id: str) -> None:
    if await _is_here(context.tx, Thing.ANSWER, id):
        await saying.delete(context, id, noted=True)


async def _is_here(tx: Transaction, thing: Thing, id: str) -> bool:
    row = await tx.row(f"{_HERE[thing]} and id = :id", id=id)
    return row is not None


async def _guest(context: Context, id: str) -> None:
    one = await participations.by_id(context.tx, id)
    if one is not None:
        # she was told that it is taken back when she did it
        await rsvps.withdraw(
            context, one.event, party=one.party, at=context.now, at_home=True, noted=True
        )


async def _said(context: Context, address: str) -> None:
    reply = await replies.find(context.tx, address)
    if reply is not None:
        await conversations.drop(context, reply, reply.author, noted=True)
    if held := await network_store.find(context.tx, address):
        await network.drop(context, held.id, held.author, noted=True)
    await letters.drop(context, await post_store.letters_at(context.tx, address))


_WAYS: Final[Mapping[Thing, Callable[[Context, str], Awaitable[None]]]] = {
    Thing.POST: _post,
    Thing.AWAY: _away,
    Thing.BACK: _back,
    Thing.EVENT: _event,
    Thing.ANSWER: _answer,
    Thing.GUEST: _guest,
    Thing.SAID: _said,
    Thing.PASSWORD: ways_in.end_password,
    Thing.PASSKEY: ways_in.end_passkey,
    Thing.CODE: ways_in.end_code,
    Thing.ADDRESS: mail.end,
    Thing.HELP: mail.end_help,
    Thing.NEWS: mail.end_news,
}
