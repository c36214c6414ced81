"""One thing under several ids: an event or post that its server publishes twice is shown once.

Things are one by their id first; then, of the same author on the same server, by the web page that
both name or by the same `uuid`. Servers are never merged with each other: what two of them publish
are two things, however alike, since either could hide the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from activitypub.identity import same_origin
from node.network.model import RemoteThing
from node.storage.database import Row, Transaction

_MOST: Final = 20
_BETTER: Final = {"Event": 0, "Article": 1, "Video": 1, "Page": 2, "Question": 2}


async def settle(tx: Transaction, thing: RemoteThing) -> None:
    """Let one of those be shown that are the same thing; the others point to it."""
    near = await _near(tx, thing)
    own = next((row for row in near if row["id"] == thing.id), None)
    if own is None:
        return
    alike = [row for row in near if row is own or _same(row, own)]
    shown = min(alike, key=_rank)
    for row in near:
        if row in alike:
            await _point(tx, row, None if row is shown else shown["id"])
        elif row["twin_of"] == thing.id:
            # it was the same until now
            await _point(tx, row, None)


async def _near(tx: Transaction, thing: RemoteThing) -> Sequence[Row]:
    """The thing itself, what may be the same under another id, and what points to it."""
    return await tx.rows(
        "select id, kind, start_at, url, uuid, answers, updated, twin_of from remote_object "
        "where id in ("
        "select id from remote_object where id = :id "
        "union select id from remote_object where author = :author and url = :url "
        "union select id from remote_object where author = :author and uuid = :uuid "
        "union select id from remote_object where author = :author and twin_of = :id) "
        "order by case when id = :id then 0 else 1 end, id limit :most",
        author=thing.author,
        id=thing.id,
        url=thing.url,
        uuid=thing.uuid or thing.id,
        most=_MOST,
    )


async def _point(tx: Transaction, row: Row, twin_of: str | None) -> None:
    if row["twin_of"] != twin_of:
        await tx.run(
            "update remote_object set twin_of = :twin_of where id = :id",
            id=row["id"],
            twin_of=twin_of,
        )


def _same(row: Row, own: Row) -> bool:
    if not same_origin(row["id"], own["id"]):
        return False
    if row["uuid"] is not None and row["uuid"] == own["uuid"]:
        return True
    if row["answers"] or own["answers"]:
        # what is said about a thing often names the page of the thing
        return False
    # several dates of one series may share a page
    both_dated = row["start_at"] is not None and own["start_at"] is not None
    dates_fit = not both_dated or row["start_at"] == own["start_at"]
    return row["url"] == own["url"] and _is_page_of_its_own(own) and dates_fit


def _is_page_of_its_own(row: Row) -> bool:
    """Whether the address is a page for one thing, and not the front page of a whole server."""
    parts = urlsplit(row["url"])
    return same_origin(row["url"], row["id"]) and (parts.path.strip("/") or parts.query) != ""


def _rank(row: Row) -> tuple[int, int, str]:
    """An event before an article before a post; of two of a kind the one changed last."""
    newness = -int("".join(filter(str.isdigit, row["updated"])) or 0)
    return (_BETTER.get(row["kind"], 3), newness, row["id"])
