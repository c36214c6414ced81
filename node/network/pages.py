"""The home page, and the page of our network: what is on here and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from activitypub.objects import Event as RemoteEvent
from activitypub.objects import Object
from activitypub.registry import read as read_object
from node.community import actions as community_actions
from node.community.model import Community
from node.community.pages import view_of
from node.events import store as events_store
from node.events.model import Event
from node.events.views import event_card
from node.i18n import dates
from node.i18n.messages import translator
from node.network import store
from node.network.model import Following, FollowState, RemoteThing
from node.network.views import RemoteCard, neighbour, network_view, remote_card
from node.services import NODE
from node.storage.database import Transaction
from node.text.sanitise import plain
from node.web.frames import page_frame
from node.web.pages import Guest, guest_of, page

_ON_HOME = 3
_ON_NETWORK = 40


async def get_home(request: web.Request) -> web.Response:
    """The next dates, and news from other communities."""
    node = request.app[NODE]

    async def read(tx: Transaction) -> tuple[Community, list[Event], list[RemoteThing]]:
        return (
            await community_actions.the_community(tx),
            await events_store.upcoming(tx, node.clock.now(), limit=_ON_HOME),
            await store.timeline(tx, limit=_ON_HOME),
        )

    community, events, things = await node.look(read)
    guest = guest_of(request, community.language)
    view = view_of(community, guest, node)
    frame = page_frame(
        "/",
        view.name.text,
        guest.ui_language,
        origin=node.urls.origin,
        description=view.lede.text if view.lede else "",
        alternate_activity=node.urls.community,
    )
    cards = [
        event_card(event, guest.languages, guest.ui_language, node.urls.event(event.id))
        for event in events
    ]
    return page(
        request,
        guest,
        "home.html",
        frame=frame,
        community=view,
        events=cards,
        remote=remote_cards(things, guest),
    )


async def get_network(request: web.Request) -> web.Response:
    """From other communities: whom we follow and what they publish."""
    node = request.app[NODE]

    async def read(tx: Transaction) -> tuple[Community, list[Following], list[RemoteThing]]:
        return (
            await community_actions.the_community(tx),
            await store.following(tx),
            await store.timeline(tx, limit=_ON_NETWORK),
        )

    community, following, things = await node.look(read)
    guest = guest_of(request, community.language)
    view = network_view(
        handle=node.urls.account,
        following=[
            neighbour(
                name=one.name or one.handle,
                handle=one.handle,
                url=one.url,
                pending=one.state is FollowState.ASKED,
            )
            for one in following
            if one.state is not FollowState.REJECTED
        ],
    )
    frame = page_frame(
        "/network",
        translator(guest.ui_language).gettext("Network"),
        guest.ui_language,
        origin=node.urls.origin,
    )
    return page(
        request,
        guest,
        "network.html",
        frame=frame,
        community=view_of(community, guest, node),
        network=view,
        remote=remote_cards(things, guest),
    )


def remote_cards(things: Sequence[RemoteThing], guest: Guest) -> list[RemoteCard]:
    """Things from elsewhere, each in the language that suits this guest best."""
    return [_card(thing, guest) for thing in things]


def _card(thing: RemoteThing, guest: Guest) -> RemoteCard:
    found = read_object(dict(thing.document))
    words, summary, language = words_of(found, guest.languages)
    zone = found.timezone if isinstance(found, RemoteEvent) else None
    if thing.start:
        # communities like ours begin their summary with when; the card says that already
        start, end = (dates.local(at, zone) if at else None for at in (thing.start, thing.end))
        said = dates.span(start or thing.start, end, language or guest.ui_language)
        summary = summary.removeprefix(said).lstrip(" ·")
    return remote_card(
        name=words,
        language=language,
        summary=summary,
        url=thing.url,
        community=thing.author_name or thing.author,
        kind=thing.kind,
        ui_language=guest.ui_language,
        start=thing.start,
        end=thing.end,
        timezone=zone,
        cancelled=thing.cancelled,
    )


def words_of(found: Object, languages: Sequence[str]) -> tuple[str, str, str | None]:
    """(title, a few plain words, their language) of a remote object; a post's title is its text."""
    content, language = found.content.best(languages) if found.content else ("", None)
    if found.name is None:
        text = plain(content)
        return text[:120], text, language
    name, language = found.name.best(languages)
    summary = found.summary.best(languages)[0] if found.summary else content
    return plain(name), plain(summary), language
