"""The community shares what somebody else wrote: by hand, or by its rule what is written to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from federation.policy import Standing
from node.context import Context
from node.errors import Conflict, NotFound
from node.happenings import happenings
from node.moderation import actions as moderation
from node.moderation.actions import ActorGone, RulesChanged
from node.network import shares, store
from node.network.model import FollowState
from node.network.shares import Share, ShareRule

PERIOD = timedelta(hours=1)
MOST_OF_ONE = 6
MOST_OF_ALL = 30
"""So many posts are shared by the rule within an hour: of one author, of all."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The community shares something. `inbox` is its author's; `activity` the one by which it
    came, as it was sent, None when somebody here shared it."""

    share: Share
    inbox: str
    activity: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Unshared:
    """The community shares something no more."""

    share: Share


async def share(
    context: Context,
    object_id: str,
    author: str,
    *,
    inbox: str,
    activity: Mapping[str, Any] | None = None,
    by_rule: bool = False,
) -> Share:
    """The share; sharing twice changes nothing. That it is public is for the caller to see.

    Raises: Conflict for what is ours and for what somebody wrote who is limited or suspended.
    """
    present = await shares.find(context.tx, object_id)
    if present is not None:
        return present
    if context.urls.is_ours(object_id) or context.urls.is_ours(author):
        raise Conflict("This is our own; everybody who follows us has it already.")
    if await moderation.standing(context, author) in (Standing.LIMITED, Standing.SUSPENDED):
        raise Conflict("Its author or her server is limited or suspended here.")
    made = Share(
        object=object_id,
        author=author,
        announce_id=context.urls.activity(context.new_id()),
        wrapped_id=context.urls.activity(context.new_id()) if activity else None,
        by_rule=by_rule,
        at=context.now,
    )
    await shares.add(context.tx, made)
    await context.tell(Shared(made, inbox, activity))
    return made


async def unshare(context: Context, object_id: str) -> Share:
    """What the share was. Raises: NotFound."""
    present = await shares.find(context.tx, object_id)
    if present is None:
        raise NotFound("The community does not share this.")
    await shares.remove(context.tx, object_id)
    await context.tell(Unshared(present))
    return present


async def is_shared_by_rule(context: Context, author: str) -> bool:
    """Whether the community shares by itself what this actor writes to it, now."""
    rule = await shares.rule(context.tx, context.urls.handle)
    if not await _is_meant(context, rule, author):
        return False
    since = context.now - PERIOD
    if await shares.by_rule_since(context.tx, since, author) >= MOST_OF_ONE:
        return False
    return await shares.by_rule_since(context.tx, since) < MOST_OF_ALL


async def _is_meant(context: Context, rule: ShareRule, author: str) -> bool:
    standing = await moderation.standing(context, author)
    if rule is ShareRule.NOBODY or standing in (Standing.LIMITED, Standing.SUSPENDED):
        return False
    if standing is Standing.TRUSTED:
        return True
    following = await store.find_following(context.tx, author)
    followed = following is not None and following.state is FollowState.ACCEPTED
    return rule is ShareRule.FOLLOWED and followed


async def set_rule(context: Context, rule: ShareRule) -> None:
    """Let the community share by this rule from now on; what is shared stays so."""
    await shares.set_rule(context.tx, context.urls.handle, rule)


@happenings.on(ActorGone)
async def unshare_who_is_gone(context: Context, fact: ActorGone) -> None:
    """Nothing of an actor that was deleted is shared any longer."""
    for each in await shares.of_author(context.tx, fact.actor):
        await unshare(context, each.object)


@happenings.on(RulesChanged)
async def unshare_suspended(context: Context, fact: RulesChanged) -> None:
    """Nothing of those with whom we do not speak is shared any longer."""
    for author in await shares.authors(context.tx):
        if fact.book.standing(author) is Standing.SUSPENDED:
            await unshare_who_is_gone(context, ActorGone(author))
