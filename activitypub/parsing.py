"""From bytes to a document: bounded, and read by every reader alike."""

from __future__ import annotations

import json
import math
import re
from typing import Final, NoReturn

from activitypub.errors import NotAnObject, NotJson, TooDeep, TooLong, TooManyNodes
from activitypub.shapes import Json

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 32
MAX_NODES: Final = 5000


def parse(body: bytes) -> dict[str, Json]:
    """The JSON object in these bytes.

    Refused is what two readers might read differently (doubled keys, NaN, lone surrogates) or what
    costs more than it can be worth (1 MiB, 32 levels, 5000 values).
    Raises: NotJson, NotAnObject, TooLong, TooDeep, TooManyNodes.
    """
    if len(body) > MAX_BYTES:
        raise TooLong(f"The document has {len(body)} bytes; we read at most {MAX_BYTES}.")
    try:
        text = body.decode("utf-8")
        document = _DECODER.decode(text)
    except RecursionError as error:
        raise TooDeep(f"The document is nested deeper than {MAX_DEPTH} levels.") from error
    except ValueError as error:
        raise NotJson(f"The document is not JSON in UTF-8: {error}.") from error
    if not isinstance(document, dict):
        raise NotAnObject("The document is JSON, but not an object.")
    _check_size(document)
    if _MAYBE_SURROGATE.search(text):
        _check_surrogates(document)
    return document


def _only_once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """The object of these pairs. Raises ValueError when a key comes twice."""
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key comes twice in one object")
    return document


def _finite(literal: str) -> float:
    """The number. Raises ValueError for one too large to hold (1e999 would become infinity)."""
    number = float(literal)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_only_once, parse_float=_finite, parse_constant=_no_constant
)
# Bytes in UTF-8 hold no lone surrogate; only an escape can bring one in.
_MAYBE_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _check_size(document: dict[str, Json]) -> None:
    """Walks level by level, so that depth costs no recursion. Raises: TooDeep, TooManyNodes."""
    level: list[dict[str, Json] | list[Json]] = [document]
    depth, nodes = 0, 1
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise TooDeep(f"The document is nested deeper than {MAX_DEPTH} levels.")
        nodes += sum(map(len, level))
        if nodes > MAX_NODES:
            raise TooManyNodes(f"The document holds more than {MAX_NODES} values.")
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]


def _check_surrogates(document: dict[str, Json]) -> None:
    """Raises NotJson when a string cannot be written as UTF-8 again."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotJson("The document holds half a surrogate pair.") from error
