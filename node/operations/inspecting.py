"""A remote document explained: what we understand of it, what not and why. Nothing is stored."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from activitypub.errors import UrlRefused
from activitypub.identity import same_origin
from activitypub.objects import Object
from activitypub.registry import read as read_object
from activitypub.unfamiliar import is_unfamiliar, same_claim
from activitypub.unread import unknown_contexts, unread
from federation.errors import FederationError
from node.errors import Invalid, NotFound, Unavailable
from node.expanding import ChildReader
from node.listening import listeners
from node.network import store
from node.network.inspection import as_it_would_come, author, understood
from node.operations.registry import Arguments, operation
from node.services import Node
from node.text.sanitise import LIMIT

Json = dict[str, Any]
_MOST = 200
"""So many places are named that are not understood."""


@operation("network.fetch")
async def fetch(node: Node, arguments: Arguments) -> Json:
    """A remote document: `understood`, `ignored` with reasons, who would hear it. `url`."""
    url = str(arguments.get("url") or "")
    if not url:
        raise Invalid({"url": "is missing"})
    document = await _fetched(node, url)
    plain = await _in_our_words(document)
    value: Object = read_object(plain)
    return {
        "id": value.id,
        "type": value.type,
        "understood_as": type(value).__name__,
        "translated": plain is not document,
        "understood": await _understood(node, value),
        "ignored": _ignored(document, value),
        "heard_by": _heard_by(value),
        "document": document,
    }


async def _fetched(node: Node, url: str) -> Json:
    try:
        return dict((await node.fetcher.document(url, fresh=True)).document)
    except FederationError as trouble:
        if trouble.retry:
            raise Unavailable(f"{url} cannot be reached now: {trouble}") from trouble
        raise NotFound(f"{url} was not found: {trouble}") from trouble


async def _in_our_words(document: Json) -> Json:
    """The document as the intake would read it: brought into our terms where it uses others."""
    if not is_unfamiliar(document):
        return document
    reader = ChildReader()
    try:
        found = await reader.familiar(document)
    finally:
        await reader.close()
    return found if found is not None and same_claim(document, found) else document


async def _understood(node: Node, value: Object) -> Json:
    """What we understand; for the audience and the author's word the author is asked."""
    named = author(value)
    if not named:
        return understood(value)
    who, trouble = await _author(node, str(named["id"]))
    parts = understood(value, followers=who.get("followers"))
    parts["author"] |= {"believed": named["believed"] and trouble is None}
    if trouble:
        parts["author"]["trouble"] = trouble
    followed = await node.look(lambda tx: store.find_following(tx, str(named["id"])))
    parts["author"]["followed"] = followed is not None
    return parts


async def _author(node: Node, address: str) -> tuple[Mapping[str, Any], str | None]:
    """The author's document, empty with a sentence when there is none; not fetched if ours."""
    try:
        if same_origin(address, node.urls.origin):
            return {}, None
        return (await node.fetcher.document(address)).document, None
    except (FederationError, UrlRefused) as trouble:
        return {}, str(trouble)


def _ignored(document: Json, value: Object) -> list[Json]:
    """Every place that is not understood, at most 200 of them, and the contexts we do not carry."""
    contexts = [
        {"path": "@context", "why": "unknown context", "value": address}
        for address in unknown_contexts(document)
    ]
    places = [{"path": one.path, "why": one.why.value} for one in unread(value, longest=LIMIT)]
    return (contexts + places)[:_MOST]


def _heard_by(value: Object) -> list[Json]:
    """Who would be asked, in this order, if it came signed by its author."""
    activity, about = as_it_would_come(value)
    return [
        {
            "listener": getattr(listener, "__name__", "?"),
            "module": listener.__module__,
            "does": (inspect.getdoc(listener) or "").partition("\n")[0],
        }
        for listener in listeners.find(activity, about)
    ]
