"""What can be wrong with what somebody asks of the node.

    NodeError
    ├── NotFound        404
    ├── NotAllowed      403
    ├── NotSignedIn     401
    ├── Conflict        409
    ├── Invalid         422   (field by field)
    ├── TooMany         429   (too often; later)
    └── Unavailable     503   (our own trouble; try again)

Each has two faces: `str(error)` is the sentence for the person, `reason` the slug for the log.
"""

from __future__ import annotations

from collections.abc import Mapping


class NodeError(Exception):
    """Something that a person can be told in one sentence."""

    status = 400
    reason = "refused"


class NotFound(NodeError):
    """It is not here, or not for this person: the two are never told apart."""

    status = 404
    reason = "not-found"


class NotAllowed(NodeError):
    """Known who asks, and that is not enough."""

    status = 403
    reason = "not-allowed"


class NotSignedIn(NodeError):
    """No token, or none that is good."""

    status = 401
    reason = "not-signed-in"


class Conflict(NodeError):
    """It cannot be done as things stand."""

    status = 409
    reason = "conflict"


class Invalid(NodeError):
    """What was handed in is wrong; `fields` says where and why."""

    status = 422
    reason = "invalid"

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("; ".join(f"{field}: {why}" for field, why in self.fields.items()))


class TooMany(NodeError):
    """Too often from one place, or about one person; `seconds` later it may be tried again."""

    status = 429
    reason = "too-many"

    def __init__(self, sentence: str, seconds: int = 300) -> None:
        self.seconds = seconds
        super().__init__(sentence)


class Unavailable(NodeError):
    """Trouble of our own; the same request may succeed later."""

    status = 503
    reason = "unavailable"
