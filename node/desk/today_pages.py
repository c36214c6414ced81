"""The desk's first page: the next date, and what waits for whoever opens it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from node.desk import store
from node.desk.checks import troubles
from node.desk.frame import desk_page, reader
from node.desk.waiting import Item, waiting
from node.events.views import EventCard, event_card
from node.i18n.messages import N_
from node.people.model import Person
from node.people.rights import Right, may
from node.services import NODE, Node
from node.storage.database import Transaction
from node.web.pages import Guest
from node.web.whole import SURROUNDINGS

_TODAY = N_("Today")
_UNWELL = N_("Warnings of the machine")
_SEATS = {
    "going": N_("Coming"),
    "maybe": N_("Perhaps"),
    "waiting": N_("On the waiting list"),
    "asked": N_("Asking for a place"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The next date. `seats`: (how many, a message); `form`: for whoever may change it."""

    card: EventCard
    seats: list[tuple[int, str]]
    form: str | None


async def get_today(request: web.Request) -> web.StreamResponse:
    """What comes next, and what waits for whoever asks."""
    node, person = request.app[NODE], await reader(request)
    guest, _ = await request.app[SURROUNDINGS](request)
    now = node.clock.now()

    async def read(tx: Transaction) -> dict[str, Any]:
        return {
            "next": await _next(tx, node, person, guest, now),
            "items": await waiting.for_person(tx, person, now),
        }

    found = await node.look(read)
    if may(person, Right.ADMINISTER):
        found["items"] += await _unwell(node)
    return await desk_page(
        request,
        "desk_today.html",
        _TODAY,
        publishes=may(person, Right.PUBLISH),
        **found,
    )


async def _next(
    tx: Transaction, node: Node, person: Person, guest: Guest, now: datetime
) -> Next | None:
    found = await store.next_event(tx, now)
    if found is None:
        return None
    event, numbers = found
    publishes = may(person, Right.PUBLISH)
    return Next(
        card=event_card(event, guest.languages, guest.ui_language, node.urls.event(event.id)),
        seats=_seats(numbers, publishes),
        form=f"/desk/events/{event.id}" if publishes else None,
    )


def _seats(numbers: Mapping[str, int], publishes: bool) -> list[tuple[int, str]]:
    """How many come is told to everybody at the desk; the rest to those who can do something."""
    told = _SEATS if publishes else {"going": _SEATS["going"]}
    return [
        (numbers[name], word) for name, word in told.items() if numbers[name] or name == "going"
    ]


async def _unwell(node: Node) -> list[Item]:
    many = await asyncio.to_thread(troubles, node.config)
    return [Item(path="/desk/health", word=_UNWELL, many=many)] if many else []
