"""A passkey over HTTP: the page on which a device is asked, and what it answered.

The page has no address of its own but that of the form which led to it: nobody asks by a link. The
question is bound to the session, or to a cookie where there is none yet.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import orjson
from aiohttp import web

from node.context import Context
from node.errors import NotAllowed
from node.i18n.messages import N_
from node.people import passkey_checks, passkey_store, passkeys
from node.people.model import Person
from node.people.passkey_checks import FAILED, Json, NewKey, site_of
from node.people.passkey_store import Challenge, Purpose
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.limits import PASSKEY_SOURCE, SIGN_IN_SOURCE, limit_source
from node.web.visitor import visitor
from node.web.whole import whole_page

_MAKE, _USE = N_("A new passkey"), N_("Your passkey, please")
_COOKIES = ("__Host-passkey", "passkey")
_LONGEST_COOKIE = 100
Fields = Mapping[str, str]


async def ask_for_new(
    request: web.Request, purpose: Purpose, name: str, *, action: str, fields: Fields, back: str
) -> web.Response:
    """The page on which a device makes a passkey for `name`; then its form goes to `action`.

    Raises: Conflict, TooMany.
    """
    limit_source(request, PASSKEY_SOURCE)
    node, (person, bound) = request.app[NODE], await _asked(request)
    site, owner = site_of(node.urls.origin), person if purpose is Purpose.ADD else None

    async def work(context: Context) -> tuple[str, str, list[str]]:
        handle = await passkeys.handle_of(context.tx, owner)
        known = await _known(context.tx, owner)
        return await passkeys.put(context, purpose, bound, handle), handle, known

    challenge, handle, known = await node.act(work)
    options = passkey_checks.making(site, challenge, handle, name, known)
    page = await whole_page(
        request, "passkey.html", _MAKE, kind="create", options=_json(options),
        action=action, fields={**fields, "challenge": challenge}, back=back, path=back,
    )  # fmt: skip
    return _bind(request, page, bound, guest=person is None)


async def ask_to_sign(
    request: web.Request, purpose: Purpose, *, action: str, fields: Fields, back: str
) -> web.Response:
    """The page on which a device signs with a passkey; of somebody who is here, one of hers.

    Raises: Conflict, TooMany.
    """
    limit_source(request, PASSKEY_SOURCE)
    node, (person, bound) = request.app[NODE], await _asked(request)
    site, owner = site_of(node.urls.origin), person if purpose is Purpose.CONFIRM else None

    async def work(context: Context) -> tuple[str, list[str]]:
        known = await _known(context.tx, owner)
        return await passkeys.put(context, purpose, bound), known

    challenge, known = await node.act(work)
    options = passkey_checks.signing(site, challenge, known)
    page = await whole_page(
        request, "passkey.html", _USE, kind="get", options=_json(options),
        action=action, fields={**fields, "challenge": challenge}, back=back, path=back,
    )  # fmt: skip
    return _bind(request, page, bound, guest=person is None)


async def made(request: web.Request, purpose: Purpose) -> tuple[NewKey, str]:
    """The passkey that a device made, and its handle. Raises: NotAllowed, TooMany."""
    form = await form_of(request)
    kept, answer = await _answered(request, purpose)
    site = site_of(request.app[NODE].urls.origin)
    new = await passkey_checks.made(site, form.text("challenge"), answer)
    if kept.handle is None:
        raise NotAllowed(FAILED)
    return new, kept.handle


async def proven(request: web.Request, purpose: Purpose) -> Person:
    """The person whose passkey has signed; whoever is signed in, only with her own.

    Raises: NotAllowed in the same words whatever was wrong, TooMany.
    """
    node, form = request.app[NODE], await form_of(request)
    _, answer = await _answered(request, purpose)
    here = (await visitor(request)).person if purpose is Purpose.CONFIRM else None
    passkey = await node.look(lambda tx: passkey_store.find(tx, answer["id"]))
    if passkey is None or (here is not None and passkey.person != here.id):
        raise NotAllowed(FAILED)
    # A device that was asked for no particular passkey says whose the one is that it took.
    said = answer["response"].get("userHandle")
    if said != passkey.handle and (said or here is None):
        raise NotAllowed(FAILED)
    site = site_of(node.urls.origin)
    counter = await passkey_checks.signed(site, form.text("challenge"), answer, passkey.public_key)
    person = await node.act(lambda context: passkeys.use(context, passkey.credential, counter))
    if person is None:
        raise NotAllowed(FAILED)
    return person


async def _answered(request: web.Request, purpose: Purpose) -> tuple[Challenge, Json]:
    """The question, used up whatever comes of it, and the answer. Raises: NotAllowed, TooMany."""
    limit_source(request, SIGN_IN_SOURCE)
    form, (_, bound) = await form_of(request), await _asked(request)
    challenge = form.text("challenge")
    kept = await request.app[NODE].act(
        lambda context: passkeys.take(context, challenge, purpose, bound)
    )
    if kept is None:
        raise NotAllowed(FAILED)
    return kept, passkey_checks.answer_of(form.get("credential", ""))


async def _asked(request: web.Request) -> tuple[Person | None, str]:
    """(who is signed in, what tells this browser)."""
    found = await visitor(request)
    if found.person is not None:
        return found.person, f"session {found.session}"
    cookie = request.cookies.get(_cookie(request), "")
    fits = 20 <= len(cookie) <= _LONGEST_COOKIE
    return None, f"cookie {cookie if fits else secrets.token_urlsafe(32)}"


async def _known(tx: Transaction, person: Person | None) -> list[str]:
    mine = await passkey_store.all_of(tx, person.id) if person else []
    return [one.credential for one in mine]


def _json(options: Json) -> str:
    return orjson.dumps(options).decode()


def _bind(request: web.Request, page: web.Response, bound: str, *, guest: bool) -> web.Response:
    """The page, with the cookie of a guest; and browsers are to say that its form is ours."""
    page.headers["Referrer-Policy"] = "same-origin"
    if guest:
        page.set_cookie(
            _cookie(request),
            bound.removeprefix("cookie "),
            max_age=int(passkeys.LASTS.total_seconds()),
            path="/",
            httponly=True,
            secure=_is_https(request),
            samesite="Strict",
        )
    return page


def _cookie(request: web.Request) -> str:
    return _COOKIES[0] if _is_https(request) else _COOKIES[1]


def _is_https(request: web.Request) -> bool:
    return request.app[NODE].urls.origin.startswith("https:")
