"""A picture on its way in: made anew in a process of its own, written down, kept."""

from __future__ import annotations

import asyncio

from node.i18n.languages import Texts
from node.media import actions
from node.media.folder import Folder
from node.media.model import Picture
from node.media.preparing import prepare
from node.services import Node


async def keep_picture(node: Node, body: bytes, alt: Texts, *, field: str = "file") -> Picture:
    """The picture, kept for a day unless something shows it. `field` is what a complaint names.

    Raises: Invalid, Conflict, Unavailable.
    """
    image = await prepare(body, node.picture_turns, field=field)
    folder = Folder(node.config.data)
    await asyncio.to_thread(folder.keep, image)
    kept = await node.act(lambda context: actions.keep(context, image, alt))
    # the same bytes may have been waste, and swept just before the picture was kept
    await asyncio.to_thread(folder.keep, image)
    return kept
