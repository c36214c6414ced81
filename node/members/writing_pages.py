"""Posts of one's own actor: written, changed, deleted."""

from __future__ import annotations

from aiohttp import web

from node.context import Context
from node.errors import NodeError, NotFound
from node.i18n.languages import UI_LANGUAGES
from node.i18n.messages import N_
from node.members import post_store, posting
from node.members.fediverse_pages import HOME, do_and_show, fediverse_page, my_persona
from node.members.model import Audience, Persona, PostState
from node.members.posting import Parent
from node.members.reaching import parent_at
from node.members.wording import sentences
from node.services import NODE
from node.web.forms import Form, form_of
from node.web.limits import LIMITS, Limit
from node.web.whole import go_to, whole_page

_TITLE = N_("Change a post")
_LOOKED_UP = Limit("post elsewhere, account", 30, 3600)


async def post_write(request: web.Request) -> web.StreamResponse:
    """A new post, also in reply to one elsewhere or to a letter."""
    form, node = await form_of(request), request.app[NODE]
    persona = await my_persona(request)
    chosen = form.text("audience")
    audience = Audience.PUBLIC if chosen == Audience.PUBLIC.value else Audience.FOLLOWERS
    language = form.text("language")
    try:
        parent = await _parent(request, persona, form)
        await node.act(
            lambda context: posting.publish(
                context,
                persona,
                form.get("text", ""),
                audience=audience,
                language=language if language in UI_LANGUAGES else persona.language,
                parent=parent,
            )
        )
    except NodeError as error:
        return await fediverse_page(request, error, dict(form))
    return go_to(HOME)


async def _parent(request: web.Request, persona: Persona, form: Form) -> Parent | None:
    node = request.app[NODE]
    if letter_id := form.text("letter"):
        letter = await node.look(lambda tx: post_store.letter(tx, persona.id, letter_id))
        if letter is None:
            raise NotFound(posting.NO_POST)
        return Parent(address=letter.address, author=letter.author, is_public=letter.is_public)
    if not form.text("parent"):
        return None
    # Other servers are not asked for the sake of somebody who only tries addresses.
    request.app[LIMITS].count(_LOOKED_UP, persona.id)
    return await parent_at(node, form.text("parent"))


async def get_edit(request: web.Request) -> web.StreamResponse:
    """The form that changes a post."""
    return await _edit_page(request)


async def post_edit(request: web.Request) -> web.StreamResponse:
    """A post with other words."""
    persona, form = await my_persona(request), await form_of(request)
    post_id, text = request.match_info["id"], form.get("text", "")
    try:
        await request.app[NODE].act(lambda context: posting.edit(context, persona, post_id, text))
    except NotFound:
        raise
    except NodeError as error:
        return await _edit_page(request, error, text)
    return go_to(HOME)


async def _edit_page(
    request: web.Request, error: NodeError | None = None, text: str | None = None
) -> web.Response:
    persona, post_id = await my_persona(request), request.match_info["id"]
    post = await request.app[NODE].look(lambda tx: post_store.find(tx, persona.id, post_id))
    if post is None or post.state is not PostState.SHOWN:
        raise NotFound(posting.NO_POST)
    words = post.source if text is None else text
    return await whole_page(
        request,
        "me_post.html",
        _TITLE,
        error=error,
        errors=sentences(error) if error else None,
        text=words,
        form_path=f"{HOME}/{post_id}/edit",
    )


async def post_delete(request: web.Request) -> web.StreamResponse:
    """A post deleted, here and wherever it went."""

    async def work(context: Context, persona: Persona, form: Form) -> None:
        await posting.delete(context, persona, request.match_info["id"])

    return await do_and_show(request, work)
