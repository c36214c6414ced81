"""The page of a member's own actor, for people; it shares nothing with her profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from node.errors import NotFound
from node.i18n import dates
from node.i18n.messages import N_
from node.members import persona_store, post_store
from node.members.model import Audience, Persona, Post, PostState
from node.services import NODE
from node.storage.database import Transaction
from node.text.markdown import to_html
from node.urls import Urls
from node.web.shown import Shown, shown
from node.web.whole import SURROUNDINGS, whole_page

_TITLE = N_("A public account")
_ABSENT = "There is no such page here."
_MOST_SHOWN = 40
_READABLE = (PostState.SHOWN, PostState.HOME)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post as people read it. `html` is clean, `when` a day in words."""

    html: str
    language: str
    when: str
    path: str
    address: str


async def get_persona(request: web.Request) -> web.StreamResponse:
    """The name of the actor, how to follow it, and what it wrote for everybody."""
    persona = await _persona(request)

    async def read(tx: Transaction) -> list[Post]:
        return await post_store.public(tx, persona.id, *_READABLE, limit=_MOST_SHOWN)

    return await _page(request, persona, await request.app[NODE].look(read))


async def get_post(request: web.Request) -> web.StreamResponse:
    """One post for everybody; for any other the answer is that of a page that is not there."""
    persona, post_id = await _persona(request), request.match_info["post"]
    post = await request.app[NODE].look(lambda tx: post_store.find(tx, persona.id, post_id))
    if post is None or post.audience is not Audience.PUBLIC or post.state not in _READABLE:
        raise NotFound(_ABSENT)
    return await _page(request, persona, [post])


async def _persona(request: web.Request) -> Persona:
    """Raises: NotFound, also while it is hidden."""
    persona = await request.app[NODE].look(
        lambda tx: persona_store.by_id(tx, request.match_info["id"])
    )
    if persona is None or persona.hidden_at:
        raise NotFound(_ABSENT)
    return persona


async def _page(request: web.Request, persona: Persona, posts: Sequence[Post]) -> web.Response:
    language = (await request.app[SURROUNDINGS](request))[0].ui_language
    urls = request.app[NODE].urls
    return await whole_page(
        request,
        "member_actor.html",
        _TITLE,
        called=_said(persona.name, persona.language),
        handle=f"@{persona.handle}@{urls.authority}",
        summary=to_html(persona.summary),
        summary_language=persona.language,
        posts=[post_view(urls, persona, post, language) for post in posts],
    )


def post_view(urls: Urls, persona: Persona, post: Post, language: str) -> PostView:
    """A post for a page in `language`."""
    return PostView(
        html=to_html(post.source),
        language=post.language,
        when=dates.day(post.published, language),
        path=f"/p/{persona.id}/posts/{post.id}",
        address=urls.member_post(persona.id, post.id),
    )


def _said(text: str, language: str) -> Shown | None:
    return shown({language: text}, (language,))
