"""At the desk: who comes to an event, by seat and by the way they answered; for the team alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from node.context import Context
from node.desk.event_editor import PATH, TITLE
from node.desk.events_pages import event_of
from node.desk.frame import desk_page
from node.desk.waiting import waiting
from node.errors import NotFound
from node.events.views import event_card
from node.i18n.messages import N_, translator
from node.people.rights import Right
from node.rsvp import actions, sentences, store
from node.rsvp.model import LONGEST_REASON, Door, NotPossible, Participation, Seat
from node.services import NODE
from node.storage.database import Transaction
from node.text.sanitise import strip_bidi
from node.web.forms import form_of
from node.web.whole import SURROUNDINGS, go_to

_TITLE = N_("Who comes")
_TOO_LONG = N_("This is too long. Please make it shorter.")
_SEATS: Mapping[Seat, str] = {
    Seat.ASKED: N_("They ask for a place"),
    Seat.GOING: N_("They come"),
    Seat.WAITING: N_("On the waiting list"),
    Seat.MAYBE: N_("They may come"),
    Seat.DECLINED: N_("They do not come"),
    Seat.LEFT: N_("They took their answer back"),
    Seat.REFUSED: N_("We could not give them a place"),
}
_DOORS: Mapping[Door, str] = {
    Door.WEB: N_("on our page"),
    Door.MEMBER: N_("signed in"),
    Door.JOIN: N_("from another community"),
    Door.FRIENDICA: N_("from another server"),
    Door.POLL: N_("by the poll"),
    Door.REPLY: N_("by a reply"),
}
_NO_NAME = N_("Somebody without a name")


@waiting.on(PATH, N_("People who ask for a place at an event"), Right.PUBLISH)
async def asking(tx: Transaction, now: datetime) -> int:
    """How many wait for an answer, at events to come."""
    return await store.asking(tx, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestView:
    """Somebody who answered. `handle` is her address elsewhere; `words` what she wrote to us."""

    id: str
    name: str
    handle: str
    door: str
    words: str
    reason: str
    can_approve: bool
    can_refuse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Everybody with one kind of seat, in order of arrival."""

    seat: str
    word: str
    guests: Sequence[GuestView]


async def get_guests(request: web.Request) -> web.StreamResponse:
    """Everybody who answered, in order of arrival."""
    return await _page(request)


async def post_approve(request: web.Request) -> web.StreamResponse:
    """Somebody who asked gets a place, or one in the line."""
    wanted = await _participation(request)
    return await _decide(request, lambda context: actions.approve(context, wanted))


async def post_refuse(request: web.Request) -> web.StreamResponse:
    """Somebody gets no place; she is told the reason."""
    wanted, reason = await _participation(request), (await form_of(request)).text("reason")
    if len(reason) > LONGEST_REASON:
        return await _page(request, errors={f"reason-{wanted}": _TOO_LONG}, status=422)
    return await _decide(request, lambda context: actions.refuse(context, wanted, reason or None))


async def _decide(
    request: web.Request, decide: Callable[[Context], Awaitable[Participation]]
) -> web.StreamResponse:
    guest, _ = await request.app[SURROUNDINGS](request)
    try:
        await request.app[NODE].act(decide)
    except NotPossible as error:
        sentence = sentences.refusal(error.reason, guest.ui_language)
        return await _page(request, errors={"": sentence}, status=error.status)
    return go_to(f"{PATH}/{request.match_info['id']}/guests")


async def _participation(request: web.Request) -> str:
    """The id that the form names, if it is one of this event. Raises: NotFound."""
    wanted, event_id = (await form_of(request)).text("id"), request.match_info["id"]
    found = await request.app[NODE].look(lambda tx: store.by_id(tx, wanted))
    if found is None or found.event != event_id:
        raise NotFound("There is no such participation here.")
    return wanted


async def _page(
    request: web.Request, *, errors: dict[str, str] | None = None, status: int = 200
) -> web.StreamResponse:
    event = (await event_of(request))[1]
    guest = (await request.app[SURROUNDINGS](request))[0]
    _ = translator(guest.ui_language).gettext
    found = await request.app[NODE].look(lambda tx: store.of_event(tx, event.id))
    groups = [
        Group(
            seat=seat.value,
            word=_(word),
            guests=[_view(one, _) for one in found if one.seat is seat],
        )
        for seat, word in _SEATS.items()
    ]
    return await desk_page(
        request,
        "desk_event_guests.html",
        _TITLE,
        status=status,
        errors=errors,
        trail=[(PATH, TITLE)],
        event=event,
        card=event_card(event, guest.languages, guest.ui_language, f"/e/{event.id}"),
        groups=[group for group in groups if group.guests],
    )


def _view(one: Participation, _: Callable[[str], str]) -> GuestView:
    return GuestView(
        id=one.id,
        name=strip_bidi(one.name) if one.name else _(_NO_NAME),
        handle=one.actor or "",
        door=_(_DOORS[one.door]),
        words=strip_bidi(one.words or ""),
        reason=strip_bidi(one.reason or ""),
        can_approve=one.seat in (Seat.ASKED, Seat.REFUSED),
        can_refuse=one.seat in (Seat.ASKED, Seat.GOING, Seat.WAITING, Seat.MAYBE),
    )
