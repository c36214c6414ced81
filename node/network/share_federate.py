"""The group at work: posts to the community come in, what it shares goes out.

Two forms of Announce, never both to the same follower:

- `Announce{id}` for everybody who shows a shared post as such: Mastodon and whoever we do not know.
  An Announce that carries an activity is to Mastodon either nothing, or the same post by another
  way (mastodon: 3.6).
- `Announce{activity}` for programs whose posts live in threads of a group (FEP-1b12): Lemmy and its
  kin take a post into the group only when the group passes on its author's own activity, with all
  that follows it. What was shared by hand came by no activity, so these get the id as well.

What the community writes itself is no share: it is a `Create` of its own to all followers.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import orjson

from activitypub.activities import Create, Delete, Update, object_id
from activitypub.addressing import is_public
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.identity import host_of
from activitypub.names import PUBLIC
from activitypub.objects import Article, Event, Mention, Note, Object, Page, Question, Video
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.ports import Destination
from node.community import store as community_store
from node.context import Context
from node.happenings import happenings
from node.ids import rfc3339
from node.jobs import jobs
from node.listening import listeners
from node.network import federate, shares, sharing, store
from node.network.shares import Share
from node.network.sharing import Shared, Unshared
from node.network.understanding import author_of

Json = dict[str, Any]
RANK = 40
AT_ONCE = 500
THREADS = frozenset({"lemmy", "piefed", "mbin", "kbin", "nodebb", "lotide"})
"""Programs, as their NodeInfo calls them, whose people read groups in threads."""


@listeners.on(Create, Note, rank=RANK)
@listeners.on(Create, Article, rank=RANK)
@listeners.on(Create, Page, rank=RANK)
@listeners.on(Create, Event, rank=RANK)
@listeners.on(Create, Video, rank=RANK)
@listeners.on(Create, Question, rank=RANK)
async def on_post(context: Context, heard: Heard) -> None:
    """A public post to the community by somebody whose posts it shares by its rule is shared."""
    thing = heard.object
    if thing is None or not thing.id or not _is_for_the_group(context, thing):
        raise NotMine("not-for-the-group")
    author = heard.sender.id
    if author_of(thing) != author or await store.buried(context.tx, thing.id, author):
        raise NotMine("not-the-signers")
    if not await sharing.is_shared_by_rule(context, author):
        raise NotMine("not-shared-by-rule")
    await sharing.share(
        context,
        thing.id,
        author,
        inbox=heard.sender.inbox,
        activity=_activity(heard),
        by_rule=True,
    )
    with suppress(Ignored):
        await federate.on_create(context, heard)


@listeners.on(Update, Note, rank=RANK)
@listeners.on(Update, Article, rank=RANK)
@listeners.on(Update, Page, rank=RANK)
@listeners.on(Update, Event, rank=RANK)
@listeners.on(Update, Video, rank=RANK)
@listeners.on(Update, Question, rank=RANK)
async def on_edit(context: Context, heard: Heard) -> None:
    """The author of what we share has changed it: passed on to those who follow threads."""
    share = await _shared_by_sender(context, heard)
    if heard.object is None or not is_public(heard.object):
        # sharing does not make public what is not (security: C23)
        await sharing.unshare(context, share.object)
    else:
        await _pass_on(context, share, _activity(heard))
    with suppress(Ignored):
        await federate.on_update(context, heard)


@listeners.on(Delete, rank=RANK)
async def on_delete(context: Context, heard: Heard) -> None:
    """The author of what we share has deleted it: passed on, and shared no more."""
    share = await _shared_by_sender(context, heard)
    await _pass_on(context, share, _activity(heard))
    await sharing.unshare(context, share.object)
    await federate.on_delete(context, heard)


@happenings.on(Shared)
async def send_announces(context: Context, fact: Shared) -> None:
    """Each follower gets the form that she can show; the author gets the plain one."""
    share = fact.share
    plain, threads = await _followers(context)
    if fact.activity is None:
        plain, threads = [*plain, *threads], []
    else:
        await _carry(context, share, str(share.wrapped_id), dict(fact.activity), threads)
    author = destinations([(fact.inbox, None, share.author)])
    announce = _announce(context, share, share.announce_id, share.object)
    await _put(context, share, announce, [*plain, *author])


@happenings.on(Unshared)
async def send_undos(context: Context, fact: Unshared) -> None:
    """Undo, with what is undone in it, to whoever may have got it."""
    share = fact.share
    plain, threads = await _followers(context)
    asked = await context.outbox.attempted(share.object)
    known = {one.inbox for one in threads}
    if share.wrapped_id is None:
        plain = [*plain, *threads]
    else:
        # what it carried is not repeated: it may be what its author deleted
        undone = _announce(context, share, share.wrapped_id, share.object)
        await _put(context, share, _undo(context, undone), threads)
        asked = [one for one in asked if one.inbox not in known]
    undone = _announce(context, share, share.announce_id, share.object)
    await _put(context, share, _undo(context, undone), [*plain, *asked])


@jobs.every(timedelta(minutes=1))
async def blank_carriers(context: Context) -> None:
    """Keep nothing of the words of others that were passed on."""
    await shares.blank_carriers(context.tx, AT_ONCE)


async def _pass_on(context: Context, share: Share, activity: Json | None) -> None:
    """What the author of something shared says of it, to those who follow threads."""
    _, threads = await _followers(context)
    if activity is not None and share.wrapped_id is not None:
        announce_id = context.urls.activity(context.new_id())
        await _carry(context, share, announce_id, activity, threads)


async def _carry(
    context: Context, share: Share, announce_id: str, activity: Json, to: list[Destination]
) -> None:
    """Send an Announce that carries somebody's own activity.

    It is not served at its address: these words are not ours, and only their author's server knows
    whether they still stand.
    """
    await shares.add_carrier(context.tx, announce_id)
    await _put(context, share, _announce(context, share, announce_id, activity), to)


async def _shared_by_sender(context: Context, heard: Heard) -> Share:
    """Raises: NotMine."""
    about = object_id(heard.activity)
    share = await shares.find(context.tx, about) if about else None
    if share is None or share.author != heard.sender.id:
        raise NotMine("not-shared")
    return share


async def _followers(context: Context) -> tuple[list[Destination], list[Destination]]:
    """The inboxes of those who follow the community: all others, and those who follow threads."""
    hosts = await shares.running(context.tx, THREADS)
    plain: list[tuple[str, str | None, str]] = []
    threads: list[tuple[str, str | None, str]] = []
    for one in await community_store.followers(context.tx, context.urls.community):
        way = (one.inbox, one.shared_inbox, one.actor)
        (threads if host_of(one.actor) in hosts else plain).append(way)
    return destinations(plain), destinations(threads)


def _is_for_the_group(context: Context, thing: Object) -> bool:
    """Whether it is a public post of its own that is addressed to the community or mentions it."""
    replied_to = getattr(thing, "in_reply_to", None)
    if not is_public(thing) or replied_to:
        return False
    ours = context.urls.community
    mentioned = any(isinstance(tag, Mention) and tag.href == ours for tag in thing.tag)
    return mentioned or ours in (*thing.to, *thing.cc, *thing.audience)


def _activity(heard: Heard) -> Json | None:
    """The activity as its author sent it; None where we do not have her own public words."""
    if heard.kept.hint or heard.fresh or not heard.kept.body:
        return None
    activity: Json = orjson.loads(heard.kept.body)
    public = PUBLIC in heard.activity.to or PUBLIC in heard.activity.cc
    return activity if public else None


def _announce(context: Context, share: Share, announce_id: str, what: Json | str) -> Json:
    return {
        "@context": OBJECT_CONTEXT,
        "id": announce_id,
        "type": "Announce",
        "actor": context.urls.community,
        "published": rfc3339(share.at),
        "to": [PUBLIC],
        "cc": [context.urls.collection(context.urls.community, "followers"), share.author],
        "object": what,
    }


def _undo(context: Context, announce: Json) -> Json:
    inner = {key: value for key, value in announce.items() if key != "@context"}
    return {
        "@context": OBJECT_CONTEXT,
        "id": context.urls.activity(context.new_id()),
        "type": "Undo",
        "actor": context.urls.community,
        "to": announce["to"],
        "cc": announce["cc"],
        "object": inner,
    }


async def _put(context: Context, share: Share, activity: Json, to: list[Destination]) -> None:
    await outbox.put(
        context.outbox, activity, object_id=share.object, destinations=to, now=context.now
    )
