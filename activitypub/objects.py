"""The things that are spoken about: notes, events, places, pictures, links, offers."""

from activitypub.vocabulary.base import Object, Writing, locations
from activitypub.vocabulary.events import Event, Folder, Member, Todo
from activitypub.vocabulary.links import Emoji, Hashtag, Link, Mention, PropertyValue
from activitypub.vocabulary.market import (
    Agreement,
    Commitment,
    Intent,
    Measure,
    Proposal,
    offered,
)
from activitypub.vocabulary.media import (
    Audio,
    Document,
    Image,
    Profile,
    Relationship,
    Tombstone,
    Video,
)
from activitypub.vocabulary.places import Place, PostalAddress, VirtualLocation
from activitypub.vocabulary.writings import (
    Article,
    ChatMessage,
    Note,
    Page,
    Question,
    QuoteAuthorization,
)

__all__ = [
    "Agreement",
    "Article",
    "Audio",
    "ChatMessage",
    "Commitment",
    "Document",
    "Emoji",
    "Event",
    "Folder",
    "Hashtag",
    "Image",
    "Intent",
    "Link",
    "Measure",
    "Member",
    "Mention",
    "Note",
    "Object",
    "Page",
    "Place",
    "PostalAddress",
    "Profile",
    "PropertyValue",
    "Proposal",
    "Question",
    "QuoteAuthorization",
    "Relationship",
    "Todo",
    "Tombstone",
    "Video",
    "VirtualLocation",
    "Writing",
    "locations",
    "offered",
]
