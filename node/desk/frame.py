"""Every page of the desk: the page itself, and the bar with what its reader may open."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.desk import telling
from node.desk.nav import nav
from node.people.model import Person
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS, whole_page


async def desk_page(request: web.Request, template: str, title: str, **values: Any) -> web.Response:
    """A page of the desk; the template extends desk.html. For the rest as `whole_page`.

    A value `trail`: (path, message) of the pages between the desk and this one.
    """
    found = await visitor(request)
    frame = {"trail": (), "entries": nav.seen_by(found.person), "told": telling.told(request)}
    response = await whole_page(request, template, title, **{**frame, **values})
    telling.forget(request, response)
    return response


async def reader(request: web.Request) -> Person:
    """Who works at the desk."""
    found = await visitor(request)
    assert found.person is not None, "the policy of the route has let a guest through"
    return found.person


async def language_of(request: web.Request) -> str:
    """The language in which the page is shown."""
    guest, _ = await request.app[SURROUNDINGS](request)
    return guest.ui_language
