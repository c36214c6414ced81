"""What the rules about others mean for our follows and for what we show; and those who block us."""

from __future__ import annotations

from activitypub.activities import Block, object_id
from activitypub.identity import host_of
from federation.inward.listeners import Heard, Ignored
from federation.policy import Standing, deciding
from node.community import actions as community_actions
from node.context import Context
from node.happenings import happenings
from node.listening import listeners
from node.moderation import once_known
from node.moderation.actions import RulesChanged
from node.network import store
from node.network.actions import visibility
from node.storage.cast import own_actors


@happenings.on(RulesChanged)
async def end_follows(context: Context, fact: RulesChanged) -> None:
    """We follow no more whom we suspend; nobody is told."""
    for following in await store.following(context.tx):
        if fact.book.standing(following.actor) is Standing.SUSPENDED:
            await store.remove_following(context.tx, following.actor)
            await once_known.note(context, host_of(following.actor))
            fact.severed.following += 1


@happenings.on(RulesChanged)
async def show_or_hide(context: Context, fact: RulesChanged) -> None:
    """What is kept of others is shown as the rules now say."""
    for author, shared_by in await store.behind(context.tx):
        found = deciding(fact.book.standing(each) for each in (author, shared_by) if each)
        await store.set_visibility(context.tx, author, shared_by, visibility(found))


@listeners.on(Block)
async def on_block(context: Context, heard: Heard) -> None:
    """Somebody blocks an actor of ours: neither of the two follows the other any more."""
    blocked = object_id(heard.activity)
    if blocked not in await own_actors(context.tx, context.urls):
        raise Ignored("not-about-us")
    await community_actions.let_follower_go(context, blocked, heard.sender.id, None)
    if blocked == context.urls.community:
        await store.remove_following(context.tx, heard.sender.id)
