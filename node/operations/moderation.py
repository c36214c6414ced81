"""Operations on whom we speak with: rules and the allow-list."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from federation.errors import FederationError
from federation.policy import Standing
from federation.waiting import first_of
from node.context import Context
from node.errors import Invalid, NotFound
from node.moderation import actions, store
from node.moderation.model import Rule, Severed, Target, TargetKind, TargetRefused, read_target
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]
T = TypeVar("T")
_log = logging.getLogger(__name__)
RENEWED_EVERY = 10.0
_WORDS = {
    "trust": Standing.TRUSTED,
    "allow": Standing.OPEN,
    "limit": Standing.LIMITED,
    "suspend": Standing.SUSPENDED,
}
_LEVELS = {standing: word for word, standing in _WORDS.items()}


async def renew(node: Node) -> None:
    """Hold the rules in memory as they are in the database."""
    node.policy.replace(await node.look(store.all_rules))


async def keep_renewing(node: Node, stop: asyncio.Event) -> None:
    """Renew until `stop` is set: another process over the same database may have changed them."""
    known: object = None
    while not stop.is_set():
        try:
            if (seen := await node.look(store.revision)) != known:
                await renew(node)
                known = seen
        except Exception:
            _log.exception("The rules about other servers could not be read again.")
        await first_of(stop, seconds=RENEWED_EVERY)


async def change(node: Node, work: Callable[[Context], Awaitable[T]]) -> T:
    """What `work` returns, with the new rules in force before anybody is answered."""
    result = await node.act(work)
    await renew(node)
    return result


def rule_json(rule: Rule) -> Json:
    """A rule as those who run the node see it."""
    return {
        "id": rule.target,
        "kind": "actor" if rule.is_actor else "host",
        "handle": rule.handle,
        "level": _LEVELS[rule.standing],
        "reason": rule.reason,
        "comment": rule.comment,
        "reject_media": rule.reject_media,
        "reject_reports": rule.reject_reports,
        "obfuscate": rule.obfuscate,
        "created": rule.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "updated": rule.updated.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def severed_json(severed: Severed) -> Json:
    return {
        "followers_ended": severed.followers,
        "follows_ended": severed.following,
        "deliveries_cancelled": severed.deliveries,
    }


@operation("block.list")
async def block_list(node: Node, arguments: Arguments) -> list[Json]:
    """Every rule: hosts, then actors."""
    return [rule_json(rule) for rule in await node.look(store.rules)]


@operation("block.add")
async def block_add(node: Node, arguments: Arguments) -> Json:
    """The rule, and what it ended. `target`: host, handle or actor; `level`, `reason`,
    `comment`."""
    level = str(arguments.get("level") or "suspend")
    if level not in _WORDS:
        raise Invalid({"level": f"must be one of {', '.join(_WORDS)}"})
    target = _target(arguments)
    now = node.clock.now()
    rule = Rule(
        target=await id_of(node, target),
        handle=target.value if target.kind is TargetKind.HANDLE else None,
        standing=_WORDS[level],
        reason=_text(arguments, "reason"),
        comment=_text(arguments, "comment"),
        reject_reports=bool(arguments.get("reject_reports")),
        created=now,
        updated=now,
    )
    kept, severed = await change(node, lambda context: actions.add(context, rule))
    return {**rule_json(kept), **severed_json(severed)}


@operation("block.remove")
async def block_remove(node: Node, arguments: Arguments) -> Json:
    """The rule that was. `target`."""
    target = _target(arguments)
    wanted = await _known(node, target)
    if wanted is None:
        raise NotFound(f"There is no rule about {target.value}.")
    rule, _ = await change(node, lambda context: actions.remove(context, wanted))
    return rule_json(rule)


@operation("block.mode")
async def block_mode(node: Node, arguments: Arguments) -> Json:
    """With whom we speak: `open` or `allow-list`. `mode`, to change it."""
    mode = arguments.get("mode")
    if mode is None:
        return _mode_json(await node.look(store.allow_list))
    if mode not in ("open", "allow-list"):
        raise Invalid({"mode": "must be open or allow-list"})
    enabled = mode == "allow-list"
    severed = await change(node, lambda context: actions.set_allow_list(context, enabled))
    return {**_mode_json(enabled), **severed_json(severed)}


def _mode_json(enabled: bool) -> Json:
    return {"id": "mode", "mode": "allow-list" if enabled else "open"}


def _target(arguments: Arguments) -> Target:
    text = str(arguments.get("target") or "")
    if not text:
        raise Invalid({"target": "is missing"})
    try:
        return read_target(text)
    except TargetRefused as wrong:
        raise Invalid({"target": str(wrong)}) from wrong


async def id_of(node: Node, target: Target) -> str:
    """A host, or an actor's id. What is not known here is looked up; an address of which nothing
    can be learned counts as the id itself. Raises: NotFound for a handle."""
    known = await _known(node, target)
    if known is not None:
        return known
    try:
        return (await node.discovery.find(target.value)).id
    except FederationError as trouble:
        if target.kind is TargetKind.ACTOR:
            return target.value
        raise NotFound(
            f"{target.value} cannot be looked up ({trouble.reason}): give the actor's address."
        ) from trouble


async def _known(node: Node, target: Target) -> str | None:
    """The same, of what is known here; None if it is not."""
    if target.kind is TargetKind.HOST or node.urls.is_ours(target.value):
        return target.value
    if target.value.lower() == node.urls.account:
        return node.urls.community
    find = store.actor_of_url if target.kind is TargetKind.ACTOR else store.actor_of_handle
    return await node.look(lambda tx: find(tx, target.value))


def _text(arguments: Arguments, name: str) -> str | None:
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid({name: "must be text"})
    return value or None
