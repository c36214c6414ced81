"""Around every request: which host was meant, each error to its status and sentence."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

from federation.errors import FederationError
from keys.errors import KeysError
from node.errors import Invalid, NodeError, TooMany, Unavailable
from node.i18n.messages import N_, translator
from node.services import NODE
from node.storage.errors import StorageError
from node.web.answers import problem
from node.web.frames import page_frame
from node.web.pages import guest_of, page

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger(__name__)
_ANY_HOST = frozenset({"/healthz", "/readyz"})
_GONE, _NOT_FOUND = N_("This is not here any more."), N_("We did not find this page.")
_NOT_FOR_YOU = N_("You may not see this.")
_BROKEN, _FAILED = N_("Something does not work right now."), N_("That did not work.")
_TITLES = {401: _NOT_FOR_YOU, 403: _NOT_FOR_YOU, 404: _NOT_FOUND, 410: _GONE}


def check_host(authorities: Collection[str]) -> Handler:
    """A middleware that turns away requests meant for another host (security: A09, L07)."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        raw = request.raw_path
        if not raw.startswith("/"):
            return problem(400, "absolute-form", "Ask for a path, not for a whole address.")
        host = request.headers.get("Host", "").lower()
        if host not in authorities and request.path not in _ANY_HOST:
            return problem(421, "wrong-host", "This host is not served here.")
        return await handler(request)

    return middleware  # type: ignore[return-value]


@web.middleware
async def tell_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Each error to its status: a page for people, a problem document for programs."""
    try:
        return await handler(request)
    except NodeError as error:
        return await _told(request, error.status, error.reason, str(error), error)
    except StorageError as error:
        _log.warning("storage trouble", extra={"reason": type(error).__name__})
        trouble = Unavailable("The node cannot do this now. Please try again in a minute.")
        return await _told(request, 503, trouble.reason, str(trouble), trouble)
    except (FederationError, KeysError) as error:
        return await _told(request, 502, error.reason, str(error), error)
    except web.RequestPayloadError:
        return problem(400, "body-broken", "The body of this request cannot be read.")
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        sentence = error.text or error.reason
        reason = error.reason.lower().replace(" ", "-")
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return await _told(request, error.status, reason, sentence, None, allow)


async def _told(
    request: web.Request,
    status: int,
    reason: str,
    sentence: str,
    error: Exception | None,
    headers: dict[str, str] | None = None,
) -> web.StreamResponse:
    more = {"errors": error.fields} if isinstance(error, Invalid) else {}
    headers = dict(headers or {})
    if status == 503:
        headers["Retry-After"] = "60"
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.seconds)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if not _wants_page(request):
        return problem(status, reason, sentence, headers, **more)
    # what the web server calls a status says nothing more to people than the title of the page
    said = "" if sentence.startswith(f"{status}: ") else sentence
    response = await _error_page(request, status, said)
    response.headers.update(headers)
    return response


def _wants_page(request: web.Request) -> bool:
    accept = request.headers.get("Accept", "")
    return "text/html" in accept and not request.path.startswith(("/api/", "/.well-known/"))


async def _error_page(request: web.Request, status: int, sentence: str) -> web.StreamResponse:
    node = request.app[NODE]
    guest = guest_of(request, "en")
    _ = translator(guest.ui_language).gettext
    title = _(_TITLES.get(status, _BROKEN if status >= 500 else _FAILED))
    frame = page_frame("/", title, guest.ui_language, origin=node.urls.origin, indexed=False)
    response = page(
        request,
        guest,
        "error.html",
        frame=frame,
        community=None,
        status=status,
        sentence=_(sentence) if sentence else "",
    )
    response.set_status(status)
    return response
