"""Votes in our companion polls, as Mastodon and GoToSocial send them.

A vote is a Note with a name and no content, in reply to the poll; its id often cannot be fetched,
so it is believed only as the sender's own, embedded in her own signed activity. There is no answer
to it but the direct note that confirms her place.
"""

from __future__ import annotations

from typing import Final

from activitypub.activities import Create
from activitypub.identity import same_origin
from activitypub.objects import Note, Object
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.policy import Standing
from node.context import Context
from node.listening import listeners
from node.moderation.actions import standing
from node.rsvp import hearing, poll_store
from node.rsvp.model import Answer, Door
from node.rsvp.question import Poll, answer_of

_MOST_AT_ONCE: Final = 8
"""GoToSocial sends all votes of one ballot together; more than this is none."""


@listeners.on(Create, Note, rank=10)
async def on_vote(context: Context, heard: Heard) -> None:
    """A vote in the poll of an event of ours is her answer to it; of several the last counts."""
    votes = _votes(heard)
    poll = await _poll(context, votes)
    if await standing(context, heard.sender.id) is Standing.SUSPENDED:
        raise Ignored("blocked")
    answer = _answer(poll, votes)
    if answer is None:
        raise Ignored("unknown-option")
    said = votes[-1].published or heard.activity.published
    at = hearing.said_at(said, heard.kept.received_at)
    await hearing.take(context, heard, poll.event, answer=answer, door=Door.POLL, at=at)


def _votes(heard: Heard) -> list[Note]:
    """The votes of one ballot; Raises: NotMine where the first is none, Ignored for a false one."""
    notes = [each for each in heard.activity.objects if isinstance(each, Note)]
    if heard.object is None or not notes or not _is_vote(notes[0]):
        raise NotMine("no-vote")
    if len(heard.activity.objects) > _MOST_AT_ONCE:
        raise Ignored("too-many-votes")
    same = all(_is_vote(each) and each.in_reply_to == notes[0].in_reply_to for each in notes)
    if not same or not all(_is_hers(each, heard.sender.id) for each in notes):
        raise Ignored("not-the-signers-vote")
    return notes


async def _poll(context: Context, votes: list[Note]) -> Poll:
    """The poll that they are for. Raises: NotMine, Ignored once it was deleted."""
    address = votes[0].in_reply_to or ""
    short = address.removeprefix(context.urls.poll(""))
    poll = await poll_store.find(context.tx, short) if short != address else None
    if poll is None:
        raise NotMine("no-poll-of-ours")
    if poll.tombstone:
        raise Ignored("poll-deleted")
    return poll


def _answer(poll: Poll, votes: list[Note]) -> Answer | None:
    known = [answer_of(poll, each.name.value) for each in votes if each.name]
    return next((each for each in reversed(known) if each), None)


def _is_vote(note: Note) -> bool:
    return note.name is not None and note.content is None and note.in_reply_to is not None


def _is_hers(note: Object, sender: str) -> bool:
    by_her = not note.attributed_to or note.attributed_to[0] == sender
    return by_her and note.id is not None and same_origin(note.id, sender)
