"""What a persona says to other servers, with its own key and ids of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.ports import Destination
from node.community import store as community_store
from node.community.federate import follower_inboxes
from node.community.model import ActorKey, Follower
from node.community.portraits import register
from node.context import Context
from node.ids import rfc3339
from node.members import persona_store
from node.members.document import person_document
from node.members.model import Persona
from node.storage.database import Transaction
from node.urls import Urls

Json = dict[str, Any]


def activity(context: Context, persona: Persona, kind: str, document: Json | str) -> Json:
    """An activity of a persona about something; `to` and `cc` as what it is about has them."""
    inner = document
    fields: Json = {}
    if isinstance(document, dict):
        inner = {key: value for key, value in document.items() if key != "@context"}
        fields = {key: document[key] for key in ("to", "cc") if key in document}
    context_of = document.get("@context") if isinstance(document, dict) else None
    return {
        "@context": context_of or OBJECT_CONTEXT,
        "id": context.urls.member_activity(persona.id, context.new_id()),
        "type": kind,
        "actor": context.urls.member(persona.id),
        "published": rfc3339(context.now),
        **fields,
        "object": inner,
    }


async def send(
    context: Context,
    said: Json,
    *,
    about: str,
    ways: Sequence[Destination],
    erases: bool = False,
) -> None:
    """Let an activity leave; one that erases goes to whoever ever got something about it."""
    put = outbox.erase if erases else outbox.put
    await put(context.outbox, said, object_id=about, destinations=ways, now=context.now)


async def tell_of_itself(context: Context, persona: Persona) -> None:
    """Send what a persona now says of itself to all who follow it."""
    actor = context.urls.member(persona.id)
    document = person_document(persona, await community_store.keys(context.tx), context.urls)
    said = activity(context, persona, "Update", {**document, "updated": rfc3339(context.now)})
    said |= {"to": [PUBLIC], "cc": [context.urls.collection(actor, "followers")]}
    ways = await follower_inboxes(context, actor)
    await send(context, said, about=actor, ways=ways)


@register
async def paint(tx: Transaction, urls: Urls, actor: str, keys: Sequence[ActorKey]) -> Json | None:
    """The document of a member's own actor; None for any other."""
    persona = await persona_store.by_actor(tx, urls, actor)
    return person_document(persona, keys, urls) if persona else None


async def refuse(context: Context, persona: Persona, follower: Follower) -> None:
    """Tell somebody that she does not follow, or does no longer. Spec: ActivityPub 7.7"""
    actor = context.urls.member(persona.id)
    said = activity(
        context,
        persona,
        "Reject",
        {
            "id": follower.follow_id,
            "type": "Follow",
            "actor": follower.actor,
            "object": actor,
        },
    )
    ways = destinations([(follower.inbox, None, follower.actor)])
    await send(context, said | {"to": [follower.actor]}, about=follower.actor, ways=ways)
