"""The cold path: what a document means to a JSON-LD processor, offline."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from activitypub.contexts import EVERY_CONTEXT, load
from activitypub.errors import ContextUnknown
from activitypub.shapes import Json


def expand(document: Mapping[str, Json]) -> list[Json]:
    """The expanded form, every term an IRI; takes milliseconds, so call it in a thread.

    Raises ContextUnknown for a context we do not carry, pyld's JsonLdError for a broken one.
    """
    # Imported here because PyLD costs memory and start time, and most nodes never need it.
    processor: Any = import_module("pyld.jsonld")
    try:
        expanded: list[Json] = processor.expand(dict(document), {"documentLoader": _bundled})
    except processor.JsonLdError as error:
        cause = _unknown(error)
        if cause is not None:
            raise cause from error
        raise
    return expanded


def familiar(document: Mapping[str, Json]) -> dict[str, Json]:
    """The same statement in the terms that we read, without its context.

    Takes up to seconds for what is made to take long, so only a process of its own calls this.
    Raises ContextUnknown for a context we do not carry, pyld's JsonLdError for a broken one.
    """
    processor: Any = import_module("pyld.jsonld")
    try:
        compacted: dict[str, Json] = processor.compact(
            dict(document), {"@context": EVERY_CONTEXT}, {"documentLoader": _bundled}
        )
    except processor.JsonLdError as error:
        cause = _unknown(error)
        if cause is not None:
            raise cause from error
        raise
    compacted.pop("@context", None)
    return compacted


def _bundled(url: str, options: Mapping[str, Any] | None = None) -> dict[str, Json]:
    """PyLD's document loader: what we carry and nothing else."""
    document = load(url)
    if document is None:
        raise ContextUnknown(f"The context {url} is not one of ours, and none is fetched.")
    # "static" lets PyLD keep the processed context instead of processing it each time.
    return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}


def _unknown(error: BaseException | None) -> ContextUnknown | None:
    """Our own error behind PyLD's, however often it was wrapped."""
    while error is not None and not isinstance(error, ContextUnknown):
        error = error.__context__
    return error
