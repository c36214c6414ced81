"""The outermost layer of HTTP: what aiohttp does by itself, told in our words and nobody else's.

What is no HTTP never reaches a handler, nor its middlewares. aiohttp would answer it with the bytes
that were sent and with its own version (security: K23, L10), and would unpack what was compressed
before anybody has asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp import HttpVersion10, web

from node.doors.keeping import kept_answer
from node.web.answers import problem

_CONTINUE = "100-continue"
_TROUBLE = "Something went wrong here. It was written into the log."
_NOT_HTTP = "This request cannot be read."


class Edge(web.AppRunner):
    """Runs an application as `web.AppRunner` does, behind our own error answers.

    `heard` is told of every request whose head has come.
    """

    def __init__(
        self, app: web.Application, *, heard: Callable[[web.BaseRequest], None], **options: Any
    ) -> None:
        super().__init__(app, access_log=None, auto_decompress=False, **options)
        self._heard = heard

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        handle = made.request_handler

        async def checked(request: Any) -> web.StreamResponse:
            self._heard(request)
            if refusal := _refusal(request):
                return refusal
            # what is kept was let through before: neither routes nor guards are asked again
            return await kept_answer(request, self.app) or await handle(request)

        return _Server(checked, request_factory=made.request_factory, **self._kwargs)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """A problem without a byte of the request; the connection ends.

        Raises: ConnectionError when an answer has begun already.
        """
        # It writes the log, and knows what has been sent.
        told = super().handle_error(request, status, exc)
        sentence = _TROUBLE if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR else _NOT_HTTP
        reason = HTTPStatus(told.status).phrase.lower().replace(" ", "-")
        return _closing(told.status, reason, sentence)


def _refusal(request: web.BaseRequest) -> web.Response | None:
    """The answer to what aiohttp would let in, or turn away in the sender's own words."""
    if request.version < HttpVersion10:
        return _closing(HTTPStatus.BAD_REQUEST, "no-version", "Ask in HTTP/1.1.")
    if request.headers.get("Expect", _CONTINUE).lower() != _CONTINUE:
        sentence = "Nothing of the kind can be expected here."
        return _closing(HTTPStatus.EXPECTATION_FAILED, "expectation-failed", sentence)
    return None


def _closing(status: int, reason: str, sentence: str) -> web.Response:
    answer = problem(status, reason, sentence, {"Server": "josoor"})
    answer.force_close()
    return answer
