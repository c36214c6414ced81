"""Notes to one person only: whoever else asks is answered as if there were none."""

from __future__ import annotations

from aiohttp import web

from activitypub.names import ACTIVITY_JSON
from activitypub.negotiation import wants_activity
from node.community import direct_store
from node.doors.readers import message_of
from node.errors import NotFound
from node.services import NODE
from node.web.answers import document_answer

_HEADERS = {"Vary": "Accept, Signature", "Cache-Control": "private, no-store"}


async def get_direct_note(request: web.Request, absent: str) -> web.StreamResponse:
    """The note, for a request that its only reader has signed; 410 once it was taken back.

    Raises: NotFound with the sentence `absent`, for a note that is not there and one that is
    somebody else's alike.
    """
    node = request.app[NODE]
    note = await node.look(lambda tx: direct_store.find(tx, request.match_info["id"]))
    if note is None or not wants_activity(request.headers.get("Accept", "")):
        raise NotFound(absent)
    reader = await node.readers.reader(message_of(request))
    if reader is None or reader.id != note.actor or await node.actors.doubtful([reader.id]):
        raise NotFound(absent)
    if note.deleted:
        return web.Response(
            status=410, body=note.document, content_type=ACTIVITY_JSON, headers=_HEADERS
        )
    return document_answer(request, note.document, ACTIVITY_JSON, _HEADERS)
