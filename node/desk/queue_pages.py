"""At the desk: what is on its way, out and in; what is stuck is tried again or given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from node.desk import store
from node.desk.frame import desk_page, language_of
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.desk.words import kind_word, moment_words, reason_word
from node.errors import NotFound
from node.i18n.messages import N_
from node.operations.registry import perform
from node.people.rights import Right
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of

_PATH = "/desk/queue"
_TITLE = N_("Messages on their way")
_PAGE = 20
_VERBS = {"retry": "retried", "discard": "discarded"}

nav.add(_PATH, N_("On their way"), Right.ADMINISTER, rank=75)


@waiting.on(f"{_PATH}?parked=1", N_("Messages that are stuck"), Right.ADMINISTER)
async def stuck(tx: Transaction, now: datetime) -> int:
    """How many deliveries and arrivals are stuck."""
    return await store.stuck(tx)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One delivery or arrival. `kind` and `reason` are words of the page's language."""

    id: str
    kind: str
    host: str
    reason: str
    attempts: int
    since: str
    next_attempt: str


async def get_queue(request: web.Request) -> web.StreamResponse:
    """A page of what waits or is stuck, out or in, oldest first, and the hosts in trouble."""
    node, language = request.app[NODE], await language_of(request)
    parked, arrivals = request.query.get("parked") == "1", request.query.get("in") == "1"
    after = request.query.get("after", "")
    wanted = {"parked": parked, "arrivals": arrivals, "after": after, "limit": _PAGE + 1}
    rows = await perform(node, "queue.page", wanted)
    more = rows[_PAGE - 1]["id"] if len(rows) > _PAGE else None
    return await desk_page(
        request,
        "desk_queue.html",
        _TITLE,
        rows=[_row(each, language) for each in rows[:_PAGE]],
        hosts=[_host(each, language) for each in await perform(node, "queue.hosts", {})],
        counts=await perform(node, "status", {}),
        parked=parked,
        arrivals=arrivals,
        more=_address(parked, arrivals, after=more) if more else None,
        first=bool(after),
        here=_address(parked, arrivals),
    )


async def post_change(request: web.Request) -> web.StreamResponse:
    """One, those of a host, or all: tried again now, or given up."""
    form, verb = await form_of(request), request.match_info["verb"]
    which = {"id": form.text("id") or None, "host": form.text("host") or None}
    arguments = {**which, "all": form.text("all") == "1", "arrivals": form.text("in") == "1"}
    try:
        await perform(request.app[NODE], f"queue.{verb}", arguments)
    except NotFound:
        # it has gone meanwhile, by itself or by somebody else: the list shows that
        return done(request, _back(form), "decided")
    return done(request, _back(form), _VERBS[verb])


def _row(found: Mapping[str, Any], language: str) -> Row:
    return Row(
        id=found["id"],
        kind=kind_word(found["kind"], language),
        host=found["host"],
        reason=reason_word(found["reason"], language),
        attempts=found["attempts"],
        since=moment_words(found["since"], language),
        next_attempt=moment_words(found["next_attempt"], language),
    )


def _host(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A host in trouble, with its moments in words."""
    times = {key: moment_words(found[key], language) for key in ("since", "next_probe")}
    return {**found, **times}


def _back(form: Form) -> str:
    return _address(form.text("parked") == "1", form.text("in") == "1")


def _address(parked: bool, arrivals: bool, after: str | None = None) -> str:
    query = {"parked": "1"} if parked else {}
    query |= {"in": "1"} if arrivals else {}
    query |= {"after": after} if after else {}
    return f"{_PATH}?{urlencode(query)}" if query else _PATH
