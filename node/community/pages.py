"""The page about the community."""

from __future__ import annotations

from aiohttp import web

from node.community import actions
from node.i18n.messages import translator
from node.services import NODE
from node.web.pages import guest_of, page, view_of
from node.web.views import page_frame


async def get_about(request: web.Request) -> web.Response:
    """Who we are, and how to follow us."""
    node = request.app[NODE]
    community = await node.look(actions.the_community)
    guest = guest_of(request, community.language)
    title = translator(guest.ui_language).gettext("About us")
    frame = page_frame("/about", title, guest.ui_language, origin=node.urls.origin)
    view = view_of(community, guest, node)
    return page(request, guest, "about.html", frame=frame, community=view)
