"""The desk: what is decided in twos, who did what."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from node.desk.frame import desk_page
from node.desk.frame import reader as _person
from node.desk.telling import done
from node.i18n.messages import N_, translator
from node.moderation.ruling import change
from node.people import audit, store
from node.people.approvals import Approval, approvals
from node.people.approvals import waiting as open_approvals
from node.people.words import NoteView, note_view
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.whole import SURROUNDINGS

_DECISIONS, _LOG = N_("In twos"), N_("Who did what")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What waits for a second person; `mine`: the reader asked for it."""

    approval: Approval
    target: str
    asked_by: str
    mine: bool


async def get_decisions(request: web.Request) -> web.StreamResponse:
    """What waits for a second person."""
    node, person = request.app[NODE], await _person(request)
    now = node.clock.now()

    async def read(tx: Transaction) -> list[DecisionView]:
        names = await _names(tx)
        return [
            DecisionView(
                approval=one,
                target=names.get(one.target, one.target),
                asked_by=names.get(one.asked_by, ""),
                mine=one.asked_by == person.id,
            )
            for one in await open_approvals(tx, now)
        ]

    decisions = await node.look(read)
    return await desk_page(request, "desk_decisions.html", _DECISIONS, decisions=decisions)


async def post_decision(request: web.Request) -> web.StreamResponse:
    """Confirmed and done, or refused. Nobody confirms what she asked for herself."""
    form, person = await form_of(request), await _person(request)
    decide = approvals.confirm if form.text("answer") == "yes" else approvals.refuse
    # What two have decided may be a rule: it is in force before anybody is answered.
    await change(request.app[NODE], lambda context: decide(context, person, form.text("id")))
    return done(request, "/desk/decisions", "decided")


async def get_log(request: web.Request) -> web.StreamResponse:
    """Who did what, newest first."""
    guest, _ = await request.app[SURROUNDINGS](request)
    words = translator(guest.ui_language).gettext

    async def read(tx: Transaction) -> list[NoteView]:
        names = await _names(tx)
        return [note_view(note, names, guest.ui_language, words) for note in await audit.newest(tx)]

    notes = await request.app[NODE].look(read)
    return await desk_page(request, "desk_log.html", _LOG, notes=notes)


async def _names(tx: Transaction) -> dict[str, str]:
    return {person.id: person.name for person in await store.everybody(tx)}
