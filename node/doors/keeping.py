"""Answers that are kept for whoever asks alike, until anything in the database changes.

Kept is what is public and the same for everybody, in memory, at most a few MiB. It is true as long
as the database says that nothing was committed since, by this process or another, and the clock
shows the same minute: what was hidden, cancelled or erased is gone with the commit that says so.
Nothing is kept for whoever has a session or a token, nor where it matters who proves to ask.
"""

from __future__ import annotations

from collections.abc import Hashable

from aiohttp import web

from node.doors.readers import message_of
from node.routing.policies import Handler
from node.services import NODE, Node
from node.storage.errors import StorageError
from node.web.answered import answer_of
from node.web.pages import COOKIE
from node.web.visitor import has_session
from node.web.whole_answers import Answer, public_answer

MOST = 4 * 1024 * 1024
"""Bytes of answers that are kept in all."""
_BESIDE = 1024
"""What an answer weighs beside its body."""
_LONGEST_QUESTION = 1024
_SAID = ("Host", "Accept", "Accept-Language")
"""The headers that what we publish depends on; the host, since others are not served here."""
_READING = frozenset({"GET", "HEAD"})


class Kept:
    """What was answered while the node was in one state; `most` is in bytes."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: dict[Hashable, Answer] = {}
        self._weight = 0
        self._state: Hashable = None

    def knows(self, question: Hashable) -> bool:
        """Whether there is an answer to this question, of whatever state."""
        return question in self._answers

    def find(self, question: Hashable, state: Hashable) -> Answer | None:
        """What was answered to this question in this state."""
        return self._answers.get(question) if state == self._state else None

    def keep(self, question: Hashable, state: Hashable, answer: Answer) -> None:
        """Keep an answer that was begun in this state; those of any other are forgotten."""
        weight = len(answer.body) + _BESIDE
        if state != self._state or self._weight + weight > self._most:
            self._answers, self._weight, self._state = {}, 0, state
        if question not in self._answers and weight <= self._most:
            self._answers[question] = answer
            self._weight += weight


KEPT: web.AppKey[Kept] = web.AppKey("kept", Kept)
"""Where the answers of a node are kept; `node.app` says it."""


async def kept_answer(request: web.Request, app: web.Application) -> web.Response | None:
    """What was answered before to whoever asks like this; None where it has to be made.

    For the edge, before a path is looked for: only what a handler of ours once answered to the same
    host is found. A signed request has to come to its handler.
    """
    node, kept = app[NODE], app[KEPT]
    if request.method not in _READING or "Signature" in request.headers:
        return None
    question = _question(request, node)
    if question is None or not kept.knows(question):
        return None
    try:
        found = kept.find(question, await _state(node))
    except StorageError:
        return None  # the handler meets it again, and says so
    if found is None:
        return None
    response = found.to(request)
    response.headers["Server"] = "josoor"
    return response


def keeping(handler: Handler) -> Handler:
    """The handler, asked only for what it did not answer before in the same state of the node."""

    async def answered(request: web.Request) -> web.StreamResponse:
        node, kept = request.app[NODE], request.app[KEPT]
        question = _question(request, node)
        if question is None:
            return await handler(request)
        # Before anything is read: what changes from here on makes the answer one of the past.
        state = await _state(node)
        if found := kept.find(question, state):
            return found.to(request)
        response = await handler(request)
        if answer := public_answer(request, response):
            kept.keep(question, state, answer)
        return response

    answered.__doc__ = handler.__doc__
    answered.__name__ = getattr(handler, "__name__", "answered")
    return answered


async def _state(node: Node) -> Hashable:
    """Equal only while nothing was committed and no event began or ended."""
    return await node.database.state(), node.clock.now().timestamp() // 60


def _question(request: web.Request, node: Node) -> Hashable | None:
    """All that an answer to everybody may depend on; None for a request that stands for itself."""
    headers = request.headers
    if "Authorization" in headers or has_session(request) or node.policy.allow_list:
        return None
    if answer_of(node, request):
        return None  # who has answered sees her own page of the event
    asker = _asker(request, node) if "Signature" in headers else ""
    if asker is None:
        return None
    language = request.cookies.get(COOKIE, "") if "Cookie" in headers else ""
    said = request.raw_path, *(headers.get(name, "") for name in _SAID), language, asker
    return said if sum(map(len, said)) <= _LONGEST_QUESTION else None


def _asker(request: web.Request, node: Node) -> str | None:
    """The host that says that it asks, None for one with whom we do not speak.

    Which keys of ours it is shown depends on which of them it knows.
    """
    message = message_of(request)
    return None if node.readers.unwelcome(message) else node.readers.claimed_host(message) or ""
