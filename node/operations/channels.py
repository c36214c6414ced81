"""Operations on the community's language channels."""

from __future__ import annotations

import asyncio
from typing import Any

from node.community import actions as community_actions
from node.community import channels
from node.community import channels_store as store
from node.community import store as community_store
from node.community.document import channel_name
from node.community.keyring import make_pair
from node.community.model import Channel, Community
from node.ids import rfc3339
from node.master import alone
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]


def channel_json(node: Node, channel: Channel, community: Community, followers: int = 0) -> Json:
    """A channel as commands and API show it."""
    return {
        "id": channel.actor,
        "handle": f"@{channel.handle}@{node.urls.authority}",
        "language": channel.language,
        "name": channel_name(channel, community),
        "followers": followers,
        "since": rfc3339(channel.created),
    }


@operation("channel.add")
async def add(node: Node, arguments: Arguments) -> Json:
    """The new channel. `language`; `name`, else it is called as the community is."""
    pair = await asyncio.to_thread(make_pair)
    with alone(node.config.secret_file):
        # Another process may have exchanged the master key since its file was read here.
        await node.keyring.refresh()
        vault = node.keyring.vault
        channel = await node.act(
            lambda context: channels.add(
                context, arguments.get("language"), arguments.get("name"), pair=pair, vault=vault
            )
        )
        await node.keyring.refresh()
    return channel_json(node, channel, await node.look(community_actions.the_community))


@operation("channel.list")
async def every(node: Node, arguments: Arguments) -> list[Json]:
    """The channels, oldest first, and how many follow each."""

    async def read(tx: Transaction) -> list[Json]:
        community = await community_actions.the_community(tx)
        return [
            channel_json(node, one, community, await community_store.follower_count(tx, one.actor))
            for one in await store.living(tx)
        ]

    return await node.look(read)


@operation("channel.remove")
async def remove(node: Node, arguments: Arguments) -> Json:
    """What the channel was. `language`, or its handle."""
    wanted = arguments.get("language")
    channel = await node.act(lambda context: channels.remove(context, wanted))
    return channel_json(node, channel, await node.look(community_actions.the_community))
