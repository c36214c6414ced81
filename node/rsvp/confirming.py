"""Who answered from elsewhere is told, alone and in her language, where she stands.

Every vote and reply is confirmed once; whoever gets a place from the waiting list is told, by
whatever door she came; whoever takes part is told once when time or place change, or when the event
is cancelled. Programs are told nothing, or two of them would answer each other for ever.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from federation.ports import RemoteActor
from node.community import store as community_store
from node.community.direct import (
    Person,
    forget_about,
    send_direct,
    sent_since,
    take_back_about,
)
from node.context import Context
from node.events import store as events_store
from node.events.actions import EventCancelled, EventChanged, EventDeleted
from node.events.model import Event, State
from node.happenings import happenings
from node.jobs import jobs
from node.moderation.actions import ActorGone
from node.rsvp import links, store, told_store
from node.rsvp.forgetting import NAMES_LIFE
from node.rsvp.messages import Message, refusal_of
from node.rsvp.model import Door, Participation, Seat
from node.rsvp.seating import Answered
from node.rsvp.speaking import spoken_by

MOST_A_DAY: Final = 6
"""A person who got so many messages about one event in a day is told nothing more in answer to
what she says; what she does not know of is told in any case."""
_NEWS: Final = frozenset({"promoted", "changed", "cancelled"})
QUIET: Final = timedelta(minutes=3)
"""A change is told so long after the last edit, for who corrects a slip."""
_AT_ONCE: Final = 100
_DOORS: Final = frozenset({Door.POLL, Door.REPLY})
_TAKING_PART: Final = frozenset({Seat.GOING, Seat.WAITING, Seat.MAYBE, Seat.ASKED})


@happenings.on(Answered)
async def confirm(context: Context, fact: Answered) -> None:
    """Tell her who voted or replied where she stands, and whoever has a place at last."""
    one = fact.after
    if one.actor is None or one.inbox is None:
        return
    await told_store.note(context.tx, fact.event.id, one.party, facts_of(fact.event))
    if fact.promoted:
        await _tell(context, fact.event, one, "promoted")
    elif one.door in _DOORS and _is_news(fact):
        await _tell(context, fact.event, one, one.seat.value)


def _is_news(fact: Answered) -> bool:
    """Whether she does not know it yet, or has just asked in words."""
    before, after = fact.before, fact.after
    if before is None or (before.seat, before.reason) != (after.seat, after.reason):
        return True
    return after.door is Door.REPLY and before.activity_id != after.activity_id


async def say_impossible(
    context: Context, event_id: str, to: RemoteActor, reason: str, language: str | None
) -> None:
    """Tell somebody that she cannot answer so; `reason` is the slug of a `NotPossible`."""
    event = await events_store.find(context.tx, event_id)
    if event is None or event.state is State.DELETED:
        return
    message = Message(refusal_of(reason), event, context.urls)
    await _send(context, event, to, message, [language or spoken_by(to.document)])


@happenings.on(EventChanged)
async def note_change(context: Context, fact: EventChanged) -> None:
    """Whoever knows another time or place is told, once nobody edits the event any more."""
    await told_store.changed(context.tx, fact.event.id, facts_of(fact.event), context.now + QUIET)


@happenings.on(EventCancelled)
async def note_cancellation(context: Context, fact: EventCancelled) -> None:
    """Everybody who takes part is told."""
    await told_store.changed(context.tx, fact.event.id, facts_of(fact.event), context.now)


@happenings.on(EventDeleted)
async def take_back_messages(context: Context, fact: EventDeleted) -> None:
    """What we told people repeats the words of the event, so it goes along; but who would come is
    told once that it is off, and what is told now goes a week after the event would have been."""
    await take_back_about(context, context.urls.event(fact.event.id))
    if fact.was.draft.end > context.now:
        await _tell_deletion(context, replace(fact.was, state=State.CANCELLED))
    await told_store.forget_event(context.tx, fact.event.id)


async def _tell_deletion(context: Context, event: Event) -> None:
    """To whom nobody has said yet that the event is off; its own page is no more."""
    known = await told_store.known(context.tx, event.id)
    for one in await store.of_event(context.tx, event.id):
        news = known.get(one.party) != facts_of(event)
        if news and one.seat in _TAKING_PART and one.actor and one.inbox:
            message = Message(
                "cancelled", event, context.urls, to=one, reason=event.reason, linked=False
            )
            to = (one.actor, one.inbox)
            await _send(context, event, to, message, [one.language], always=True)


@happenings.on(ActorGone)
async def forget_told(context: Context, fact: ActorGone) -> None:
    """What somebody was told who is gone is forgotten."""
    await told_store.forget_party(context.tx, fact.actor)


@jobs.every(timedelta(seconds=30))
async def tell_changes(context: Context) -> None:
    """Tell those who take part what is different now, a hundred at a time."""
    for due in await told_store.due(context.tx, context.now, _AT_ONCE):
        event = await events_store.find(context.tx, due.event)
        one = await store.find(context.tx, due.event, due.party)
        if event is None:
            continue
        await told_store.note(context.tx, due.event, due.party, facts_of(event))
        if one and one.seat in _TAKING_PART and event.draft.end > context.now:
            await _tell(context, event, one, "cancelled" if event.cancelled else "changed")


@jobs.every(timedelta(hours=1))
async def forget_messages(context: Context) -> None:
    """What people were told goes with their names, a week after the event; how often they
    answered after two days."""
    over = context.now - NAMES_LIFE
    await told_store.forget_over(context.tx, over)
    await forget_about(context, await told_store.noted(context.tx, context.urls.event(""), over))
    await told_store.forget_days(context.tx, context.now)


def facts_of(event: Event) -> str:
    """When and where an event is, and whether at all: what those who come must know."""
    draft, place = event.draft, event.draft.place
    where = [place.name, place.street, place.postal_code, place.city] if place else None
    times = [moment.isoformat() for moment in (draft.start, draft.end)]
    return json.dumps([*times, where, draft.online_url, event.cancelled], ensure_ascii=False)


async def _tell(context: Context, event: Event, one: Participation, kind: str) -> None:
    if one.actor is None or one.inbox is None:
        return
    message = Message(
        kind,
        event,
        context.urls,
        to=one,
        number=await store.number_in_line(context.tx, one),
        reason=_reason(event, one, kind),
        link=await links.link_to(context, one),
    )
    always = kind in _NEWS
    await _send(context, event, (one.actor, one.inbox), message, [one.language], always=always)


def _reason(event: Event, one: Participation, kind: str) -> str | None:
    if kind == "cancelled":
        return event.reason
    return one.reason if one.seat is Seat.REFUSED else None


async def _send(
    context: Context,
    event: Event,
    to: Person,
    message: Message,
    speaks: list[str | None],
    *,
    always: bool = False,
) -> None:
    about = context.urls.event(event.id)
    actor = to.id if isinstance(to, RemoteActor) else to[0]
    if await told_store.is_program(context.tx, actor):
        return
    today = await sent_since(context, actor, about, context.now - timedelta(days=1))
    if today >= MOST_A_DAY and not always:
        return
    community = await community_store.find(context.tx)
    ours = [community.language] if community else []
    texts = message.texts([*speaks, *ours])
    await send_direct(context, to=to, texts=texts, in_reply_to=about, about=about, invites=True)
