"""Who may quote us: everybody who asks, with a stamp, until the stamp is revoked. Spec: FEP-044f"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from activitypub.activities import QuoteRequest, object_id
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.identity import same_origin
from activitypub.objects import Object
from federation.inward.listeners import Heard, Ignored
from federation.outward import outbox
from federation.outward.audience import destinations
from federation.policy import Standing
from node.context import Context
from node.conversations import subjects
from node.conversations.model import DAILY_QUOTES, Stamp
from node.errors import Conflict, NotFound
from node.ids import moment, stamp
from node.listening import listeners
from node.moderation import actions as moderation
from node.storage.database import Row, Transaction
from node.urls import Urls

Json = dict[str, Any]
_DAY = timedelta(days=1)


@listeners.on(QuoteRequest, rank=30)
async def on_quote_request(context: Context, heard: Heard) -> None:
    """Somebody wants to quote something of ours: allowed with a stamp, or rejected if limited."""
    thing = await subjects.subject_of(context.tx, context.urls, object_id(heard.activity) or "")
    instrument = heard.activity.instrument
    quoting = instrument.id if isinstance(instrument, Object) else instrument
    if thing is None or not thing.public or quoting is None or not heard.activity.id:
        raise Ignored("not-about-us")
    if not same_origin(quoting, heard.sender.id):
        raise Ignored("not-the-signers")
    standing = await moderation.standing(context, heard.sender.id)
    if standing is Standing.SUSPENDED or await _many(context, heard.sender.id) >= DAILY_QUOTES:
        raise Ignored("blocked" if standing is Standing.SUSPENDED else "too-many-today")
    given = await _given(context.tx, thing.id, quoting)
    if standing is Standing.LIMITED or (given and given.revoked):
        await _answer(context, heard, "Reject", thing.id, quoting, None)
        return
    kept = given or await _give(context, heard, thing.id, quoting)
    await _answer(context, heard, "Accept", thing.id, quoting, kept)


async def _give(context: Context, heard: Heard, thing: str, quoting: str) -> Stamp:
    given = Stamp(
        id=context.new_id(),
        thing=thing,
        quoting=quoting,
        actor=heard.sender.id,
        inbox=heard.sender.inbox,
        request=heard.activity.id or "",
        created=context.now,
    )
    await context.tx.run(
        "insert into quote_stamp (id, thing, quoting, actor, inbox, request, created) "
        "values (:id, :thing, :quoting, :actor, :inbox, :request, :created)",
        id=given.id,
        thing=thing,
        quoting=quoting,
        actor=given.actor,
        inbox=given.inbox,
        request=given.request,
        created=stamp(context.now),
    )
    return given


async def _answer(
    context: Context, heard: Heard, kind: str, thing: str, quoting: str, given: Stamp | None
) -> None:
    answer: Json = {
        "@context": OBJECT_CONTEXT,
        "id": context.urls.activity(context.new_id()),
        "type": kind,
        "actor": context.urls.community,
        "to": [heard.sender.id],
        "object": {
            "type": "QuoteRequest",
            "id": heard.activity.id,
            "actor": heard.sender.id,
            "object": thing,
            "instrument": quoting,
        },
    }
    if given:
        answer["result"] = context.urls.stamp(given.id)
    await outbox.put(
        context.outbox,
        answer,
        object_id=heard.sender.id,
        destinations=destinations([(heard.sender.inbox, None, heard.sender.id)]),
        now=context.now,
    )


async def revoke(context: Context, stamp_id: str) -> Stamp:
    """The stamp, which holds no longer; who quotes is told. Raises: NotFound, Conflict."""
    given = await find(context.tx, stamp_id)
    if given is None:
        raise NotFound("There is no such stamp here.")
    if given.revoked:
        raise Conflict("This stamp is revoked already.")
    await context.tx.run(
        "update quote_stamp set revoked = :at where id = :id", id=given.id, at=stamp(context.now)
    )
    await outbox.put(
        context.outbox,
        {
            "@context": OBJECT_CONTEXT,
            "id": context.urls.activity(context.new_id()),
            "type": "Delete",
            "actor": context.urls.community,
            "to": [given.actor],
            "object": context.urls.stamp(given.id),
        },
        object_id=context.urls.stamp(given.id),
        destinations=destinations([(given.inbox, None, given.actor)]),
        now=context.now,
    )
    return given


def document(given: Stamp, urls: Urls) -> Json:
    """The stamp as whoever shows the quote may check it."""
    return {
        "@context": OBJECT_CONTEXT,
        "id": urls.stamp(given.id),
        "type": "QuoteAuthorization",
        "attributedTo": urls.community,
        "interactingObject": given.quoting,
        "interactionTarget": given.thing,
    }


async def find(tx: Transaction, stamp_id: str) -> Stamp | None:
    """The stamp, revoked or not."""
    row = await tx.row("select * from quote_stamp where id = :id", id=stamp_id)
    return _stamp(row) if row else None


async def newest(tx: Transaction, limit: int) -> list[Stamp]:
    """Who quotes us, newest first."""
    rows = await tx.rows("select * from quote_stamp order by id desc limit :limit", limit=limit)
    return [_stamp(row) for row in rows]


async def forget_actor(tx: Transaction, actor: str) -> None:
    """Drop the stamps of an actor that is no more."""
    await tx.run("delete from quote_stamp where actor = :actor", actor=actor)


async def forget_thing(tx: Transaction, thing: str) -> None:
    """Drop the stamps for a thing that is no more."""
    await tx.run("delete from quote_stamp where thing = :thing", thing=thing)


async def _given(tx: Transaction, thing: str, quoting: str) -> Stamp | None:
    row = await tx.row(
        "select * from quote_stamp where thing = :thing and quoting = :quoting",
        thing=thing,
        quoting=quoting,
    )
    return _stamp(row) if row else None


async def _many(context: Context, actor: str) -> int:
    row = await context.tx.row(
        "select count(*) as many from quote_stamp where actor = :actor and created > :since",
        actor=actor,
        since=stamp(context.now - _DAY),
    )
    return int(row["many"]) if row else 0


def _stamp(row: Row) -> Stamp:
    values = dict(row)
    values["created"] = moment(row["created"])
    values["revoked"] = moment(row["revoked"]) if row["revoked"] else None
    return Stamp(**values)
