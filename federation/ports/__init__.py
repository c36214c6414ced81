"""What federation asks of its host: few methods, in the words of the task, atomic in themselves.

Two kinds of port. The *logs* (`InboxLog`, `DeliveryLog`, `ActorCache`) open and commit their own
transactions. `OutboxLog` and `Handled` are bound to a transaction that the host has open, so that
an effect and what must leave because of it are kept together or not at all.
"""

from __future__ import annotations

from federation.ports.actors import (
    KEY_RULES,
    ActorCache,
    KeyForm,
    KeyUse,
    RemoteActor,
    RemoteKey,
    Unproven,
)
from federation.ports.common import Clock, Keyring, Response, SigningKey, Transport
from federation.ports.inward import Backlog, Handled, InboxLog, Kept, Recalled, Receipt, Received
from federation.ports.outward import (
    Delivery,
    DeliveryLog,
    Destination,
    Fresh,
    Grade,
    Neighbours,
    OutboxLog,
    Outgoing,
    Report,
    Sign,
)

__all__ = [
    "KEY_RULES",
    "ActorCache",
    "Backlog",
    "Clock",
    "Delivery",
    "DeliveryLog",
    "Destination",
    "Fresh",
    "Grade",
    "Handled",
    "InboxLog",
    "Kept",
    "KeyForm",
    "KeyUse",
    "Keyring",
    "Neighbours",
    "OutboxLog",
    "Outgoing",
    "Recalled",
    "Receipt",
    "Received",
    "RemoteActor",
    "RemoteKey",
    "Report",
    "Response",
    "Sign",
    "SigningKey",
    "Transport",
    "Unproven",
]
