"""What a member answered to events, for her own export."""

from __future__ import annotations

from node.context import Context
from node.happenings import happenings
from node.members.gathering import Gathering
from node.rsvp.erasing import MEMBER


@happenings.on(Gathering)
async def add_participations(context: Context, book: Gathering) -> None:
    """The events to which she answered, with her own words; nobody else's."""
    rows = await context.tx.rows(
        "select event, answer, seat, name, words, since, changed from participation "
        "where party in (:party, :actor) order by since, id",
        party=f"{MEMBER}{book.person.id}",
        actor=book.actor or "",
    )
    book.table(
        "participations.csv",
        ("Event", "Answer", "Place", "Name", "Words", "Since", "Changed"),
        [
            (
                context.urls.event(row["event"]),
                row["answer"],
                row["seat"],
                row["name"],
                row["words"],
                row["since"],
                row["changed"],
            )
            for row in rows
        ],
    )
