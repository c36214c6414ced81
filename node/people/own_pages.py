"""One's own page: name, language, password, recovery codes, sessions, tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from node.context import Context
from node.errors import NodeError
from node.i18n import dates
from node.i18n.languages import UI_LANGUAGES, own_name
from node.i18n.messages import N_, translator
from node.people import (
    actions,
    audit,
    coming_back,
    entering,
    link_store,
    passwords,
    session_store,
    store,
    token_store,
)
from node.people.joining import codes_page
from node.people.model import Person, Scope, Token
from node.people.pages import speak
from node.people.rights import Right, may
from node.people.sessions import renew
from node.people.signing_in import WRONG, cookie_of, prove, set_cookie
from node.people.telling import OWN, own_page
from node.people.words import ROLE_WORDS, SCOPE_WORDS, NoteView, note_view
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.limits import LIMITS, Limit
from node.web.visitor import Visitor, visitor
from node.web.whole import SURROUNDINGS, go_to, whole_page, word

_ME, _PASSWORD = N_("Me"), N_("Change my password")
_SESSIONS, _TOKENS = N_("Where I am signed in"), N_("Keys for programs")
_CODES = N_("Your recovery codes")
OF_CODES: Final = Limit("recovery codes, account", 5, 86_400)
OF_PASSWORDS: Final = Limit("another password, account", 10, 86_400)
"""Each that is replaced is a line in the ledger of erasures, which only grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session as its owner sees it. `since` is a day in words; `here` the one that asks."""

    id: str
    device: str
    since: str
    seen: str
    here: bool


async def get_me(request: web.Request) -> web.StreamResponse:
    """What is kept of oneself here, and what can be changed."""
    return await _me(request)


async def post_me(request: web.Request) -> web.StreamResponse:
    """Another name, another language."""
    form, person = await form_of(request), (await _known(request))[1]
    language = form.text("language")
    chosen = language if language in UI_LANGUAGES else None

    async def work(context: Context) -> None:
        await entering.rename(context, person, form.text("name"))
        await store.set_language(context.tx, person.id, chosen)

    try:
        await request.app[NODE].act(work)
    except NodeError as error:
        return await _me(request, error, name=form.text("name"))
    response = OWN.done(request, "/me", "saved")
    if chosen:
        speak(request, response, chosen)
    return response


async def _me(
    request: web.Request, error: NodeError | None = None, name: str | None = None
) -> web.Response:
    person = (await _known(request))[1]
    guest = (await request.app[SURROUNDINGS](request))[0]
    _ = translator(guest.ui_language).gettext

    async def read(tx: Transaction) -> tuple[int, list[NoteView]]:
        names = {one.id: one.name for one in await store.everybody(tx)}
        notes = await audit.newest(tx, 10, about=person.id)
        views = [note_view(note, names, guest.ui_language, _) for note in notes]
        return await link_store.codes_left(tx, person.id), views

    left, notes = await request.app[NODE].look(read)
    return await own_page(
        request,
        "me.html",
        _ME,
        error=error,
        person=person,
        role=_(ROLE_WORDS[person.role]),
        notes=notes,
        name=person.name if name is None else name,
        until=dates.day(person.role_until, guest.ui_language) if person.role_until else "",
        codes_left=left,
        languages=[("", "–"), *((tag, own_name(tag)) for tag in UI_LANGUAGES)],
        desk=may(person, Right.SEE_DESK),
        tokens=person.may(Scope.WRITE),
        mail=request.app[NODE].config.mail is not None,
    )


async def get_password(request: web.Request) -> web.StreamResponse:
    """The form for another password, or for the first one of somebody who has only passkeys."""
    return await _password_page(request)


async def post_password(request: web.Request) -> web.StreamResponse:
    """The new password; every other session has ended, and this one has a new cookie."""
    form, (found, person) = await form_of(request), await _known(request)
    has_one = await _has_password(request, person)
    if not has_one and not found.recent:
        return go_to("/me/confirm?next=/me/password")
    try:
        if has_one:
            await prove(request, person.name, form.get("old", ""))
        clean = passwords.check_rules(form.get("password", ""), person.name)
        request.app[LIMITS].count(OF_PASSWORDS, person.id)
        kept = await passwords.digest_of(clean)
    except NodeError as error:
        errors = {"old": WRONG} if str(error) == WRONG else None
        return await _password_page(request, error=error, errors=errors)
    cookie = cookie_of(request) or ""

    async def work(context: Context) -> str:
        fresh = await renew(context, cookie)
        mine = await session_store.all_of(context.tx, person.id)
        await coming_back.set_password(context, person, kept, keep=mine[0].id)
        return fresh

    response = OWN.done(request, "/me", "password")
    set_cookie(request, response, await request.app[NODE].act(work))
    return response


async def _password_page(request: web.Request, **values: Any) -> web.Response:
    _, person = await _known(request)
    has_one = await _has_password(request, person)
    return await whole_page(request, "password.html", _PASSWORD, has_one=has_one, **values)


async def _has_password(request: web.Request, person: Person) -> bool:
    return await request.app[NODE].look(lambda tx: store.password(tx, person.id)) is not None


async def get_codes(request: web.Request) -> web.StreamResponse:
    """What recovery codes are for, and the button that makes new ones."""
    return await whole_page(request, "codes.html", _CODES, codes=(), name="", home="/me")


async def post_codes(request: web.Request) -> web.StreamResponse:
    """Ten new recovery codes, shown this once."""
    _, person = await _known(request)
    request.app[LIMITS].count(OF_CODES, person.id)
    codes = await request.app[NODE].act(lambda context: coming_back.new_codes(context, person))
    return await codes_page(request, person, codes, begin=False)


async def get_sessions(request: web.Request) -> web.StreamResponse:
    """Where one is signed in, in coarse words."""
    found, person = await _known(request)
    guest, _ = await request.app[SURROUNDINGS](request)
    kept = await request.app[NODE].look(lambda tx: session_store.all_of(tx, person.id))
    shown = [
        SessionView(
            id=one.id,
            device=one.device,
            since=dates.day(one.created, guest.ui_language),
            seen=dates.day(one.seen, guest.ui_language),
            here=one.id == found.session,
        )
        for one in kept
    ]
    return await whole_page(request, "sessions.html", _SESSIONS, sessions=shown)


async def post_end_session(request: web.Request) -> web.StreamResponse:
    """One session ended, or all but this one."""
    form, (found, person) = await form_of(request), await _known(request)
    which = form.text("id")

    async def work(context: Context) -> None:
        if which:
            await session_store.end(context.tx, which, person.id)
        else:
            await session_store.end_all(context.tx, person.id, found.session)

    await request.app[NODE].act(work)
    return go_to("/me/sessions")


async def get_tokens(request: web.Request) -> web.StreamResponse:
    """One's tokens for programs."""
    return await _tokens(request)


