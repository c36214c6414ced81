"""The part of an event's page where people say whether they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from node.events.model import Event, JoinMode
from node.i18n.messages import translator

_TAKES_ANSWERS = frozenset({JoinMode.FREE, JoinMode.RESTRICTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """What a guest is shown of it, all in her language.

    `action` is where the form goes, `ticket` what makes sending it twice one answer; `closed` says
    why there is no form, `note` what is to be known before, `yes` stands on the button. `member` is
    the name of who is signed in, and is not asked for one; `own` the path of the answer that was
    given in this browser before, "" where none was.
    """

    action: str
    ticket: str
    numbers: Sequence[str]
    note: str | None
    closed: str | None
    yes: str
    member: str | None = None
    own: str = ""


def sign_up(
    event: Event,
    ui_language: str,
    *,
    ticket: str,
    now: datetime,
    member: str | None = None,
    own: str = "",
) -> SignUp | None:
    """What a guest is shown; None where nobody signs up here."""
    if event.cancelled or event.draft.join not in _TAKES_ANSWERS:
        return None
    closed = _closed(event, ui_language, now)
    return SignUp(
        action=f"/e/{event.id}/rsvp?lang={ui_language}",
        ticket="" if closed else ticket,
        numbers=numbers(event, ui_language),
        note=None if closed else _note(event, ui_language),
        closed=closed,
        yes=yes_word(event, ui_language),
        member=member,
        own=own,
    )


def numbers(event: Event, ui_language: str) -> list[str]:
    """How many come and how many places are left: never who."""
    ngettext = translator(ui_language).ngettext
    told = []
    if event.going:
        line = ngettext("%(num)s person comes.", "%(num)s people come.", event.going)
        told.append(line % {"num": event.going})
    if event.places_left:
        line = ngettext("%(num)s place is left.", "%(num)s places are left.", event.places_left)
        told.append(line % {"num": event.places_left})
    return told


def yes_word(event: Event, ui_language: str) -> str:
    """What saying yes means for this event as it stands."""
    _ = translator(ui_language).gettext
    if event.draft.join is JoinMode.RESTRICTED:
        return _("I ask for a place")
    if event.places_left == 0:
        return _("Put me on the waiting list")
    return _("I come")


def _closed(event: Event, ui_language: str, now: datetime) -> str | None:
    _ = translator(ui_language).gettext
    if event.draft.end <= now:
        return _("This event is over.")
    free = event.draft.join is JoinMode.FREE
    if free and event.places_left == 0 and not event.draft.waitlist:
        return _("All places are taken, and there is no waiting list.")
    return None


def _note(event: Event, ui_language: str) -> str | None:
    _ = translator(ui_language).gettext
    if event.places_left == 0 and event.draft.waitlist:
        return _("All places are taken. If somebody leaves, the next in line gets the place.")
    return None
