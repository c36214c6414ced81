"""What arrives from other communities, and what we ask of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from activitypub.activities import (
    Accept,
    Activity,
    Announce,
    Create,
    Delete,
    Follow,
    Reject,
    Undo,
    Update,
    object_id,
)
from activitypub.actors import Actor
from activitypub.addressing import is_public
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.identity import same_origin
from activitypub.objects import Article, Event, Note, Object, Page, Question, Video
from activitypub.registry import write
from federation.inward.listeners import Heard, Ignored, Undecided
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.trust.ownership import keys_of
from node.community import store as community_store
from node.context import Context
from node.happenings import happenings
from node.listening import listeners
from node.moderation.actions import ActorGone
from node.network import actions, store
from node.network.actions import FollowAsked, FollowEnded
from node.network.model import Following, FollowState, RemoteThing
from node.network.understanding import (
    CONTENT,
    announced,
    author_of,
    believed_author,
    remote_thing,
    sane,
)
from node.storage.actors import note_announced

Json = dict[str, Any]


@happenings.on(FollowAsked)
async def send_follow(context: Context, fact: FollowAsked) -> None:
    """Ask to follow: a Follow to the other's own inbox. Spec: ActivityPub 7.5"""
    await _to(context, fact.following, _follow(context, fact.following))


@happenings.on(FollowEnded)
async def send_undo(context: Context, fact: FollowEnded) -> None:
    """Follow no more: an Undo that carries the Follow."""
    follow = _follow(context, fact.following)
    del follow["@context"]
    undo = {
        "@context": OBJECT_CONTEXT,
        "id": context.urls.activity(context.new_id()),
        "type": "Undo",
        "actor": context.urls.community,
        "to": [fact.following.actor],
        "object": follow,
    }
    await _to(context, fact.following, undo)


@listeners.on(Accept, Follow)
async def on_accept(context: Context, heard: Heard) -> None:
    """A community lets us follow it; only the one that we asked can say so."""
    await _note_answer(context, heard, FollowState.ACCEPTED)


@listeners.on(Accept)
async def on_accept_by_id(context: Context, heard: Heard) -> None:
    """An Accept that names only the id of our Follow."""
    await _note_answer(context, heard, FollowState.ACCEPTED)


@listeners.on(Reject, Follow)
async def on_reject(context: Context, heard: Heard) -> None:
    """A community does not let us follow it, or no longer."""
    await _note_answer(context, heard, FollowState.REJECTED)


@listeners.on(Reject)
async def on_reject_by_id(context: Context, heard: Heard) -> None:
    """A Reject that names only the id of our Follow."""
    await _note_answer(context, heard, FollowState.REJECTED)


@listeners.on(Create, Event)
@listeners.on(Create, Note)
@listeners.on(Create, Article)
@listeners.on(Create, Page)
@listeners.on(Create, Video)
@listeners.on(Create, Question)
async def on_create(context: Context, heard: Heard) -> None:
    """An event, post or article of a community that we follow: kept and shown."""
    await _take_in(context, heard)


@listeners.on(Update, Event)
@listeners.on(Update, Note)
@listeners.on(Update, Article)
@listeners.on(Update, Page)
@listeners.on(Update, Video)
@listeners.on(Update, Question)
async def on_update(context: Context, heard: Heard) -> None:
    """The thing as its author has it now; an older form never takes the place of a newer one."""
    await _take_in(context, heard)


@listeners.on(Update, Actor)
async def on_update_actor(context: Context, heard: Heard) -> None:
    """Somebody says something else about itself: keys to come are noted, a new name is shown."""
    said = heard.activity.object
    if isinstance(said, Actor) and said.id == heard.sender.id:
        keys = keys_of(write(said), heard.sender.id)
        await note_announced(context.tx, heard.sender.id, keys, heard.kept.received_at)
    following = await store.find_following(context.tx, heard.sender.id)
    if following and object_id(heard.activity) == heard.sender.id:
        name = heard.object.name.value if heard.object and heard.object.name else following.name
        told_at = (heard.object and heard.object.updated) or heard.kept.received_at
        await store.rename(context.tx, following.actor, name, sane(told_at, context.now))


