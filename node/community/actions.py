"""What can be done about the community itself and about those who follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from node.community import store
from node.community.model import Community, Follower, is_handle
from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.i18n.countries import countries
from node.reading import Reader, language_tag, line, many, prose, texts
from node.storage.database import Transaction
from node.storage.relations import behind

DESCRIPTION = ("name", "description", "languages", "city", "country", "timezone", "contact")
"""What a community says of itself; its handle is for ever."""


@dataclass(frozen=True, slots=True)
class CommunityChanged:
    """The community says something else about itself."""

    community: Community


@dataclass(frozen=True, slots=True)
class FollowerCame:
    """Somebody follows one of our actors, and is told that she may."""

    follower: Follower


async def found(context: Context, community: Community) -> None:
    """Keep the node's community. Raises: Invalid, Conflict if there is one."""
    if await store.find(context.tx):
        raise Conflict("This node has a community already.")
    check(community)
    await store.add(context.tx, community)


async def describe(context: Context, document: object) -> Community:
    """The community as it describes itself from now on; saying the same again tells nobody.

    What is missing in the document stays as it is; null takes away what there need not be.
    Raises: Invalid.
    """
    community = await the_community(context.tx)
    changed = read_description(document, community)
    if changed != community:
        await store.change(context.tx, changed)
        await context.tell(CommunityChanged(changed))
    return changed


def read_description(document: object, community: Community) -> Community:
    """The community with what a document says of it. Raises: Invalid."""
    reader = Reader(document, known=DESCRIPTION)
    given = document if isinstance(document, Mapping) else {}
    community = replace(
        community,
        description={} if "description" in given else community.description,
        city=None if "city" in given else community.city,
        country=None if "country" in given else community.country,
        contact=None if "contact" in given else community.contact,
    )
    language = community.language
    changed = replace(
        community,
        name=reader.field("name", texts(line(100), language), community.name),
        description=reader.field(
            "description", texts(prose(5000), language), community.description
        ),
        languages=reader.field("languages", many(language_tag, 20), community.languages),
        city=reader.field("city", line(100), community.city),
        country=reader.field("country", _country, community.country),
        timezone=reader.field("timezone", _timezone, community.timezone),
        contact=reader.field("contact", line(200), community.contact),
    )
    if not changed.languages:
        reader.complain("languages", "names no language")
    reader.finish()
    return changed


def _country(value: Any) -> str:
    if not isinstance(value, str) or value not in countries("en"):
        raise ValueError("is not a country such as AT")
    return value


def _timezone(value: Any) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise ValueError("is not a time zone such as Europe/Vienna")
    return value


async def the_community(tx: Transaction) -> Community:
    """The community of this node. Raises: NotFound before `init`."""
    community = await store.find(tx)
    if community is None:
        raise NotFound("This node has no community yet. Run: josoor init")
    return community


async def take_follower(context: Context, follower: Follower) -> None:
    """Keep a follower and let her know; asking twice is answered twice."""
    if await store.was_undone(context.tx, follower.actor, follower.follow_id):
        return
    await store.add_follower(context.tx, follower)
    await context.tell(FollowerCame(follower))


async def let_follower_go(
    context: Context, community: str, actor: str, follow_id: str | None
) -> None:
    """The actor follows no more, and what still waits for her inbox is not sent, unless somebody
    else is reached through that."""
    if follow_id:
        await store.note_undo(context.tx, actor, follow_id, context.now)
    inbox = await store.remove_follower(context.tx, community, actor)
    if inbox and not await behind(context.tx, inbox):
        await context.outbox.cancel_to(community, inbox)


def check(community: Community) -> None:
    """Raises: Invalid, with a complaint for each wrong field."""
    wrong = {}
    if not is_handle(community.handle):
        wrong["handle"] = "has small letters, digits and _, with . or - only between them"
    if community.timezone not in _zones():
        wrong["timezone"] = "is not a time zone such as Europe/Vienna"
    for tag in community.languages:
        try:
            language_tag(tag)
        except ValueError as error:
            wrong["language"] = str(error)
    if not community.languages:
        wrong["language"] = "names no language"
    if not any(text.strip() for text in community.name.values()):
        wrong["name"] = "is empty"
    if wrong:
        raise Invalid(wrong)


@cache
def _zones() -> frozenset[str]:
    """Their names; the standard library looks through 600 files for them, each time."""
    return frozenset(available_timezones())
