"""An answer as everybody gets it who asks alike, before it is cut down for one of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from multidict import CIMultiDict

_STAND_IN = secrets.token_urlsafe(24)
"""Where each reader gets a secret of her own; nobody can have written it before we started."""
_OPEN = _STAND_IN.encode()
_ALONE = {"Cache-Control": "private, no-cache"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Bytes with all their headers.

    `tag` is None where each reader gets a secret of her own in them: no two have the same.
    `public`: it is for everybody, as far as whoever made it said.
    """

    body: bytes
    headers: CIMultiDict[str]
    tag: str | None
    public: bool

    def to(self, request: web.Request) -> web.Response:
        """What this request gets; 304 if it has it already. Spec: RFC 9110 13.1.2"""
        if self.tag is None:
            own = self.body.replace(_OPEN, secrets.token_urlsafe(24).encode())
            return web.Response(body=own, headers=self.headers)
        if self.tag not in _tags(request):
            return web.Response(body=self.body, headers=self.headers)
        response = web.Response(status=304, headers=self.headers)
        del response.headers["Content-Type"]
        return response


ANSWER: web.RequestKey[Answer] = web.RequestKey("answer", Answer)
"""What a request is answered with."""
_ONE_EACH: web.RequestKey[bool] = web.RequestKey("one_each", bool)


def secret_of_her_own(request: web.Request) -> str:
    """What a page shows in the place of a secret that every reader gets anew.

    The answer to this request brings 32 URL-safe letters there, 192 random bits, and is stored by
    nobody else.
    """
    request[_ONE_EACH] = True
    return _STAND_IN


def whole_answer(
    request: web.Request, body: bytes, tag: str, headers: Mapping[str, str], *, public: bool
) -> Answer:
    """The answer to this request, with its tag; without one if each gets a secret in it."""
    alone = _ONE_EACH in request and _OPEN in body
    own = _ALONE if alone else {"ETag": tag}
    request[ANSWER] = answer = Answer(
        body=body,
        headers=CIMultiDict({**headers, **own}),
        tag=None if alone else tag,
        public=public,
    )
    return answer


def public_answer(request: web.Request, response: web.StreamResponse) -> Answer | None:
    """The answer behind a response that is for everybody; None for any other."""
    answer = request.get(ANSWER)
    if answer is None or not answer.public or response.cookies:
        return None
    meant = answer.headers["Cache-Control"]
    unchanged = response.headers.get("Cache-Control") == meant and response.status in (200, 304)
    return answer if unchanged else None


def _tags(request: web.Request) -> list[str]:
    said = request.headers.get("If-None-Match")
    return [part.strip().removeprefix("W/") for part in said.split(",")] if said else []
