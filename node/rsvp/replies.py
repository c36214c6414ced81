"""Direct replies that say yes, no or maybe: to an event, its poll, its cancellation, or to a
message of ours about it.

Only what was sent to us alone is an answer: what somebody says in public is a word to everybody,
which the conversations show. Nothing of the text is kept, so its deletion takes nothing back: who
does not come after all says no, or uses the link.
"""

from __future__ import annotations

from dataclasses import dataclass

from activitypub.activities import Create, Update
from activitypub.addressing import Visibility, visibility
from activitypub.objects import Note
from federation.inward.listeners import Heard, Ignored, NotMine
from federation.policy import Standing
from node.community import direct
from node.context import Context
from node.events import store as events_store
from node.ids import is_id
from node.listening import listeners
from node.moderation.actions import standing
from node.rsvp import hearing, poll_store
from node.rsvp.model import Door
from node.rsvp.speaking import ours, written_in
from node.rsvp.words import Understood, understand
from node.text.sanitise import plain


@dataclass(frozen=True, slots=True)
class _Subject:
    """The event that a reply is about, and whether it answers what we told about it."""

    event: str
    to_message: bool


@listeners.on(Create, Note, rank=20)
@listeners.on(Update, Note, rank=20)
async def on_reply(context: Context, heard: Heard) -> None:
    """A direct reply that says yes, no or maybe to an event of ours is her answer, an edited one
    likewise; whatever is not surely one of the three goes on to the conversations."""
    note = _direct_note(context, heard)
    subject = await _subject(context, note.in_reply_to or "", heard.sender.id)
    understood = _understood(note, subject)
    if await standing(context, heard.sender.id) is Standing.SUSPENDED:
        raise Ignored("blocked")
    await hearing.take(
        context,
        heard,
        subject.event,
        answer=understood.answer,
        door=Door.REPLY,
        at=hearing.said_at(note.updated or note.published, heard.kept.received_at),
        language=ours(understood.language) or written_in(note.content),
    )


def _direct_note(context: Context, heard: Heard) -> Note:
    """The note, if it was sent to the community and to nobody else. Raises: NotMine."""
    note = heard.object
    if not isinstance(note, Note) or note.content is None or note.in_reply_to is None:
        raise NotMine("no-reply")
    if not context.urls.is_ours(note.in_reply_to):
        raise NotMine("not-to-us")
    if note.attributed_to and note.attributed_to[0] != heard.sender.id:
        raise NotMine("not-the-signers")
    others = {*note.to, *note.cc} - {context.urls.community, heard.sender.id}
    if others or visibility(note, heard.sender.followers) is not Visibility.DIRECT:
        raise NotMine("not-direct")
    return note


async def _subject(context: Context, address: str, sender: str) -> _Subject:
    """What the reply is about. Raises: NotMine."""
    urls, tx = context.urls, context.tx
    kind, short = address.removeprefix(urls.origin)[:3], address.rsplit("/", 1)[-1]
    if not is_id(short):
        raise NotMine("not-about-an-event")
    if kind == "/e/" and await events_store.find(tx, short):
        return _Subject(short, to_message=False)
    if kind == "/q/" and (poll := await poll_store.find(tx, short)):
        return _Subject(poll.event, to_message=False)
    if kind == "/n/" and (event := await _event_of_note(context, address, sender)):
        return event
    raise NotMine("not-about-an-event")


async def _event_of_note(context: Context, address: str, sender: str) -> _Subject | None:
    """A note of ours is about an event: the public one that cancels it, or one to her alone."""
    public = await poll_store.event_of_note(context.tx, address.rsplit("/", 1)[-1])
    if public:
        return _Subject(public, to_message=True)
    about = await direct.invited_by(context, address, sender)
    event = context.urls.event_id(about) if about else None
    return _Subject(event, to_message=True) if event else None


def _understood(note: Note, subject: _Subject) -> Understood:
    """Raises: NotMine where it is not surely an answer."""
    content = note.content.value if note.content else ""
    likely = [tag for tag in (written_in(note.content),) if tag]
    found = understand(plain(content), likely=likely, signs_count=not subject.to_message)
    if found is None or note.attachment:
        raise NotMine("not-surely-an-answer")
    return found
