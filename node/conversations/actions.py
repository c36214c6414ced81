"""What becomes of what others say: taken in, changed, shown, held, hidden, dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from federation.policy import Standing
from federation.ports import RemoteActor
from node.context import Context
from node.conversations import store
from node.conversations.greylist import comes_in_a_wave
from node.conversations.intake import Words, name_of
from node.conversations.model import (
    DAILY_BY_ACTOR,
    DEEPEST,
    MOST_BY_ACTOR_THERE,
    MOST_HELD_OF_HOST,
    MOST_UNDER_ONE_THING,
    Reply,
    ReplyRule,
    ReplyState,
    Subject,
    Visibility,
)
from node.errors import Conflict, NotFound
from node.ids import stamp
from node.moderation import actions as moderation
from node.people.silence_store import Thing, note_gone

_DAY = timedelta(days=1)


class NotTaken(Exception):
    """What somebody said is not kept; `reason` is a kebab-case slug for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"A reply is not kept: {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody said, as its own origin gave it. `below` None: it answers nothing of ours."""

    address: str
    author: RemoteActor
    url: str | None
    parent: str | None
    below: Subject | None
    words: Words
    visibility: Visibility
    published: datetime
    updated: datetime


async def take_in(context: Context, said: Said) -> Reply:
    """What somebody said, kept: under a thing of ours, as a mention, or as a message to the team.

    Raises: NotTaken.
    """
    await _check(context, said)
    public = said.visibility is Visibility.PUBLIC
    below = said.below if said.below and (said.below.public or not public) else None
    reply = _reply(context, said, below)
    crowd = await comes_in_a_wave(context, reply.author, reply.host)
    reply = replace(reply, state=await _first_state(context, reply, crowd))
    await _check_bounds(context, reply)
    await store.add(context.tx, reply)
    return reply


async def change(context: Context, held: Reply, said: Said) -> Reply:
    """The reply as its author has it now; whether it is shown stays as it was.

    What was for everybody and is so no more is dropped for good; what was not never becomes so.
    Raises: NotTaken.
    """
    if said.visibility is Visibility.DIRECT and held.visibility is Visibility.PUBLIC:
        await drop(context, held, held.author)
        raise NotTaken("no-longer-public")
    if said.words.is_empty:
        raise NotTaken("empty")
    changed = replace(
        _reply(context, said, said.below), id=held.id, state=held.state, updated=said.updated
    )
    await store.change(context.tx, changed)
    return changed


def _reply(context: Context, said: Said, below: Subject | None) -> Reply:
    author = said.author
    return Reply(
        id=context.new_id(),
        address=said.address,
        subject=below.root if below else None,
        parent=said.parent,
        depth=below.depth + 1 if below else 0,
        author=author.id,
        author_name=name_of(author.name) or name_of(author.username),
        handle=f"@{name_of(author.username)}@{author.host}",
        host=author.host,
        url=said.url,
        inbox=author.inbox,
        shared_inbox=author.shared_inbox,
        html=said.words.html,
        warning=said.words.warning,
        language=said.words.language,
        links=said.words.links,
        visibility=said.visibility,
        state=ReplyState.HELD,
        barred=False,
        published=said.published,
        updated=said.updated,
        received=context.now,
    )


async def _check(context: Context, said: Said) -> None:
    if said.words.is_empty:
        raise NotTaken("empty")
    if await moderation.standing(context, said.author.id) is Standing.SUSPENDED:
        raise NotTaken("blocked")
    if await store.buried(context.tx, said.address, said.author.id):
        raise NotTaken("older-or-deleted")


async def _first_state(context: Context, reply: Reply, crowd: bool) -> ReplyState:
    """What the community's rule makes of something new; `crowd`: it comes in a wave."""
    if reply.kind != "reply":
        return ReplyState.HELD
    rule = await store.rule(context.tx)
    if rule is ReplyRule.CLOSED:
        raise NotTaken("closed")
    standing = await moderation.standing(context, reply.author)
    above = await store.find(context.tx, reply.parent or "")
    if standing is Standing.LIMITED or (above and not above.is_shown):
        return ReplyState.HELD
    if rule is ReplyRule.ALL_HELD or crowd:
        return ReplyState.HELD
    welcome = rule is ReplyRule.OPEN or standing is Standing.TRUSTED
    known = welcome or await store.is_known(context.tx, reply.author)
    return ReplyState.SHOWN if known else ReplyState.HELD


async def _check_bounds(context: Context, reply: Reply) -> None:
    """Raises: NotTaken when one actor, one server or one thing has had its share."""
    tx, since = context.tx, stamp(context.now - _DAY)
    if reply.depth > DEEPEST:
        raise NotTaken("too-deep")
    if await store.count(tx, author=reply.author, since=since) >= DAILY_BY_ACTOR:
        raise NotTaken("too-many-today")
    held = reply.state is ReplyState.HELD
    if held and await store.count(tx, host=reply.host, state="held") >= MOST_HELD_OF_HOST:
        raise NotTaken("too-many-held")
    if reply.subject is None:
        return
    here = await store.count(tx, subject=reply.subject)
    own = await store.count(tx, subject=reply.subject, author=reply.author)
    if here >= MOST_UNDER_ONE_THING or own >= MOST_BY_ACTOR_THERE:
        raise NotTaken("too-many-there")


# --- what the team decides -----------------------------------------------------------------------


async def find(context: Context, name: str) -> Reply:
    """The reply of this id or address. Raises: NotFound."""
    reply = await store.find(context.tx, name)
    if reply is None:
        raise NotFound("There is no such reply, message or mention here.")
    return reply


async def show(context: Context, name: str) -> Reply:
    """The reply, shown from now on; its author need not wait again. Raises: NotFound, Conflict."""
    reply = await find(context, name)
    if reply.kind != "reply":
        raise Conflict(f"A {reply.kind} is not shown on a page. Answer it, or put it aside.")
    await store.know(context.tx, reply.author, context.now)
    return await _decide(context, reply, ReplyState.SHOWN)


async def hide(context: Context, name: str) -> Reply:
    """The reply, hidden: of a message or a mention that means it is dealt with.

    What its author says next waits again. Raises: NotFound.
    """
    reply = await find(context, name)
    if reply.kind == "reply":
        await store.unknow(context.tx, reply.author)
    return await _decide(context, reply, ReplyState.HIDDEN)


async def hold(context: Context, name: str) -> Reply:
    """The reply, waiting once more for a decision. Raises: NotFound."""
    return await _decide(context, await find(context, name), ReplyState.HELD)


async def _decide(context: Context, reply: Reply, state: ReplyState) -> Reply:
    await store.decide(context.tx, reply.id, state, context.now)
    return replace(reply, state=state, decided=context.now)


async def set_rule(context: Context, rule: ReplyRule) -> ReplyRule:
    """What becomes of public replies from now on; what is here stays as it is."""
    await store.set_rule(context.tx, rule)
    return rule


# --- what others take back -----------------------------------------------------------------------


async def drop(context: Context, held: Reply, sender: str, *, noted: bool = False) -> bool:
    """Drop what its author deleted; False for somebody else's.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    if held.author != sender:
        return False
    if not noted:
        await note_gone(context, Thing.SAID, held.address)
    await store.bury(context.tx, held.address, sender, context.now)
    return True
