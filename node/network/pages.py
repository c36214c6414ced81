"""The home page, and the page of our network: what is on here and elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from urllib.parse import quote

from aiohttp import web

from activitypub.objects import Event as RemoteEvent
from activitypub.objects import Object
from activitypub.registry import read as read_object
from node.community import actions as community_actions
from node.community import channels_store
from node.community.model import Channel, Community
from node.community.pages import view_of
from node.events import store as events_store
from node.events.model import Event
from node.events.views import event_card
from node.i18n import dates
from node.i18n.messages import translator
from node.network import particulars, store
from node.network.model import Following, FollowState, RemoteThing
from node.network.views import Neighbour, RemoteCard, neighbour, network_view, remote_card
from node.services import NODE
from node.storage.database import Transaction
from node.text.markdown import to_html
from node.text.sanitise import plain
from node.web.frames import channel_link, page_frame
from node.web.pages import Guest, guest_of, page

_ON_HOME = 3
_ON_NETWORK = 40
_FILE = re.compile(r"\S+\.(jpe?g|png|gif|webp|avif|heic)", re.IGNORECASE)
_WHEN = 80
"""How long a moment and a town can be in words."""


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


def remote_cards(
    things: Sequence[RemoteThing], guest: Guest, own_zone: str | None = None
) -> list[RemoteCard]:
    """Things from elsewhere, each in the language that suits this guest best; `own_zone` is the
    clock of the community here."""
    return [_card(thing, guest, own_zone) for thing in things]


def _card(thing: RemoteThing, guest: Guest, own_zone: str | None) -> RemoteCard:
    found = read_object(dict(thing.document))
    words, summary, language = words_of(found, guest.languages)
    start, end, zone = _clock(thing, found, own_zone)
    if start:
        # communities like ours begin their summary with when; the card says that already
        local = [dates.local(at, zone) if at else None for at in (start, end)]
        said = dates.span(local[0] or start, local[1], language or guest.ui_language)
        summary = summary.removeprefix(said).lstrip(" ·")
    return remote_card(
        name=words,
        language=language,
        summary=summary,
        url=thing.url,
        community=thing.author_name or thing.author,
        kind=thing.kind,
        ui_language=guest.ui_language,
        start=start,
        end=end,
        timezone=zone,
        cancelled=thing.cancelled,
        place=_place(found),
        picture=_alt(found),
        report=f"/report?about={quote(thing.id, safe='')}",
    )


def _alt(found: Object) -> str:
    """What its picture shows, in words; what is only a file's name, or Mobilizon's mark for the
    one at the top, says nothing."""
    said = str(particulars.picture(found).get("alt") or "").strip()
    return "" if said.casefold() == "banner" or _FILE.fullmatch(said) else said


def _clock(
    thing: RemoteThing, found: Object, own_zone: str | None
) -> tuple[datetime | None, datetime | None, str | None]:
    """(start, end, zone) as its organiser tells them: in her zone, else with the offset that she
    wrote; where she wrote UTC only, as Friendica does, on the community's own clock."""
    if thing.start is None or not isinstance(found, RemoteEvent):
        return None, None, None
    if found.timezone:
        return thing.start, thing.end, found.timezone
    start = found.start_time or thing.start
    return start, found.end_time or thing.end, None if start.utcoffset() else own_zone


def _place(found: Object) -> str:
    """Where it is, in one line; the name is not said twice."""
    where = particulars.places(found) if isinstance(found, RemoteEvent) else {}
    name, address = where.get("name") or "", where.get("address") or ""
    if address and name and name in address:
        name = ""
    return ", ".join(part for part in (name, address) if part)


def words_of(found: Object, languages: Sequence[str]) -> tuple[str, str, str | None]:
    """(title, a few plain words, their language) of a remote object; a post's title is its text."""
    content, language = found.content.best(languages) if found.content else ("", None)
    if found.media_type == "text/markdown":
        content = to_html(content)
    if found.name is None:
        text = plain(content)
        return text[:120], text, language
    name, language = found.name.best(languages)
    summary = found.summary.best(languages)[0] if found.summary else content
    if isinstance(found, RemoteEvent) and content and _tells_again(plain(summary), found):
        summary = content
    return plain(name), plain(summary), language


def _tells_again(summary: str, found: RemoteEvent) -> bool:
    """Whether a summary only says when and where, which the card says: Mobilizon and Gancio write
    theirs so, of one line with the place in it."""
    place = particulars.places(found).get("name") or ""
    return bool(place) and place in summary and len(summary) < len(place) + _WHEN
