"""Those elsewhere who follow a persona, or want to: nobody does before she said yes."""

from __future__ import annotations

from dataclasses import replace

from activitypub.activities import Activity, Block, Follow, Undo, object_id
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.policy import Standing
from node.community import actions as community_actions
from node.community import store as community_store
from node.community.model import Follower
from node.context import Context
from node.errors import NotFound
from node.happenings import happenings
from node.i18n.messages import N_
from node.listening import listeners
from node.members import persona_store, speaking, store
from node.members.acting import retire_actor
from node.members.model import Persona
from node.moderation import actions as moderation
from node.moderation.actions import ActorGone, RulesChanged
from node.people.erasing import PersonErased

RANK = 50
_MOST_WAITING = 200
NOT_THERE = N_("This person does not wait, and does not follow.")


@listeners.on(Follow, rank=RANK)
async def on_follow(context: Context, heard: Heard) -> None:
    """Somebody wants to follow a member's own actor: she waits until the member says yes."""
    persona = await _about(context, object_id(heard.activity))
    if persona.hidden_at or await _is_suspended(context, heard.sender.id):
        raise Ignored("not-followable")
    follower = Follower(
        community=context.urls.member(persona.id),
        actor=heard.sender.id,
        inbox=heard.sender.inbox,
        shared_inbox=heard.sender.shared_inbox,
        follow_id=heard.kept.activity_id,
        since=context.now,
    )
    if await community_store.was_undone(context.tx, follower.actor, follower.follow_id):
        raise Ignored("undone")
    if await _follows(context, follower.community, follower.actor):
        await community_actions.take_follower(context, follower)
        return
    wish = replace(follower, community=persona.id)
    handle = f"{heard.sender.username}@{heard.sender.host}"
    if not await persona_store.add_wish(context.tx, wish, handle, _MOST_WAITING):
        raise Ignored("too-many-wait")


@listeners.on(Undo, Follow, rank=RANK)
async def on_undo_follow(context: Context, heard: Heard) -> None:
    """Somebody follows a member no more, or wants to no more."""
    follow = heard.activity.object
    if not isinstance(follow, Activity):
        raise NotMine("not-a-member")
    persona = await _about(context, object_id(follow))
    if follow.actor not in (None, heard.sender.id):
        raise Ignored("not-the-signers-follow")
    await persona_store.take_wish(context.tx, persona.id, heard.sender.id)
    actor = context.urls.member(persona.id)
    await community_actions.let_follower_go(context, actor, heard.sender.id, follow.id)


@listeners.on(Undo, rank=RANK)
async def on_undo_by_id(context: Context, heard: Heard) -> None:
    """A wish to follow a member ends by an Undo that names only its id."""
    undone = object_id(heard.activity)
    if undone is None or not await persona_store.take_wish_by_follow(
        context.tx, heard.sender.id, undone
    ):
        raise NotMine("not-a-member")
    await community_store.note_undo(context.tx, heard.sender.id, undone, context.now)


@listeners.on(Block, rank=RANK)
async def on_block(context: Context, heard: Heard) -> None:
    """Somebody blocks a member: she follows her no more, and nothing she wrote is kept."""
    persona = await _about(context, object_id(heard.activity))
    await persona_store.forget_actor(context.tx, heard.sender.id)
    actor = context.urls.member(persona.id)
    await community_actions.let_follower_go(context, actor, heard.sender.id, None)


async def approve(context: Context, persona: Persona, actor: str) -> None:
    """Whoever waited follows now, and is told so. Raises: NotFound."""
    wish = await persona_store.take_wish(context.tx, persona.id, actor)
    if wish is None:
        raise NotFound(NOT_THERE)
    follower = replace(wish, community=context.urls.member(persona.id))
    await community_actions.take_follower(context, follower)


async def turn_away(context: Context, persona: Persona, actor: str) -> None:
    """Whoever waited, or followed, does not; she is told so, and gets nothing more.

    Raises: NotFound.
    """
    wish = await persona_store.take_wish(context.tx, persona.id, actor)
    if wish is None:
        wish = await _let_go(context, persona, actor)
    await speaking.refuse(context, persona, wish)


async def _let_go(context: Context, persona: Persona, actor: str) -> Follower:
    mine = context.urls.member(persona.id)
    for follower in await community_store.followers(context.tx, mine):
        if follower.actor == actor:
            await community_actions.let_follower_go(context, mine, actor, follower.follow_id)
            return follower
    raise NotFound(NOT_THERE)


@happenings.on(ActorGone)
async def forget_actor(context: Context, fact: ActorGone) -> None:
    """An actor that is no more waits no more, and nothing it wrote is kept."""
    await persona_store.forget_actor(context.tx, fact.actor)


@happenings.on(RulesChanged)
async def keep_to_the_rules(context: Context, fact: RulesChanged) -> None:
    """Who is suspended waits no more, and nothing she wrote is kept."""
    for actor in await persona_store.known_actors(context.tx):
        if fact.book.standing(actor) is Standing.SUSPENDED:
            await persona_store.forget_actor(context.tx, actor)


@happenings.on(PersonErased)
async def forget_member(context: Context, fact: PersonErased) -> None:
    """With a person go her profile, what she agreed to, her exports and her own actor."""
    persona = await persona_store.of_person(context.tx, fact.person)
    if persona:
        await retire_actor(context, context.urls.member(persona.id))
    await store.drop(context.tx, fact.person)


async def _about(context: Context, actor: str | None) -> Persona:
    persona = await persona_store.by_actor(context.tx, context.urls, actor)
    if persona is None:
        raise NotMine("not-a-member")
    return persona


async def _is_suspended(context: Context, actor: str) -> bool:
    return await moderation.standing(context, actor) is Standing.SUSPENDED


async def _follows(context: Context, persona: str, actor: str) -> bool:
    followers = await community_store.followers(context.tx, persona)
    return any(one.actor == actor for one in followers)
