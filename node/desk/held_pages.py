"""At the desk: many replies decided at once, and authors who are trusted."""

from __future__ import annotations

from aiohttp import web

from node.context import Context
from node.conversations import actions, moderating, store
from node.desk.frame import reader
from node.desk.telling import done
from node.errors import Conflict
from node.i18n.messages import N_
from node.people import audit
from node.services import NODE
from node.web.forms import form_of

_PATH = "/desk/conversations"
_MOST = 80
_TOO_MANY = N_("These are too many at once.")


async def post_many(request: web.Request) -> web.StreamResponse:
    """The replies that were ticked, all shown or all hidden; those that are gone are passed."""
    form, person = await form_of(request), await reader(request)
    names, show = form.all("reply"), form.text("verb") == "approve"
    if len(names) > _MOST:
        raise Conflict(_TOO_MANY)

    async def work(context: Context) -> None:
        for name in dict.fromkeys(names):
            reply = await store.find(context.tx, name)
            if reply is None or reply.kind != "reply":
                continue
            await (actions.show if show else actions.hide)(context, reply.id)
            await audit.note(context, person.id, "show a reply" if show else "hide a reply", name)

    await request.app[NODE].act(work)
    return done(request, _PATH, "decided")


async def post_trust(request: web.Request) -> web.StreamResponse:
    """Everything of this author is shown, and what she says later is shown at once."""
    name, person = request.match_info["id"], await reader(request)
    await request.app[NODE].act(lambda context: moderating.trust(context, name, person.id))
    return done(request, _PATH, "decided")
