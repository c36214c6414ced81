"""What of ours can be answered, liked, shared and quoted; other rooms add their things here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from node.conversations import answers_store, store
from node.conversations.model import Subject, Visibility
from node.events import store as events_store
from node.events.model import State
from node.rsvp import poll_store
from node.storage.database import Transaction
from node.urls import Urls

Find = Callable[[Transaction, Urls, str], Awaitable[Subject | None]]
Own = Callable[[Transaction, Urls, str], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of things of ours: `find` knows their addresses, `own` what the community itself
    has published below one of them, oldest first."""

    find: Find
    own: Own | None = None


KINDS: list[Kind] = []
"""Every kind of thing of ours that can be answered."""


def register(find: Find, own: Own | None = None) -> None:
    """Let things of another room be answered, liked, shared and quoted."""
    KINDS.append(Kind(find, own))


async def subject_of(tx: Transaction, urls: Urls, address: str) -> Subject | None:
    """Our thing of this address; None for what is not ours, not there, or was deleted."""
    if not urls.is_ours(address):
        return None
    for kind in KINDS:
        if found := await kind.find(tx, urls, address):
            return found
    return None


async def answered(tx: Transaction, urls: Urls, address: str) -> Subject | None:
    """Where a reply to this address stands: under a thing of ours, or under a reply that we hold.

    None where we know nothing of it.
    """
    if found := await subject_of(tx, urls, address):
        return found
    held = await store.find(tx, address)
    if held is None:
        return None
    public = held.visibility is Visibility.PUBLIC
    return Subject(id=address, root=held.subject, depth=held.depth, public=public)


async def own_below(tx: Transaction, urls: Urls, address: str) -> list[str]:
    """What the community itself has published below a thing of its own, without its answers."""
    found: list[str] = []
    for kind in KINDS:
        if kind.own:
            found.extend(await kind.own(tx, urls, address))
    return found


async def _event(tx: Transaction, urls: Urls, address: str) -> Subject | None:
    event_id = urls.event_id(address) if address.startswith("http") else None
    found = await events_store.document_of(tx, event_id) if event_id else None
    if found is None or found[0] is State.DELETED:
        return None
    return Subject(id=address, root=address)


async def _event_note(tx: Transaction, urls: Urls, address: str) -> Subject | None:
    event_id = await _event_of_note(tx, urls, address)
    if event_id is None or not await _event(tx, urls, urls.event(event_id)):
        return None
    return Subject(id=address, root=urls.event(event_id), depth=1)


async def _event_of_note(tx: Transaction, urls: Urls, address: str) -> str | None:
    row = await tx.row(
        "select event from note where id = :id", id=address.removeprefix(urls.note(""))
    )
    return row["event"] if row else None


async def _event_notes(tx: Transaction, urls: Urls, address: str) -> Sequence[str]:
    event_id = urls.event_id(address)
    if event_id is None:
        return ()
    return [urls.note(note) for note in await events_store.notes_of(tx, event_id)]


async def _answer(tx: Transaction, urls: Urls, address: str) -> Subject | None:
    found = await answers_store.find(tx, address.rsplit("/", 1)[1])
    if found is None or found.deleted or address != found.address(urls):
        return None
    held = await store.find(tx, found.parent)
    return Subject(
        id=address,
        root=found.subject,
        depth=held.depth + 1 if held else 1,
        public=found.visibility is Visibility.PUBLIC,
    )


async def _poll(tx: Transaction, urls: Urls, address: str) -> Subject | None:
    poll = await poll_store.find(tx, address.removeprefix(urls.poll("")))
    if poll is None or poll.tombstone:
        return None
    return Subject(id=address, root=urls.event(poll.event), depth=1)


async def _polls(tx: Transaction, urls: Urls, address: str) -> Sequence[str]:
    event_id = urls.event_id(address)
    poll = await poll_store.of_event(tx, event_id) if event_id else None
    return [urls.poll(poll.id)] if poll and not poll.tombstone else ()


register(_event, _event_notes)
register(_poll, _polls)
register(_event_note)
register(_answer)
