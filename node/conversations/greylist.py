"""Who is a stranger: whoever never wrote here, and whom we neither follow, trust nor know."""

from __future__ import annotations

from federation.policy import Standing
from node.context import Context
from node.conversations import store
from node.happenings import happenings
from node.moderation import actions as moderation
from node.moderation import waves
from node.moderation.waves import WaveBegan


async def comes_in_a_wave(context: Context, author: str, host: str) -> bool:
    """Whether somebody who writes to us is one of many strangers who do so now."""
    if await _is_welcome(context, author):
        return False
    if await store.count(context.tx, author=author):
        return await waves.is_in(context, author)
    fresh_host = await store.count(context.tx, host=host) == 0
    return await waves.met(context, author, host, fresh_host=fresh_host)


async def _is_welcome(context: Context, author: str) -> bool:
    if await store.is_known(context.tx, author) or await store.is_followed(context.tx, author):
        return True
    return await moderation.standing(context, author) is Standing.TRUSTED


@happenings.on(WaveBegan)
async def hold(context: Context, fact: WaveBegan) -> None:
    """What the first of a wave said is taken off the pages until somebody looks at it."""
    for actor in fact.actors:
        await store.hold_unseen(context.tx, actor)
