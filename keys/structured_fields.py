"""The two shapes of structured fields that signatures use, read without any leeway.

A field is taken in the canonical spelling only, the one that RFC 9651 4.1 writes: then what was
sent is what was signed, and two readers cannot understand it differently.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from keys.digests import read_base64

LONGEST_FIELD = 4096

_KEY = r"[a-z*][a-z0-9_.*-]*"
# No backslash: nobody needs an escape in these, and parsers disagree on them.
_STRING = r'"[\x20\x21\x23-\x5b\x5d-\x7e]*"'
_INTEGER = r"0|[1-9][0-9]{0,10}"
_PARAMETER = re.compile(rf";({_KEY})=({_STRING}|{_INTEGER})")
_INNER_LIST = re.compile(rf"({_KEY})=(\(([^()]*)\)((?:;{_KEY}=(?:{_STRING}|{_INTEGER}))*))")
_LABEL = re.compile(_KEY)


class InnerList(NamedTuple):
    """The only member of a dictionary, an inner list: `label=(items);parameters`.

    `text` is all that stands behind `label=`; `items` is what stands between the brackets, unread.
    """

    label: str
    text: str
    items: str
    texts: dict[str, str]
    numbers: dict[str, int]


def read_inner_list(field: str) -> InnerList:
    """The only member of a dictionary, with strings and whole numbers as its parameters.

    Raises: ValueError. Spec: RFC 9651 3.1.1, 3.1.2, 3.2.
    """
    match = _INNER_LIST.fullmatch(field) if len(field) <= LONGEST_FIELD else None
    if match is None:
        raise ValueError("not one canonical inner list with its parameters")
    label, text, items, parameters = match.groups()
    texts: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for name, value in _PARAMETER.findall(parameters):
        if name in texts or name in numbers:
            raise ValueError("a parameter was sent twice")
        if value[0] == '"':
            texts[name] = value[1:-1]
        else:
            numbers[name] = int(value)
    return InnerList(label, text, items, texts, numbers)


def read_bytes(field: str) -> tuple[str, bytes]:
    """Label and value of the only member of a dictionary, a byte sequence without parameters.

    Raises: ValueError. Spec: RFC 9651 3.2, 3.3.5.
    """
    label, _, rest = field.partition("=:")
    if not _LABEL.fullmatch(label) or not rest.endswith(":") or len(field) > LONGEST_FIELD:
        raise ValueError("not one byte sequence")
    return label, read_base64(rest[:-1])
