"""What was just done, told once on the next page of the desk.

The word travels in a cookie of a minute that holds a name out of this list and nothing else: no
text of anybody's, nothing to be kept on the server, and a page that is opened again is quiet.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from node.i18n.messages import N_
from node.services import NODE
from node.web.whole import go_to

_COOKIE, _PATH, _LASTS = "told", "/desk", 60

SENTENCES: Mapping[str, str] = {
    "approved": N_("They follow us now."),
    "refused": N_("They were told that they cannot follow us."),
    "shared": N_("It is shared with everybody who follows us."),
    "unshared": N_("It is not shared any more."),
    "asked": N_("We have asked to follow them. Now they have to say yes."),
    "unfollowed": N_("We do not follow them any more."),
    "reading": N_("What was published before is read now. That can take a while."),
    "retried": N_("It is tried again now."),
    "discarded": N_("It is given up."),
    "invitation-ended": N_("The invitation lets nobody in any more."),
    "let-in": N_("The new account is open."),
    "turned-away": N_("The wish was turned away and forgotten."),
    "role": N_("The new role counts from now on."),
    "closed": N_("The account is closed."),
    "opened": N_("The account is open again."),
    "signed-out": N_("This account is signed out everywhere."),
    "saved": N_("Saved."),
    "rotated": N_("The new keys are in use. Other servers are being told."),
    "confirmed": N_("Confirmed. From now on the new keys count."),
    "decided": N_("Decided."),
    "in-twos": N_("This waits under “In twos” until a second ambassador wants it too."),
}


def done(request: web.Request, path: str, word: str) -> web.Response:
    """An answer that leads on to `path`, where this is told once. `word`: one of `SENTENCES`."""
    assert word in SENTENCES, word
    response = go_to(path)
    response.set_cookie(
        _COOKIE, word, max_age=_LASTS, path=_PATH, httponly=True, samesite="Strict",
        secure=request.app[NODE].urls.origin.startswith("https:"),
    )  # fmt: skip
    return response


def told(request: web.Request) -> str:
    """The sentence that is to be told on this page, in English; empty for none."""
    return SENTENCES.get(request.cookies.get(_COOKIE, ""), "")


def forget(request: web.Request, response: web.StreamResponse) -> None:
    """It was told: let the browser drop it."""
    if _COOKIE in request.cookies:
        response.del_cookie(_COOKIE, path=_PATH, httponly=True, samesite="Strict")
