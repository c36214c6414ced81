"""What a member wrote for the community, for her own export."""

from __future__ import annotations

from node.context import Context
from node.conversations import answers_store
from node.happenings import happenings
from node.ids import rfc3339
from node.members.gathering import Gathering


@happenings.on(Gathering)
async def add_answers(context: Context, book: Gathering) -> None:
    """What she said in the community's name, with what it answers."""
    rows = await context.tx.rows(
        "select id from answer where said_by in (:id, :name) and deleted = 0 order by id",
        id=book.person.id,
        name=book.person.name,
    )
    found = [await answers_store.find(context.tx, row["id"]) for row in rows]
    book.document(
        "answers.json",
        [
            {
                "id": one.address(context.urls),
                "inReplyTo": one.parent,
                "texts": dict(one.texts),
                "published": rfc3339(one.published),
            }
            for one in found
            if one
        ],
    )
