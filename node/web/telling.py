"""What was just done, told once on the next page.

The word travels in a cookie of a minute that holds a name out of a list and nothing else: no text
of anybody's, nothing to be kept on the server, and a page that is opened again is quiet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from node.services import NODE
from node.web.whole import go_to

_COOKIE, _LASTS = "told", 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the pages below `path` tell; `sentences` are messages, in English, by their word."""

    path: str
    sentences: Mapping[str, str]

    def done(self, request: web.Request, path: str, word: str) -> web.Response:
        """An answer that leads on to `path`, where this is told once."""
        assert word in self.sentences, word
        response = go_to(path)
        response.set_cookie(
            _COOKIE, word, max_age=_LASTS, path=self.path, httponly=True, samesite="Strict",
            secure=request.app[NODE].urls.origin.startswith("https:"),
        )  # fmt: skip
        return response

    def told(self, request: web.Request) -> str:
        """The sentence that is to be told on this page, in English; empty for none."""
        return self.sentences.get(request.cookies.get(_COOKIE, ""), "")

    def forget(self, request: web.Request, response: web.StreamResponse) -> None:
        """It was told: let the browser drop it."""
        if _COOKIE in request.cookies:
            response.del_cookie(_COOKIE, path=self.path, httponly=True, samesite="Strict")
