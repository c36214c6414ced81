"""Sessions: begun by a proof, told by a cookie whose digest alone is kept, ended at any time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from node.context import Context
from node.errors import NotFound
from node.ids import stamp
from node.jobs import jobs
from node.people import session_store, store
from node.people.model import Person, Session, digest
from node.people.rights import STAFF
from node.storage.database import Transaction

IDLE, LASTS = timedelta(days=7), timedelta(days=30)
STAFF_IDLE, STAFF_LASTS = timedelta(hours=12), timedelta(days=7)
"""Of those who can do harm with a stolen session. Spec: limits 4.5"""
RECENT = timedelta(minutes=15)
MOST_SESSIONS = 20
"""Of one person; the oldest end when there are more."""
_SEEN_EVERY = timedelta(hours=1)


async def begin(
    context: Context, person: Person, device: str, *, old: str | None = None
) -> tuple[str, Session]:
    """The cookie, which is nowhere kept, and the session. `old`: the cookie that it replaces.

    Every sign-in and every change of what somebody may do begins a new one (security: J02).
    """
    if old:
        await end_by_cookie(context, old)
    cookie = secrets.token_urlsafe(32)
    staff = person.at(context.now).role in STAFF
    session = Session(
        id=context.new_id(),
        person=person.id,
        device=device[:40],
        created=context.now,
        seen=context.now,
        proven=context.now,
        ends=context.now + (STAFF_LASTS if staff else LASTS),
    )
    await session_store.add(context.tx, session, digest(cookie))
    for other in (await session_store.all_of(context.tx, person.id))[MOST_SESSIONS:]:
        await session_store.end(context.tx, other.id)
    if staff:
        await store.set_setting(context.tx, "staff_seen", stamp(context.now)[:10])
    return cookie, session


async def renew(context: Context, cookie: str) -> str:
    """Another cookie for a session in use, in place of this one. Raises: NotFound."""
    found = await session_store.find(context.tx, digest(cookie))
    if found is None:
        raise NotFound("This session has ended.")
    session, _ = found
    fresh = secrets.token_urlsafe(32)
    await session_store.end(context.tx, session.id)
    again = replace(session, id=context.new_id(), proven=context.now, seen=context.now)
    await session_store.add(context.tx, again, digest(fresh))
    return fresh


async def find(tx: Transaction, cookie: str, now: datetime) -> tuple[Session, Person] | None:
    """The session of a cookie and whose it is, with the role that she has now.

    None when it has ended, was not used for too long, or she may come in no more.
    """
    found = await session_store.find(tx, digest(cookie))
    if found is None:
        return None
    session, person = found[0], found[1].at(now)
    idle = STAFF_IDLE if person.role in STAFF else IDLE
    if not person.active or now >= session.ends or now >= session.seen + idle:
        return None
    return session, person


def is_stale(session: Session, now: datetime) -> bool:
    """Whether it is time to note that a session is in use; to the hour is enough."""
    return now - session.seen >= _SEEN_EVERY


def is_recent(session: Session, now: datetime) -> bool:
    """Whether the password was given in the last minutes."""
    return now - session.proven < RECENT


def form_token(cookie: str) -> str:
    """What every form of this session carries. Spec: security J01"""
    return hmac.new(cookie.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


async def end_by_cookie(context: Context, cookie: str) -> None:
    """End the session of a cookie, if there is one."""
    found = await session_store.find(context.tx, digest(cookie))
    if found is not None:
        await session_store.end(context.tx, found[0].id)


@jobs.every(timedelta(minutes=10))
async def forget(context: Context) -> None:
    """Drop sessions that have ended by themselves."""
    await session_store.forget(context.tx, context.now)
