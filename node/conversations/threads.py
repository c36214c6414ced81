"""A conversation as other servers walk it: what stands below a thing, and all of a thread."""

from __future__ import annotations

from collections.abc import Sequence

from node.conversations import subjects
from node.conversations.model import Subject
from node.storage.database import Transaction
from node.urls import Urls

PAGE = 500
"""Ids on one page: Mastodon reads on only while it has found few (mastodon: 3.7)."""
_REPLIES = (
    "select id, address from reply where {column} = :thing and visibility = 'public' "
    "and state = 'shown' and barred = 0 and id > :after"
)
_ANSWERS = (
    "select id, null as address from answer where {column} = :thing "
    "and visibility = 'public' and deleted = 0 and id > :after"
)


async def below(
    tx: Transaction, urls: Urls, thing: str, after: str | None = None
) -> tuple[list[str], str | None]:
    """(addresses of public answers to a thing, theirs and ours; where to go on, or None)."""
    return await _page(tx, urls, "parent", thing, after)


async def whole(
    tx: Transaction, urls: Urls, root: str, after: str | None = None
) -> tuple[list[str], str | None]:
    """(addresses of everything public in the conversation about a thing of ours, itself first and
    in the order in which it came; where to go on, or None). Spec: FEP-f228"""
    found, following = await _page(tx, urls, "subject", root, after)
    return ([root, *found] if after is None else found), following


async def number_below(tx: Transaction, urls: Urls, thing: str) -> int:
    """How many public answers there are to a thing."""
    return await _number(tx, urls, "parent", thing)


async def number_in(tx: Transaction, urls: Urls, root: str) -> int:
    """How many posts a conversation has, with the thing that began it."""
    return 1 + await _number(tx, urls, "subject", root)


async def number_of_guests(tx: Transaction, root: str) -> int:
    """How many public replies of others stand under a thing of ours."""
    row = await tx.row(
        f"select count(*) as many from ({_REPLIES.format(column='subject')}) found",  # noqa: S608
        thing=root,
        after="",
    )
    return int(row["many"]) if row else 0


async def _page(
    tx: Transaction, urls: Urls, column: str, thing: str, after: str | None
) -> tuple[list[str], str | None]:
    rows = await tx.rows(
        f"{_both(column)} order by id limit :limit", thing=thing, after=after or "", limit=PAGE
    )
    found = [(row["id"], row["address"] or urls.answer(row["id"])) for row in rows]
    following = found[-1][0] if len(found) == PAGE else None
    if after is None:
        own = await subjects.own_below(tx, urls, thing)
        found = sorted([*found, *((address.rsplit("/", 1)[1], address) for address in own)])
    return [address for _, address in found], following


async def _number(tx: Transaction, urls: Urls, column: str, thing: str) -> int:
    row = await tx.row(
        f"select count(*) as many from ({_both(column)}) found",  # noqa: S608  fixed parts
        thing=thing,
        after="",
    )
    own: Sequence[str] = await subjects.own_below(tx, urls, thing)
    return (int(row["many"]) if row else 0) + len(own)


def _both(column: str) -> str:
    return f"{_REPLIES.format(column=column)} union all {_ANSWERS.format(column=column)}"


def is_root(thing: Subject) -> bool:
    """Whether a conversation began with this thing of ours."""
    return thing.root == thing.id or (thing.root is None and thing.public)
