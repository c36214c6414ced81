"""What is done more rarely: the rest of ActivityStreams, and what moderators of Lemmy say.

Nobody here listens to these; they have classes so that what they say is read and shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from activitypub.activities import Activity
from activitypub.registry import kind


@kind("TentativeReject")
@dataclass(frozen=True, slots=True, kw_only=True)
class TentativeReject(Activity):
    """Maybe not: rather a no than a yes."""

    type: str = "TentativeReject"


@kind("IntransitiveActivity")
@dataclass(frozen=True, slots=True, kw_only=True)
class IntransitiveActivity(Activity):
    """Something that is done to nothing."""

    type: str = "IntransitiveActivity"


@kind("Arrive")
@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(IntransitiveActivity):
    """Somebody came to a `location`."""

    type: str = "Arrive"


@kind("Travel")
@dataclass(frozen=True, slots=True, kw_only=True)
class Travel(IntransitiveActivity):
    """Somebody goes from `origin` to `target`."""

    type: str = "Travel"


@kind("Read")
@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Activity):
    """Somebody has read something."""

    type: str = "Read"


@kind("Listen")
@dataclass(frozen=True, slots=True, kw_only=True)
class Listen(Activity):
    """Somebody has listened to something."""

    type: str = "Listen"


@kind("View")
@dataclass(frozen=True, slots=True, kw_only=True)
class View(Activity):
    """Somebody has watched something; PeerTube counts these."""

    type: str = "View"


@kind("Lock")
@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(Activity):
    """A thread in a Lemmy community takes no more replies."""

    type: str = "Lock"


@kind("Warn")
@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(Activity):
    """A moderator of a Lemmy community warns somebody."""

    type: str = "Warn"


@kind("Resolve")
@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Activity):
    """A moderator of a Lemmy community is done with a report."""

    type: str = "Resolve"
