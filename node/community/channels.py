"""Language channels: for those who want to read the community in one language only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from keys.vault import Vault
from node.community import actions, store
from node.community import channels_store as channels
from node.community.keyring import Pair, seal_pair
from node.community.model import Channel, Follower, is_handle
from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.reading import Reader, language_tag, line

MOST = 20
"""So many channels there may be at once: each event leaves once more for each of its languages."""


@dataclass(frozen=True, slots=True)
class ChannelAdded:
    """There is a further channel."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ChannelRemoved:
    """A channel is no more; `followers` are those it had."""

    channel: Channel
    followers: Sequence[Follower]


async def add(
    context: Context, language: object, name: object, *, pair: Pair, vault: Vault
) -> Channel:
    """The new channel with its own keys. A language whose channel was removed gets another address,
    for others hold the first one for gone.

    Raises: Invalid, Conflict where there is one in this language or there are many.
    """
    tag, title = _checked(language, name)
    present = await channels.living(context.tx)
    if any(one.language == tag for one in present):
        raise Conflict(f"There is a channel in this language already: {tag}.")
    if len(present) >= MOST:
        raise Conflict(f"There are {MOST} channels already.")
    channel = await _new(context, tag, title)
    await channels.add(context.tx, channel)
    for key in seal_pair(channel.actor, pair, vault, context.now, number=1):
        await store.add_key(context.tx, key)
    await context.tell(ChannelAdded(channel))
    return channel


async def remove(context: Context, language: object) -> Channel:
    """What the channel was; whoever follows it is told that it is gone. Raises: NotFound."""
    wanted = str(language or "")
    present = await channels.living(context.tx)
    channel = next((one for one in present if wanted in (one.language, one.handle)), None)
    if channel is None:
        raise NotFound("There is no such channel here.")
    followers = await store.followers(context.tx, channel.actor)
    await channels.remove(context.tx, channel.actor, context.now)
    await context.tell(ChannelRemoved(channel, followers))
    return channel


async def _new(context: Context, tag: str, name: str | None) -> Channel:
    community = await actions.the_community(context.tx)
    handle = await _free(context, f"{community.handle}-{tag.lower()}")
    return Channel(
        actor=context.urls.channel(handle),
        handle=handle,
        language=tag,
        name=name,
        created=context.now,
    )


async def _free(context: Context, wanted: str) -> str:
    """The handle, or the first of it with a number that nobody has or had. Raises: Invalid."""
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
    for handle in numbered:
        if not is_handle(handle):
            break
        if not await channels.is_taken(context.tx, handle):
            return handle
    raise Invalid({"language": "makes too long a handle"})


def _checked(language: object, name: object) -> tuple[str, str | None]:
    """Raises: Invalid."""
    reader = Reader({"language": language, "name": name}, known=("language", "name"))
    tag = reader.required("language", language_tag, "")
    title = reader.field("name", line(100), None)
    reader.finish()
    return tag, title
