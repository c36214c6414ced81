"""The legal notice and the page about data, which every page leads to."""

from __future__ import annotations

import re

from aiohttp import web

from node.community import legal
from node.community.legal import LegalPage
from node.community.pages import surroundings
from node.i18n.messages import N_, translator
from node.services import NODE
from node.text.markdown import to_html
from node.web.frames import page_frame
from node.web.pages import page
from node.web.shown import shown

_STRONG_LINE = re.compile(r"<p><strong>([^<]+)</strong></p>")
TITLES = {LegalPage.IMPRINT: N_("Legal notice"), LegalPage.PRIVACY: N_("Privacy")}


async def get_imprint(request: web.Request) -> web.Response:
    """Who answers for these pages."""
    return await _page(request, LegalPage.IMPRINT)


async def get_privacy(request: web.Request) -> web.Response:
    """What is kept of whom, and why."""
    return await _page(request, LegalPage.PRIVACY)


async def _page(request: web.Request, which: LegalPage) -> web.Response:
    node = request.app[NODE]
    guest, community = await surroundings(request)
    said = await node.look(legal.read)
    text = shown(said.shown(which), (guest.ui_language, *guest.languages))
    frame = page_frame(
        f"/{which.value}",
        translator(guest.ui_language).gettext(TITLES[which]),
        guest.ui_language,
        origin=node.urls.origin,
        # it may name a person: whoever looks for her by name needs not come upon it here
        indexed=False,
    )
    return page(
        request,
        guest,
        "legal.html",
        frame=frame,
        community=community,
        notice=said.notice,
        is_notice=which is LegalPage.IMPRINT,
        text=text,
        html=_with_headings(to_html(text.text)),
    )


def _with_headings(html: str) -> str:
    """A line that is strong as a whole is a heading: so it is found by whoever cannot see it."""
    return _STRONG_LINE.sub(r"<h2>\1</h2>", html)
