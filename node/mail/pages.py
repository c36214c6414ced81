"""One's own address for e-mail: give, confirm, choose, remove; and no more mails by a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from node.context import Context
from node.errors import NodeError, NotFound, TooMany
from node.i18n.messages import N_
from node.mail import actions, sealing, store
from node.mail.model import Address, State, clean_address, same_spelling
from node.people.entering import USED_UP
from node.people.model import Person
from node.people.rights import STAFF
from node.services import NODE, Node
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.limits import LIMITS, LINK_SOURCE, Limit, limit_source
from node.web.telling import Telling
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS, whole_page

OF_A_SOURCE: Final = Limit("mail, source", 5, 1800)
OF_AN_ACCOUNT: Final = Limit("mail, account", 3, 3600)
OF_AN_ADDRESS: Final = Limit("mail, address", 3, 3600)
"""Spec: limits 4.5"""
_MAIL, _CONFIRM, _STOP = N_("E-mail"), N_("Confirm my address"), N_("No more e-mail")
_PATH = "/me/mail"
_OWN = Telling(
    path=_PATH,
    sentences={
        "asked": N_("We are sending a link to this address. Open it to confirm the address."),
        "chosen": N_("Saved."),
        "removed": N_("The address is removed."),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """What somebody sees of her own addresses; "" where there is none. `on`: mail can be sent."""

    on: bool
    kept: str
    asked: str
    recovers: bool
    can_recover: bool
    has_passkey: bool
    news: bool


async def get_mail(request: web.Request) -> web.StreamResponse:
    """One's own address, for what it is used, and the form for another one."""
    return await _page(request)


async def post_mail(request: web.Request) -> web.StreamResponse:
    """A link on its way to the address, which is used once that was opened."""
    node, person, form = request.app[NODE], await _person(request), await form_of(request)
    if node.config.mail is None:
        raise web.HTTPNotFound
    text = form.text("address")
    language = (await request.app[SURROUNDINGS](request))[0].ui_language
    try:
        if clean_address(text) is not None:
            limit_source(request, OF_A_SOURCE)
            request.app[LIMITS].count(OF_AN_ACCOUNT, person.id)
        if may_write_to(request, text):
            vault = node.keyring.vault
            await node.act(lambda context: actions.give(context, vault, person, text, language))
    except NodeError as error:
        return await _page(request, error, text)
    return _OWN.done(request, _PATH, "asked")


async def post_choices(request: web.Request) -> web.StreamResponse:
    """For what the address is used."""
    person, form = await _person(request), await form_of(request)
    recovers, news = form.text("recovers") == "yes", form.text("news") == "yes"

    async def work(context: Context) -> None:
        await actions.choose(context, person, recovers=recovers, news=news)

    await request.app[NODE].act(work)
    return _OWN.done(request, _PATH, "chosen")


async def post_remove(request: web.Request) -> web.StreamResponse:
    """The address is gone, and so is whatever waited for it."""
    person = await _person(request)
    await request.app[NODE].act(lambda context: actions.remove(context, person))
    return _OWN.done(request, _PATH, "removed")


async def get_confirm(request: web.Request) -> web.StreamResponse:
    """A button: programs that look at the links in a mail press none."""
    await _check_confirm(request)
    return await whole_page(request, "mail_confirm.html", _CONFIRM, done=False)


async def post_confirm(request: web.Request) -> web.StreamResponse:
    """The address is used from now on; the link holds no more."""
    await _check_confirm(request)
    secret = request.match_info["secret"]
    try:
        await request.app[NODE].act(lambda context: actions.confirm(context, secret))
    except NotFound:
        raise
    except NodeError as error:
        return await whole_page(
            request, "mail_confirm.html", _CONFIRM, error=error, done=False
        )  # fmt: skip
    return await whole_page(request, "mail_confirm.html", _CONFIRM, done=True)


async def get_stop(request: web.Request) -> web.StreamResponse:
    """A button that ends the mails about what is new."""
    node, secret = request.app[NODE], request.match_info["secret"]
    limit_source(request, LINK_SOURCE)
    vault = node.keyring.vault
    if await node.look(lambda tx: actions.stopped_by(tx, vault, secret)) is None:
        raise NotFound(USED_UP)
    return await whole_page(request, "mail_stop.html", _STOP, done=False)


async def post_stop(request: web.Request) -> web.StreamResponse:
    """No more such mails. A mail program's own button ends here, too, with a body of its own
    that nobody needs to read. Spec: RFC 8058 3.2"""
    node, secret = request.app[NODE], request.match_info["secret"]
    limit_source(request, LINK_SOURCE)
    vault = node.keyring.vault
    await node.act(lambda context: actions.stop(context, vault, secret))
    return await whole_page(request, "mail_stop.html", _STOP, done=True)


def may_write_to(request: web.Request, text: str) -> bool:
    """Whether this address was not written to too often; who asked learns nothing of that, since
    it may be somebody else's. What is no address is told so elsewhere."""
    address = clean_address(text)
    if address is None:
        return True
    try:
        request.app[LIMITS].count(OF_AN_ADDRESS, same_spelling(address))
    except TooMany:
        return False
    return True


async def _check_confirm(request: web.Request) -> None:
    """Nothing while the link holds. Raises: NotFound, TooMany."""
    limit_source(request, LINK_SOURCE)
    node, secret = request.app[NODE], request.match_info["secret"]
    now = node.clock.now()
    if await node.look(lambda tx: actions.confirmable(tx, secret, now)) is None:
        raise NotFound(USED_UP)


async def _page(
    request: web.Request, error: NodeError | None = None, typed: str = ""
) -> web.Response:
    node, person = request.app[NODE], await _person(request)
    view = await _view(node, person)
    if not (view.on or view.kept or view.asked):
        raise web.HTTPNotFound
    response = await whole_page(
        request,
        "me_mail.html",
        _MAIL,
        error=error,
        path=_PATH,
        told=_OWN.told(request),
        mail=view,
        typed=typed,
    )
    _OWN.forget(request, response)
    return response


async def _view(node: Node, person: Person) -> MailView:
    vault, now = node.keyring.vault, node.clock.now()

    async def read(tx: Transaction) -> tuple[Address | None, Address | None, bool]:
        kept = await store.of_person(tx, person.id, State.KEPT)
        asked = await store.of_person(tx, person.id, State.ASKED)
        return kept, asked, await actions.may_recover(tx, person, now)

    kept, asked, can_recover = await node.look(read)
    return MailView(
        on=node.config.mail is not None,
        kept=sealing.opened(vault, kept) if kept else "",
        asked=sealing.opened(vault, asked) if asked else "",
        recovers=kept.recovers if kept else True,
        can_recover=can_recover,
        has_passkey=not can_recover and person.at(now).role not in STAFF,
        news=kept is not None and kept.news_from is not None,
    )


async def _person(request: web.Request) -> Person:
    person = (await visitor(request)).person
    assert person is not None, "the policy of the route has let a guest through"
    return person
