"""Who may read what we publish as documents: everybody, until the community wants it otherwise.

Somebody with whom we do not speak gets the same 404 as for what is not there, so that it learns
nothing. In allow-list mode whoever does not prove to be on the list gets 403: that it is not on
it, it knows. Of our actors everybody gets what is needed to check our signatures, for else none of
us could begin (security: K06, K07, M17, DP11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from keys.message import Request
from node.errors import NodeError, NotAllowed, NotFound
from node.services import NODE

Json = dict[str, Any]
_STUB = ("@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod")


async def check_reader(request: web.Request, absent: str) -> None:
    """Nothing when this request may be answered with the document that it asks for.

    `absent` is the sentence for what is not there. Raises: NotFound, NotAllowed.
    """
    if not await may_read(request):
        raise _refusal(request, absent)


async def may_read(request: web.Request) -> bool:
    """Whether this request may be answered with a whole document."""
    node = request.app[NODE]
    message = message_of(request)
    if node.policy.allow_list:
        return await node.readers.proves_welcome(message)
    return not node.readers.unwelcome(message)


def is_stranger(request: web.Request) -> bool:
    """Whether to answer with a stub, decided without fetching anything.

    For the actor whose key signs what we fetch: to check its reader's key we would have to ask
    another server, which would ask for ours.
    """
    node = request.app[NODE]
    return node.policy.allow_list or node.readers.unwelcome(message_of(request))


def stub(document: Mapping[str, Any]) -> Json:
    """Of an actor, only what is needed to check its signatures and to write to it."""
    return {name: document[name] for name in _STUB if name in document}


def _refusal(request: web.Request, absent: str) -> NodeError:
    if request.app[NODE].policy.allow_list:
        return NotAllowed("This is only for servers that this community has let in.")
    return NotFound(absent)


def message_of(request: web.Request) -> Request:
    """The request as its signature speaks of it; without a body, as all that only ask."""
    return Request(
        method=request.method,
        url=request.app[NODE].urls.origin + request.raw_path,
        headers=tuple(request.headers.items()),
        body=b"",
    )
