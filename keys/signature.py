"""A signature as it was sent, before anything is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from keys.errors import SignatureMalformed

LONGEST_KEY_ID = 2048
_KEY_ID = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


class Scheme(Enum):
    """The ways of signing a request."""

    DRAFT_CAVAGE = "draft-cavage"
    RFC9421 = "rfc9421"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who claims to have signed what; all of it is a claim until `verify` has returned.

    `algorithm` is the label as sent; where none was sent, `hs2019` in the draft and empty in
    RFC 9421, which both mean: the one that goes with the key. `covered` holds the signed components
    in their order, in lower case. `created` and `expires` are None unless they were sent and are
    signed. `parameters` is what RFC 9421 signs as the last line, brackets included; empty in the
    draft.
    """

    scheme: Scheme
    key_id: str
    algorithm: str
    covered: tuple[str, ...]
    created: datetime | None
    expires: datetime | None
    value: bytes = field(repr=False)
    parameters: str = ""


def fit_key_id(text: str) -> str:
    """The id itself, when it can stand in a header of either scheme.

    Raises: SignatureMalformed for quotes, backslashes, blanks, control characters, letters outside
    ASCII, an empty or an overlong id.
    """
    if len(text) > LONGEST_KEY_ID or not _KEY_ID.fullmatch(text):
        raise SignatureMalformed("The key id is missing, too long or holds unfit characters.")
    return text
