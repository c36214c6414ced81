"""Files, pictures, films; descriptions of actors and of what binds them; what remains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activitypub.nested import nested_one
from activitypub.registry import kind, term
from activitypub.shapes import boolean, moment, numbers, string, whole_number
from activitypub.vocabulary.base import Object, Writing


@kind("Document")
@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Writing):
    """A file, or a campaign tally of ours; `name` of a picture is its description.

    `focal_point` is two numbers from -1 to 1, right and up from the middle.
    """

    type: str = "Document"
    width: int | None = term("width", whole_number)
    height: int | None = term("height", whole_number)
    blurhash: str | None = term("blurhash", string)
    focal_point: tuple[float, ...] = term("focalPoint", numbers)
    is_banner: bool | None = term("isBannerImage", boolean)


@kind("Image")
@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Document):
    type: str = "Image"


@kind("Video")
@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Document):
    """A film; PeerTube gives its files as links in `url`."""

    type: str = "Video"
    uuid: str | None = term("uuid", string)
    comments_enabled: bool | None = term("commentsEnabled", boolean)


@kind("Audio")
@dataclass(frozen=True, slots=True, kw_only=True)
class Audio(Document):
    type: str = "Audio"


@kind("Profile")
@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Object):
    """A description of the actor or thing that it `describes`."""

    type: str = "Profile"
    describes: Object | str | None = term("describes", nested_one)


@kind("Relationship")
@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship(Object):
    """`subject` stands in `relationship` (a word or an address) to `object`."""

    type: str = "Relationship"
    subject: Object | str | None = term("subject", nested_one)
    object: Object | str | None = term("object", nested_one)
    relationship: Object | str | None = term("relationship", nested_one)


@kind("Tombstone")
@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone(Object):
    """What is left of something deleted."""

    type: str = "Tombstone"
    former_type: str | None = term("formerType", string)
    deleted: datetime | None = term("deleted", moment)
