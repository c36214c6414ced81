"""What somebody has just changed of herself, told once on her next page."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.i18n.messages import N_
from node.web.telling import Telling
from node.web.whole import whole_page

OWN = Telling(
    path="/me",
    sentences={
        "saved": N_("Saved."),
        "password": N_("The new password counts. Everywhere else you are signed out."),
    },
)


async def own_page(request: web.Request, template: str, title: str, **values: Any) -> web.Response:
    """A page about oneself; the template says `told`. For the rest as `whole_page`."""
    response = await whole_page(request, template, title, told=OWN.told(request), **values)
    OWN.forget(request, response)
    return response
