"""Canonical JSON: one value, one spelling, so that a digest of it means something.

Spec: RFC 8785 (JCS).
"""

from __future__ import annotations

from typing import Any

import orjson

from keys.errors import NotCanonical

LARGEST_INTEGER = 2**53 - 1
# Between these, orjson and ECMAScript write a number with a fraction alike: no exponent yet.
_LEAST, _MOST = 1e-5, 1e15
# From here on the order of code points is not that of UTF-16: surrogate pairs come before these.
_FIRST_AFTER_SURROGATES = "\ue000"


def canonical(value: Any) -> bytes:
    """The canonical UTF-8 of a JSON value: dicts, lists, texts, numbers, booleans and None.

    Raises: NotCanonical for what JSON between machines cannot say: NaN, infinities, integers
    beyond 2^53 - 1, lone surrogates, keys that are no text, other types, hundreds of levels.
    Spec: RFC 8785 3.2, RFC 7493 2.
    """
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            pass  # a lone surrogate, or more than 253 levels: the slow way says which
    return _slowly(value)


def _is_plain(value: Any) -> bool:
    """Whether orjson writes this as RFC 8785 wants it.

    The two differ in the order of some keys, in whole floats and in exponents; and orjson takes
    larger integers and more types.
    """
    waiting = [value]
    for one in waiting:
        kind = type(one)
        if kind is str or kind is bool or one is None:
            continue
        if kind is dict:
            if not _are_plain_keys(one):
                return False
            waiting.extend(one.values())
        elif kind is list:
            waiting.extend(one)
        elif not _is_plain_number(one):
            return False
    return True


def _are_plain_keys(keys: dict[Any, Any]) -> bool:
    try:
        letters = "".join(keys)
    except TypeError:
        return False
    return letters.isascii() or max(letters) < _FIRST_AFTER_SURROGATES


def _is_plain_number(value: object) -> bool:
    if type(value) is int:
        return -LARGEST_INTEGER <= value <= LARGEST_INTEGER
    return type(value) is float and _LEAST <= abs(value) < _MOST and value % 1 != 0


def _slowly(value: Any) -> bytes:
    """The same by the library for just that, which takes 30 to 50 times as long."""
    import rfc8785  # noqa: PLC0415  rarely needed, and every start would pay for it

    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("This value has no canonical spelling in JSON.") from error
