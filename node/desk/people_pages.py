"""People at the desk: who is here, who asks to come in, invitations, roles, ways back in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from node.context import Context
from node.desk import store as desk_store
from node.desk.decisions_pages import PATH as DECISIONS
from node.desk.frame import desk_page, language_of
from node.desk.frame import reader as _person
from node.desk.people_views import groups, invitation_view, role_words
from node.desk.telling import done
from node.desk.waiting import waiting
from node.errors import Invalid, NodeError, NotFound
from node.i18n import dates
from node.i18n.messages import N_
from node.operations.registry import perform
from node.people import (
    actions,
    coming_back,
    entering,
    erasure_store,
    handing_over,
    link_store,
    store,
    twos,
)
from node.people.model import AFTERWARDS, Person, Role, SignUp
from node.people.newness import nobody_else
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.qr import qr_svg
from node.web.whole import go_to, word

PATH = "/desk/people"
_PEOPLE, _INVITATION, _LINK = N_("People"), N_("Invitation"), N_("A link to hand over")
_TRAIL = ((PATH, _PEOPLE),)
_QR = N_("The link as a picture for a phone")
_NOBODY = N_("There is nobody with this name.")
_BAD_DATE = N_("Please give the day as year, month and day, and one that is still to come.")


@waiting.on(f"{PATH}#invitations", N_("Open invitations"), Right.MANAGE_PEOPLE)
async def invitations(tx: Transaction, now: datetime) -> int:
    """How many invitations still let somebody in."""
    return len(await link_store.invitations(tx, now))


async def get_people(request: web.Request) -> web.StreamResponse:
    """Everybody, whoever asks to come in, and the open invitations."""
    return await page(request)


async def page(
    request: web.Request, error: NodeError | None = None, form: Form | None = None
) -> web.Response:
    """Everybody at the desk; `error` and `form` are what came of a form that was sent."""
    node, person = request.app[NODE], await _person(request)
    now, manages = node.clock.now(), may(person, Right.MANAGE_PEOPLE)
    language = await language_of(request)
    words = role_words(language)
    offered = Role if manages else (Role.NEWCOMER, Role.MEMBER)
    return await desk_page(
        request,
        "desk_people.html",
        _PEOPLE,
        error=error,
        form=form or Form(()),
        manages=manages,
        me=person.id,
        my_role=words[person.role.value],
        afterwards=AFTERWARDS.value,
        choices=[(role.value, words[role.value]) for role in offered],
        # nobody comes in as ambassador by an invitation
        invited=[
            (role.value, words[role.value]) for role in offered if role is not Role.AMBASSADOR
        ],
        **await node.look(partial(_people, now=now, person=person, language=language)),
    )


async def _people(
    tx: Transaction, now: datetime, person: Person, language: str
) -> dict[str, object]:
    """What the page tells of everybody; of what only who manages people may know, nothing else."""
    manages, words = may(person, Right.MANAGE_PEOPLE), role_words(language)
    people = [one.at(now) for one in await store.everybody(tx) if not one.pending]
    names = {one.id: one.name for one in people}
    sessions = await desk_store.session_counts(tx, now) if manages else {}
    found = await link_store.invitations(tx, now)
    mine = [one for one in found if manages or one.made_by == person.id]
    return {
        "groups": groups(people, sessions, await erasure_store.leaving(tx), language),
        "alone": await nobody_else(tx, now, person, Right.MANAGE_PEOPLE),
        "others": [(one.id, one.name) for one in people if one.active and one != person],
        "asking": await store.applications(tx) if manages else [],
        "invitations": [invitation_view(one, names, words, language) for one in mine],
        "sign_up": (await entering.sign_up(tx)).value,
    }


async def post_invite(request: web.Request) -> web.StreamResponse:
    """A new invitation, with its link shown this once."""
    form, person = await form_of(request), await _person(request)
    try:
        role = _role(form)
        days, uses = _number(form, "days", 7), _number(form, "uses", 1)
        secret, link = await request.app[NODE].act(
            lambda context: entering.invite(context, role, days=days, uses=uses, by=person)
        )
    except NodeError as error:
        return await page(request, error, form)
    return await _link_page(
        request,
        f"/join/{secret}",
        _INVITATION,
        ends=dates.day(link.ends, await language_of(request)),
        uses=link.most_uses,
    )


async def post_end_invitation(request: web.Request) -> web.StreamResponse:
    """An invitation that lets nobody in any more."""
    form, person = await form_of(request), await _person(request)
    everyones = may(person, Right.MANAGE_PEOPLE)

    async def work(context: Context) -> None:
        for link in await link_store.invitations(context.tx, context.now):
            if link.id == form.text("id") and (everyones or link.made_by == person.id):
                await link_store.end(context.tx, link.id)

    await request.app[NODE].act(work)
    return done(request, PATH, "invitation-ended")


async def post_answer(request: web.Request) -> web.StreamResponse:
    """Somebody who asked is let in, or turned away and forgotten."""
    form, person = await form_of(request), await _person(request)
    yes = form.text("answer") == "yes"
    try:
        await request.app[NODE].act(
            lambda context: entering.answer(context, form.text("id"), yes=yes, by=person.id)
        )
    except NotFound:
        # somebody else has answered meanwhile
        return done(request, PATH, "decided")
    return done(request, PATH, "let-in" if yes else "turned-away")


async def post_role(request: web.Request) -> web.StreamResponse:
    """Another role for somebody, who is signed out everywhere by it."""
    form, person = await form_of(request), await _person(request)

    async def work(context: Context) -> bool:
        other, role, until = await other_of(context, form), _role(form), _until(form)
        return await twos.set_role(context, person, other, role, until=until)

    try:
        is_done = await request.app[NODE].act(work)
    except NodeError as error:
        return await page(request, error, form)
    return done(request, PATH, "role") if is_done else done(request, DECISIONS, "asked-second")


async def post_hand_over(request: web.Request) -> web.StreamResponse:
    """The role of whoever asks for somebody else; both sign in anew."""
    form, person = await form_of(request), await _person(request)

    async def work(context: Context) -> None:
        then = _role(form)
        other = await other_of(context, form)
        await twos.check_may_hand_over(context, person)
        await handing_over.hand_over(context, person.id, other.id, then=then, by=person.id)

    try:
        await request.app[NODE].act(work)
    except NodeError as error:
        return await page(request, error, form)
    return go_to("/sign-in?next=/me")


async def post_sign_out(request: web.Request) -> web.StreamResponse:
    """Every session of somebody ended, as when a telephone was lost."""
    form, person = await form_of(request), await _person(request)
    found = await request.app[NODE].look(lambda tx: store.by_id(tx, form.text("id")))
    if found is None:
        raise NotFound(_NOBODY)
    await perform(request.app[NODE], "session.revoke", {"user": found.id, "by": person.id})
    return done(request, PATH, "signed-out")


async def post_disable(request: web.Request) -> web.StreamResponse:
    """An account closed, or opened again."""
    form, person = await form_of(request), await _person(request)
    opens = form.text("answer") == "open"
    change = actions.enable if opens else actions.disable

    async def work(context: Context) -> None:
        other = await other_of(context, form)
        check = twos.check_alone_opens if opens else twos.check_alone_may
        await check(context, person, other)
        await change(context, other.name, by=person.id)

    return await _done(request, work, form, "opened" if opens else "closed")


async def post_reset(request: web.Request) -> web.StreamResponse:
    """A link to a new password, shown this once."""
    form, person = await form_of(request), await _person(request)

    async def work(context: Context) -> str:
        other = await other_of(context, form)
        await twos.check_alone_may(context, person, other)
        return await coming_back.make_reset_link(context, other, person.id)

    try:
        secret = await request.app[NODE].act(work)
    except NodeError as error:
        return await page(request, error, form)
    return await _link_page(request, f"/reset/{secret}", _LINK)


async def post_sign_up(request: web.Request) -> web.StreamResponse:
    """How somebody comes in from now on."""
    form, person = await form_of(request), await _person(request)
    wanted = form.text("sign_up")
    if wanted in {mode.value for mode in SignUp}:
        await request.app[NODE].act(
            lambda context: entering.set_sign_up(context, SignUp(wanted), person.id)
        )
    return done(request, PATH, "saved")


async def _done(
    request: web.Request, work: Callable[[Context], Awaitable[None]], form: Form, told: str
) -> web.StreamResponse:
    try:
        await request.app[NODE].act(work)
    except NodeError as error:
        return await page(request, error, form)
    return done(request, PATH, told)


async def _link_page(
    request: web.Request, path: str, title: str, *, ends: str = "", uses: int = 0
) -> web.Response:
    """The link this once, made to be printed. `uses` 0: for one person alone, within an hour."""
    url = request.app[NODE].urls.origin + path
    svg = qr_svg(url, await word(request, _QR))
    return await desk_page(
        request, "desk_link.html", title, trail=_TRAIL, url=url, svg=svg, ends=ends, uses=uses
    )


async def other_of(context: Context, form: Form) -> Person:
    """Whom a form is about. Raises: NotFound."""
    found = await store.by_id(context.tx, form.text("id"))
    if found is None:
        raise NotFound(_NOBODY)
    return found


def _role(form: Form) -> Role:
    try:
        return Role(form.text("role"))
    except ValueError:
        raise Invalid({"role": "is none of the roles"}) from None


def _until(form: Form) -> datetime | None:
    text = form.text("until")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(hour=23, minute=59, tzinfo=UTC)
    except ValueError:
        raise Invalid({"until": _BAD_DATE}) from None


def _number(form: Form, name: str, otherwise: int) -> int:
    text = form.text(name)
    if not text:
        return otherwise
    # 0 is refused by whoever takes the number, with a word that says what it must be
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
