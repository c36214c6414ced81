"""Erasing what is due: each in one transaction, with the mark how far the ledger was followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from federation.ports import Destination, Outgoing
from node.context import Context
from node.erasure import silences
from node.erasure.ledger import Line
from node.erasure.remote import forget_actor
from node.errors import Conflict, Invalid, NotFound
from node.happenings import happenings
from node.ids import stamp
from node.moderation.actions import ActorGone
from node.people import erasure_store as store
from node.people.erasing import drop_person
from node.people.erasure_store import Kind
from node.people.silence_store import Silence
from node.rsvp import links
from node.rsvp.erasing import MEMBER, forget_party
from node.storage.database import Transaction
from node.storage.disclosures import subject_of
from node.storage.outbox import StoredOutbox

_ACTORS = " union ".join(
    f"select {column} as name from {table}"  # noqa: S608  our own names
    for table, column in (
        ("remote_actor", "id"),
        ("participation", "actor"),
        ("reply", "author"),
        ("reaction", "actor"),
        ("direct_note", "actor"),
        ("answer", "actor"),
        ("quote_stamp", "actor"),
        ("follower", "actor"),
        ("pending_follower", "actor"),
        ("following", "actor"),
        ("remote_object", "author"),
        ("known_commenter", "actor"),
        ("inbox_activity", "sender"),
        ("persona_wish", "actor"),
        ("persona_letter", "author"),
        ("persona_post", "actor"),
    )
)
SILENCES = frozenset(kind.value for kind in Silence)
_GUEST = "web:"
_LONGEST = 2048


class _Letters(StoredOutbox):
    """An outbox that knows what was put into it."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.ids: list[str] = []
        self.buried: str | None = None

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """See StoredOutbox.add."""
        await super().add(activity, destinations)
        self.ids.append(activity.id)
        if activity.erases_its_actor:
            self.buried = activity.actor


async def ask_to_forget(context: Context, target: str) -> str:
    """The number of the erasure of whoever takes part from elsewhere, which is due now.

    `target`: an actor's address, its handle, or the link by which a guest changes her answer.
    Raises: NotFound, Invalid, Conflict for somebody who has an account here.
    """
    kind, name = await _meant(context, target)
    return await _ask(context, kind, name)


async def _ask(context: Context, kind: Kind, name: str) -> str:
    now = stamp(context.now)
    return await store.ask(context.tx, context.new_id(), kind, name, now=now, due=now)


async def _meant(context: Context, target: str) -> tuple[Kind, str]:
    prefix = context.urls.rsvp("")
    if target.startswith(prefix):
        return await _behind_link(context, target.removeprefix(prefix))
    if not 1 <= len(target) <= _LONGEST:
        raise Invalid({"target": "is no handle, no address and no link"})
    actor = target if target.startswith(("https://", "http://")) else await _known(context, target)
    if context.urls.is_ours(actor):
        raise Conflict("Whoever has an account here is erased by name: josoor user erase NAME")
    if actor not in await names(context.tx, Kind.ACTOR):
        raise NotFound("Nothing is kept here of anybody under this address.")
    return Kind.ACTOR, actor


async def _behind_link(context: Context, secret: str) -> tuple[Kind, str]:
    found = await links.find(context.tx, secret)
    if found is None:
        raise NotFound("This link leads nowhere any more.")
    if found.party.startswith(MEMBER):
        raise Conflict("Whoever has an account here is erased by name: josoor user erase NAME")
    return (Kind.ACTOR, found.actor) if found.actor else (Kind.LINK, found.party)


async def _known(context: Context, handle: str) -> str:
    """The actor of whom something is kept under this handle. Raises: NotFound."""
    username, _, host = handle.removeprefix("@").partition("@")
    row = await context.tx.row(
        "select id from remote_actor where host = :host and lower(username) = lower(:username) "
        "order by id limit 1",
        host=host.lower(),
        username=username,
    )
    if row is None:
        raise NotFound("Nothing is kept here of anybody with this handle. Give the address.")
    return str(row["id"])


@happenings.on(ActorGone)
async def erase_who_is_gone(context: Context, fact: ActorGone) -> None:
    """Of an actor who was deleted at home, what no room knows of goes as well; a little later."""
    await _ask(context, Kind.ACTOR, fact.actor)


async def erase(context: Context, kind: Kind, name: str) -> None:
    """Let everything go that is kept of somebody; once more does no harm."""
    letters = _Letters(context.tx)
    within = replace(context, outbox=letters)
    number = await _ask(context, kind, name)
    if kind is Kind.PERSON:
        await drop_person(within, name)
    elif kind is Kind.ACTOR:
        await forget_actor(within, name)
    else:
        await forget_party(within, name)
    actor = name if kind is Kind.ACTOR else letters.buried
    subject = subject_of(actor) if actor else None
    await store.set_erased(context.tx, number, subject, letters.ids, context.now)


async def names(tx: Transaction, kind: Kind) -> set[str]:
    """The ids of everybody of this kind of whom something is kept."""
    if kind is Kind.PERSON:
        rows = await tx.rows("select id as name from person")
    elif kind is Kind.ACTOR:
        rows = await tx.rows(_ACTORS)
    else:
        rows = await tx.rows(
            "select distinct party as name from participation where party like :guest",
            guest=f"{_GUEST}%",
        )
    return {row["name"] for row in rows if row["name"]}


async def follow(context: Context, line: Line, number: int, whom: tuple[str, str] | None) -> None:
    """Erase or silence whom line `number` speaks of (None: nobody who is here), and note that it
    was done."""
    if whom is not None:
        kind, name = whom
        if kind in SILENCES:
            await silences.do_again(context, Silence(kind), name)
        else:
            await erase(context, Kind(kind), name)
    await store.set_applied(context.tx, number, line.digest)
