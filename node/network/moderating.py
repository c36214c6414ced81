"""What the team's decisions do to what came from other communities."""

from __future__ import annotations

from activitypub.identity import host_of
from activitypub.registry import read
from node.context import Context
from node.conversations.intake import words_of
from node.happenings import happenings
from node.moderation.case_model import CaseKind, Decision, Reported, Snapshot
from node.moderation.cases import CaseDecided
from node.moderation.reportable import register
from node.moderation.twos import AllDeleted
from node.network import store
from node.network.model import Visibility
from node.storage.database import Transaction
from node.urls import Urls


@register
async def reported(tx: Transaction, urls: Urls, name: str) -> Reported | None:
    """Something from another community, as it is now."""
    thing = await store.find(tx, name)
    if thing is None:
        return None
    words = words_of(read(dict(thing.document)))
    return Reported(
        kind=CaseKind.REMOTE,
        target=thing.id,
        author=thing.author,
        host=host_of(thing.author),
        snapshot=Snapshot(
            name=thing.author_name,
            html=words.html,
            warning=words.warning,
            language=words.language,
            about=thing.url,
            published=thing.published.isoformat(timespec="minutes"),
        ),
        public=thing.visibility is Visibility.PUBLIC,
    )


@happenings.on(CaseDecided)
async def hide(context: Context, fact: CaseDecided) -> None:
    """A thing about which it was so decided is not shown, and does not come again."""
    if fact.case.kind is CaseKind.REMOTE and fact.case.decision is Decision.HIDE:
        await store.bury(context.tx, fact.case.target, fact.case.author, context.now)


@happenings.on(AllDeleted)
async def delete_all(context: Context, fact: AllDeleted) -> None:
    """Everything of an actor or server is dropped for good."""
    rows = await context.tx.rows("select id, author from remote_object")
    for row in rows:
        if fact.target in (row["author"], host_of(row["author"])):
            await store.bury(context.tx, row["id"], row["author"], context.now)
