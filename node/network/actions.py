"""What the community does with others: follow them, keep what they publish."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from activitypub.identity import host_of
from federation.policy import Standing
from federation.ports import RemoteActor
from node.context import Context
from node.errors import Conflict, NotFound
from node.moderation import actions as moderation
from node.moderation import once_known
from node.network import past_store, store, twins
from node.network.model import Following, FollowState, RemoteThing, Visibility
from node.people.silence_store import Thing, note_gone

_READ_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FollowAsked:
    """Our community wants to follow somebody."""

    following: Following


@dataclass(frozen=True, slots=True)
class FollowEnded:
    """Our community follows somebody no more."""

    following: Following


async def follow(context: Context, actor: RemoteActor, handle: str | None = None) -> Following:
    """Our follow of this actor, asked again if it was never answered.

    `handle` is how it is called, as both ends say it; else its user name at its own host.
    Raises: Conflict.
    """
    if context.urls.is_ours(actor.id):
        raise Conflict("A community does not follow itself.")
    if await moderation.standing(context, actor.id) is Standing.SUSPENDED:
        raise Conflict("This actor or its server is suspended here.")
    present = await store.find_following(context.tx, actor.id)
    if present and present.state is FollowState.ACCEPTED:
        return present
    following = Following(
        actor=actor.id,
        handle=handle or f"{actor.username}@{actor.host}",
        name=actor.name,
        inbox=actor.inbox,
        url=actor.url,
        follow_id=context.urls.activity(context.new_id()),
        state=FollowState.ASKED,
        since=context.now,
    )
    await store.add_following(context.tx, following)
    await context.tell(FollowAsked(following))
    return following


async def unfollow(context: Context, actor_or_handle: str) -> Following:
    """What the follow was. Raises: NotFound."""
    following = await followed(context, actor_or_handle)
    await store.remove_following(context.tx, following.actor)
    await once_known.note(context, host_of(following.actor))
    await context.tell(FollowEnded(following))
    return following


async def answered(context: Context, actor: str, follow_id: str | None, state: FollowState) -> bool:
    """Note an answer to our follow; False if this actor was never asked so.

    Once it lets us, what it published before is read, unless that was done within the last day.
    """
    if not await store.answer(context.tx, actor, follow_id, state):
        return False
    if state is FollowState.ACCEPTED:
        held = await past_store.find(context.tx, actor)
        if held is None or context.now - held.asked > _READ_AGAIN:
            await past_store.ask(context.tx, actor, context.now)
    return True


async def read_past(context: Context, actor_or_handle: str) -> Following:
    """The follow whose past is to be read (again). Raises: NotFound, Conflict."""
    following = await followed(context, actor_or_handle)
    if following.state is not FollowState.ACCEPTED:
        raise Conflict(f"{following.handle} has not let the community follow yet.")
    await past_store.ask(context.tx, following.actor, context.now)
    return following


async def followed(context: Context, actor_or_handle: str) -> Following:
    """Our follow of whom this handle or address means. Raises: NotFound."""
    wanted = actor_or_handle.removeprefix("@")
    for following in await store.following(context.tx):
        if wanted in (following.actor, following.url) or wanted.lower() == following.handle.lower():
            return following
    raise NotFound(f"The community does not follow {actor_or_handle}.")


async def follows(context: Context, actor: str) -> bool:
    """Whether we follow this actor, answered or not."""
    following = await store.find_following(context.tx, actor)
    return following is not None and following.state is not FollowState.REJECTED


async def is_held(context: Context, object_id: str) -> bool:
    """Whether we hold this thing."""
    return await store.find(context.tx, object_id) is not None


async def take_in(context: Context, thing: RemoteThing) -> bool:
    """Keep what a community published; False for what is older than what we hold, or was deleted.

    An author never changes: whoever sends somebody else's id is not heard. Nor is anything kept of
    those who are suspended, whoever shares it (security: E23).
    """
    seen_by = await _seen_by(context, thing)
    if seen_by is Visibility.NOBODY or await store.buried(context.tx, thing.id, thing.author):
        return False
    held = await store.find(context.tx, thing.id)
    if held is None:
        await store.keep(context.tx, replace(thing, visibility=seen_by))
        await twins.settle(context.tx, thing)
        return True
    if held.author != thing.author:
        return False
    # What its author told us himself stays, should whoever shared it take that back.
    own_word = thing.shared_by is None and await may_write(context, thing.author)
    newer = thing.updated >= held.updated
    shown = replace(thing, received=held.received) if newer else held
    shown = replace(shown, shared_by=None if own_word else held.shared_by)
    # Through whom it stays with us decides who sees it, not who has just spoken of it.
    await store.keep(context.tx, replace(shown, visibility=await _seen_by(context, shown)))
    await twins.settle(context.tx, shown)
    return newer


async def _seen_by(context: Context, thing: RemoteThing) -> Visibility:
    return visibility(await moderation.standing(context, *_behind(thing)))


def visibility(standing: Standing) -> Visibility:
    """Who is shown what somebody of this standing wrote or shared."""
    match standing:
        case Standing.SUSPENDED:
            return Visibility.NOBODY
        case Standing.LIMITED:
            return Visibility.STAFF
        case _:
            return Visibility.PUBLIC


async def may_write(context: Context, *actors: str) -> bool:
    """Whether one of these may put something into our calendar: followed or trusted, and none of
    them suspended."""
    standing = await moderation.standing(context, *actors)
    if standing is Standing.SUSPENDED:
        return False
    if standing is Standing.TRUSTED:
        return True
    return any([await follows(context, actor) for actor in dict.fromkeys(actors)])


def _behind(thing: RemoteThing) -> tuple[str, ...]:
    return (thing.author, thing.shared_by) if thing.shared_by else (thing.author,)


async def drop(context: Context, object_id: str, author: str, *, noted: bool = False) -> bool:
    """Drop what its author deleted, and let it not come back; False for somebody else's.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    held = await store.find(context.tx, object_id)
    if held is not None and held.author != author:
        return False
    if held is not None and not noted:
        await note_gone(context, Thing.SAID, object_id)
    await store.bury(context.tx, object_id, author, context.now)
    return True
