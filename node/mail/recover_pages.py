"""A forgotten password: a link to a new one by e-mail, for whoever keeps an address here."""

from __future__ import annotations

from aiohttp import web

from node.errors import NodeError
from node.i18n.messages import N_
from node.mail import actions
from node.mail.pages import OF_A_SOURCE, may_write_to
from node.people.pages import entry
from node.services import NODE
from node.web.forms import form_of
from node.web.limits import limit_source
from node.web.whole import whole_page

_RECOVER = N_("A link by e-mail")


async def get_recover(request: web.Request) -> web.StreamResponse:
    """The form for the address."""
    _check_on(request)
    return await _page(request)


async def post_recover(request: web.Request) -> web.StreamResponse:
    """The same answer for every address, whether it is somebody's here or not (security: J10)."""
    _check_on(request)
    node, text = request.app[NODE], (await form_of(request)).text("address")
    try:
        limit_source(request, OF_A_SOURCE)
        if may_write_to(request, text):
            vault = node.keyring.vault
            await node.act(lambda context: actions.ask_for_help(context, vault, text))
    except NodeError as error:
        return await _page(request, error=error, typed=text)
    return await _page(request, done=True)


def _check_on(request: web.Request) -> None:
    if request.app[NODE].config.mail is None:
        raise web.HTTPNotFound


async def _page(
    request: web.Request, *, done: bool = False, error: NodeError | None = None, typed: str = ""
) -> web.Response:
    return entry(
        await whole_page(
            request, "recover_mail.html", _RECOVER, error=error, done=done, typed=typed
        )
    )
