"""At the desk: how the node is, its keys, keys of others that nobody vouched for, its settings."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from node.backup import holding
from node.context import Context
from node.desk.checks import check_view
from node.desk.frame import desk_page, language_of, reader
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.desk.words import moment_words, size_words
from node.errors import NotFound
from node.i18n import dates
from node.i18n.messages import N_
from node.operations.registry import perform
from node.people import audit
from node.people.rights import Right
from node.services import NODE
from node.storage.actors import unproven_count
from node.storage.database import Transaction
from node.web.forms import form_of

_PATH = "/desk/health"
_TITLE, _ROTATE = N_("How it runs"), N_("New keys")
_TRAIL = ((_PATH, _TITLE),)
_STATES: Mapping[str, str] = {
    "current": N_("in use"),
    "retiring": N_("old, until everybody has the new one"),
    "retired": N_("old, out of use"),
}

nav.add(_PATH, _TITLE, Right.ADMINISTER, rank=76)


@waiting.on(f"{_PATH}#unproven", N_("Keys of others that nobody vouched for"), Right.ADMINISTER)
async def unproven(tx: Transaction, now: Any) -> int:
    """How many actors have keys that no earlier key vouched for."""
    return await unproven_count(tx)


@waiting.on(f"{_PATH}#held", N_("Brought back from a backup: nothing leaves yet"), Right.ADMINISTER)
async def held(tx: Transaction, now: Any) -> int:
    """One while the node is held back after a restore."""
    return int(await holding.current(tx) is not None)


async def get_health(request: web.Request) -> web.StreamResponse:
    """Checks with their mends, backups, versions, keys, settings."""
    node, language = request.app[NODE], await language_of(request)
    found = await perform(node, "health.show", {})
    folder = node.config.data.name
    checks = [check_view(each, folder, language) for each in found["checks"]]
    checks.sort(key=lambda each: each.state != "red")
    stopped = await node.look(holding.current)
    return await desk_page(
        request,
        "desk_health.html",
        _TITLE,
        troubles=[each for each in checks if each.state != "green"],
        well=[each for each in checks if each.state == "green"],
        held=_held(stopped, language) if stopped else None,
        versions=found["versions"],
        database=found["database"],
        size=size_words(found["size"]),
        backup=moment_words(found["backup"], language),
        started=moment_words(found["started"], language),
        keys=[_key(each, language) for each in await perform(node, "key.list", {})],
        unproven=[_unproven(each, language) for each in await perform(node, "key.unproven", {})],
        settings=await perform(node, "health.settings", {}),
    )


async def get_rotate(request: web.Request) -> web.StreamResponse:
    """What new keys mean, and the button."""
    return await desk_page(request, "desk_rotate.html", _ROTATE, trail=_TRAIL)


async def post_rotate(request: web.Request) -> web.StreamResponse:
    """New keys for the community and the relay; every server that knows them is told."""
    node, person = request.app[NODE], await reader(request)
    await perform(node, "key.rotate", {})

    async def work(context: Context) -> None:
        await audit.note(context, person.id, "rotate keys", node.urls.community)

    await node.act(work)
    return done(request, _PATH, "rotated")


async def post_release(request: web.Request) -> web.StreamResponse:
    """What was held back after a restore goes on its way; what others sent again is taken in."""
    form, person = await form_of(request), await reader(request)
    discard = form.text("discard") == "yes"
    with suppress(NotFound):
        # the time was up meanwhile, or somebody else was quicker
        await perform(request.app[NODE], "restore.release", {"by": person.id, "discard": discard})
    return done(request, _PATH, "released")


async def post_confirm_key(request: web.Request) -> web.StreamResponse:
    """An actor taken for the same as before, whose new keys count from now on."""
    node, person = request.app[NODE], await reader(request)
    actor = (await form_of(request)).text("actor")
    try:
        await perform(node, "key.confirm", {"actor": actor})
    except NotFound:
        return done(request, _PATH, "decided")

    async def work(context: Context) -> None:
        await audit.note(context, person.id, "confirm keys", actor)

    await node.act(work)
    return done(request, _PATH, "confirmed")


def _held(hold: holding.Hold, language: str) -> dict[str, str]:
    return {
        "taken": dates.moment(hold.taken, language),
        "until": dates.moment(hold.until, language),
    }


def _key(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A key of ours; `state` is a message."""
    state = str(found.get("state", ""))
    return {
        "actor": found["actor"],
        "kind": str(found["kind"]).upper(),
        "fingerprint": found["fingerprint"],
        "created": moment_words(found["created"], language),
        "state": _STATES.get(state, state),
    }


def _unproven(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {**found, "since": moment_words(found["since"], language)}
