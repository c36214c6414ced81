"""What the team decides about a member's post: taken away, given back, or gone for good.

The team sees the name of the actor and never whose it is. A post that was taken away is deleted on
every server at once; its words are kept here until the author can appeal no more, so that she can
have them back on her own page.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from node.context import Context
from node.errors import NotAllowed
from node.happenings import happenings
from node.i18n.messages import N_
from node.jobs import jobs
from node.members import persona_store, post_store, posting
from node.members.model import Audience, Persona, Post, PostState
from node.moderation import case_store, cases
from node.moderation.appeals import AppealAnswered
from node.moderation.case_model import (
    KEPT,
    Case,
    CaseKind,
    Decision,
    Outcome,
    Reported,
    Snapshot,
)
from node.moderation.cases import CaseClosed, CaseDecided
from node.moderation.known_as import register as register_names
from node.moderation.reportable import register
from node.people.silence_store import Thing, note_gone
from node.storage.database import Transaction
from node.text.markdown import to_html
from node.urls import Urls

_READABLE = (PostState.SHOWN, PostState.HOME)
_HERSELF = N_("Nobody decides about herself.")


@register
async def reported(tx: Transaction, urls: Urls, name: str) -> Reported | None:
    """A post that can be read somewhere; of a letter to one person only that it is there."""
    found = await _found(tx, urls, name)
    if found is None or found[1].state not in _READABLE:
        return None
    persona, post = found
    public = post.audience is Audience.PUBLIC and persona.hidden_at is None
    return Reported(
        kind=CaseKind.POST,
        target=name,
        author=urls.member(persona.id),
        host="",
        snapshot=_snapshot(urls, persona, post),
        public=public,
    )


def _snapshot(urls: Urls, persona: Persona, post: Post) -> Snapshot:
    letter = post.audience is Audience.DIRECT
    return Snapshot(
        name=persona.name,
        handle=f"@{persona.handle}@{urls.authority}",
        html="" if letter else to_html(post.source),
        language=None if letter else post.language,
        about=urls.member_post(persona.id, post.id),
        published=post.published.isoformat(timespec="minutes"),
    )


@register_names
async def own_actor(tx: Transaction, urls: Urls, person: str) -> list[str]:
    """The address of a member's own actor, where she has one."""
    persona = await persona_store.of_person(tx, person)
    return [urls.member(persona.id)] if persona else []


@happenings.on(CaseDecided)
async def take_away(context: Context, fact: CaseDecided) -> None:
    """A post about which it was so decided is on no page any more, and deleted elsewhere.

    Raises: NotAllowed for whoever would decide about a post of her own.
    """
    case = fact.case
    found = await _of_case(context, case)
    if found is None:
        return
    persona, post = found
    if persona.person == case.decided_by:
        raise NotAllowed(_HERSELF)
    if case.decision is Decision.REMOVE and post.state is not PostState.DELETED:
        removed = await remove(context, persona, post)
        if not case.told:
            await _forget(context, case, removed)


async def remove(context: Context, persona: Persona, post: Post, *, noted: bool = False) -> Post:
    """The post, taken away: its words are kept, and nobody reads them.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    if not noted:
        await note_gone(context, Thing.AWAY, post.id)
    if post.state is PostState.SHOWN:
        await posting.withdraw(context, persona, post)
    removed = replace(post, state=PostState.REMOVED, updated=context.now)
    await post_store.change(context.tx, removed)
    return removed


async def give_back(context: Context, post: Post, *, noted: bool = False) -> None:
    """A post that was taken away is on its author's own page again."""
    if not noted:
        await note_gone(context, Thing.BACK, post.id)
    await post_store.change(context.tx, replace(post, state=PostState.HOME))


@happenings.on(AppealAnswered)
async def after_appeal(context: Context, fact: AppealAnswered) -> None:
    """What should not have been taken away is on her own page again; else it is gone."""
    found = await _of_case(context, fact.case)
    if found is None or fact.case.decision is not Decision.REMOVE:
        return
    _, post = found
    if fact.case.outcome is Outcome.OVERTURNED and post.state is PostState.REMOVED:
        await give_back(context, post)
    elif post.state is PostState.REMOVED:
        await _forget(context, fact.case, post)


@happenings.on(CaseClosed)
async def gone_for_good(context: Context, fact: CaseClosed) -> None:
    """Nobody appealed in time: the words of what was taken away are kept no longer."""
    found = await _of_case(context, fact.case)
    if found and found[1].state is PostState.REMOVED:
        await _forget(context, fact.case, found[1])


@jobs.every(timedelta(hours=6))
async def forget_removed(context: Context) -> None:
    """The words of a post whose case a restore has lost, and which nobody decides, are not kept."""
    for post in await post_store.removed_before(context.tx, context.now - KEPT):
        target = context.urls.member_post(post.persona, post.id)
        if not await case_store.is_known(context.tx, target):
            await note_gone(context, Thing.POST, post.id)
            await posting.erase(context, post)


async def _forget(context: Context, case: Case, post: Post) -> None:
    await note_gone(context, Thing.POST, post.id)
    await posting.erase(context, post)
    await cases.blank(context, case)


async def _of_case(context: Context, case: Case) -> tuple[Persona, Post] | None:
    if case.kind is not CaseKind.POST:
        return None
    return await _found(context.tx, context.urls, case.target)


async def _found(tx: Transaction, urls: Urls, address: str) -> tuple[Persona, Post] | None:
    actor, _, post_id = address.partition("/posts/")
    persona = await persona_store.by_actor(tx, urls, actor) if post_id else None
    post = await post_store.find(tx, persona.id, post_id) if persona else None
    return (persona, post) if persona and post else None
