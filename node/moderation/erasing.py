"""Of a member who is erased nothing is left to decide; that there was a case stays as a number."""

from __future__ import annotations

from node.context import Context
from node.happenings import happenings
from node.moderation.actions import ActorGone
from node.moderation.cases import forget_actor
from node.people.erasing import PersonErased


@happenings.on(PersonErased)
async def forget_member(context: Context, fact: PersonErased) -> None:
    """Cases about her are closed, and what was reported is kept no longer."""
    await forget_actor(context, ActorGone(fact.person))
