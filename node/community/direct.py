"""Words of the community to exactly one person: sent to her inbox, and readable by her alone.

They stand in no collection and no outbox. What is said here may name a place that others do not
know, so it is forgotten after `LIFE`, and is not sent to an actor who may be somebody else by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import orjson

from activitypub.contexts import OBJECT_CONTEXT
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.ports import RemoteActor
from node.community import direct_store as store
from node.community.direct_store import DirectNote
from node.context import Context
from node.happenings import happenings
from node.ids import rfc3339
from node.jobs import jobs
from node.moderation.actions import ActorGone

Json = dict[str, Any]
Person: TypeAlias = RemoteActor | tuple[str, str]
"""An actor elsewhere, or its id and its inbox."""
LIFE = timedelta(days=90)


async def send_direct(
    context: Context,
    *,
    to: Person,
    texts: Mapping[str, str],
    in_reply_to: str | None,
    about: str,
    invites: bool = False,
) -> str:
    """The address of a new note that only `to` gets and may read.

    `texts`: language to clean HTML, the person's own language first. `about` is the address of the
    thing that it is about, by which `sent_since` and `take_back_about` find it. With `invites` a
    yes, no or maybe in reply to it is an answer to that thing; else it is a word to people.
    """
    actor, inbox = _address(to)
    note = context.urls.note(context.new_id())
    document = _note(context, note, actor, texts, in_reply_to)
    document["tag"] = [await _mention(context, to)]
    kept = DirectNote(
        id=_short(note),
        actor=actor,
        inbox=inbox,
        about=about,
        invites=invites,
        document=orjson.dumps(document),
        published=context.now,
    )
    await store.add(context.tx, kept)
    if not await store.is_doubtful(context.tx, actor):
        await _put(context, "Create", document, kept)
    return note


async def take_back(context: Context, note: str) -> bool:
    """Delete one direct note, here and where it went; False if there is none."""
    found = await store.find(context.tx, _short(note))
    if found is None or found.deleted:
        return False
    tombstone: Json = {
        "@context": OBJECT_CONTEXT,
        "id": context.urls.note(found.id),
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": rfc3339(context.now),
    }
    await store.bury(context.tx, found.id, orjson.dumps(tombstone), context.now)
    await _put(context, "Delete", tombstone, found)
    return True


async def take_back_about(context: Context, about: str) -> int:
    """Delete all direct notes about a thing; how many."""
    notes = await store.about(context.tx, about)
    for note in notes:
        await take_back(context, context.urls.note(note.id))
    return len(notes)


async def forget_about(context: Context, things: Iterable[str]) -> None:
    """Forget here what was said about these things, wherever it went."""
    for thing in things:
        notes = [note.id for note in await store.all_about(context.tx, thing)]
        await store.forget(context.tx, notes, context.urls)


async def sent_since(context: Context, actor: str, about: str, since: datetime) -> int:
    """How many notes inviting to this thing this actor got since then, deleted ones too."""
    return await store.sent_since(context.tx, actor, about, since)


async def invited_by(context: Context, note: str, actor: str) -> str | None:
    """To what a direct note of ours has invited this actor; None if it invited her to nothing."""
    found = await store.find(context.tx, _short(note)) if context.urls.is_ours(note) else None
    return found.about if found and found.actor == actor and found.invites else None


async def about_of(context: Context, note: str, actor: str) -> str | None:
    """What a direct note of ours to this actor is about; None if it is none."""
    found = await store.find(context.tx, _short(note)) if context.urls.is_ours(note) else None
    return found.about if found and found.actor == actor else None


@happenings.on(ActorGone)
async def forget_actor(context: Context, fact: ActorGone) -> None:
    """What we said to somebody who is gone is forgotten here."""
    notes = await store.of_actor(context.tx, fact.actor)
    for note in notes:
        await context.outbox.cancel_unattempted(context.urls.note(note))
    await store.forget(context.tx, notes, context.urls)


@jobs.every(timedelta(hours=1))
async def forget_direct_notes(context: Context) -> None:
    """Direct notes are forgotten after `LIFE`, once nothing of them is still on its way."""
    old = await store.older_than(context.tx, context.now - LIFE)
    await store.forget(context.tx, old, context.urls)


async def _put(context: Context, kind: str, document: Json, note: DirectNote) -> None:
    address = context.urls.note(note.id)
    inner = {key: value for key, value in document.items() if key != "@context"}
    activity: Json = {
        "@context": OBJECT_CONTEXT,
        "id": context.urls.activity(context.new_id()),
        "type": kind,
        "actor": context.urls.community,
        "published": rfc3339(context.now),
        "to": [note.actor],
        "cc": [],
        "object": inner,
    }
    way = [] if kind == "Delete" else destinations([(note.inbox, None, note.actor)])
    send = outbox.erase if kind == "Delete" else outbox.put
    await send(context.outbox, activity, object_id=address, destinations=way, now=context.now)


def _note(
    context: Context, note: str, actor: str, texts: Mapping[str, str], in_reply_to: str | None
) -> Json:
    document: Json = {
        "@context": OBJECT_CONTEXT,
        "id": note,
        "type": "Note",
        "attributedTo": context.urls.community,
        "to": [actor],
        "cc": [],
        "content": next(iter(texts.values())),
        "contentMap": dict(texts),
        "published": rfc3339(context.now),
        "attachment": [],
    }
    return document | ({"inReplyTo": in_reply_to} if in_reply_to else {})


async def _mention(context: Context, to: Person) -> Json:
    """Without it Mastodon does not notify (mastodon: 3.5)."""
    if isinstance(to, RemoteActor):
        return {"type": "Mention", "href": to.id, "name": f"@{to.username}@{to.host}"}
    handle = await store.handle_of(context.tx, to[0])
    return {"type": "Mention", "href": to[0], "name": handle or to[0]}


def _address(to: Person) -> tuple[str, str]:
    return (to.id, to.inbox) if isinstance(to, RemoteActor) else to


def _short(note: str) -> str:
    return note.rsplit("/", 1)[-1]
