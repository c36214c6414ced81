"""At the desk: an event that does not take place, or is to be gone."""

from __future__ import annotations

from aiohttp import web

from node.desk.event_editor import PATH, TITLE
from node.desk.events_pages import event_of
from node.desk.frame import desk_page, reader
from node.events import acting
from node.events.views import event_card
from node.i18n.messages import N_
from node.services import NODE
from node.web.forms import form_of
from node.web.whole import SURROUNDINGS, go_to

_CANCEL, _DELETE = N_("Cancel the event"), N_("Delete the event")
_LONGEST_REASON = 500
_TOO_LONG = N_("This is too long. Please make it shorter.")
_SAY_YES = N_("Please say that you are sure.")


async def get_cancel(request: web.Request) -> web.StreamResponse:
    """What cancelling means, and the reason that everybody is told."""
    return await _page(request, "desk_event_cancel.html", _CANCEL)


async def post_cancel(request: web.Request) -> web.StreamResponse:
    """The event is cancelled, and stays to be seen as such."""
    form, event_id = await form_of(request), request.match_info["id"]
    reason = form.text("reason")
    if len(reason) > _LONGEST_REASON:
        return await _page(
            request, "desk_event_cancel.html", _CANCEL, status=422, errors={"reason": _TOO_LONG},
            reason=reason,
        )  # fmt: skip
    person = await reader(request)
    await request.app[NODE].act(
        lambda context: acting.cancel(context, event_id, reason or None, person.id)
    )
    return go_to(f"/e/{event_id}")


async def get_delete(request: web.Request) -> web.StreamResponse:
    """What deleting means."""
    return await _page(request, "desk_event_delete.html", _DELETE)


async def post_delete(request: web.Request) -> web.StreamResponse:
    """The event is gone, here and, as far as they listen, everywhere; only if she is sure."""
    form, event_id = await form_of(request), request.match_info["id"]
    if form.text("sure") != "yes":
        return await _page(
            request, "desk_event_delete.html", _DELETE, status=422, errors={"sure": _SAY_YES}
        )
    person = await reader(request)
    await request.app[NODE].act(lambda context: acting.delete(context, event_id, person.id))
    return go_to(PATH)


async def _page(
    request: web.Request,
    template: str,
    title: str,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    reason: str = "",
) -> web.StreamResponse:
    event = (await event_of(request))[1]
    guest = (await request.app[SURROUNDINGS](request))[0]
    return await desk_page(
        request,
        template,
        title,
        status=status,
        errors=errors,
        trail=[(PATH, TITLE)],
        event=event,
        reason=reason,
        card=event_card(event, guest.languages, guest.ui_language, f"/e/{event.id}"),
    )
