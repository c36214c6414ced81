"""The home page, and the page of our network: what is on here and elsewhere."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from aiohttp import web

from node.community import actions as community_actions
from node.community import channels_store
from node.community.model import Channel, Community
from node.community.pages import view_of
from node.events import store as events_store
from node.events.model import Event
from node.events.views import event_card
from node.i18n.messages import translator
from node.network import store
from node.network.cards import remote_cards
from node.network.model import Following, FollowState, RemoteThing
from node.network.views import Neighbour, neighbour, network_view
from node.services import NODE
from node.storage.database import Transaction
from node.web.frames import channel_link, page_frame
from node.web.pages import guest_of, page

_ON_HOME = 3
_ON_NETWORK = 40


async def get_home(request: web.Request) -> web.Response:
    """The next dates, and news from other communities."""
    node = request.app[NODE]
    community, events, things, channels = await node.look(partial(_home, now=node.clock.now()))
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
        remote=remote_cards(things, guest, community.timezone),
        channels=[
            channel_link(one.language, f"@{one.handle}@{node.urls.authority}", one.actor)
            for one in channels
        ],
    )


async def _home(
    tx: Transaction, now: datetime
) -> tuple[Community, list[Event], list[RemoteThing], list[Channel]]:
    return (
        await community_actions.the_community(tx),
        await events_store.upcoming(tx, now, limit=_ON_HOME),
        await store.timeline(tx, limit=_ON_HOME),
        await channels_store.living(tx),
    )


async def get_network(request: web.Request) -> web.Response:
    """From other communities: whom we follow and what they publish."""
    node = request.app[NODE]
    community, following, things = await node.look(_network)
    guest = guest_of(request, community.language)
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
        network=network_view(
            handle=node.urls.account,
            following=[
                _neighbour(one) for one in following if one.state is not FollowState.REJECTED
            ],
        ),
        remote=remote_cards(things, guest, community.timezone),
    )


async def _network(tx: Transaction) -> tuple[Community, list[Following], list[RemoteThing]]:
    return (
        await community_actions.the_community(tx),
        await store.following(tx),
        await store.timeline(tx, limit=_ON_NETWORK),
    )


def _neighbour(one: Following) -> Neighbour:
    return neighbour(
        name=one.name or one.handle,
        handle=one.handle,
        url=one.url,
        pending=one.state is FollowState.ASKED,
    )
