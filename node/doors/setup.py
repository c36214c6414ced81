"""The one-time setup link: the community says who it is, and its first ambassador gets a token."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web

from node.community import actions as community_actions
from node.community.pages import view_of
from node.context import Context
from node.errors import NotFound
from node.i18n.messages import translator
from node.people import actions, store
from node.people.actions import digest
from node.people.model import Role, Scope
from node.services import NODE
from node.web.bodies import read_body
from node.web.frames import page_frame
from node.web.pages import guest_of, page

_FIELDS = ("name", "description", "city")
_LARGEST_FORM = 64 * 1024
_MOST_FIELDS = 20
_TOO_LATE = "This setup link was used, or is too old. `josoor setup-link` makes another."


async def get_setup(request: web.Request) -> web.StreamResponse:
    """The form behind the link; the link is used up only when the form is sent."""
    node = request.app[NODE]
    secret = request.match_info["secret"]
    now = node.clock.now()
    if not await node.look(lambda tx: store.setup_link_holds(tx, digest(secret), now)):
        raise NotFound(_TOO_LATE)
    return await _page(request, token=None, person=None)


async def post_setup(request: web.Request) -> web.StreamResponse:
    """All in one transaction: the link used up, the community described, the first person."""
    node = request.app[NODE]
    secret, now = request.match_info["secret"], node.clock.now()
    if not await node.look(lambda tx: store.setup_link_holds(tx, digest(secret), now)):
        # Before a byte of the form is read, and with the words of the page itself.
        raise NotFound(_TOO_LATE)
    form = await _form(request)
    community = await node.look(community_actions.the_community)
    # the words are in the language of the form, which becomes the community's own
    language = guest_of(request, community.language).ui_language
    document: dict[str, object] = {
        "languages": list(dict.fromkeys([language, *community.languages]))
    }
    for field in _FIELDS:
        text = form.get(field, "")
        if text.strip():
            document[field] = text if field == "city" else {language: text}
    person = form.get("person", "").strip()

    async def work(context: Context) -> str:
        await actions.use_setup_link(context, secret)
        await community_actions.describe(context, document)
        await actions.create(context, person, Role.AMBASSADOR)
        token, _ = await actions.create_token(context, person, Scope.ADMIN, "setup")
        return token

    return await _page(request, token=await node.act(work), person=person)


async def _form(request: web.Request) -> dict[str, str]:
    """The fields of the form, of doubled ones the first. Raises: HTTPException.

    Not with aiohttp's own reader: it takes files, any number of them, and encodings of all kinds
    (security: G11).
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text="The form is sent as a form, without files.")
    body = (await read_body(request, _LARGEST_FORM)).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise web.HTTPBadRequest(text="The form has too many fields.") from error
    return dict(reversed(pairs))


async def _page(
    request: web.Request, *, token: str | None, person: str | None
) -> web.StreamResponse:
    node = request.app[NODE]
    community = await node.look(community_actions.the_community)
    guest = guest_of(request, community.language)
    frame = page_frame(
        request.path,
        translator(guest.ui_language).gettext("Welcome"),
        guest.ui_language,
        origin=node.urls.origin,
        indexed=False,
    )
    response = page(
        request,
        guest,
        "setup.html",
        frame=frame,
        community=view_of(community, guest, node),
        token=token,
        person=person,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
