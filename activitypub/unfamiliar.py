"""Which documents need a JSON-LD processor to be read, and which of its answers we take.

Plain reading is enough for whoever writes AS2 with its own names. Others prefix them (`as:Note`),
spell them out (`https://www.w3.org/ns/activitystreams#Note`) or use the keywords of JSON-LD
(`@type`) in place of their aliases. Such a document is not read before it was brought into our
terms; see `jsonld.familiar`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from activitypub.names import ACTIVITYSTREAMS
from activitypub.shapes import Json, id_of

_NAMESPACE: Final = f"{ACTIVITYSTREAMS}#"
_PREFIX: Final = "as:"
# Keywords with which one statement can be hidden inside another (attack catalogue D02 to D05).
_HIDING: Final = frozenset({"@graph", "@reverse", "@included", "@nest", "@index", "@set"})
_DEEPEST: Final = 3


def is_unfamiliar(document: Mapping[str, Json]) -> bool:
    """Whether this document or the object in it speaks of AS2 in other words than AS2's own."""
    return any(map(_is_foreign, _parts(document, _DEEPEST)))


def _parts(document: Mapping[str, Json], depth: int) -> Iterator[Mapping[str, Json]]:
    """The document, its object, and that one's object."""
    yield document
    about = document.get("object")
    if isinstance(about, dict) and depth > 1:
        yield from _parts(about, depth - 1)


def _is_foreign(part: Mapping[str, Json]) -> bool:
    if "type" not in part and "@type" in part:
        return True
    kind = part.get("type")
    if isinstance(kind, str) and (kind.startswith((_PREFIX, _NAMESPACE))):
        return True
    return any(key.startswith((_PREFIX, _NAMESPACE)) for key in part)


def may_be_expanded(document: Json) -> bool:
    """Whether nothing in the document could make a processor read another statement than we do.

    Refused are keywords that wrap, and contexts of its own: only bundled ones by address.
    """
    level = [document]
    while level:
        part = level.pop()
        if isinstance(part, dict):
            if not _HIDING.isdisjoint(part) or not _plain_context(part.get("@context")):
                return False
            level.extend(value for key, value in part.items() if key != "@context")
        elif isinstance(part, list):
            level.extend(part)
    return True


def _plain_context(context: Json) -> bool:
    """Whether this context only names addresses. What it defines itself could redefine a term."""
    named = context if isinstance(context, list) else [context]
    return len(named) <= 10 and all(each is None or isinstance(each, str) for each in named)


def same_claim(plain: Mapping[str, Json], found: Mapping[str, Any]) -> bool:
    """Whether id, actor and type are those that the plain document already had."""
    if any(plain.get(key) != found.get(key) for key in ("id", "actor") if key in plain):
        return False
    if "actor" not in plain and "actor" in found:
        return False
    kind = plain.get("type", plain.get("@type"))
    about = plain.get("object")
    if isinstance(about, str) and id_of(found.get("object")) != about:
        return False
    return isinstance(kind, str) and _short(kind) == found.get("type")


def _short(kind: str) -> str:
    return kind.removeprefix(_NAMESPACE).removeprefix(_PREFIX)
