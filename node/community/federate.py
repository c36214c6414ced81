"""Followers: what arrives about them, and the way to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from activitypub.activities import Activity, Follow, Undo, object_id
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.identity import same_origin
from activitypub.names import PUBLIC
from federation.inward.listeners import Heard, Ignored
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.policy import Standing
from federation.ports import Destination
from node.community import actions, pending, store
from node.community.actions import CommunityChanged, FollowerCame
from node.community.model import Follower
from node.community.portraits import portrait
from node.context import Context
from node.happenings import happenings
from node.ids import rfc3339
from node.listening import listeners
from node.storage.cast import own_actors

Json = dict[str, Any]


@listeners.on(Follow)
async def on_follow(context: Context, heard: Heard) -> None:
    """Somebody follows one of the actors here: she is kept and told so with an Accept.

    Who is limited waits until somebody here approves.
    """
    followed = object_id(heard.activity)
    if followed not in await own_actors(context.tx, context.urls):
        raise Ignored("not-followable")
    standing = await pending.ask(
        context,
        Follower(
            community=followed,
            actor=heard.sender.id,
            inbox=heard.sender.inbox,
            shared_inbox=heard.sender.shared_inbox,
            follow_id=heard.kept.activity_id,
            since=context.now,
        ),
    )
    if standing is Standing.SUSPENDED:
        raise Ignored("blocked")


@listeners.on(Undo, Follow)
async def on_undo_follow(context: Context, heard: Heard) -> None:
    """Somebody follows no more: nothing further is sent to her."""
    follow = heard.activity.object
    if not isinstance(follow, Activity) or follow.actor not in (None, heard.sender.id):
        raise Ignored("not-the-signers-follow")
    followed = object_id(follow) or context.urls.community
    await pending.withdraw(context.tx, followed, heard.sender.id)
    await actions.let_follower_go(context, followed, heard.sender.id, follow.id)


@listeners.on(Undo)
async def on_undo_by_id(context: Context, heard: Heard) -> None:
    """An Undo that names only an id ends the sender's own Follow of that id."""
    undone = object_id(heard.activity)
    if undone is None or not same_origin(undone, heard.sender.id):
        raise Ignored("not-the-signers-follow")
    followed = await store.followed_by(context.tx, heard.sender.id, undone)
    if followed is None:
        await pending.withdraw_by_id(context.tx, heard.sender.id, undone)
        # not arrived yet, or the undoing of something else that we do not keep
        await store.note_undo(context.tx, heard.sender.id, undone, context.now)
        return
    await actions.let_follower_go(context, followed, heard.sender.id, undone)


@happenings.on(FollowerCame)
async def accept(context: Context, fact: FollowerCame) -> None:
    """Answer a Follow with an Accept that carries it. Spec: ActivityPub 7.5"""
    follower = fact.follower
    await outbox.put(
        context.outbox,
        {
            "@context": OBJECT_CONTEXT,
            "id": context.urls.activity(context.new_id()),
            "type": "Accept",
            "actor": follower.community,
            "to": [follower.actor],
            "object": {
                "id": follower.follow_id,
                "type": "Follow",
                "actor": follower.actor,
                "object": follower.community,
            },
        },
        # the lane of this pair of actors
        object_id=follower.actor,
        # the personal inbox: an Accept concerns one actor only
        destinations=destinations([(follower.inbox, None, follower.actor)]),
        now=context.now,
    )


@happenings.on(CommunityChanged)
async def tell_of_ourselves(context: Context, fact: CommunityChanged) -> None:
    """Send the community's new face to everybody who follows it."""
    ours, keys = context.urls.community, await store.keys(context.tx)
    document = await portrait(context.tx, context.urls, ours, keys)
    document["updated"] = rfc3339(context.now)
    await say(context, "Update", document, object_id=ours)


async def say(context: Context, kind: str, document: Json, *, object_id: str) -> str:
    """Send `kind` of a public object to all followers of the community; the activity's id."""
    activity = activity_of(context, kind, document)
    await outbox.put(
        context.outbox,
        activity,
        object_id=object_id,
        destinations=await follower_inboxes(context, context.urls.community),
        now=context.now,
    )
    return str(activity["id"])


def activity_of(context: Context, kind: str, document: Json) -> Json:
    """An activity of the community about a public object of its own, with an id of its own."""
    inner = {key: value for key, value in document.items() if key != "@context"}
    return {
        "@context": document.get("@context", OBJECT_CONTEXT),
        "id": context.urls.activity(context.new_id()),
        "type": kind,
        "actor": context.urls.community,
        "published": rfc3339(context.now),
        "to": [PUBLIC],
        "cc": [context.urls.collection(context.urls.community, "followers")],
        "object": inner,
    }


async def follower_inboxes(context: Context, *actors: str) -> list[Destination]:
    """The inboxes of everybody who follows one of these actors of ours, each once."""
    found: list[Follower] = []
    for actor in actors:
        found.extend(await store.followers(context.tx, actor))
    return destinations(_ways(found))


def _ways(followers: Iterable[Follower]) -> list[tuple[str, str | None, str]]:
    return [(one.inbox, one.shared_inbox, one.actor) for one in followers]
