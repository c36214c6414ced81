"""Operations on translations: which published texts lack a language, or are out of date in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from node.community import actions as community_actions
from node.community.model import Community
from node.errors import Invalid, NotFound
from node.events import actions, store
from node.events.model import Event, State
from node.events.translating import lacks, missing
from node.operations.events import event_json
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]


@operation("translation.list")
async def gaps(node: Node, arguments: Arguments) -> list[Json]:
    """What is published, is still to come, and lacks a language of ours or is out of date in it."""
    now = node.clock.now()
    return await node.look(lambda tx: gaps_of(tx, now))


@operation("translation.confirm")
async def confirm(node: Node, arguments: Arguments) -> Json:
    """The event whose text in `language` says what the original says. `id`."""
    event_id, language = node.urls.event_id(str(arguments.get("id", ""))), arguments.get("language")
    if event_id is None:
        raise NotFound("There is no such event here.")
    if not isinstance(language, str):
        raise Invalid({"language": "is missing"})
    event = await node.act(lambda context: actions.confirm_translation(context, event_id, language))
    return event_json(event, node.urls)


async def gaps_of(tx: Transaction, now: datetime) -> list[Json]:
    """The community's own texts first, then its dates to come, soonest first."""
    community = await community_actions.the_community(tx)
    wanted = list(community.languages)
    events = [each for each in await store.upcoming(tx, now) if each.state is State.SCHEDULED]
    texts = [_of_community(community, wanted), *(_of_event(each, wanted) for each in events)]
    return [each for each in texts if each["missing"] or each["outdated"]]


def _of_community(community: Community, wanted: list[str]) -> Json:
    texts = (community.name, community.description)
    return {
        "kind": "community",
        "id": community.handle,
        "name": dict(community.name),
        "missing": [tag for tag in wanted if any(lacks(text, tag) for text in texts)],
        "outdated": [],
    }


def _of_event(event: Event, wanted: list[str]) -> Json:
    return {
        "kind": "event",
        "id": event.id,
        "name": dict(event.draft.name),
        "missing": missing(event.draft, wanted),
        "outdated": list(event.outdated),
    }
