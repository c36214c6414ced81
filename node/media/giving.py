"""Who handed a picture in: known only so that it goes with her, where nothing of ours shows it."""

from __future__ import annotations

from node.context import Context
from node.happenings import happenings
from node.media import store
from node.people.erasing import PersonErased


async def note_giver(context: Context, media_id: str, person_id: str) -> None:
    """Remember who handed this picture in."""
    await context.tx.run(
        "insert into media_giver (media, person) values (:media, :person) on conflict do nothing",
        media=media_id,
        person=person_id,
    )


@happenings.on(PersonErased)
async def forget_giver(context: Context, fact: PersonErased) -> None:
    """Her pictures go; one that something of the community shows stays, and nobody gave it."""
    rows = await context.tx.rows(
        "select media from media_giver where person = :person", person=fact.person
    )
    await context.tx.run("delete from media_giver where person = :person", person=fact.person)
    for row in rows:
        if not await store.is_used(context.tx, row["media"]):
            await store.remove(context.tx, row["media"])
