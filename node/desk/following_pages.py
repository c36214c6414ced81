"""At the desk: whom the community follows, and following somebody else.

Other servers lead here too: a person of ours who wants to follow somebody there types our
community's address, and comes to this page with the name filled in (FEP-3b86, OStatus).
"""

from __future__ import annotations

from aiohttp import web

from node.context import Context
from node.desk.frame import desk_page
from node.desk.network_pages import TRAIL
from node.desk.telling import done
from node.errors import Invalid, NodeError
from node.i18n.messages import N_
from node.network import actions, past_store, store
from node.network.asking import ask_to_follow
from node.network.model import Following, FollowState
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of

_PATH = "/desk/following"
_TITLE = N_("Whom we follow")
_FORM = N_("Please type it like this: @name@server.example")
_SILENT = N_("This server does not answer, or does not know this name.")
_LONGEST = 2048


async def get_following(request: web.Request) -> web.StreamResponse:
    """Everybody whom the community follows, and the form to follow somebody."""
    return await _page(request)


async def get_ask(request: web.Request) -> web.StreamResponse:
    """The same with a name filled in, as other servers ask for it; nothing happens yet."""
    wanted = request.match_info["wanted"]
    if request.query_string and "lang" not in request.query:
        # an address with a query of its own, after a way over the sign-in
        wanted = f"{wanted}?{request.query_string}"
    return await _page(request, wanted=wanted[:_LONGEST])


async def post_follow(request: web.Request) -> web.StreamResponse:
    """The community asks to follow somebody."""
    wanted = (await form_of(request)).text("actor")[:_LONGEST]
    try:
        await ask_to_follow(request.app[NODE], wanted)
    except NodeError as error:
        sentence = _FORM if isinstance(error, Invalid) else _SILENT
        return await _page(request, wanted=wanted, status=error.status, errors={"actor": sentence})
    return done(request, _PATH, "asked")


async def post_unfollow(request: web.Request) -> web.StreamResponse:
    """The community follows somebody no more."""
    actor = (await form_of(request)).text("actor")

    async def work(context: Context) -> Following:
        return await actions.unfollow(context, actor)

    await request.app[NODE].act(work)
    return done(request, _PATH, "unfollowed")


async def post_read(request: web.Request) -> web.StreamResponse:
    """What somebody published before is read once more, soon."""
    actor = (await form_of(request)).text("actor")

    async def work(context: Context) -> Following:
        return await actions.read_past(context, actor)

    await request.app[NODE].act(work)
    return done(request, _PATH, "reading")


async def _page(
    request: web.Request,
    *,
    wanted: str = "",
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> web.Response:
    async def read(tx: Transaction) -> dict[str, object]:
        return {"following": await store.following(tx), "pasts": await past_store.every(tx)}

    return await desk_page(
        request,
        "desk_following.html",
        _TITLE,
        status=status,
        errors=errors,
        trail=TRAIL,
        wanted=wanted,
        accepted=FollowState.ACCEPTED,
        asked=FollowState.ASKED,
        **await request.app[NODE].look(read),
    )
