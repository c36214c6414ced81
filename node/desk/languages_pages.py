"""At the desk: which published texts lack which language, or are out of date in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from node.desk.frame import desk_page, language_of
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.errors import NotFound
from node.i18n.languages import UI_LANGUAGES, direction, own_name
from node.i18n.messages import N_
from node.i18n.names import language_name
from node.operations.registry import perform
from node.operations.translations import gaps_of
from node.people.rights import Right
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of
from node.web.shown import Shown, shown
from node.web.whole import SURROUNDINGS

_PATH = "/desk/languages"
_TITLE = N_("Languages")

nav.add(_PATH, _TITLE, Right.PUBLISH, rank=45)


@waiting.on(_PATH, N_("Texts that lack a language"), Right.PUBLISH)
async def incomplete(tx: Transaction, now: datetime) -> int:
    """How many texts lack a language, or are out of date in one."""
    return len(await gaps_of(tx, now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A text with what it lacks; `form` is where it is written. Languages by tag and name."""

    id: str
    kind: str
    name: Shown
    form: str
    missing: Sequence[tuple[str, str]]
    outdated: Sequence[tuple[str, str]]


async def get_languages(request: web.Request) -> web.StreamResponse:
    """What lacks a language, and in which languages the desk can be read."""
    found = await perform(request.app[NODE], "translation.list", {})
    guest, _ = await request.app[SURROUNDINGS](request)
    return await desk_page(
        request,
        "desk_languages.html",
        _TITLE,
        gaps=[_gap(each, guest.languages, await language_of(request)) for each in found],
        own=[(tag, own_name(tag), direction(tag)) for tag in UI_LANGUAGES],
    )


async def post_confirm(request: web.Request) -> web.StreamResponse:
    """A text that is still right, though its original changed."""
    form = await form_of(request)
    wanted = {"id": form.text("id"), "language": form.text("language")}
    with suppress(NotFound):  # it was written anew meanwhile
        await perform(request.app[NODE], "translation.confirm", wanted)
    return done(request, _PATH, "saved")


def _gap(found: dict[str, Any], languages: Sequence[str], ui_language: str) -> Gap:
    def named(tags: Sequence[str]) -> list[tuple[str, str]]:
        return [(tag, language_name(tag, ui_language)) for tag in tags]

    is_event = found["kind"] == "event"
    return Gap(
        id=found["id"],
        kind=found["kind"],
        name=shown(found["name"], languages),
        form=f"/desk/events/{found['id']}" if is_event else "/desk/settings/community",
        missing=named(found["missing"]),
        outdated=named(found["outdated"]),
    )
