"""Operations on what the community shares of others."""

from __future__ import annotations

from typing import Any

from activitypub.addressing import is_public
from activitypub.identity import same_origin
from activitypub.objects import Object
from activitypub.registry import read as read_object
from federation.errors import FederationError
from federation.ports import RemoteActor
from node.context import Context
from node.errors import Conflict, Invalid, NotFound, Unavailable
from node.ids import rfc3339
from node.network import actions as network
from node.network import shares, sharing
from node.network.shares import Share, ShareRule
from node.network.understanding import CONTENT, author_of, remote_thing
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]


def share_json(share: Share) -> Json:
    """A share as commands and API show it."""
    return {
        "id": share.object,
        "author": share.author,
        "by_rule": share.by_rule,
        "since": rfc3339(share.at),
    }


@operation("network.share")
async def share(node: Node, arguments: Arguments) -> Json:
    """The share. `url`: the address of a public post or event of somebody else."""
    thing = await _thing(node, str(arguments.get("url") or ""))
    author = await _author(node, thing)

    async def work(context: Context) -> Share:
        made = await sharing.share(context, str(thing.id), author.id, inbox=author.inbox)
        # who shares something has it, too
        await network.take_in(context, remote_thing(thing, author.id, context.now))
        return made

    return share_json(await node.act(work))


@operation("network.unshare")
async def unshare(node: Node, arguments: Arguments) -> Json:
    """What the share was. `url`."""
    wanted = str(arguments.get("url") or "")
    return share_json(await node.act(lambda context: sharing.unshare(context, wanted)))


@operation("network.shares")
async def all_shares(node: Node, arguments: Arguments) -> list[Json]:
    """What the community shares, newest first, at most 200."""
    return [share_json(one) for one in await node.look(lambda tx: shares.latest(tx, 200))]


@operation("network.sharing")
async def rule(node: Node, arguments: Arguments) -> Json:
    """Whose posts to the community it shares by itself. `share`: nobody, trusted or followed; the
    rule stays as it is where it is missing."""
    wanted = arguments.get("share")
    if wanted is not None:
        value = _rule(wanted)
        await node.act(lambda context: sharing.set_rule(context, value))
    return {"share": (await node.look(lambda tx: shares.rule(tx, node.urls.handle))).value}


def _rule(wanted: object) -> ShareRule:
    try:
        return ShareRule(wanted)
    except ValueError:
        words = ", ".join(one.value for one in ShareRule)
        raise Invalid({"share": f"must be one of {words}"}) from None


async def _thing(node: Node, url: str) -> Object:
    """The post from its own origin. Raises: Invalid, Conflict, NotFound, Unavailable."""
    if not url:
        raise Invalid({"url": "is missing"})
    if node.urls.is_ours(url):
        raise Conflict("This is our own; everybody who follows us has it already.")
    try:
        fetched = await node.fetcher.document(url)
    except FederationError as trouble:
        raise _told(url, trouble) from trouble
    found: Object = read_object(dict(fetched.document))
    if not isinstance(found, CONTENT):
        raise Conflict(f"This is a {found.type}, and can be looked at but not shared.")
    if not is_public(found):
        raise Conflict("This is not for everybody, and sharing would make it so.")
    return found


async def _author(node: Node, thing: Object) -> RemoteActor:
    """Raises: Conflict, NotFound, Unavailable."""
    author = author_of(thing)
    if author is None or not same_origin(author, str(thing.id)):
        raise Conflict("It cannot be said who wrote this.")
    try:
        return await node.actors.actor(author)
    except FederationError as trouble:
        raise _told(author, trouble) from trouble


def _told(wanted: str, trouble: FederationError) -> Exception:
    if trouble.retry:
        return Unavailable(f"{wanted} cannot be reached now: {trouble}")
    return NotFound(f"{wanted} was not found: {trouble}")
