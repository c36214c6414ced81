"""One answer that came as a vote or a reply is taken, and what cannot be is said to its sender."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from federation.inward.listeners import Heard, Ignored
from node.context import Context
from node.errors import NotFound
from node.rsvp import actions, confirming, told_store
from node.rsvp.model import Answer, Door, NotPossible
from node.rsvp.speaking import spoken_by

MOST_A_DAY: Final = 20
"""So many answers of one person to one event are heard in a day."""
_ON_THE_WAY: Final = timedelta(minutes=2)
"""So much may lie between saying and hearing, or between two clocks."""
_OLDEST: Final = timedelta(days=30)


async def take(
    context: Context,
    heard: Heard,
    event_id: str,
    *,
    answer: Answer,
    door: Door,
    at: datetime,
    language: str | None = None,
) -> None:
    """The sender's answer is hers from now on; if that is not possible she is told why.

    `language` is what she wrote in, None where that is not known.
    Raises: Ignored for one too many, and for an event that is not there.
    """
    sender = heard.sender
    many = await told_store.count_heard(context.tx, event_id, sender.id, context.now)
    if many > MOST_A_DAY:
        raise Ignored("too-often")
    try:
        await actions.answer(
            context,
            event_id,
            party=sender.id,
            answer=answer,
            door=door,
            at=at,
            actor=sender.id,
            inbox=sender.inbox,
            name=sender.name or sender.username,
            language=language or spoken_by(sender.document),
            activity_id=heard.kept.activity_id,
        )
    except NotFound as error:
        raise Ignored("no-such-event") from error
    except NotPossible as error:
        await confirming.say_impossible(context, event_id, sender, error.reason, language)


def said_at(said: datetime | None, received: datetime) -> datetime:
    """When something was said that came then: its own time, if it was long under way.

    Else the time of arrival, so that a clock that goes wrong elsewhere turns no order round.
    """
    if said is None or received - said.astimezone(UTC) < _ON_THE_WAY:
        return received
    return max(said.astimezone(UTC), received - _OLDEST)
