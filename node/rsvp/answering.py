"""What leaves because somebody joined or accepted: one answer for each of her activities.

Nobody but herself is told. Mobilizon understands `Accept` and `Reject` of a `Join`, also one after
the other: whoever joined there and gives her place back here is rejected there. Who waits gets
neither until she has a place, but a direct note that says where she stands. So does whoever comes
to an event with a hidden address: no activity says where it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from activitypub.contexts import OBJECT_CONTEXT
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.ports import RemoteActor
from node.community.direct import send_direct, sent_since
from node.context import Context
from node.events import store as events_store
from node.events.model import Event
from node.happenings import happenings
from node.ids import rfc3339
from node.rsvp import links, store
from node.rsvp.messages import Message
from node.rsvp.model import Door, NotPossible, Participation, Seat
from node.rsvp.seating import Answered
from node.rsvp.speaking import spoken_by

Json = dict[str, Any]
_VERBS: Final = {Seat.GOING: "Accept", Seat.REFUSED: "Reject"}
_UNSURE: Final = frozenset({Seat.MAYBE, Seat.DECLINED, Seat.LEFT})
_NOTED: Final = {
    Door.JOIN: frozenset({Seat.WAITING}),
    Door.FRIENDICA: frozenset({Seat.WAITING, Seat.ASKED, Seat.REFUSED}),
}
_OTHERS: Final = ("en", "de", "ar")
"""The languages of a reason, after those of who asked and of the event."""
_MOST_NOTES: Final = 5
"""So many notes a day about one event to one person."""


@happenings.on(Answered)
async def answer_activity(context: Context, fact: Answered) -> None:
    """Tell who joined or accepted from elsewhere what became of it; the same twice only when she
    asked twice."""
    before, after = fact.before, fact.after
    same = before is not None and before.activity_id == after.activity_id
    if after.door not in _NOTED or (same and after.told is after.seat):
        return
    if after.door is Door.JOIN and (after.seat in _VERBS or _gave_up(fact)):
        await _answer_join(context, fact.event, after)
    # whoever comes off the waiting list gets a note by `confirming`
    if _needs_words(fact.event, after) and not fact.promoted:
        await _note(context, fact.event, after)
    await store.set_told(context.tx, after.id, after.seat)


async def reject_join(
    context: Context, event_id: str, sender: RemoteActor, why: NotPossible, join: str
) -> None:
    """Tell somebody that she cannot join, and why; with Ignore where nobody can sign up at all.

    Spec: FEP-8a8e, a server without RSVP
    """
    event = await events_store.find(context.tx, event_id)
    if event is None or why.reason == "no-rsvp":
        await _send(context, "Ignore", sender.id, sender.inbox, {"object": join})
        return
    message = Message(f"not-{why.reason}", event, context.urls)
    answer = _join(join, sender.id, context.urls.event(event_id))
    answer |= _reason(message, event, spoken_by(sender.document))
    await _send(context, "Reject", sender.id, sender.inbox, answer)


def _gave_up(fact: Answered) -> bool:
    """Whether she said on our pages that she does not come for sure, though she joined by her own
    server: that shows her as coming until it hears otherwise (platforms: b.1.4)."""
    before, after = fact.before, fact.after
    was_told = before is not None and before.told is Seat.GOING
    return was_told and after.seat in _UNSURE and not fact.at_home


def _needs_words(event: Event, one: Participation) -> bool:
    hidden = event.draft.exact_address != "public"
    return one.seat in _NOTED[one.door] or (one.seat is Seat.GOING and hidden)


async def _answer_join(context: Context, event: Event, one: Participation) -> None:
    if not (one.actor and one.inbox and one.activity_id):
        return
    answer = _join(one.activity_id, one.actor, context.urls.event(event.id))
    verb = _VERBS.get(one.seat, "Reject")
    if verb == "Reject":
        reason = one.reason if one.seat is Seat.REFUSED else None
        message = Message(one.seat.value, event, context.urls, to=one, reason=reason)
        answer |= _reason(message, event, one.language)
    await _send(context, verb, one.actor, one.inbox, answer)


async def _note(context: Context, event: Event, one: Participation) -> None:
    about = context.urls.event(event.id)
    since = context.now - timedelta(days=1)
    if not (one.actor and one.inbox):
        return
    if await sent_since(context, one.actor, about, since) >= _MOST_NOTES:
        return
    message = Message(
        one.seat.value,
        event,
        context.urls,
        to=one,
        number=await store.number_in_line(context.tx, one),
        reason=one.reason if one.seat is Seat.REFUSED else None,
        link=await links.link_to(context, one),
    )
    texts = message.texts([one.language, event.language])
    to = (one.actor, one.inbox)
    await send_direct(context, to=to, texts=texts, in_reply_to=about, about=about, invites=True)


def _join(join: str, actor: str, event: str) -> Json:
    return {"object": {"id": join, "type": "Join", "actor": actor, "object": event}}


def _reason(message: Message, event: Event, language: str | None) -> Json:
    texts = message.texts([language, event.language, *_OTHERS])
    first = next(iter(texts.values()))
    return {"content": first, "contentMap": texts, "mediaType": "text/html"}


async def _send(context: Context, kind: str, actor: str, inbox: str, more: Json) -> None:
    """To one actor, in the order in which she was answered; with nobody else in sight."""
    await outbox.put(
        context.outbox,
        {
            "@context": OBJECT_CONTEXT,
            "id": context.urls.activity(context.new_id()),
            "type": kind,
            "actor": context.urls.community,
            "published": rfc3339(context.now),
            "to": [actor],
            **more,
        },
        object_id=actor,
        # the personal inbox: this concerns one actor only
        destinations=destinations([(inbox, None, actor)]),
        now=context.now,
    )
