"""Operations on what the community says of itself, and on its legal texts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from node.community import actions, legal
from node.community.legal import Legal, LegalPage
from node.community.model import Community
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]


def community_json(community: Community, node: Node) -> Json:
    """The community as commands and API show it."""
    return {
        "id": node.urls.community,
        "handle": f"@{node.urls.account}",
        "name": dict(community.name),
        "description": dict(community.description),
        "languages": list(community.languages),
        "city": community.city,
        "country": community.country,
        "timezone": community.timezone,
        "contact": community.contact,
    }


@operation("community.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """What the community says of itself."""
    return community_json(await node.look(actions.the_community), node)


@operation("community.describe")
async def describe(node: Node, arguments: Arguments) -> Json:
    """The community as it now describes itself. `document`: name, description, languages, city,
    country, timezone, contact; null takes away what need not be there."""
    document = arguments.get("document")
    return community_json(await node.act(lambda context: actions.describe(context, document)), node)


@operation("community.legal")
async def legal_texts(node: Node, arguments: Arguments) -> Json:
    """The legal notice and the two texts as they are shown, in every language."""
    return _legal_json(await node.look(legal.read), node)


@operation("community.set-legal")
async def set_legal(node: Node, arguments: Arguments) -> Json:
    """The same as it is from now on. `document`: notice, imprint, privacy; null for a text is the
    one that comes with the node."""
    document = arguments.get("document")
    return _legal_json(await node.act(lambda context: legal.say(context, document)), node)


def _legal_json(said: Legal, node: Node) -> Json:
    return {
        "id": f"{node.urls.origin}/{LegalPage.IMPRINT.value}",
        "notice": asdict(said.notice) if said.notice else None,
        **{page.value: dict(said.shown(page)) for page in LegalPage},
        "own": {page.value: list(said.texts.get(page, {})) for page in LegalPage},
    }
