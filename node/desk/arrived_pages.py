"""At the desk: what arrived from others, and what of it the community shares."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from node.community import actions as community_actions
from node.desk.frame import desk_page, language_of, reader
from node.desk.network_pages import TRAIL
from node.desk.telling import done
from node.desk.words import moment_words
from node.errors import Invalid, NodeError, NotFound
from node.i18n.messages import N_
from node.ids import stamp
from node.network import shares, store
from node.network.cards import remote_cards
from node.network.model import RemoteThing, Visibility
from node.network.views import RemoteCard
from node.operations.registry import perform
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.whole import SURROUNDINGS

_ARRIVED, _SHARED = "/desk/network/arrived", "/desk/network/shared"
_TITLE, _SHARES = N_("What arrived"), N_("What we share")
_PAGE, _MOST = 20, 200
_ADDRESS = N_("Please give the address of a page, like https://server.example/events/1")
_ABSENT = N_("Nothing that can be shared was found there.")
_NOT_NOW = N_("This server does not answer now. Please try again later.")
_LONGEST = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Something that arrived. `limited`: its author is, and only the desk sees it."""

    id: str
    card: RemoteCard
    limited: bool
    shared: bool
    when: str


async def get_arrived(request: web.Request) -> web.StreamResponse:
    """What arrived, newest first, also of those who are limited; a page at a time."""
    node, guest = request.app[NODE], (await request.app[SURROUNDINGS](request))[0]
    before = request.query.get("before", "")[:40]

    async def read(tx: Transaction) -> tuple[list[RemoteThing], set[str], str]:
        things = await store.timeline(tx, limit=_PAGE + 1, before=before or None, for_staff=True)
        shared = {each.id for each in things if await shares.find(tx, each.id)}
        return things, shared, (await community_actions.the_community(tx)).timezone

    things, shared, zone = await node.look(read)
    cards = remote_cards(things, guest, zone)
    rows = [
        Arrived(
            id=thing.id,
            card=card,
            limited=thing.visibility is not Visibility.PUBLIC,
            shared=thing.id in shared,
            when=moment_words(stamp(thing.received), guest.ui_language),
        )
        for thing, card in zip(things, cards, strict=True)
    ]
    more = stamp(things[_PAGE - 1].received) if len(things) > _PAGE else None
    return await desk_page(
        request,
        "desk_arrived.html",
        _TITLE,
        trail=TRAIL,
        rows=rows[:_PAGE],
        shares=may(await reader(request), Right.PUBLISH),
        first=bool(before),
        more=f"{_ARRIVED}?before={quote(more)}" if more else None,
        start=_ARRIVED,
        before=before,
    )


async def get_shared(request: web.Request) -> web.StreamResponse:
    """What the community shares, newest first, and the form to share something."""
    return await _shared_page(request)


async def post_share(request: web.Request) -> web.StreamResponse:
    """Something is shared with everybody who follows the community."""
    form = await form_of(request)
    url = form.text("url")[:_LONGEST]
    try:
        await perform(request.app[NODE], "network.share", {"url": url})
    except NodeError as error:
        return await _shared_page(request, url=url, error=error)
    return done(request, _back(form), "shared")


async def post_unshare(request: web.Request) -> web.StreamResponse:
    """Something is shared no more."""
    form = await form_of(request)
    with suppress(NotFound):  # it is not shared any more, which is what was wanted
        await perform(request.app[NODE], "network.unshare", {"url": form.text("url")})
    return done(request, _back(form), "unshared")


async def _shared_page(
    request: web.Request, *, url: str = "", error: NodeError | None = None
) -> web.Response:
    language = await language_of(request)
    found = await request.app[NODE].look(_shares)
    return await desk_page(
        request,
        "desk_shared.html",
        _SHARES,
        trail=TRAIL,
        status=error.status if error else 200,
        errors={"url": _sentence(error)} if error else None,
        url=url,
        rows=[{**each, "when": moment_words(each["when"], language)} for each in found],
    )


async def _shares(tx: Transaction) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for share in await shares.latest(tx, _MOST):
        thing = await store.find(tx, share.object)
        found.append(
            {
                "url": share.object,
                "author": thing.author_name if thing else share.author,
                "kind": thing.kind if thing else "",
                "by_rule": share.by_rule,
                "when": stamp(share.at),
            }
        )
    return found


def _sentence(error: NodeError) -> str:
    if isinstance(error, Invalid):
        return _ADDRESS
    return {404: _ABSENT, 503: _NOT_NOW}.get(error.status, str(error))


def _back(form: Form) -> str:
    """To the page of the list on which the button was."""
    if form.text("back") != "arrived":
        return _SHARED
    before = form.text("before")[:40]
    return f"{_ARRIVED}?before={quote(before)}" if before else _ARRIVED
