"""The box with which a visitor follows us, or answers to an event, from her own server.

She types her address, we find the page of her server where she confirms it. What she types is not
kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from yarl import URL

from activitypub.intents import Intent
from federation.errors import FederationError, Malformed
from federation.errors import NotFound as NobodyThere
from federation.trust.interaction import Way, read_account
from node.community import actions as community_actions
from node.community.pages import view_of
from node.errors import NotFound, TooMany
from node.events import store as events_store
from node.events.model import State
from node.i18n.messages import translator
from node.services import NODE, Node
from node.web.forms import form_of
from node.web.frames import page_frame
from node.web.limits import LIMITS, Limit, limit_source
from node.web.pages import Guest, guest_of, page

_LONGEST = 320
_FROM_ONE = Limit("follow, source", 10, 600)
_TO_ONE = Limit("follow, server asked", 12, 60)
_ALL = Limit("follow, all", 120, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What the visitor wants to follow or answer: our id of it, what she does, what she sees."""

    thing: str
    intent: Intent
    about: str = ""
    handle: str


async def get_follow(request: web.Request) -> web.Response:
    """The form on a page of its own; `about` is an event, else it is for the community."""
    return await _page(request, await _aim(request, request.query.get("about", "")))


async def post_follow(request: web.Request) -> web.Response:
    """On to her own server, where she confirms it; else the form again with what is wrong."""
    form = await form_of(request)
    aim = await _aim(request, form.text("about"))
    account = form.text("account")
    try:
        way = await _way(request, account, aim)
    except TooMany as error:
        answer = await _page(request, aim, account, "often", HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    except FederationError as error:
        return await _page(request, aim, account, _trouble(request, account, error))
    if way is None:
        return await _page(request, aim, account, "way")
    # For whoever's browser does not go on by itself: where it leads, in words.
    onward = URL(way.url, encoded=True)
    raise web.HTTPSeeOther(onward, text=f"{way.host}: {way.url}")


async def _way(request: web.Request, account: str, aim: Aim) -> Way | None:
    """Raises: TooMany, FederationError."""
    node = request.app[NODE]
    if len(account) > _LONGEST:
        raise Malformed("account", "This is too long.")
    _, host = read_account(account)
    # Nobody lets us ask one server after another, nor all together one server.
    limit_source(request, _FROM_ONE)
    request.app[LIMITS].count(_ALL)
    request.app[LIMITS].count(_TO_ONE, host)
    return await node.ways.home(account, aim.thing, aim.intent)


async def _aim(request: web.Request, about: str) -> Aim:
    """Raises: NotFound for what is no event of ours."""
    node = request.app[NODE]
    if not about:
        return Aim(thing=node.urls.community, intent=Intent.FOLLOW, handle=f"@{node.urls.account}")
    address = await _event(node, about)
    return Aim(thing=address, intent=Intent.JOIN, about=about, handle=address)


async def _event(node: Node, about: str) -> str:
    event_id = node.urls.event_id(about)
    found = None
    if event_id is not None:
        found = await node.look(lambda tx: events_store.document_of(tx, event_id))
    if event_id is None or found is None or found[0] is State.DELETED:
        raise NotFound("There is no such event here.")
    return node.urls.event(event_id)


def _trouble(request: web.Request, account: str, error: FederationError) -> str:
    """What is wrong, a word of `_sentence`."""
    if isinstance(error, Malformed):
        return "form"
    if read_account(account)[1] == request.app[NODE].urls.authority:
        return "ours"
    return "nobody" if isinstance(error, NobodyThere) and "@" in account else "silent"


def _sentence(wrong: str, account: str, guest: Guest) -> str:
    """What is wrong, for a person."""
    _ = translator(guest.ui_language).gettext
    if wrong == "form":
        return _("Please type it like this: @name@server.example")
    if wrong == "ours":
        return _("This is our own address. Please type that of your server.")
    if wrong == "often":
        return _("That was often. Please wait some minutes, or copy our address.")
    server = {"server": read_account(account)[1]}
    if wrong == "nobody":
        return _("%(server)s does not know this name. Is it written correctly?") % server
    if wrong == "silent":
        return _("%(server)s does not answer. Is the name written correctly?") % server
    return _("We do not know the way to %(server)s. Please copy our address.") % server


async def _page(
    request: web.Request,
    aim: Aim,
    account: str = "",
    wrong: str = "",
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> web.Response:
    """The form; with `wrong` it is an answer to what was typed."""
    node = request.app[NODE]
    community = await node.look(community_actions.the_community)
    guest = guest_of(request, community.language)
    response = page(
        request,
        guest,
        "follow.html",
        frame=page_frame(
            "/follow", _title(aim, guest), guest.ui_language, origin=node.urls.origin, indexed=False
        ),
        community=view_of(community, guest, node),
        aim=aim,
        account=account[:_LONGEST],
        wrong=_sentence(wrong, account, guest) if wrong else "",
    )
    if wrong:
        response.set_status(status)
        response.headers["Cache-Control"] = "no-store"
    return response


def _title(aim: Aim, guest: Guest) -> str:
    _ = translator(guest.ui_language).gettext
    if aim.intent is Intent.JOIN:
        return _("Take part from your server")
    return _("Follow us from your server")
