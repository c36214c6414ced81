"""Forgetting an actor of another server, because she asked for it or is no more. Spec: 3.5

What is decided about her stays: a rule against her, and of reports their number.
"""

from __future__ import annotations

from node.community import store as community_store
from node.context import Context
from node.conversations.erasing import unname
from node.errors import NotFound
from node.moderation import case_store
from node.moderation.actions import ActorGone
from node.network import actions as network_actions
from node.network import store as network_store
from node.storage import traces
from node.storage.disclosures import subject_of


async def forget_actor(context: Context, actor: str) -> None:
    """Drop every row about an actor; those who got words of ours that name her get others."""
    await unname(context, actor)
    await network_store.forget_author(context.tx, actor)
    await context.tx.run("delete from remote_object where shared_by = :actor", actor=actor)
    await community_store.remove_everywhere(context.tx, actor)
    await context.tell(ActorGone(actor))
    # they are closed by now, and hold her address
    await case_store.count_and_drop(context.tx, await case_store.about_author(context.tx, actor))
    await traces.forget_actor(context.tx, actor, context.now)
    await traces.blank_letters_about(context.tx, subject_of(actor))
    # last, so that her server still hears of it
    await _unfollow(context, actor)


async def _unfollow(context: Context, actor: str) -> None:
    try:
        await network_actions.unfollow(context, actor)
    except NotFound:
        return
