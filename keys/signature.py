"""A signature as it was sent, before anything is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Scheme(Enum):
    """The ways of signing a request."""

    DRAFT_CAVAGE = "draft-cavage"
    RFC9421 = "rfc9421"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who claims to have signed what; all of it is a claim until `verify` has returned.

    `algorithm` is the label as sent, in the draft `hs2019` where none was sent. `covered` holds the
    signed components in their order, in lower case. `created` and `expires` are None unless sent as
    parameters, and mean nothing unless covered.
    """

    scheme: Scheme
    key_id: str
    algorithm: str
    covered: tuple[str, ...]
    created: datetime | None
    expires: datetime | None
    value: bytes = field(repr=False)
