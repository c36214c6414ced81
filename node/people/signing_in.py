"""Signing in and out over HTTP: the cookie, what a visitor is, and the work behind the form."""

from __future__ import annotations

from aiohttp import web

from node.context import Context
from node.errors import NotAllowed
from node.i18n.messages import N_
from node.people import passwords, sessions, store
from node.people.model import Person, Session, clean_name
from node.people.session_store import seen as note_seen
from node.services import NODE
from node.web.limits import LIMITS, SIGN_IN_ACCOUNT, SIGN_IN_PAIR, SIGN_IN_SOURCE, limit_source
from node.web.visitor import GUEST, SESSION_COOKIES, Visitor

WRONG = N_("This name and this password do not belong together.")
_LONGEST_COOKIE = 200


async def find_visitor(request: web.Request) -> Visitor:
    """Whoever the session cookie of a request belongs to; a guest where none holds."""
    cookie = cookie_of(request)
    if not cookie:
        return GUEST
    node = request.app[NODE]
    now = node.clock.now()
    found = await node.look(lambda tx: sessions.find(tx, cookie, now))
    if found is None:
        return GUEST
    session, person = found
    if sessions.is_stale(session, now):
        await node.act(lambda context: note_seen(context.tx, session.id, context.now))
    return Visitor(
        person=person,
        csrf=sessions.form_token(cookie),
        recent=sessions.is_recent(session, now),
        session=session.id,
    )


async def prove(request: web.Request, name: str, password: str) -> Person:
    """The person of this name and password; as slow and in the same words for every wrong one.

    Raises: NotAllowed, TooMany, Unavailable.
    """
    node, limits = request.app[NODE], request.app[LIMITS]
    clean = clean_name(name) or ""
    source = limit_source(request, SIGN_IN_SOURCE)
    if source:
        limits.count(SIGN_IN_PAIR, source, clean)
    limits.count(SIGN_IN_ACCOUNT, clean)
    await limits.slow_down(SIGN_IN_ACCOUNT, clean)
    person = await node.look(lambda tx: store.by_name(tx, clean))
    kept = await node.look(lambda tx: store.password(tx, person.id if person else ""))
    if not await passwords.matches(password, kept) or person is None or not person.active:
        raise NotAllowed(WRONG)
    limits.forgive(SIGN_IN_ACCOUNT, clean)
    if source:
        limits.forgive(SIGN_IN_PAIR, source, clean)
    if kept and passwords.is_dated(kept):
        fresh = await passwords.digest_of(password)
        await node.act(lambda context: store.digest_anew(context.tx, person.id, kept, fresh))
    return person


async def sign_in(request: web.Request, response: web.StreamResponse, person: Person) -> Session:
    """The session that begins for a person who has proven who she is; its cookie is set."""
    old, device = cookie_of(request), device_of(request)

    async def work(context: Context) -> tuple[str, Session]:
        return await sessions.begin(context, person, device, old=old)

    cookie, session = await request.app[NODE].act(work)
    set_cookie(request, response, cookie)
    return session


def cookie_of(request: web.Request) -> str | None:
    """The session cookie of a request; None without one."""
    cookie = request.cookies.get(_name(request))
    return cookie if cookie and len(cookie) <= _LONGEST_COOKIE else None


def set_cookie(request: web.Request, response: web.StreamResponse, cookie: str) -> None:
    """Hand out a session cookie: for this host only, out of reach of scripts, not across sites."""
    response.set_cookie(
        _name(request),
        cookie,
        max_age=int(sessions.LASTS.total_seconds()),
        path="/",
        httponly=True,
        secure=_is_https(request),
        samesite="Lax",
    )


def drop_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Take the session cookie back."""
    response.set_cookie(
        _name(request), "", max_age=0, path="/", httponly=True, secure=_is_https(request),
        samesite="Lax",
    )  # fmt: skip


def device_of(request: web.Request) -> str:
    """The device in coarse words, so that its owner knows it again: "Firefox, Android"."""
    agent = request.headers.get("User-Agent", "")
    kinds = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"))  # fmt: skip
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"),
               ("Windows", "Windows"), ("Linux", "Linux"))  # fmt: skip
    found = [next((word for mark, word in each if mark in agent), "") for each in (kinds, systems)]
    return ", ".join(word for word in found if word)


def _name(request: web.Request) -> str:
    return SESSION_COOKIES[0] if _is_https(request) else SESSION_COOKIES[1]


def _is_https(request: web.Request) -> bool:
    return request.app[NODE].urls.origin.startswith("https:")
