"""Operations on pictures, and the worker that removes the files of those that are gone."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Mapping
from typing import Any

from federation.waiting import first_of
from node.community import actions as community_actions
from node.context import Context
from node.errors import Invalid, NotFound
from node.events import acting as event_acting
from node.events import actions as event_actions
from node.events.draft import read_draft, write_draft
from node.events.model import Event
from node.i18n.languages import Texts
from node.ids import rfc3339
from node.media import actions
from node.media.folder import Folder, sweep, sweep_strays
from node.media.giving import note_giver
from node.media.keeping import keep_picture
from node.media.model import LARGEST_BODY, LONGEST_ALT, Picture
from node.operations.events import event_json
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.reading import Reader, line, texts
from node.services import Node
from node.urls import Urls

Json = dict[str, Any]
SWEPT_EVERY = 5.0
"""Seconds in which the files of what was deleted are gone from the disk."""

_log = logging.getLogger(__name__)


def picture_json(picture: Picture, urls: Urls) -> Json:
    """A picture as commands and API show it."""
    return {
        "id": picture.id,
        "url": urls.media(picture.id),
        "small_url": urls.media(picture.id, small=True),
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "alt": dict(picture.alt),
        "bytes": picture.sizes[0].length,
        "created": rfc3339(picture.created),
    }


@operation("media.add")
async def add(node: Node, arguments: Arguments) -> Json:
    """The picture, kept for a day unless something shows it. `data`: its bytes or their base64;
    `alt`: what is to be seen, a text or texts by language, may be missing; `by`: an account's id,
    with which the picture goes where nothing shows it."""
    alt = await _alt(node, arguments)
    kept = await keep_picture(node, _data(arguments), alt)
    if by := arguments.get("by"):
        await node.act(lambda context: note_giver(context, kept.id, str(by)))
    return picture_json(kept, node.urls)


@operation("media.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """One picture. `id`."""
    wanted = str(arguments.get("id") or "")
    return picture_json(await node.act(lambda context: actions.show(context, wanted)), node.urls)


@operation("event.picture")
async def picture(node: Node, arguments: Arguments) -> Json:
    """The event with this picture in place of the one it had. `id`, `data`, `alt`; without `data`
    the event has none any more."""
    event_id = node.urls.event_id(str(arguments.get("id") or ""))
    if event_id is None:
        raise NotFound("There is no such event here.")
    shown = await _shown(node, arguments) if arguments.get("data") else None
    by = actor(arguments)
    event = await node.act(lambda context: _put(context, event_id, shown, by))
    return event_json(event, node.urls)


async def _shown(node: Node, arguments: Arguments) -> Json:
    alt = await _alt(node, arguments)
    if not alt:
        raise Invalid({"alt": "is missing: say what is to be seen, for those who cannot see it"})
    kept = await keep_picture(node, _data(arguments), alt)
    return {"media": kept.id, "alt": dict(alt)}


async def _put(context: Context, event_id: str, shown: Json | None, by: str) -> Event:
    event = await event_actions.show(context, event_id)
    document = {**write_draft(event.draft), "picture": shown}
    draft = read_draft(document, language=event.language, timezone=event.draft.timezone)
    return await event_acting.update(context, event_id, draft, by)


async def _alt(node: Node, arguments: Arguments) -> Texts:
    """Raises: Invalid."""
    given = arguments.get("alt")
    if given is None or given == {}:
        return {}
    community = await node.look(community_actions.the_community)
    reader = Reader({"alt": given}, known=("alt",))
    alt: Mapping[str, str] = reader.field("alt", texts(line(LONGEST_ALT), community.language), {})
    reader.finish()
    return alt


def _data(arguments: Arguments) -> bytes:
    """Raises: Invalid."""
    given = arguments.get("data")
    if isinstance(given, bytes):
        return given
    if not isinstance(given, str) or len(given) > LARGEST_BODY * 2:
        raise Invalid({"file": "is missing, or much too large"})
    try:
        return base64.b64decode(given, validate=True)
    except binascii.Error as wrong:
        raise Invalid({"file": "must be in base64"}) from wrong


async def keep_sweeping(node: Node, stop: asyncio.Event) -> None:
    """Remove what no picture needs any more until `stop` is set; strays once, at the start."""
    folder = Folder(node.config.data)
    strays = True
    while not stop.is_set():
        try:
            if strays:
                await sweep_strays(node.database, folder, node.clock.now())
                strays = False
            await sweep(node.database, folder)
        except Exception:
            _log.exception("The files of deleted pictures could not be removed; tried again.")
        await first_of(stop, seconds=SWEPT_EVERY)
