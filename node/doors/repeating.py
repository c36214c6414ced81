"""Requests to the JSON API that a client may send twice: the second gets the answer of the first.

Spec: draft-ietf-httpapi-idempotency-key-header-07
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from aiohttp import web

from node import once
from node.errors import Conflict, Invalid
from node.services import NODE, Node
from node.web.answers import problem
from node.web.bodies import has_body, kind_of, read_body

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADER = "Idempotency-Key"
_LARGEST_BODY = 256 * 1024
_LONGEST_KEY = 255
_KEPT_HEADERS = ("Content-Type", "Location")


def repeatable(handler: Handler) -> Handler:
    """The handler; with an `Idempotency-Key` it does its work once, however often it is asked.

    A key lasts for a day and belongs to one token and one path. Answers 409 while the first request
    is being carried out or when its answer was lost, 422 if the body is another one.
    """

    async def repeated(request: web.Request) -> web.StreamResponse:
        key = request.headers.get(HEADER)
        if key is None or kind_of(request).startswith(("image/", "multipart/")):
            # pictures are kept by what is in them: twice is once
            return await handler(request)
        mark = once.Mark(_digest_of(request, key), await _digest_of_body(request))
        node = request.app[NODE]
        if earlier := await node.look(lambda tx: once.find(tx, mark.key)):
            return _again(mark, earlier)
        with once.marked(mark):
            answer = await handler(request)
        if mark.kept and isinstance(answer, web.Response):
            await _keep(node, mark, answer)
        return answer

    repeated.__doc__ = handler.__doc__
    repeated.__name__ = getattr(handler, "__name__", "repeated")
    return repeated


def _digest_of(request: web.Request, key: str) -> str:
    """What is kept of the key, together with whose it is and what it is for."""
    bare = key.strip().strip('"')
    if not (0 < len(bare) <= _LONGEST_KEY and bare.isascii() and bare.isprintable()):
        raise Invalid({HEADER: f"must be 1 to {_LONGEST_KEY} printable ASCII characters"})
    whose = request.headers.get("Authorization", "").strip()
    parts = (whose, request.method, request.path, bare)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


async def _digest_of_body(request: web.Request) -> str:
    body = await read_body(request, _LARGEST_BODY) if has_body(request) else b""
    return hashlib.sha256(body).hexdigest()


def _again(mark: once.Mark, earlier: once.Earlier) -> web.Response:
    if earlier.request != mark.request:
        return problem(
            422, "key-used-before", f"This {HEADER} came with another body before; take a new one."
        )
    if earlier.status is None:
        raise Conflict("This request is being carried out, or was and its answer is lost.")
    headers = {**earlier.headers, "Idempotency-Replayed": "true"}
    return web.Response(body=earlier.body, status=earlier.status, headers=headers)


async def _keep(node: Node, mark: once.Mark, answer: web.Response) -> None:
    body = bytes(answer.body) if isinstance(answer.body, bytes) else b""
    secret = "no-store" in answer.headers.get("Cache-Control", "")
    if secret or len(body) > once.LARGEST_ANSWER:
        return
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    await node.database.write(
        lambda tx: once.answer(tx, mark.key, status=answer.status, headers=headers, body=body)
    )
