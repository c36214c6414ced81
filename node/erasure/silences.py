"""Actors taken back, members who hid, things gone and accounts closed stay so after a restore.

The line is written a second after it was done; a database that is older than the line does it anew,
before anybody is answered. Spec: security 3.5
"""

from __future__ import annotations

from collections.abc import Sequence

from node.context import Context
from node.erasure import gone
from node.members.acting import retire_actor
from node.members.hiding import hide_everything, show_again
from node.people import standing
from node.people import store as people
from node.people.silence_store import Silence
from node.people.standing_again import stand_again
from node.storage.database import Transaction


async def names(tx: Transaction, kind: Silence) -> set[str]:
    """Everybody of whom a line of this kind can speak."""
    if kind is Silence.GONE:
        return await gone.names(tx)
    if kind is Silence.STANDING:
        return await standing.names(tx)
    table = "persona" if kind is Silence.RETIRED else "person"
    return {row["id"] for row in await tx.rows(f"select id from {table}")}  # noqa: S608  ours


async def do_again(context: Context, kind: Silence, name: str) -> None:
    """What the ledger says was done; nothing where it is so already."""
    if kind is Silence.RETIRED:
        await retire_actor(context, context.urls.member(name))
        return
    if kind is Silence.GONE:
        await gone.let_go_again(context, name)
        return
    if kind is Silence.STANDING:
        await stand_again(context, name)
        return
    person = await people.by_id(context.tx, name)
    if person is None:
        return
    if kind is Silence.HIDDEN:
        await hide_everything(context, person, session=None, noted=True)
    else:
        await show_again(context, person, noted=True)


def last_of_each(found: Sequence[tuple[str, str] | None]) -> Sequence[tuple[str, str] | None]:
    """The same (kind, name), with None for how an account stood before it stood otherwise."""
    last = {_about(whom): at for at, whom in enumerate(found)}
    return [
        whom if _about(whom) is None or last[_about(whom)] == at else None
        for at, whom in enumerate(found)
    ]


def _about(whom: tuple[str, str] | None) -> object | None:
    if whom is None or whom[0] != Silence.STANDING.value:
        return None
    return standing.about(whom[1])
