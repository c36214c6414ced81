"""Pages for passkeys: one's own, signing in with one, and proving with one who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.context import Context
from node.errors import Invalid, NodeError
from node.i18n import dates
from node.i18n.messages import N_
from node.people import passkey_store, passkeys, sessions
from node.people.model import Person
from node.people.pages import confirm_page, home_of, sign_in_page, welcome
from node.people.passkey_asking import ask_for_new, ask_to_sign, made, proven
from node.people.passkey_store import Purpose
from node.people.signing_in import cookie_of, set_cookie
from node.services import NODE
from node.web.forms import form_of
from node.web.limits import LIMITS, Limit
from node.web.visitor import Visitor, visitor
from node.web.whole import SURROUNDINGS, go_to, local_path, whole_page

_PASSKEYS = N_("Passkeys")
_NO_NAME = N_("Please give it a name, so that you know it again.")
OF_NEW_ONES: Final = Limit("another passkey, account", 10, 86_400)
"""Removing one is never too often, and each is a line in the ledger of erasures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyView:
    """A passkey as its owner sees it. `since` and `used` are days in words; "" for not yet."""

    id: str
    name: str
    since: str
    used: str


async def get_passkeys(request: web.Request) -> web.StreamResponse:
    """One's passkeys."""
    return await _page(request)


async def post_new(request: web.Request) -> web.StreamResponse:
    """The page on which the device makes another one."""
    form, (_, person) = await form_of(request), await _known(request)
    label = form.text("label")[:60]
    try:
        if not label:
            raise Invalid({"label": _NO_NAME})
        return await ask_for_new(
            request,
            Purpose.ADD,
            person.name,
            action="/me/passkeys",
            fields={"label": label},
            back="/me/passkeys",
        )
    except NodeError as error:
        return await _page(request, error, label)


async def post_passkey(request: web.Request) -> web.StreamResponse:
    """Another passkey, and another cookie for this session."""
    form, (_, person) = await form_of(request), await _known(request)
    cookie = cookie_of(request) or ""
    try:
        new, handle = await made(request, Purpose.ADD)
        request.app[LIMITS].count(OF_NEW_ONES, person.id)

        async def work(context: Context) -> str:
            await passkeys.add(context, person, new, handle, form.text("label"))
            return await sessions.renew(context, cookie)

        fresh = await request.app[NODE].act(work)
    except NodeError as error:
        return await _page(request, error, form.text("label"))
    response = go_to("/me/passkeys")
    set_cookie(request, response, fresh)
    return response


async def post_end(request: web.Request) -> web.StreamResponse:
    """A passkey removed; every other session ends."""
    form, (found, person) = await form_of(request), await _known(request)

    async def work(context: Context) -> None:
        await passkeys.remove(context, person, form.text("id"), keep=found.session)

    try:
        await request.app[NODE].act(work)
    except NodeError as error:
        return await _page(request, error)
    return go_to("/me/passkeys")


async def post_sign_in(request: web.Request) -> web.StreamResponse:
    """The page on which the device is asked for a passkey of this site, whosever it is."""
    next_page = local_path((await form_of(request)).get("next"), "")
    try:
        return await ask_to_sign(
            request,
            Purpose.SIGN_IN,
            action="/sign-in/passkey/done",
            fields={"next": next_page},
            back="/sign-in",
        )
    except NodeError as error:
        return await sign_in_page(request, error=error, next=next_page)


async def post_signed_in(request: web.Request) -> web.StreamResponse:
    """A new session, as with a password."""
    form = await form_of(request)
    try:
        person = await proven(request, Purpose.SIGN_IN)
    except NodeError as error:
        return await sign_in_page(request, error=error, next=local_path(form.get("next"), ""))
    return await welcome(request, person, local_path(form.get("next"), home_of(person)))


async def post_confirm(request: web.Request) -> web.StreamResponse:
    """The page on which the device is asked for one of her own passkeys."""
    next_page = local_path((await form_of(request)).get("next"), "/me")
    try:
        return await ask_to_sign(
            request,
            Purpose.CONFIRM,
            action="/me/confirm/passkey/done",
            fields={"next": next_page},
            back="/me",
        )
    except NodeError as error:
        return await confirm_page(request, next_page, error)


async def post_confirmed(request: web.Request) -> web.StreamResponse:
    """A fresh cookie for the same session, which is recent for some minutes."""
    next_page = local_path((await form_of(request)).get("next"), "/me")
    cookie = cookie_of(request) or ""
    try:
        await proven(request, Purpose.CONFIRM)
    except NodeError as error:
        return await confirm_page(request, next_page, error)
    response = go_to(next_page)
    fresh = await request.app[NODE].act(lambda context: sessions.renew(context, cookie))
    set_cookie(request, response, fresh)
    return response


async def _page(
    request: web.Request, error: NodeError | None = None, label: str = ""
) -> web.Response:
    guest, _ = await request.app[SURROUNDINGS](request)
    _, person = await _known(request)
    kept = await request.app[NODE].look(lambda tx: passkey_store.all_of(tx, person.id))
    shown = [
        PasskeyView(
            id=one.id,
            name=one.name,
            since=dates.day(one.created, guest.ui_language),
            used=dates.day(one.used, guest.ui_language) if one.used else "",
        )
        for one in kept
    ]
    return await whole_page(
        request,
        "passkeys.html",
        _PASSKEYS,
        error=error,
        path="/me/passkeys",
        passkeys=shown,
        label=label,
    )


async def _known(request: web.Request) -> tuple[Visitor, Person]:
    found = await visitor(request)
    assert found.person is not None, "the policy of the route has let a guest through"
    return found, found.person
