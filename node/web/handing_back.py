"""A form that cannot be taken as it came: what somebody wrote in it is handed back to her.

Nothing of it is kept here, and nothing is sent again by itself: the page carries the words, she
signs in beside it and sends them when she likes. Only a form that surely comes from a page of ours
is answered so, since nobody else shall have our pages say what they like.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote

from aiohttp import web
from yarl import URL

from node.errors import NotAllowed
from node.i18n.languages import own_name
from node.i18n.messages import N_, translator
from node.web.bodies import kind_of
from node.web.forms import Form, check_origin, form_of
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS, whole_page
from node.web.written import Written, written_in

_SECRET: Final = frozenset({"csrf", "password", "old", "code", "secret", "token", "credential"})
"""Fields that are never handed back; without them a form cannot be sent from here."""


class Why(Enum):
    """Why the form was not taken; the value is the title of the page."""

    SIGNED_OUT = N_("You were signed out")
    TOO_OLD = N_("This form was too old")
    READY = N_("What you wrote")
    UNSURE = N_("Is it you?")


_FIRST = {Why.SIGNED_OUT: "/sign-in", Why.UNSURE: "/me/confirm"}
"""Where she has to go before it can be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field as it is shown. `label` in the language of the page, `lang` "" where not known."""

    name: str
    label: str
    lang: str
    text: str
    rows: int


async def hand_back(request: web.Request, why: Why, *, upload: int = 0) -> web.Response | None:
    """The page with what she wrote; None where nothing was written, or it may not be shown."""
    form = await _form(request, upload) if _wants_page(request) else None
    written = written_in(request.path, form) if form else []
    if form is None or not written:
        return None
    if why is Why.TOO_OLD and "csrf" not in form:
        why = Why.READY  # she comes back from signing in, with what this page had carried
    back, person = await page_of(request), (await visitor(request)).person
    return await whole_page(
        request,
        "handed_back.html",
        why.value,
        status=403,
        path=back,
        action=request.rel_url.raw_path,
        enctype=kind_of(request),
        fields=await _shown(request, written),
        others=_others(form, written),
        sends=_SECRET.isdisjoint(set(form) - {"csrf"}),
        lost_file=bool(form.files),
        first=f"{_FIRST[why]}?next={quote(back)}" if why in _FIRST else "",
        back=back,
        signed_out=why is Why.SIGNED_OUT,
        name=person.name if person else "",
    )


async def page_of(request: web.Request) -> str:
    """The page that was asked for, and of a form the page it stands on: its own path if that can
    be read, else the next one above."""
    path = request.path
    if request.method in ("GET", "HEAD"):
        return path
    while path and not await _can_be_read(request, path):
        path = path.rpartition("/")[0]
    return path or "/"


async def _can_be_read(request: web.Request, path: str) -> bool:
    asked = request.clone(method="GET", rel_url=URL.build(path=path))
    return (await request.app.router.resolve(asked)).http_exception is None


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


async def _form(request: web.Request, upload: int) -> Form | None:
    try:
        check_origin(request, surely=True)
        return await form_of(request, upload=upload, sparing=True)
    except (NotAllowed, web.HTTPException):
        return None


def _others(form: Form, written: list[Written]) -> list[tuple[str, str]]:
    """What travels along: what was chosen, and what the page had put in."""
    shown = {each.name for each in written} | _SECRET
    return [(name, value) for name, value in form.pairs if name not in shown]


async def _shown(request: web.Request, written: list[Written]) -> list[_Field]:
    guest, _ = await request.app[SURROUNDINGS](request)
    say = translator(guest.ui_language).gettext
    return [
        _Field(
            name=each.name,
            label=each.called(say(each.label), own_name(each.language) if each.language else ""),
            lang=each.language,
            text=each.text,
            rows=min(12, 1 + each.text.count("\n") + len(each.text) // 36),
        )
        for each in written
    ]
