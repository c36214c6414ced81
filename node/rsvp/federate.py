"""Answers to our events that come as activities: each is believed only as the sender's own."""

from __future__ import annotations

from datetime import UTC, datetime

from activitypub.activities import (
    Accept,
    Activity,
    Join,
    Leave,
    Reject,
    TentativeAccept,
    Undo,
    object_id,
)
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.policy import Standing
from node.community import store as community_store
from node.context import Context
from node.errors import NotFound
from node.listening import listeners
from node.moderation.actions import standing
from node.rsvp import actions, store
from node.rsvp.answering import reject_join
from node.rsvp.confirming import say_impossible
from node.rsvp.model import Answer, Door, NotPossible
from node.rsvp.speaking import spoken_by
from node.text.sanitise import plain

_RANK = 20


@listeners.on(Join, rank=_RANK)
async def on_join(context: Context, heard: Heard) -> None:
    """Somebody wants to join an event of ours: seated, and told so with an Accept or a Reject."""
    event_id = await _event(context, heard, heard.activity)
    if await community_store.was_undone(context.tx, heard.sender.id, heard.kept.activity_id):
        raise Ignored("undone-before")
    words = getattr(heard.activity, "participation_message", None)
    try:
        await _answer(context, heard, event_id, Answer.YES, Door.JOIN, words)
    except NotPossible as error:
        await reject_join(context, event_id, heard.sender, error, heard.kept.activity_id)


@listeners.on(Leave, rank=_RANK)
async def on_leave(context: Context, heard: Heard) -> None:
    """Somebody does not come after all, in Mobilizon's form."""
    event_id = await _event(context, heard, heard.activity)
    await _withdraw(context, heard, event_id, at=_when(heard))


@listeners.on(Undo, Join, rank=_RANK)
@listeners.on(Undo, Accept, rank=_RANK)
@listeners.on(Undo, TentativeAccept, rank=_RANK)
@listeners.on(Undo, Reject, rank=_RANK)
async def on_undo_answer(context: Context, heard: Heard) -> None:
    """Somebody takes back an answer to an event of ours; an earlier one than her last does not
    count any more."""
    undone = heard.activity.object
    if not isinstance(undone, Activity):
        raise NotMine("not-an-answer")
    event_id = await _event(context, heard, undone)
    if undone.actor not in (None, heard.sender.id):
        raise Ignored("not-the-signers-answer")
    present = await store.find(context.tx, event_id, heard.sender.id)
    if present is None and undone.id:
        # its Join may still be on its way
        await community_store.note_undo(context.tx, heard.sender.id, undone.id, context.now)
        return
    if present and undone.id and present.activity_id not in (None, undone.id):
        raise Ignored("not-her-last-word")
    # some say when the answer was given that they undo
    await _withdraw(context, heard, event_id, at=heard.kept.received_at)


@listeners.on(Accept, rank=_RANK)
async def on_accept(context: Context, heard: Heard) -> None:
    """Somebody comes to an event of ours, in Friendica's form."""
    await _friendica(context, heard, Answer.YES)


@listeners.on(TentativeAccept, rank=_RANK)
async def on_tentative_accept(context: Context, heard: Heard) -> None:
    """Somebody may come to an event of ours, in Friendica's form."""
    await _friendica(context, heard, Answer.MAYBE)


@listeners.on(Reject, rank=_RANK)
async def on_reject(context: Context, heard: Heard) -> None:
    """Somebody does not come to an event of ours, in Friendica's form."""
    await _friendica(context, heard, Answer.NO)


async def _friendica(context: Context, heard: Heard, answer: Answer) -> None:
    event_id = await _event(context, heard, heard.activity)
    try:
        await _answer(context, heard, event_id, answer, Door.FRIENDICA, None)
    except NotPossible as error:
        await say_impossible(context, event_id, heard.sender, error.reason, None)


async def _event(context: Context, heard: Heard, about: Activity) -> str:
    """The short id of the event of ours that this is about. Raises: Ignored, NotMine."""
    address = object_id(about)
    event_id = context.urls.event_id(address) if address else None
    if event_id is None or address != context.urls.event(event_id):
        raise NotMine("not-an-event-of-ours")
    if await standing(context, heard.sender.id) is Standing.SUSPENDED:
        raise Ignored("blocked")
    return event_id


async def _answer(
    context: Context,
    heard: Heard,
    event_id: str,
    answer: Answer,
    door: Door,
    words: str | None,
) -> None:
    sender = heard.sender
    try:
        await actions.answer(
            context,
            event_id,
            party=sender.id,
            answer=answer,
            door=door,
            at=_when(heard),
            actor=sender.id,
            inbox=sender.inbox,
            name=plain(sender.name or sender.username),
            language=spoken_by(sender.document),
            activity_id=heard.kept.activity_id,
            words=plain(words) if words else None,
        )
    except NotFound as error:
        raise Ignored("not-an-event-of-ours") from error


async def _withdraw(context: Context, heard: Heard, event_id: str, *, at: datetime) -> None:
    try:
        found = await actions.withdraw(
            context, event_id, party=heard.sender.id, at=at, at_home=True
        )
    except NotFound as error:
        raise Ignored("not-an-event-of-ours") from error
    if found is None:
        raise Ignored("took-no-part")


def _when(heard: Heard) -> datetime:
    """When it was said: as the sender says, but never after it arrived (security: C21)."""
    said, arrived = heard.activity.published, heard.kept.received_at
    if said is None or said.tzinfo is None:
        return arrived
    return min(said.astimezone(UTC), arrived)
