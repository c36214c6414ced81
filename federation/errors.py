"""What can go wrong between servers.

    FederationError
    ├── AddressRefused        our own rules forbid connecting there
    ├── Unreachable           no connection, no answer in time, TLS refused      (retry)
    ├── TooLarge              the answer has more bytes than we read
    ├── NotActivityPub        an answer, but not a document of ActivityPub
    ├── NotFound              404
    ├── Gone                  410
    ├── Refused               another answer that will not change by asking again
    ├── PeerTrouble           408, 425, 429, 5xx                                 (retry)
    ├── OriginMismatch        a document, but its id belongs somewhere else
    ├── Blocked               we do not speak with this server
    ├── TooManyNew            more unknown actors of one domain than we look up  (retry)
    ├── NotBelieved           the signature does not prove who sent this
    ├── ActorUnreadable       an actor document without what an actor needs
    ├── Malformed             an activity without what an activity needs
    ├── BudgetSpent           one activity or host made us ask as often as we do (retry)
    └── AlreadyHandled        another process was faster; its effects stand          (retry)

Each has two faces: `reason`, the slug for log and counter, and `str()`, a sentence that holds no
bytes chosen by a peer. `retry` says whether the same may succeed later.
"""

from __future__ import annotations

from keys.errors import KeysError


class FederationError(Exception):
    """Anything that another server, the network or our rules put in the way."""

    reason: str = "federation"
    retry: bool = False


class AddressRefused(FederationError):
    """Our own rules forbid connecting there; nothing was sent."""

    reason = "address-refused"


class Unreachable(FederationError):
    """No connection, no answer in time, or a certificate that we do not believe."""

    reason = "unreachable"
    retry = True


class TooLarge(FederationError):
    """The answer has more bytes than we read."""

    reason = "too-large"


class NotActivityPub(FederationError):
    """The answer is not a document of ActivityPub."""

    reason = "not-activitypub"


class NotFound(FederationError):
    """The server answered 404, or knows no such handle."""

    reason = "not-found"


class Gone(FederationError):
    """The server answered 410: it was there and never comes back."""

    reason = "gone"


class Refused(FederationError):
    """The server answered `status`, which will not change by asking again."""

    reason = "refused"

    def __init__(self, status: int) -> None:
        super().__init__(f"The server answered {status}.")
        self.status = status


class PeerTrouble(FederationError):
    """The server answered `status`: it is in trouble, or asks us to come back later."""

    reason = "peer-trouble"
    retry = True

    def __init__(self, status: int) -> None:
        super().__init__(f"The server answered {status}.")
        self.status = status


class OriginMismatch(FederationError):
    """The document says that it belongs to another address than the one it came from."""

    reason = "origin-mismatch"


class Blocked(FederationError):
    """We do not speak with this server."""

    reason = "blocked"


class TooManyNew(FederationError):
    """More unknown actors of one domain came within a minute than we look up."""

    reason = "too-many-new"
    retry = True


class NotBelieved(FederationError):
    """The signature does not prove who sent this; `reason` says why."""

    reason = "not-believed"

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason

    @classmethod
    def because(cls, error: KeysError) -> NotBelieved:
        """The same refusal as the keys package gave it."""
        return cls(error.reason, str(error))


class ActorUnreadable(FederationError):
    """An actor document without what an actor needs."""

    reason = "actor-unreadable"


class Malformed(FederationError):
    """An activity whose `field` is missing or has a shape that we do not take."""

    reason = "malformed"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.reason = f"malformed-{field}"


class AlreadyHandled(FederationError):
    """Another process handled this activity first: what was done here must be undone."""

    reason = "already-handled"
    retry = True


class BudgetSpent(FederationError):
    """One activity, or what one host sent within a minute, made us ask as often as we do."""

    reason = "budget-spent"
    retry = True
