"""One's own data as a file, and leaving."""

from __future__ import annotations

from aiohttp import web

from node.context import Context
from node.errors import NodeError, NotFound
from node.i18n import dates
from node.i18n.messages import N_
from node.members import exporting, hiding
from node.members.profile_pages import known
from node.members.sealed_files import sealed_files
from node.people.signing_in import drop_cookie
from node.services import NODE
from node.web.forms import form_of
from node.web.whole import SURROUNDINGS, go_to, whole_page

_EXPORT, _LEAVE, _LEFT = N_("My data"), N_("Leave"), N_("Goodbye")
_FILE = "josoor-my-data.zip"


async def get_export(request: web.Request) -> web.StreamResponse:
    """Whether a file is asked for, being made or ready; its link is new each time."""
    return await _page(request)


async def post_export(request: web.Request) -> web.StreamResponse:
    """One's data, asked for; it is put together in the background."""
    person = (await known(request))[1]
    language = (await request.app[SURROUNDINGS](request))[0].ui_language
    try:
        await request.app[NODE].act(lambda context: exporting.ask(context, person, language))
    except NodeError as error:
        return await _page(request, error)
    return go_to("/me/export")


async def get_file(request: web.Request) -> web.StreamResponse:
    """The file itself, once, for nobody but the person whose data it is."""
    person, secret = (await known(request))[1], request.match_info["secret"]
    if request.method == "HEAD":
        # Whoever only looks does not use it up.
        raise NotFound(exporting.NO_FILE)
    node = request.app[NODE]
    body = await node.act(lambda context: exporting.take(context, person, secret))
    body = await sealed_files.add_to(body, node, person)
    headers = {
        "Content-Disposition": f'attachment; filename="{_FILE}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=body, content_type="application/zip", headers=headers)


async def _page(request: web.Request, error: NodeError | None = None) -> web.Response:
    person, node = (await known(request))[1], request.app[NODE]
    language = (await request.app[SURROUNDINGS](request))[0].ui_language
    found = await node.look(lambda tx: exporting.newest(tx, person.id))
    secret = None
    if found and found.holds(node.clock.now()):
        secret = await node.act(lambda context: exporting.new_link(context, person))
    return await whole_page(
        request,
        "me_export.html",
        _EXPORT,
        error=error,
        making=found is not None and found.ready is None,
        link=f"/me/export/{secret}" if secret else "",
        until=dates.day(found.ready + exporting.LIFE, language) if found and found.ready else "",
    )


async def get_leave(request: web.Request) -> web.StreamResponse:
    """What leaving means, and the choice between now and in 72 hours."""
    return await whole_page(request, "me_leave.html", _LEAVE)


async def post_leave(request: web.Request) -> web.StreamResponse:
    """Gone: the account opens nothing any more, from this moment on."""
    form, (_, person) = await form_of(request), await known(request)
    regret = form.text("when") != "now"

    async def work(context: Context) -> str:
        return await hiding.leave(context, person, regret=regret)

    try:
        number = await request.app[NODE].act(work)
    except NodeError as error:
        return await whole_page(request, "me_leave.html", _LEAVE, error=error)
    response = await whole_page(request, "me_left.html", _LEFT, number=number, regret=regret)
    drop_cookie(request, response)
    return response
