"""Pages for coming in, and for coming back in without the password."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from node.context import Context
from node.errors import Invalid, NodeError, NotFound
from node.i18n.messages import N_
from node.people import coming_back, entering, link_store, passwords
from node.people.model import EntryLink, Person, Purpose, SignUp, clean_name, digest
from node.people.pages import entry, home_of, welcome
from node.people.passkey_entering import ask_newcomer, keep_passkey, way_in
from node.people.signing_in import prove, sign_in
from node.services import NODE
from node.web.forms import Form, check_origin, form_of
from node.web.limits import (
    JOIN_SOURCE,
    LIMITS,
    LINK_SOURCE,
    RECOVER_ACCOUNT,
    RECOVER_SOURCE,
    limit_source,
)
from node.web.whole import SURROUNDINGS, go_to, whole_page

_JOIN, _ASK, _RESET, _RECOVER = (
    N_("Join us"),
    N_("Ask to join"),
    N_("A new password"),
    N_("Back in with a recovery code"),
)
_CODES = N_("Your recovery codes")


async def get_join(request: web.Request) -> web.StreamResponse:
    """The form behind an invitation; it is used up only when the form is sent."""
    await _check_link(request, Purpose.INVITE)
    return await whole_page(request, "join.html", _JOIN, form=Form(()))


async def post_join(request: web.Request) -> web.StreamResponse:
    """The new account, signed in, with its recovery codes shown this once.

    The same form sent twice, as slow connections do, signs her in; she can make new codes there.
    """
    form, secret = await form_of(request), request.match_info["secret"]
    language = await _language(request)
    try:
        await _check_link(request, Purpose.INVITE)
        way = await way_in(request)

        async def work(context: Context) -> tuple[Person, Sequence[str]]:
            name = form.text("name")
            person = await entering.join(context, secret, name, way.password, language)
            await keep_passkey(context, person, way)
            return person, await coming_back.new_codes(context, person)

        person, codes = await request.app[NODE].act(work)
    except NodeError as error:
        if again := await _again(request, form, error):
            return again
        if isinstance(error, NotFound):
            raise
        return await whole_page(request, "join.html", _JOIN, error=error, form=form)
    return await codes_page(request, person, codes)


async def _again(request: web.Request, form: Form, error: NodeError) -> web.Response | None:
    """In for whoever has just come in by this very form; None for everybody else, and where a
    browser does not say that the form was ours: it could sign somebody in as somebody else."""
    used = isinstance(error, NotFound) and await _link(request, Purpose.INVITE) is not None
    taken = isinstance(error, Invalid) and error.fields.get("name") == entering.TAKEN
    if not (used or taken) or not form.get("password"):
        return None
    try:
        check_origin(request, surely=True)
        person = await prove(request, form.text("name"), form.get("password", ""))
    except NodeError:
        return None
    response = go_to("/me/codes")
    await sign_in(request, response, person)
    return response


async def post_join_passkey(request: web.Request) -> web.StreamResponse:
    """The page on which the device makes a passkey in place of a password."""
    await _check_link(request, Purpose.INVITE)
    path = f"/join/{request.match_info['secret']}"
    try:
        return await ask_newcomer(request, action=path, back=path)
    except NodeError as error:
        form = await form_of(request)
        return await whole_page(request, "join.html", _JOIN, error=error, path=path, form=form)


async def codes_page(
    request: web.Request, person: Person, codes: Sequence[str], *, begin: bool = True
) -> web.Response:
    """The recovery codes of a person, shown this once; with `begin` she is signed in."""
    response = await whole_page(
        request, "codes.html", _CODES, codes=codes, name=person.name, home=home_of(person)
    )
    if begin:
        await sign_in(request, response, person)
    return response


async def get_ask(request: web.Request) -> web.StreamResponse:
    """The form with which somebody asks to be let in, where the community opens that door."""
    await _check_open(request)
    return entry(await whole_page(request, "ask.html", _ASK, form=Form(()), done=False))


async def post_ask(request: web.Request) -> web.StreamResponse:
    """Somebody who waits for an answer now."""
    await _check_open(request)
    form, language = await form_of(request), await _language(request)
    try:
        limit_source(request, JOIN_SOURCE)
        name, reason = form.text("name"), form.text("reason")
        password = await _password(form, name)
        await request.app[NODE].act(
            lambda context: entering.apply(context, name, password, reason, language)
        )
    except NodeError as error:
        page = await whole_page(
            request, "ask.html", _ASK, error=error, form=form,
            done=False,
        )  # fmt: skip
        return entry(page)
    return await whole_page(request, "ask.html", _ASK, form=Form(()), done=True)


async def get_reset(request: web.Request) -> web.StreamResponse:
    """The form behind a one-time link to a new password."""
    await _check_link(request, Purpose.RESET)
    return await whole_page(request, "reset.html", _RESET)


async def post_reset(request: web.Request) -> web.StreamResponse:
    """The new password, every session ended, and a new one begun."""
    await _check_link(request, Purpose.RESET)
    form, secret = await form_of(request), request.match_info["secret"]
    try:
        password = await _password(form)
    except NodeError as error:
        return await whole_page(request, "reset.html", _RESET, error=error)
    person = await request.app[NODE].act(
        lambda context: coming_back.use_reset_link(context, secret, password)
    )
    return await welcome(request, person, home_of(person))


async def get_recover(request: web.Request) -> web.StreamResponse:
    """The form for a recovery code from paper."""
    return await _recover_page(request, Form(()))


async def post_recover(request: web.Request) -> web.StreamResponse:
    """The same as with a link: a new password, every session ended."""
    form = await form_of(request)
    name, code = form.text("name"), form.text("code")
    try:
        limit_source(request, RECOVER_SOURCE)
        limits, account = request.app[LIMITS], clean_name(name) or ""
        await limits.slow_down(RECOVER_ACCOUNT, account)
        # Hashed before anything is looked up: known and unknown names take the same time.
        password = await _password(form)
        limits.count(RECOVER_ACCOUNT, account)
        person = await request.app[NODE].act(
            lambda context: coming_back.recover(context, name, code, password)
        )
    except NodeError as error:
        return await _recover_page(request, form, error)
    return await welcome(request, person, "/me")


async def _recover_page(
    request: web.Request, form: Form, error: NodeError | None = None
) -> web.Response:
    mail = request.app[NODE].config.mail is not None
    return entry(
        await whole_page(request, "recover.html", _RECOVER, error=error, form=form, mail=mail)
    )


async def _check_link(request: web.Request, purpose: Purpose) -> None:
    """Nothing while the link in the path holds. Raises: NotFound, TooMany."""
    limit_source(request, LINK_SOURCE)
    link = await _link(request, purpose)
    if link is None or not link.holds(request.app[NODE].clock.now()):
        raise NotFound(entering.USED_UP)


async def _link(request: web.Request, purpose: Purpose) -> EntryLink | None:
    """The link in the path, also when it was used up lately."""
    node, secret = request.app[NODE], request.match_info["secret"]
    return await node.look(lambda tx: link_store.find(tx, purpose, digest(secret)))


async def _check_open(request: web.Request) -> None:
    mode = await request.app[NODE].look(entering.sign_up)
    if mode is not SignUp.APPROVAL:
        # As for every path that is not there.
        raise web.HTTPNotFound


async def _password(form: Form, name: str = "") -> str:
    clean = passwords.check_rules(form.get("password", ""), clean_name(name) or "")
    return await passwords.digest_of(clean)


async def _language(request: web.Request) -> str:
    guest, _ = await request.app[SURROUNDINGS](request)
    return guest.ui_language
