"""One's own actor in the fediverse: what it means, asking for it, writing, taking it back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from node.community.keyring import make_pair
from node.context import Context
from node.errors import NodeError, NotFound
from node.i18n.languages import UI_LANGUAGES, own_name
from node.i18n.messages import N_
from node.members import acting, federate, persona_store, post_store
from node.members.model import Audience, Persona, Post, PostState
from node.members.profile_pages import known
from node.members.store import hosts_told
from node.members.wording import sentences
from node.people.model import Person
from node.services import NODE
from node.storage.database import Transaction
from node.text.markdown import to_html
from node.web.forms import Form, form_of
from node.web.limits import LIMITS, Limit
from node.web.whole import SURROUNDINGS, go_to, whole_page, word

_TITLE, _BEGIN = N_("My public account"), N_("A public account of your own")
_END = N_("Take my public account back")
HOME = "/me/fediverse"
_AUDIENCES = {
    Audience.FOLLOWERS: N_("Only those who follow me"),
    Audience.PUBLIC: N_("Everybody"),
}
_MOST_SHOWN = 40
_ASKED = Limit("own actor, account", 20, 3600)
Work = Callable[[Context, Persona, Form], Awaitable[object]]


async def get_fediverse(request: web.Request) -> web.StreamResponse:
    """One's own actor: who wants to follow, what was written; or how to get one."""
    return await fediverse_page(request)


async def get_begin(request: web.Request) -> web.StreamResponse:
    """What goes out, who will hold copies, and the form that asks for it."""
    return await _begin_page(request, {})


async def post_begin(request: web.Request) -> web.StreamResponse:
    """One's own actor, with keys of its own."""
    form, (_, person), node = await form_of(request), await known(request), request.app[NODE]
    document = {name: form.text(name) for name in ("handle", "name", "summary") if form.text(name)}
    asked: dict[str, Any] = {**document, "understood": form.text("understood") == "yes"}
    language = (await request.app[SURROUNDINGS](request))[0].ui_language
    request.app[LIMITS].count(_ASKED, person.id)
    # Making keys takes a tenth of a second of CPU.
    pair = await asyncio.to_thread(make_pair)
    vault = node.keyring.vault
    try:
        await node.act(
            lambda context: acting.ask_for(
                context, person, {**asked, "language": language}, pair=pair, vault=vault
            )
        )
    except NodeError as error:
        return await _begin_page(request, dict(form), error)
    await node.keyring.refresh()
    return go_to(HOME)


async def _begin_page(
    request: web.Request, values: dict[str, str], error: NodeError | None = None
) -> web.Response:
    authority = request.app[NODE].urls.authority
    return await whole_page(
        request,
        "me_fediverse_begin.html",
        _BEGIN,
        error=error,
        errors=sentences(error) if error else None,
        values={"handle": "", "name": "", "summary": "", **values},
        authority=authority,
    )


async def post_words(request: web.Request) -> web.StreamResponse:
    """Another name, other words about oneself; followers are told."""

    async def work(context: Context, persona: Persona, form: Form) -> None:
        document = {"name": form.text("name"), "summary": form.text("summary")}
        await acting.change(context, await owner(request), document)

    return await do_and_show(request, work)


async def post_follower(request: web.Request) -> web.StreamResponse:
    """Somebody let in who wanted to follow, or sent away."""

    async def work(context: Context, persona: Persona, form: Form) -> None:
        decide = federate.approve if form.text("yes") else federate.turn_away
        await decide(context, persona, form.text("actor"))

    return await do_and_show(request, work)


async def get_end(request: web.Request) -> web.StreamResponse:
    """What taking the actor back means."""
    person, node = await owner(request), request.app[NODE]
    persona = await node.look(lambda tx: persona_store.of_person(tx, person.id))
    if persona is None:
        return await whole_page(request, "me_fediverse_none.html", _TITLE)
    actor = node.urls.member(persona.id)
    hosts = await node.look(lambda tx: hosts_told(tx, actor))
    return await whole_page(
        request, "me_fediverse_end.html", _END, hosts=[str(row[0]) for row in hosts]
    )


async def post_end(request: web.Request) -> web.StreamResponse:
    """The actor is no more, here and wherever anything of it went."""

    async def work(context: Context, persona: Persona, form: Form) -> None:
        await acting.take_back(context, await owner(request))

    return await do_and_show(request, work)


async def do_and_show(request: web.Request, work: Work) -> web.StreamResponse:
    """Do something with one's own actor and show it; its troubles on the same page."""
    form, persona = await form_of(request), await my_persona(request)
    try:
        await request.app[NODE].act(lambda context: work(context, persona, form))
    except NotFound:
        raise
    except NodeError as error:
        return await fediverse_page(request, error, dict(form))
    return go_to(HOME)


async def owner(request: web.Request) -> Person:
    """Whoever asks."""
    return (await known(request))[1]


async def my_persona(request: web.Request) -> Persona:
    """The actor of whoever asks. Raises: NotFound where she has none."""
    person = await owner(request)
    return await request.app[NODE].look(lambda tx: acting.mine(tx, person))


async def fediverse_page(
    request: web.Request, error: NodeError | None = None, values: dict[str, str] | None = None
) -> web.Response:
    """One's own actor as its owner sees it; with `error`, what went wrong and what was typed."""
    person, node = await owner(request), request.app[NODE]
    persona = await node.look(lambda tx: persona_store.of_person(tx, person.id))
    if persona is None:
        return await whole_page(request, "me_fediverse_none.html", _TITLE)
    actor, mine = node.urls.member(persona.id), persona.id

    async def read(tx: Transaction) -> dict[str, Any]:
        seen = (PostState.SHOWN, PostState.HIDDEN, PostState.HOME, PostState.REMOVED)
        return {
            "wishes": [(one.actor, handle) for one, handle in await persona_store.wishes(tx, mine)],
            "followers": await persona_store.followers(tx, actor),
            "posts": [
                _shown(post)
                for post in await post_store.of_persona(tx, mine, *seen, limit=_MOST_SHOWN)
            ],
            "letters": await post_store.letters(tx, mine),
        }

    return await whole_page(
        request,
        "me_fediverse.html",
        _TITLE,
        error=error,
        errors=sentences(error) if error else None,
        persona=persona,
        handle=f"@{persona.handle}@{node.urls.authority}",
        values={**_nothing_written(persona), **(values or {})},
        audiences=[(each.value, await word(request, text)) for each, text in _AUDIENCES.items()],
        languages=[(tag, own_name(tag)) for tag in UI_LANGUAGES],
        own_page=f"/p/{persona.id}",
        **await node.look(read),
    )


def _nothing_written(persona: Persona) -> dict[str, str]:
    """What stands in the forms before anything was typed."""
    return {
        "name": persona.name,
        "summary": persona.summary,
        "text": "",
        "audience": Audience.FOLLOWERS.value,
        "language": persona.language,
        "parent": "",
    }


def _shown(post: Post) -> dict[str, Any]:
    """A post for its author: as it is read, and what can be done with it."""
    return {
        "id": post.id,
        "html": to_html(post.source),
        "language": post.language,
        "audience": post.audience.value,
        "state": post.state.value,
    }
