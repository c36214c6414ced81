"""What every page does first and last: whom it speaks to, and how it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from node.i18n.languages import UI_LANGUAGES, negotiate, reader_languages
from node.i18n.messages import translator
from node.services import NODE
from node.web.answers import document_answer
from node.web.frames import PageFrame
from node.web.headers import page_headers
from node.web.problems import with_labels

COOKIE = "language"
_YEAR = 365 * 24 * 3600
_LEADS_HOME = frozenset({"home.html", "about.html", "event.html", "network.html", "follow.html"})
"""Pages with the form that sends a visitor to her own server."""
_SCRIPTED = frozenset(
    {"confirm.html", "join.html", "passkey.html", "passkeys.html", "setup_you.html", "sign_in.html"}
)
"""Pages where a device may be asked for a passkey, which needs a script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whoever asked for a page: what she reads, best first, and the interface she gets."""

    languages: Sequence[str]
    ui_language: str
    asked: str | None


def guest_of(request: web.Request, own_language: str) -> Guest:
    """Who asked, from `?lang=`, her cookie and her browser; else the community's own language."""
    accept = request.headers.get("Accept-Language", "")
    asked, cookie = request.query.get("lang"), request.cookies.get(COOKIE)
    languages = reader_languages(accept, asked, cookie)
    available = sorted(UI_LANGUAGES, key=lambda tag: tag != own_language)
    ui_language = negotiate(accept, available, asked=asked, cookie=cookie)
    return Guest(languages=languages or (own_language,), ui_language=ui_language, asked=asked)


def page(
    request: web.Request, guest: Guest, template: str, *, frame: PageFrame, **values: Any
) -> web.Response:
    """A rendered page; a language that was asked for is remembered."""
    node = request.app[NODE]
    html = node.renderer.page(template, language=guest.ui_language, page=frame, **values)
    if errors := values.get("errors"):
        html = with_labels(html, errors, translator(guest.ui_language).gettext)
    https = node.urls.origin.startswith("https:")
    response = document_answer(
        request,
        html.encode(),
        "text/html; charset=utf-8",
        page_headers(
            guest.ui_language,
            https=https,
            leaves=template in _LEADS_HOME,
            scripted=template in _SCRIPTED,
        ),
    )
    if guest.asked in UI_LANGUAGES:
        response.set_cookie(
            COOKIE, guest.asked, max_age=_YEAR, httponly=True, secure=https, samesite="Lax"
        )
    return response


def for_one_alone(response: web.Response) -> web.Response:
    """The page as nobody stores it, because it is for one reader."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.popall("ETag", None)
    return response
