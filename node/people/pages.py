"""Signing in and out."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.context import Context
from node.errors import NodeError
from node.i18n.languages import UI_LANGUAGES
from node.i18n.messages import N_
from node.people import passkey_store, sessions, store
from node.people.model import Person, SignUp
from node.people.rights import Right, may
from node.people.signing_in import cookie_of, drop_cookie, prove, set_cookie, sign_in
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.pages import COOKIE
from node.web.visitor import visitor
from node.web.whole import go_to, local_path, whole_page

_SIGN_IN, _CONFIRM = N_("Sign in"), N_("Is it you?")
_YEAR = 365 * 24 * 3600


async def get_sign_in(request: web.Request) -> web.StreamResponse:
    """The form to sign in; whoever is signed in goes on."""
    found = await visitor(request)
    if found.person is not None:
        return go_to(local_path(request.query.get("next"), home_of(found.person)))
    return await sign_in_page(request, next=local_path(request.query.get("next"), ""))


async def post_sign_in(request: web.Request) -> web.StreamResponse:
    """A new session, and on to the page that was asked for."""
    form = await form_of(request)
    try:
        person = await prove(request, form.text("name"), form.get("password", ""))
    except NodeError as error:
        return await sign_in_page(
            request,
            error=error,
            name=form.text("name"),
            next=local_path(form.get("next"), ""),
        )
    return await welcome(request, person, local_path(form.get("next"), home_of(person)))


async def welcome(request: web.Request, person: Person, path: str) -> web.Response:
    """On to a page, signed in, in the language that this person chose."""
    response = go_to(path)
    await sign_in(request, response, person)
    if person.language in UI_LANGUAGES:
        speak(request, response, person.language or "")
    return response


def speak(request: web.Request, response: web.StreamResponse, language: str) -> None:
    """Remember the language of this browser."""
    https = request.app[NODE].urls.origin.startswith("https:")
    response.set_cookie(
        COOKIE, language, max_age=_YEAR, httponly=True, secure=https, samesite="Lax"
    )


async def post_sign_out(request: web.Request) -> web.StreamResponse:
    """The session ended, here and on the server."""
    cookie = cookie_of(request)
    if cookie:
        await request.app[NODE].act(lambda context: sessions.end_by_cookie(context, cookie))
    response = go_to("/")
    drop_cookie(request, response)
    # What this browser still keeps of pages that were made for her goes with her.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def get_confirm(request: web.Request) -> web.StreamResponse:
    """The password or a passkey once more, before something that cannot be taken back."""
    return await confirm_page(request, local_path(request.query.get("next"), "/me"))


async def post_confirm(request: web.Request) -> web.StreamResponse:
    """A fresh cookie for the same session, which is recent for some minutes."""
    form, found = await form_of(request), await visitor(request)
    next_page, cookie = local_path(form.get("next"), "/me"), cookie_of(request) or ""
    assert found.person is not None
    try:
        await prove(request, found.person.name, form.get("password", ""))
    except NodeError as error:
        return await confirm_page(request, next_page, error)

    async def work(context: Context) -> str:
        return await sessions.renew(context, cookie)

    response = go_to(next_page)
    set_cookie(request, response, await request.app[NODE].act(work))
    return response


async def confirm_page(
    request: web.Request, next_page: str, error: NodeError | None = None
) -> web.Response:
    """The page that asks once more who it is, with the ways in that this person has."""
    person = (await visitor(request)).person
    assert person is not None, "the policy of the route has let a guest through"

    async def ways(tx: Transaction) -> dict[str, Any]:
        return {
            "password": await store.password(tx, person.id) is not None,
            "passkeys": bool(await passkey_store.all_of(tx, person.id)),
        }

    ways_in = await request.app[NODE].look(ways)
    return await whole_page(
        request,
        "confirm.html",
        _CONFIRM,
        error=error,
        path="/me/confirm",
        next=next_page,
        **ways_in,
    )


def home_of(person: Person) -> str:
    """Where somebody begins: those who work here at the desk, others with themselves."""
    return "/desk" if may(person, Right.SEE_DESK) else "/me"


async def sign_in_page(
    request: web.Request,
    *,
    error: NodeError | None = None,
    name: str = "",
    next: str = "",
) -> web.Response:
    """The form to sign in, with what went wrong and what was typed."""
    mode = await request.app[NODE].look(lambda tx: store.setting(tx, "sign_up"))
    response = await whole_page(
        request,
        "sign_in.html",
        _SIGN_IN,
        error=error,
        path="/sign-in",
        name=name,
        next=next,
        can_ask=mode == SignUp.APPROVAL.value,
    )
    return entry(response)


def entry(response: web.Response) -> web.Response:
    """The page of a form that must surely be ours: browsers tell us alone whence it came."""
    response.headers["Referrer-Policy"] = "same-origin"
    return response
