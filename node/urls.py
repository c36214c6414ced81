"""Every address of the node, built and taken apart in one place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

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

    def channel(self, handle: str) -> str:
        """A language channel of the community, by its own handle."""
        return f"{self.origin}/c/{handle}"

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

    def poll(self, poll_id: str) -> str:
        """The companion poll of an event."""
        return f"{self.origin}/q/{poll_id}"

    def answer(self, answer_id: str) -> str:
        """A public answer of the community to somebody."""
        return f"{self.origin}/r/{answer_id}"

    def stamp(self, stamp_id: str) -> str:
        """Our word that something of ours may be quoted. Spec: FEP-044f"""
        return f"{self.origin}/s/{stamp_id}"

    def media(self, media_id: str, *, small: bool = False) -> str:
        """A picture as large as we have it, or small; the address never shows anything else."""
        return f"{self.origin}/media/{media_id}{'-480' if small else ''}.jpg"

    def tag(self, tag: str) -> str:
        """The page of what has this hashtag."""
        return f"{self.origin}/events?tag={quote(tag)}"

    def rsvp(self, secret: str) -> str:
        """The page on which one person changes her answer to an event."""
        return f"{self.origin}/rsvp/{secret}"

    def member(self, persona_id: str) -> str:
        """The actor of a member who asked for one."""
        return f"{self.origin}/p/{persona_id}"

    def member_post(self, persona_id: str, post_id: str) -> str:
        """A post of such an actor."""
        return f"{self.origin}/p/{persona_id}/posts/{post_id}"

    def member_activity(self, persona_id: str, activity_id: str) -> str:
        """An activity of such an actor."""
        return f"{self.origin}/p/{persona_id}/a/{activity_id}"

    def member_id(self, actor: str) -> str | None:
        """The short id out of such an actor's address; None for any other address."""
        prefix = f"{self.origin}/p/"
        short = actor.removeprefix(prefix)
        return short if actor.startswith(prefix) and is_id(short) else None

    def profile(self, profile_id: str) -> str:
        """The page on which a member shows herself to everybody."""
        return f"{self.origin}/m/{profile_id}"

    def is_ours(self, url: str) -> bool:
        """Whether this address lies on this node."""
        return url == self.origin or url.startswith(f"{self.origin}/")

    def actors(self) -> tuple[str, str]:
        """The actors that always live here; `node.storage.cast` knows all of them."""
        return (self.community, self.relay)

    def event_id(self, given: str) -> str | None:
        """The short id out of an event's address or of itself; None if it is neither."""
        short = given.removeprefix(f"{self.origin}/e/")
        return short if is_id(short) else None
