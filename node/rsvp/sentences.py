"""What people are told about their answer, on the pages of the web."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from node.i18n.messages import translator
from node.rsvp.model import Participation, Seat

Words = Callable[[], str]


def refusal(reason: str, language: str) -> str:
    """Why this cannot be answered so, by the slug of a `NotPossible`."""
    _ = translator(language).gettext
    known: Mapping[str, Words] = {
        "full": lambda: _("All places are taken, and there is no waiting list."),
        "ended": lambda: _("This event is over."),
        "cancelled": lambda: _("This event was cancelled."),
        "deleted": lambda: _("This event was deleted."),
        "external": lambda: _("Please sign up for this event on its other website."),
        "no-rsvp": lambda: _("You do not need to sign up for this event. Just come."),
        "crowded": lambda: _("Too many people have answered. Please write to the team."),
    }
    words = known.get(reason)
    return words() if words else _("This is not possible now.")


def standing(one: Participation, number: int, language: str) -> str:
    """Where somebody stands; `number` is her place on the waiting list."""
    _ = translator(language).gettext
    known: Mapping[Seat, Words] = {
        Seat.GOING: lambda: _("You have a place. We look forward to you."),
        Seat.WAITING: lambda: _("You are number %(num)s on the waiting list.") % {"num": number},
        Seat.MAYBE: lambda: _("You may come. We keep no place for you."),
        Seat.ASKED: lambda: _("You have asked for a place. The team will answer."),
        Seat.DECLINED: lambda: _("You do not come. Thank you for telling us."),
        Seat.REFUSED: lambda: _("The team could not give you a place."),
        Seat.LEFT: lambda: _("You took your answer back."),
    }
    return known[one.seat]()
