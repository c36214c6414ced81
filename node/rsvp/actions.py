"""Answering an invitation, whatever the door: one way in, and the last word by time counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from activitypub.identity import host_of
from federation.policy import Standing
from node.context import Context
from node.errors import NotFound
from node.events import store as events_store
from node.events.model import Event, JoinMode
from node.moderation.actions import standing
from node.people.silence_store import Thing, note_gone
from node.rsvp import seating, store
from node.rsvp.model import (
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_WORDS,
    Answer,
    Counts,
    Door,
    NotPossible,
    Participation,
    Seat,
    check_joinable,
    check_open,
    seat_for,
)
from node.rsvp.seating import Answered as Answered
from node.storage.database import Transaction

MOST_OF_A_HOST: Final = 1000
"""So many people of one server can answer to one event."""
MOST_OF_OURS: Final = 20_000
"""So many can through our own doors, where floods are slowed down besides."""
_SEATED: Final = frozenset({Seat.GOING, Seat.WAITING, Seat.ASKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What somebody says now, and who she is."""

    party: str
    answer: Answer
    door: Door
    at: datetime
    actor: str | None
    inbox: str | None
    name: str | None
    language: str | None
    activity_id: str | None
    words: str | None


async def answer(
    context: Context,
    event_id: str,
    *,
    party: str,
    answer: Answer,
    door: Door,
    at: datetime,
    actor: str | None = None,
    inbox: str | None = None,
    name: str | None = None,
    language: str | None = None,
    activity_id: str | None = None,
    words: str | None = None,
) -> Participation:
    """Where this person now stands; unchanged when a later word of hers was heard already.

    `at` is the time of the word as she said it, never taken as later than now. What is None of
    name, language and inbox stays as it was.
    Raises: NotFound, NotPossible before anything was changed.
    """
    word = _Word(
        party=party,
        answer=answer,
        door=door,
        at=min(at, context.now),
        actor=actor,
        inbox=inbox,
        name=_cut(name, LONGEST_NAME),
        language=language,
        activity_id=activity_id,
        words=_cut(words, LONGEST_WORDS),
    )
    event = await _turn(context, event_id)
    before = await store.find(context.tx, event_id, party)
    if before and word.at < before.heard_at:
        return before
    check_open(event, context.now)
    check_joinable(event)
    after = await _heard(context, event, before, word)
    await _keep(context, event, before, after)
    return after


async def withdraw(
    context: Context,
    event_id: str,
    *,
    party: str,
    at: datetime,
    at_home: bool = False,
    noted: bool = False,
) -> Participation | None:
    """What is left of it: she takes back whatever she said. None if she had said nothing.

    `at_home`: her own server says so. `noted`: the ledger, which a restore follows, knows of it
    already. Raises: NotFound.
    """
    event = await _turn(context, event_id)
    before = await store.find(context.tx, event_id, party)
    at = min(at, context.now)
    if before is None or at < before.heard_at:
        return before
    seat = Seat.REFUSED if before.seat is Seat.REFUSED else Seat.LEFT
    if not noted and (before.answer, before.seat) != (Answer.NO, seat):
        await note_gone(context, Thing.GUEST, before.id)
    # Nobody who does not come needs to be known by name.
    after = replace(
        before,
        answer=Answer.NO,
        seat=seat,
        name=None if before.door is Door.WEB else before.name,
        words=None,
        heard_at=at,
        changed=context.now,
    )
    await _keep(context, event, before, after, at_home=at_home)
    return after


async def approve(context: Context, participation_id: str) -> Participation:
    """She has a place, or stands in line for one as of when she asked.

    Raises: NotFound, NotPossible.
    """
    event, before = await _decided(context, participation_id)
    check_open(event, context.now)
    if before.seat not in (Seat.ASKED, Seat.REFUSED):
        return before
    going = (await store.counts(context.tx, event.id)).going
    seat = seat_for(event, going) if before.answer is Answer.YES else _SEATS[before.answer]
    after = replace(before, seat=seat, reason=None, changed=context.now)
    await _keep(context, event, before, after)
    return after