async def post_token(request: web.Request) -> web.StreamResponse:
    """A new token, shown this once."""
    form, (_, person) = await form_of(request), await _known(request)
    wanted = form.text("scope")
    scope = Scope(wanted) if wanted in {each.value for each in Scope} else Scope.READ
    secret, _ = await request.app[NODE].act(
        lambda context: actions.create_token(
            context, person.name, scope, form.text("label")[:100] or None
        )
    )
    return await _tokens(request, secret)


async def post_end_token(request: web.Request) -> web.StreamResponse:
    """One of one's own tokens ended; for any other the answer is that there is none."""
    form, (_, person) = await form_of(request), await _known(request)
    token_id = form.text("id")

    async def work(context: Context) -> None:
        mine = await token_store.tokens(context.tx, person.id)
        if token_id not in {one.id for one in mine}:
            raise web.HTTPNotFound
        await actions.revoke_token(context, token_id, by=person.id)

    await request.app[NODE].act(work)
    return go_to("/me/tokens")


async def _tokens(request: web.Request, secret: str | None = None) -> web.Response:
    _, person = await _known(request)

    async def read(tx: Transaction) -> list[Token]:
        return [one for one in await token_store.tokens(tx, person.id) if not one.revoked]

    return await whole_page(
        request,
        "tokens.html",
        _TOKENS,
        tokens=await request.app[NODE].look(read),
        secret=secret,
        scopes=[
            (scope.value, await word(request, SCOPE_WORDS[scope]))
            for scope in Scope
            if person.may(scope)
        ],
    )


async def _known(request: web.Request) -> tuple[Visitor, Person]:
    found = await visitor(request)
    assert found.person is not None, "the policy of the route has let a guest through"
    return found, found.person
