"""Somebody who is erased takes no part in anything: her places go to those who wait."""

from __future__ import annotations

from node.context import Context
from node.events import store as events_store
from node.happenings import happenings
from node.people.erasing import PersonErased
from node.rsvp import seating, store, told_store

MEMBER = "member:"


@happenings.on(PersonErased)
async def forget_member(context: Context, fact: PersonErased) -> None:
    """What a member said to any event is forgotten."""
    await forget_party(context, f"{MEMBER}{fact.person}")


async def forget_party(context: Context, party: str) -> None:
    """Forget a guest wherever she takes part, with every link to her."""
    rows = await context.tx.rows(
        "select id, event from participation where party = :party", party=party
    )
    for row in rows:
        await store.take_turn(context.tx, row["event"])
        await store.remove(context.tx, row["id"])
        if event := await events_store.find(context.tx, row["event"]):
            await seating.fill(context, event)
    await told_store.forget_party(context.tx, party)
