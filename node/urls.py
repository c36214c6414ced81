"""Every address of the node, built and taken apart in one place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from node.ids import is_id

COLLECTIONS = (
    "outbox",
    "followers",
    "following",
    "featured",
    "upcoming",
    "members",
    "posts",
    "resources",
    "todos",
    "discussions",
    "events",
)
"""Collections of the community's actor; Mobilizon asks for the last six (platforms: b.1.2)."""

ID_PATTERN = "{id:[0-9a-hjkmnp-tv-z]{26}}"
"""One of our ids inside a path of the route table."""


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one node: its public origin and its community's handle."""

    origin: str
    handle: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port."""
        return urlsplit(self.origin).netloc.lower()

    @property
    def account(self) -> str:
        """The community's handle as people type it: `wien@wien.test`."""
        return f"{self.handle}@{self.authority}"

    @property
    def community(self) -> str:
        """The community's actor."""
        return f"{self.origin}/c/{self.handle}"

    @property
    def relay(self) -> str:
        """The node's own actor, readable by everybody."""
        return f"{self.origin}/relay"

    @property
    def shared_inbox(self) -> str:
        """The inbox for all actors here."""
        return f"{self.origin}/inbox"

    def inbox(self, actor: str) -> str:
        """An actor's own inbox."""
        return f"{actor}/inbox"

    def collection(self, actor: str, name: str) -> str:
        """One of an actor's collections."""
        return f"{actor}/{name}"

    def synchronisation(self, actor: str) -> str:
        """Where a server may ask which of its people follow this actor. Spec: FEP-8fcf"""
        return f"{actor}/followers_synchronization"

    def event(self, event_id: str) -> str:
        """An event: its ActivityPub id and its page."""
        return f"{self.origin}/e/{event_id}"

    def activity(self, activity_id: str) -> str:
        """An activity of ours."""
        return f"{self.origin}/a/{activity_id}"

    def note(self, note_id: str) -> str:
        """A note of the community."""
        return f"{self.origin}/n/{note_id}"

    def is_ours(self, url: str) -> bool:
        """Whether this address lies on this node."""
        return url == self.origin or url.startswith(f"{self.origin}/")

    def actors(self) -> tuple[str, str]:
        """The actors that live here."""
        return (self.community, self.relay)

    def event_id(self, given: str) -> str | None:
        """The short id out of an event's address or of itself; None if it is neither."""
        short = given.removeprefix(f"{self.origin}/e/")
        return short if is_id(short) else None
