"""Operations on whom we speak with: rules and the allow-list."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from federation.policy import Standing
from federation.waiting import first_of
from node.errors import Invalid, NotFound
from node.ids import rfc3339
from node.moderation import actions, store, twos
from node.moderation.model import Rule, Severed, Target, TargetKind, TargetRefused, read_target
from node.moderation.ruling import change, id_of, known, renew
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.people import audit
from node.services import Node

Json = dict[str, Any]
_log = logging.getLogger(__name__)
RENEWED_EVERY = 10.0
_WORDS = {
    "trust": Standing.TRUSTED,
    "allow": Standing.OPEN,
    "limit": Standing.LIMITED,
    "suspend": Standing.SUSPENDED,
}
_LEVELS = {standing: word for word, standing in _WORDS.items()}


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
        "created": rfc3339(rule.created),
        "updated": rfc3339(rule.updated),
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
    `comment`. `by`: the holder of a token, who alone does not suspend whom we follow or trust."""
    level = str(arguments.get("level") or "suspend")
    if level not in _WORDS:
        raise Invalid({"level": f"must be one of {', '.join(_WORDS)}"})
    target = _target(arguments)
    if level == "suspend" and target.kind is TargetKind.HOST:
        await check_program_may(node, arguments, [target.value])
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


async def check_program_may(
    node: Node, arguments: Arguments, hosts: Sequence[str] | None = None
) -> None:
    """Nothing where whoever asks may do alone what two decide at the desk, such as to suspend one
    of `hosts` that we know. Raises: Conflict."""
    known = await needs_two(node, arguments, hosts or ())
    if known or (hosts is None and _is_program(arguments)):
        twos.refuse_program(known)


async def needs_two(node: Node, arguments: Arguments, hosts: Sequence[str]) -> Sequence[str]:
    """Which of `hosts` whoever asks does not suspend alone: at the machine, every one is."""
    if not _is_program(arguments):
        return []
    return await node.act(lambda context: twos.needs_two(context, *hosts))


def _is_program(arguments: Arguments) -> bool:
    """Whether the holder of a token asks, and nobody at the machine."""
    return actor(arguments) != audit.COMMAND_LINE


@operation("block.remove")
async def block_remove(node: Node, arguments: Arguments) -> Json:
    """The rule that was. `target`."""
    target = _target(arguments)
    wanted = await known(node, target)
    if wanted is None:
        raise NotFound(f"There is no rule about {target.value}.")
    rule, _ = await change(node, lambda context: actions.remove(context, wanted))
    return rule_json(rule)


@operation("block.mode")
async def block_mode(node: Node, arguments: Arguments) -> Json:
    """With whom we speak: `open` or `allow-list`. `mode`, to change it; `by` as above."""
    mode = arguments.get("mode")
    if mode is None:
        return _mode_json(await node.look(store.allow_list))
    if mode not in ("open", "allow-list"):
        raise Invalid({"mode": "must be open or allow-list"})
    enabled = mode == "allow-list"
    if not enabled:
        await check_program_may(node, arguments)
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


def _text(arguments: Arguments, name: str) -> str | None:
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid({name: "must be text"})
    return value or None
