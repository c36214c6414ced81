"""What leaves because of language channels: that they are there, how they look, that they go."""

from __future__ import annotations

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from federation.outward import outbox
from federation.outward.audience import destinations
from node.community import channels_store as channels
from node.community.actions import CommunityChanged
from node.community.channels import ChannelAdded, ChannelRemoved
from node.community.federate import follower_inboxes
from node.community.portraits import update_of
from node.context import Context
from node.happenings import happenings
from node.ids import rfc3339


@happenings.on(ChannelAdded)
async def show_channel(context: Context, fact: ChannelAdded) -> None:
    """Whoever follows the community sees in its profile that there is a channel."""
    await _show(context, context.urls.community)


@happenings.on(CommunityChanged)
async def show_all(context: Context, fact: CommunityChanged) -> None:
    """A channel is called and described as the community is in its language."""
    for channel in await channels.living(context.tx):
        await _show(context, channel.actor)


@happenings.on(ChannelRemoved)
async def send_delete(context: Context, fact: ChannelRemoved) -> None:
    """`Delete` of the actor to whoever ever heard of it; its keys are kept until they were told."""
    actor = fact.channel.actor
    await outbox.erase(
        context.outbox,
        {
            "@context": OBJECT_CONTEXT,
            "id": context.urls.activity(context.new_id()),
            "type": "Delete",
            "actor": actor,
            "published": rfc3339(context.now),
            "to": [PUBLIC],
            "object": actor,
        },
        object_id=actor,
        destinations=destinations(
            (one.inbox, one.shared_inbox, one.actor) for one in fact.followers
        ),
        now=context.now,
    )
    await _show(context, context.urls.community)


async def _show(context: Context, actor: str) -> None:
    await outbox.put(
        context.outbox,
        await update_of(context, actor),
        object_id=actor,
        destinations=await follower_inboxes(context, actor),
        now=context.now,
    )
