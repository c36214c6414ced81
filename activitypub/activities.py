"""What is done: activities, each with an actor and one object or several."""

from __future__ import annotations

from dataclasses import dataclass

from activitypub.nested import nested_all, nested_one
from activitypub.objects import Object
from activitypub.registry import kind, term
from activitypub.shapes import id_one, string

# Inside the class the field `object` hides the builtin of that name.
_set = object.__setattr__


@kind("Activity")
@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Object):
    """Somebody did something.

    `object` is the first of `objects`; giving one of them is enough, and where they differ
    `object` decides.
    """

    type: str = "Activity"
    actor: str | None = term("actor", id_one)
    objects: tuple[Object | str, ...] = term("object", nested_all)
    target: Object | str | None = term("target", nested_one)
    origin: Object | str | None = term("origin", nested_one)
    result: Object | str | None = term("result", nested_one)
    instrument: Object | str | None = term("instrument", nested_one)
    object: Object | str | None = None

    def __post_init__(self) -> None:
        # A frozen dataclass lets nobody write; `object` and `objects` are two views of one key.
        if self.object is None:
            if self.objects:
                _set(self, "object", self.objects[0])
        elif not self.objects or self.objects[0] != self.object:
            _set(self, "objects", (self.object,))


def object_id(activity: Activity) -> str | None:
    """The id of what the activity is about, embedded or not; None when it has none."""
    held = activity.object
    return held.id if isinstance(held, Object) else held


@kind("Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class Create(Activity):
    type: str = "Create"


@kind("Update")
@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Activity):
    type: str = "Update"


@kind("Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(Activity):
    type: str = "Delete"


@kind("Follow")
@dataclass(frozen=True, slots=True, kw_only=True)
class Follow(Activity):
    type: str = "Follow"


@kind("Accept")
@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Activity):
    type: str = "Accept"


@kind("Reject")
@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Activity):
    type: str = "Reject"


@kind("TentativeAccept")
@dataclass(frozen=True, slots=True, kw_only=True)
class TentativeAccept(Activity):
    type: str = "TentativeAccept"


@kind("Join")
@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Activity):
    """With `participation_message`, a few words to the organiser, from Mobilizon."""

    type: str = "Join"
    participation_message: str | None = term("participationMessage", string)


@kind("Leave")
@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Activity):
    type: str = "Leave"


@kind("Invite")
@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Activity):
    type: str = "Invite"


@kind("Ignore")
@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore(Activity):
    """The answer of a server without RSVP to a Join. Spec: FEP-8a8e."""

    type: str = "Ignore"


@kind("Offer")
@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Activity):
    type: str = "Offer"


@kind("Announce")
@dataclass(frozen=True, slots=True, kw_only=True)
class Announce(Activity):
    type: str = "Announce"


@kind("Like")
@dataclass(frozen=True, slots=True, kw_only=True)
class Like(Activity):
    type: str = "Like"


@kind("Flag")
@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Activity):
    """A report; `objects` are an actor and what it wrote."""

    type: str = "Flag"


@kind("Move")
@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Activity):
    type: str = "Move"


@kind("Undo")
@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Activity):
    type: str = "Undo"


@kind("Block")
@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Activity):
    type: str = "Block"


@kind("Add")
@dataclass(frozen=True, slots=True, kw_only=True)
class Add(Activity):
    type: str = "Add"


@kind("Remove")
@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Activity):
    type: str = "Remove"


@kind("Dislike")
@dataclass(frozen=True, slots=True, kw_only=True)
class Dislike(Activity):
    """A vote against, from Lemmy, Friendica and PeerTube."""

    type: str = "Dislike"


@kind("EmojiReact")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmojiReact(Activity):
    """A reaction with one emoji in `content`, from Pleroma, Friendica and Mitra."""

    type: str = "EmojiReact"


@kind("QuoteRequest")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest(Activity):
    """Somebody asks to quote `object` in her `instrument`. Spec: FEP-044f."""

    type: str = "QuoteRequest"
