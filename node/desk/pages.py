"""The desk: who did what."""

from __future__ import annotations

from aiohttp import web

from node.desk.frame import desk_page
from node.desk.naming import names_for
from node.i18n.messages import N_, translator
from node.people import audit, store
from node.people.words import NoteView, note_view
from node.services import NODE
from node.storage.database import Transaction
from node.web.whole import SURROUNDINGS

_LOG = N_("Who did what")


async def get_log(request: web.Request) -> web.StreamResponse:
    """Who did what, newest first."""
    guest, _ = await request.app[SURROUNDINGS](request)
    words = translator(guest.ui_language).gettext

    node, names_in = request.app[NODE], await names_for(request)

    async def read(tx: Transaction) -> list[NoteView]:
        names = await _names(tx)
        things = names_in(tx)
        return [
            note_view(note, names, guest.ui_language, words, await things.of(note.target))
            for note in await audit.newest(tx)
        ]

    notes = await node.look(read)
    return await desk_page(request, "desk_log.html", _LOG, notes=notes)


async def _names(tx: Transaction) -> dict[str, str]:
    return {person.id: person.name for person in await store.everybody(tx)}
