"""A whole page for somebody: her language, her community, herself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from node.errors import Invalid, NodeError, TooMany
from node.i18n.messages import translator
from node.services import NODE
from node.web.frames import CommunityView, page_frame
from node.web.pages import Guest, page
from node.web.visitor import visitor

Surroundings = Callable[[web.Request], Awaitable[tuple[Guest, CommunityView]]]
SURROUNDINGS: web.AppKey[Surroundings] = web.AppKey("surroundings")
"""How the community is seen by whoever asks; `node.app` says it."""


async def whole_page(
    request: web.Request,
    template: str,
    title: str,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    error: NodeError | None = None,
    path: str | None = None,
    **values: Any,
) -> web.Response:
    """A page that no search engine keeps and nobody stores; `title` is a message, in English.

    The template gets `visitor`, `errors` (in the language of the page) and the values. `error`
    stands for its status and `errors_of` it. `path`: where the page is found when the request was a
    form to somewhere else.
    """
    if error is not None:
        status, errors = error.status, errors or errors_of(error)
    guest, community = await request.app[SURROUNDINGS](request)
    _ = translator(guest.ui_language).gettext
    frame = page_frame(
        path or request.path,
        _(title),
        guest.ui_language,
        origin=request.app[NODE].urls.origin,
        indexed=False,
    )
    response = page(
        request,
        guest,
        template,
        frame=frame,
        community=community,
        visitor=await visitor(request),
        errors={name: _(sentence) for name, sentence in (errors or {}).items()},
        **values,
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.popall("ETag", None)
    response.set_status(status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def errors_of(error: NodeError) -> dict[str, str]:
    """What went wrong, for the form: by field, or under "" for the whole."""
    return dict(error.fields) if isinstance(error, Invalid) else {"": str(error)}


async def word(request: web.Request, message: str) -> str:
    """A message in the language of whoever asks."""
    guest, _ = await request.app[SURROUNDINGS](request)
    return translator(guest.ui_language).gettext(message)


def local_path(text: str | None, otherwise: str) -> str:
    """A path of this site to go on to; `otherwise` for anything else (security: open redirects)."""
    path = text or ""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else otherwise


def go_to(path: str) -> web.Response:
    """An answer that leads on after a form. Spec: RFC 9110 15.4.4"""
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
