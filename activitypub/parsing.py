"""From bytes to a document: bounded, and read by every reader alike."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

import orjson

from activitypub.errors import NotAnObject, NotJson, TooDeep, TooLong, TooManyNodes
from activitypub.shapes import Json

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 32
MAX_NODES: Final = 5000
MAX_KEY: Final = 256
MAX_DIGITS: Final = 20
_WHOLE_FLOAT: Final = 1e17


def parse(body: bytes) -> dict[str, Json]:
    """The JSON object in these bytes.

    Refused is what two readers might read differently (doubled keys, NaN, lone surrogates) or what
    costs more than it can be worth (1 MiB, 32 levels, 5000 values).
    Raises: NotJson, NotAnObject, TooLong, TooDeep, TooManyNodes.
    """
    if len(body) > MAX_BYTES:
        raise TooLong(f"The document has {len(body)} bytes; we read at most {MAX_BYTES}.")
    _refuse_a_crowd(body)
    document = _quickly(body)
    if document is None:
        document = _carefully(body)
    return document


def _refuse_a_crowd(body: bytes) -> None:
    """Raises TooManyNodes without reading, which alone takes 80 ms for a megabyte of empty arrays.

    Between any two values of one array or object is a comma; those within texts do not count.
    """
    if body.count(b",") > MAX_NODES and _TEXT.sub(b"", body).count(b",") > MAX_NODES:
        raise TooManyNodes(f"The document holds more than {MAX_NODES} values.")


def _quickly(body: bytes) -> dict[str, Json] | None:
    """The document, if nothing in it could be read in two ways; else it must be read carefully.

    The quick reader takes the last of doubled keys and makes floats of long numbers. So there must
    be as many keys in the document as places in the text that look like one, and no large float.
    """
    if _ESCAPED_CONTROL.search(body):
        return None
    try:
        document = orjson.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    return document if _check_size(document) == _count_keys(body) else None


def _count_keys(body: bytes) -> int:
    """How many places look like the end of a key; never fewer than there are keys."""
    # Hardly anybody leaves a blank before a colon, and then counting is enough.
    if b" :" in body or b"\n:" in body or b"\t:" in body or b"\r:" in body:
        return len(_KEY.findall(body))
    return body.count(b'":')


def _carefully(body: bytes) -> dict[str, Json]:
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
    return _without_nul(document) if _NUL in text else document


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


def _short(literal: str) -> int:
    """The number. Raises ValueError for one of more than 20 digits."""
    if len(literal.lstrip("-")) > MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return int(literal)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_only_once,
    parse_float=_finite,
    parse_int=_short,
    parse_constant=_no_constant,
)
# Up to the end where the closing quote is missing: no place is looked at twice.
_TEXT: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?')
_KEY: Final = re.compile(rb'"[ \t\r\n]*:')
# NUL among them, and the halves of surrogate pairs.
_ESCAPED_CONTROL: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_NUL: Final = "\\u0000"
# Where a NUL would make two names of one, it is refused; in what people read it is left out.
_NAMES: Final = frozenset({"id", "type", "actor", "url", "href", "preferredUsername", "inbox"})
# Bytes in UTF-8 hold no lone surrogate; only an escape can bring one in.
_MAYBE_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _check_size(document: dict[str, Json]) -> int:
    """The number of keys, -1 when a number may be another than the text says.

    Walks level by level, so that depth costs no recursion.
    Raises: TooDeep, TooManyNodes, NotJson for a very long key.
    """
    level: list[Any] = [document]
    depth, nodes, keys, exact = 0, 1, 0, True
    names: set[str] = set()
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise TooDeep(f"The document is nested deeper than {MAX_DEPTH} levels.")
        deeper: list[Any] = []
        for node in level:
            nodes += len(node)
            values = node
            if type(node) is dict:
                keys += len(node)
                names.update(node)
                values = node.values()
            for each in values:
                kind = type(each)
                if kind is dict or kind is list:
                    deeper.append(each)
                elif kind is float and not -_WHOLE_FLOAT < each < _WHOLE_FLOAT:
                    exact = False
        if nodes > MAX_NODES:
            raise TooManyNodes(f"The document holds more than {MAX_NODES} values.")
        level = deeper
    _check_names(names)
    return keys if exact else -1


def _check_names(names: set[str]) -> None:
    if names and max(map(len, names)) > MAX_KEY:
        raise NotJson(f"A key has more than {MAX_KEY} characters.")


def _without_nul(document: dict[str, Json]) -> dict[str, Json]:
    """The document with NUL left out of its texts. Raises NotJson where one is in a key or name."""

    def clean(value: Json, key: str = "") -> Json:
        if isinstance(value, dict):
            return {_clean_key(name): clean(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [clean(each, key) for each in value]
        if not isinstance(value, str) or "\0" not in value:
            return value
        if key in _NAMES or value.startswith("http"):
            raise NotJson("A name or address holds a NUL.")
        return value.replace("\0", "")

    cleaned: dict[str, Json] = clean(document)
    return cleaned


def _clean_key(name: str) -> str:
    if "\0" in name:
        raise NotJson("A key holds a NUL.")
    return name


def _check_surrogates(document: dict[str, Json]) -> None:
    """Raises NotJson when a string cannot be written as UTF-8 again."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotJson("The document holds half a surrogate pair.") from error
