"""The page about the community."""

from __future__ import annotations

from aiohttp import web

from node.community import actions
from node.community.model import Community
from node.i18n import dates
from node.i18n.messages import translator
from node.services import NODE, Node
from node.web.frames import CommunityView, community_view, page_frame
from node.web.pages import Guest, guest_of, page


async def get_about(request: web.Request) -> web.Response:
    """Who we are, and how to follow us."""
    node = request.app[NODE]
    community = await node.look(actions.the_community)
    guest = guest_of(request, community.language)
    title = translator(guest.ui_language).gettext("About us")
    frame = page_frame("/about", title, guest.ui_language, origin=node.urls.origin)
    view = view_of(community, guest, node)
    return page(request, guest, "about.html", frame=frame, community=view)


async def surroundings(request: web.Request) -> tuple[Guest, CommunityView]:
    """Whoever asks, and the community as she meets it."""
    node = request.app[NODE]
    community = await node.look(actions.the_community)
    dates.tell_in(community.timezone)
    guest = guest_of(request, community.language)
    return guest, view_of(community, guest, node)


def view_of(community: Community, guest: Guest, node: Node) -> CommunityView:
    """The community as this guest meets it."""
    return community_view(
        names=community.name,
        handle=node.urls.account,
        url=node.urls.community,
        languages=guest.languages,
        ui_language=guest.ui_language,
        summaries=community.description or None,
        descriptions=community.description or None,
        city=community.city,
        contact=community.contact,
        languages_spoken=community.languages,
    )