@listeners.on(Delete)
async def on_delete(context: Context, heard: Heard) -> None:
    """What its author deleted is dropped and does not come back; likewise an actor that is gone."""
    gone = object_id(heard.activity)
    if gone is None or not same_origin(gone, heard.sender.id):
        raise Ignored("not-the-signers")
    if gone == heard.sender.id:
        await store.bury(context.tx, gone, gone, context.now)
        await store.forget_author(context.tx, gone)
        await store.remove_following(context.tx, gone)
        await community_store.remove_everywhere(context.tx, gone)
        await context.tell(ActorGone(gone))
        return
    if not await actions.drop(context, gone, heard.sender.id):
        raise Ignored("not-the-signers")


@listeners.on(Announce)
async def on_announce(context: Context, heard: Heard) -> None:
    """A community that we follow shares something: fetched from its own origin, and shown."""
    if heard.object is None:
        raise Ignored("nothing-to-show")
    if await community_store.was_undone(context.tx, heard.sender.id, heard.kept.activity_id):
        raise Ignored("undone")
    if not await actions.may_write(context, heard.sender.id):
        raise Ignored("not-followed")
    shared = announced(heard.object)
    if not is_public(shared):
        # sharing does not make public what is not (security: C23)
        raise Ignored("not-public")
    author = author_of(shared)
    if author is None or not isinstance(shared, CONTENT):
        raise Ignored("not-content")
    thing = remote_thing(shared, author, context.now)
    shared_by = None if author == heard.sender.id else heard.sender.id
    await actions.take_in(
        context, replace(thing, shared_by=shared_by, author_name=_shown(heard, author))
    )


@listeners.on(Undo, Announce)
async def on_undo_announce(context: Context, heard: Heard) -> None:
    """What we hold only because somebody shared it goes when she takes that back."""
    announce = heard.activity.object
    shared = object_id(announce) if isinstance(announce, Activity) else None
    if isinstance(announce, Activity) and announce.id:
        await community_store.note_undo(context.tx, heard.sender.id, announce.id, context.now)
    if shared:
        await store.forget_shares(context.tx, shared, heard.sender.id)


async def _take_in(context: Context, heard: Heard) -> None:
    thing = heard.object
    if thing is None:
        raise Ignored("not-public")
    if not is_public(thing):
        await _take_back(context, heard, thing)
        return
    author = believed_author(thing, heard.sender.id)
    if author is None:
        raise Ignored("not-the-signers")
    held = await store.find(context.tx, thing.id or "")
    if held is None and not await actions.may_write(context, heard.sender.id, author):
        raise Ignored("not-followed")
    kept = remote_thing(thing, author, context.now)
    if held and not heard.fresh and _equally_old(thing, held, kept):
        # which of the two came later, only its origin can say
        raise Undecided
    name = held.author_name if held and author != heard.sender.id else _shown(heard, author)
    if not await actions.take_in(context, replace(kept, author_name=name)):
        raise Ignored("older-or-deleted")


async def _take_back(context: Context, heard: Heard, thing: Object) -> None:
    """What is not for everybody is not shown to everybody, even if it once was (security: C23)."""
    held = await store.find(context.tx, thing.id or "")
    if held is None or held.author != believed_author(thing, heard.sender.id):
        raise Ignored("not-public")
    if remote_thing(thing, held.author, context.now).updated < held.updated:
        raise Ignored("older-or-deleted")
    await actions.drop(context, held.id, held.author)


def _equally_old(thing: Object, held: RemoteThing, kept: RemoteThing) -> bool:
    """Whether two forms of a thing say that they are from the same moment."""
    told = thing.updated is not None and held.author == kept.author
    return told and held.updated == kept.updated and held.document != kept.document


async def _note_answer(context: Context, heard: Heard, state: FollowState) -> None:
    answered = heard.activity.object
    follow_id = answered.id if isinstance(answered, Activity) else object_id(heard.activity)
    if not await actions.answered(context, heard.sender.id, follow_id, state):
        raise Ignored("never-asked")


async def _to(context: Context, following: Following, activity: Json) -> None:
    await outbox.put(
        context.outbox,
        activity,
        object_id=following.actor,
        destinations=destinations([(following.inbox, None, following.actor)]),
        now=context.now,
    )


def _follow(context: Context, following: Following) -> Json:
    return {
        "@context": OBJECT_CONTEXT,
        "id": following.follow_id,
        "type": "Follow",
        "actor": context.urls.community,
        "to": [following.actor],
        "object": following.actor,
    }


def _shown(heard: Heard, author: str) -> str:
    return heard.sender.name if author == heard.sender.id else author
