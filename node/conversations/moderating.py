"""What the team's decisions do to what others said: hidden, shown again, deleted, trusted."""

from __future__ import annotations

from node.context import Context
from node.conversations import actions, reactions, store
from node.conversations.model import Reply, ReplyState
from node.errors import Conflict
from node.happenings import happenings
from node.i18n.messages import N_
from node.moderation.appeals import AppealAnswered
from node.moderation.case_model import CaseKind, Decision, Outcome, Reported, Snapshot
from node.moderation.cases import CaseDecided
from node.moderation.reportable import register
from node.moderation.twos import AllDeleted
from node.people import audit
from node.storage.database import Transaction
from node.urls import Urls


@register
async def reported(tx: Transaction, urls: Urls, name: str) -> Reported | None:
    """A reply, mention or message, as it is now."""
    reply = await store.find(tx, name)
    if reply is None:
        return None
    return Reported(
        kind=CaseKind(reply.kind),
        target=reply.address,
        author=reply.author,
        host=reply.host,
        inbox=reply.inbox,
        shared_inbox=reply.shared_inbox,
        snapshot=Snapshot(
            name=reply.author_name,
            handle=reply.handle,
            html=reply.html,
            warning=reply.warning,
            language=reply.language,
            about=reply.subject,
            published=reply.published.isoformat(timespec="minutes"),
        ),
        public=reply.is_shown,
    )


@happenings.on(CaseDecided)
async def hide(context: Context, fact: CaseDecided) -> None:
    """A reply about which it was so decided is on no page any more."""
    if fact.case.decision is Decision.HIDE and (reply := await _reply(context, fact.case.target)):
        await actions.hide(context, reply.id)


@happenings.on(AppealAnswered)
async def show_again(context: Context, fact: AppealAnswered) -> None:
    """A reply that should not have been hidden is shown."""
    if fact.case.outcome is not Outcome.OVERTURNED or fact.case.decision is not Decision.HIDE:
        return
    reply = await _reply(context, fact.case.target)
    if reply and reply.kind == "reply":
        await actions.show(context, reply.id)


@happenings.on(AllDeleted)
async def delete_all(context: Context, fact: AllDeleted) -> None:
    """Everything of an actor or server is dropped, and does not come back under its old id."""
    column = "author" if fact.is_actor else "host"
    rows = await context.tx.rows(
        f"select address, author from reply where {column} = :target",  # noqa: S608  fixed
        target=fact.target,
    )
    for row in rows:
        await store.bury(context.tx, row["address"], row["author"], context.now)
    for author in {row["author"] for row in rows}:
        await store.unknow(context.tx, author)
        await reactions.forget_actor(context.tx, author)


async def trust(context: Context, name: str, by: str) -> list[Reply]:
    """The replies of an author that are shown now; what she says from now on is shown at once.

    `name`: one of them. Raises: NotFound, Conflict for what is no reply.
    """
    reply = await actions.find(context, name)
    if reply.kind != "reply":
        raise Conflict(N_("This is no reply that could be shown."))
    held = await store.listed(context.tx, kind="reply", state=ReplyState.HELD, limit=1000)
    own = [each for each in held if each.author == reply.author and not each.barred]
    for each in own:
        await actions.show(context, each.id)
    await store.know(context.tx, reply.author, context.now)
    await audit.note(context, by, "trust an author", reply.id)
    return own


async def _reply(context: Context, address: str) -> Reply | None:
    return await store.find(context.tx, address)