async def refuse(context: Context, participation_id: str, reason: str | None) -> Participation:
    """She cannot come, whatever she says from now on; `reason` is told to her.

    Raises: NotFound.
    """
    event, before = await _decided(context, participation_id)
    words = _cut(reason, LONGEST_REASON)
    if before.seat is Seat.REFUSED and before.reason == words:
        return before
    after = replace(before, seat=Seat.REFUSED, reason=words, changed=context.now)
    await _keep(context, event, before, after)
    return after


async def counts(tx: Transaction, event_id: str) -> Counts:
    """How many come, wait, and may come."""
    return await store.counts(tx, event_id)


async def _turn(context: Context, event_id: str) -> Event:
    """The event, with nobody else seating people in it. Raises: NotFound."""
    if not await store.take_turn(context.tx, event_id):
        raise NotFound("There is no such event here.")
    event = await events_store.find(context.tx, event_id)
    if event is None:
        raise NotFound("There is no such event here.")
    return event


async def _decided(context: Context, participation_id: str) -> tuple[Event, Participation]:
    found = await store.by_id(context.tx, participation_id)
    if found is None:
        raise NotFound("There is no such participation here.")
    event = await _turn(context, found.event)
    return event, await store.by_id(context.tx, participation_id) or found


async def _heard(
    context: Context, event: Event, before: Participation | None, word: _Word
) -> Participation:
    """What her word makes of her. Raises: NotPossible."""
    if before is None:
        await _check_room(context, event, word)
    seat = await _seat(context, event, before, word)
    anew = before is None or (seat in _SEATED and before.seat not in _SEATED)
    place = await store.next_place(context.tx, event.id) if anew or not before else before.place
    fresh = Participation(
        id=before.id if before else context.new_id(),
        event=event.id,
        party=word.party,
        actor=word.actor,
        inbox=word.inbox,
        name=word.name,
        language=word.language,
        door=word.door,
        answer=word.answer,
        seat=seat,
        place=place,
        words=word.words,
        activity_id=word.activity_id,
        since=context.now,
        changed=context.now,
        heard_at=word.at,
    )
    return _joined(before, fresh) if before else fresh


def _joined(before: Participation, fresh: Participation) -> Participation:
    """The newer word, with whatever only the earlier one knew."""
    return replace(
        fresh,
        actor=fresh.actor or before.actor,
        inbox=fresh.inbox or before.inbox,
        name=fresh.name or before.name,
        language=fresh.language or before.language,
        words=fresh.words or before.words,
        reason=before.reason if fresh.seat is Seat.REFUSED else None,
        told=before.told,
        since=before.since,
    )


_SEATS = {Answer.MAYBE: Seat.MAYBE, Answer.NO: Seat.DECLINED}


async def _seat(context: Context, event: Event, before: Participation | None, word: _Word) -> Seat:
    """Where she sits now. Whom the organisers refused stays refused. Raises: NotPossible."""
    if before and before.seat is Seat.REFUSED:
        return Seat.REFUSED
    if word.answer is not Answer.YES:
        return _SEATS[word.answer]
    if before and before.seat in _SEATED:
        return before.seat
    if event.draft.join is JoinMode.RESTRICTED or await _is_limited(context, word.actor):
        return Seat.ASKED
    return seat_for(event, (await store.counts(context.tx, event.id)).going)


async def _is_limited(context: Context, actor: str | None) -> bool:
    return actor is not None and await standing(context, actor) is Standing.LIMITED


async def _check_room(context: Context, event: Event, word: _Word) -> None:
    """Raises: NotPossible when too many have come the same way already."""
    host = _host(word.actor)
    most = MOST_OF_A_HOST if host else MOST_OF_OURS
    if await store.how_many(context.tx, event.id, host) >= most:
        raise NotPossible("crowded", "Too many people have answered. Please write to the team.")


async def _keep(
    context: Context,
    event: Event,
    before: Participation | None,
    after: Participation,
    *,
    at_home: bool = False,
) -> None:
    await store.put(context.tx, after, _host(after.actor))
    await context.tell(
        Answered(event=event, before=before, after=after, promoted=False, at_home=at_home)
    )
    await seating.fill(context, event)


def _host(actor: str | None) -> str:
    return host_of(actor) if actor else ""


def _cut(text: str | None, longest: int) -> str | None:
    return (text or "").strip()[:longest].strip() or None
