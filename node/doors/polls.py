"""The companion polls of events: a `Question` with the numbers of this moment."""

from __future__ import annotations

from aiohttp import web

from activitypub.names import ACTIVITY_JSON
from activitypub.negotiation import wants_activity
from node.doors.documents import activity_answer
from node.doors.readers import check_reader
from node.errors import NotFound
from node.rsvp import poll_store
from node.rsvp.question import Poll, Tally, question
from node.services import NODE
from node.storage.database import Transaction

_NO_POLL = "There is no such poll here."
_VARY = {"Vary": "Accept"}


async def get_poll(request: web.Request) -> web.StreamResponse:
    """A poll as an object; people are sent to its event; 410 once it was deleted."""
    node = request.app[NODE]
    as_object = wants_activity(request.headers.get("Accept", ""))
    if as_object:
        await check_reader(request, _NO_POLL)

    poll, tally = await node.look(lambda tx: _read(tx, request.match_info["id"]))
    if poll.tombstone:
        return web.Response(
            status=410, body=poll.tombstone, content_type=ACTIVITY_JSON, headers=_VARY
        )
    if not as_object:
        raise web.HTTPSeeOther(node.urls.event(poll.event), headers=_VARY)
    return activity_answer(request, question(poll, tally, node.urls))


async def _read(tx: Transaction, poll_id: str) -> tuple[Poll, Tally]:
    poll = await poll_store.find(tx, poll_id)
    if poll is None:
        raise NotFound(_NO_POLL)
    return poll, await poll_store.tally(tx, poll.event)
