"""At the desk: somebody else's account is erased, or kept after all."""

from __future__ import annotations

from aiohttp import web

from node.context import Context
from node.desk.decisions_pages import PATH as DECISIONS
from node.desk.frame import reader
from node.desk.people_pages import PATH, other_of, page
from node.desk.telling import done
from node.errors import Invalid, NodeError, NotAllowed
from node.i18n.messages import N_
from node.people import erasing, twos
from node.services import NODE
from node.text.sanitise import strip_bidi
from node.web.forms import Form, form_of

_NOT_ONESELF = N_("Your own account you erase on your own page.")
_REASON = N_("Please give a reason, in at most 500 letters.")


async def post_erase(request: web.Request) -> web.StreamResponse:
    """The wish for a second ambassador; where there is none the account is closed, and erased in
    three days."""
    form, person = await form_of(request), await reader(request)

    async def work(context: Context) -> bool:
        other = await other_of(context, form)
        if other.id == person.id:
            raise NotAllowed(_NOT_ONESELF)
        if await twos.ask_to_erase(context, person.id, other, _reason(form)):
            return True
        await erasing.erase_person(context, other.id, after=erasing.REGRET, by=person.id)
        return False

    try:
        asked = await request.app[NODE].act(work)
    except NodeError as error:
        return await page(request, error, form)
    return done(request, DECISIONS, "asked-second") if asked else done(request, PATH, "erasing")


def _reason(form: Form) -> str:
    reason = strip_bidi(form.text("reason"))
    if not 1 <= len(reason) <= 500:
        raise Invalid({"reason": _REASON})
    return reason


async def post_keep(request: web.Request) -> web.StreamResponse:
    """The account is open again, and is not erased: that of an ambassador not by one alone."""
    form, person = await form_of(request), await reader(request)

    async def work(context: Context) -> None:
        other = await other_of(context, form)
        await twos.check_alone_opens(context, person, other)
        await erasing.keep_person(context, other.id, by=person.id)

    try:
        await request.app[NODE].act(work)
    except NodeError as error:
        return await page(request, error, form)
    return done(request, PATH, "kept")
