"""Our follows and what those whom we follow have written down: brought together again (FEP-8fcf).

One community follows, so that a peer's list of us has one entry or none: nothing that happens here
can be a mass of follows ending at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from federation.ports import RemoteActor
from node.context import Context
from node.network import store
from node.network.actions import FollowAsked, FollowEnded
from node.network.model import Following, FollowState
from node.storage.database import Transaction
from node.urls import Urls

Look = Callable[[Callable[[Transaction], Awaitable[Any]]], Awaitable[Any]]
Act = Callable[[Callable[[Context], Awaitable[None]]], Awaitable[None]]


class OurFollows:
    """`federation.followers.synchronising.Follows` of the community."""

    def __init__(self, look: Look, act: Act, urls: Urls) -> None:
        self._look = look
        self._act = act
        self._urls = urls

    async def held(self, actor: str) -> frozenset[str]:
        """The community, if this actor has let it follow."""
        following = await self._look(lambda tx: store.find_following(tx, actor))
        accepted = following is not None and following.state is FollowState.ACCEPTED
        return frozenset({self._urls.community} if accepted else ())

    async def agree(self, actor: RemoteActor, listed: frozenset[str]) -> None:
        """Ask again where only we mean to follow, take back where only the other means so."""
        is_listed = self._urls.community in listed
        await self._act(lambda context: agree(context, actor, listed=is_listed))


async def agree(context: Context, actor: RemoteActor, *, listed: bool) -> None:
    """Let both mean the same; `listed` says what the other means."""
    held = await store.find_following(context.tx, actor.id)
    state = held.state if held else None
    if listed and (held is None or state is FollowState.REJECTED):
        await context.tell(FollowEnded(held or _unknown(context, actor)))
    elif held and state is (FollowState.ASKED if listed else FollowState.ACCEPTED):
        # Asked once more: whoever has us on its list already says yes at once.
        again = replace(
            held,
            inbox=actor.inbox,
            follow_id=context.urls.activity(context.new_id()),
            state=FollowState.ASKED,
        )
        await store.add_following(context.tx, again)
        await context.tell(FollowAsked(again))


def _unknown(context: Context, actor: RemoteActor) -> Following:
    """A follow of which we know nothing (any more): what ends it needs a name of its own."""
    return Following(
        actor=actor.id,
        handle=f"{actor.username}@{actor.host}",
        name=actor.name,
        inbox=actor.inbox,
        url=actor.url,
        follow_id=context.urls.activity(context.new_id()),
        state=FollowState.REJECTED,
        since=context.now,
    )
