"""The community answers: to everybody, or to one person who wrote to it; it edits and deletes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson

from federation.outward import outbox
from federation.outward.audience import destinations
from federation.policy import Standing
from federation.ports import Destination
from node.community import direct
from node.community.federate import activity_of, follower_inboxes
from node.context import Context
from node.conversations import actions, answers_store, store, subjects
from node.conversations.model import Answer, Reply, ReplyState, Visibility
from node.conversations.wording import html_of, note, tombstone
from node.errors import Conflict, NotFound
from node.ids import edited_at
from node.moderation import actions as moderation
from node.people.silence_store import Thing, note_gone


async def say(
    context: Context, *, in_reply_to: str, texts: Mapping[str, str], by: str | None
) -> Answer:
    """The community's answer, on its way; `by` says who of the team wrote it, here only.

    `in_reply_to`: the id or address of what somebody said, or the address of a thing of ours.
    `texts`: Markdown by language, the original first. A reply that waited is shown with it, a
    message or a mention counts as dealt with. Raises: NotFound, Conflict.
    """
    reply = await store.find(context.tx, in_reply_to)
    if reply is None:
        return await _say_under(context, in_reply_to, texts, by)
    if await moderation.standing(context, reply.author) is Standing.SUSPENDED:
        raise Conflict("This actor or its server is suspended here.")
    answer = replace(
        _blank(context, texts, by),
        subject=reply.subject,
        parent=reply.address,
        actor=reply.author,
        actor_name=reply.handle,
        inbox=reply.inbox,
        shared_inbox=reply.shared_inbox,
        visibility=reply.visibility,
    )
    await _deal_with(context, reply)
    if reply.visibility is Visibility.DIRECT:
        return await _say_directly(context, answer)
    return await _say_to_all(context, answer)


async def _say_under(
    context: Context, address: str, texts: Mapping[str, str], by: str | None
) -> Answer:
    """A word of the community below a thing of its own, to nobody in particular."""
    thing = await subjects.subject_of(context.tx, context.urls, address)
    if thing is None or not thing.public:
        raise NotFound("There is nothing here to answer under this id.")
    blank = _blank(context, texts, by)
    return await _say_to_all(context, replace(blank, subject=thing.root, parent=thing.id))


def _blank(context: Context, texts: Mapping[str, str], by: str | None) -> Answer:
    return Answer(
        id=context.new_id(),
        subject=None,
        parent="",
        actor=None,
        actor_name=None,
        inbox=None,
        shared_inbox=None,
        visibility=Visibility.PUBLIC,
        texts=texts,
        document=b"",
        said_by=by,
        deleted=False,
        published=context.now,
        updated=context.now,
    )


async def _deal_with(context: Context, reply: Reply) -> None:
    if reply.kind != "reply":
        await actions.hide(context, reply.id)
    elif reply.state is not ReplyState.SHOWN:
        await actions.show(context, reply.id)


async def _say_directly(context: Context, answer: Answer) -> Answer:
    assert answer.actor is not None
    assert answer.inbox is not None
    address = await direct.send_direct(
        context,
        to=(answer.actor, answer.inbox),
        texts=html_of(answer.texts, context.urls, answer.actor, answer.actor_name),
        in_reply_to=answer.parent,
        about=answer.subject or answer.parent,
    )
    answer = replace(answer, id=address.rsplit("/", 1)[1])
    await answers_store.add(context.tx, answer)
    return answer


async def _say_to_all(context: Context, answer: Answer) -> Answer:
    answer = _written(context, answer)
    await answers_store.add(context.tx, answer)
    await _send(context, "Create", answer)
    return answer


async def edit(context: Context, answer_id: str, texts: Mapping[str, str]) -> Answer:
    """The answer with other words, told to everybody who got it. Raises: NotFound, Conflict."""
    answer = await find(context, answer_id)
    if answer.visibility is Visibility.DIRECT:
        raise Conflict("What was said to one person is not changed. Delete it, and say it anew.")
    edited = edited_at(context.now, answer.updated)
    answer = _written(context, replace(answer, texts=texts, updated=edited))
    await answers_store.change(context.tx, answer)
    await _send(context, "Update", answer)
    return answer


async def delete(context: Context, answer_id: str, *, noted: bool = False) -> Answer:
    """What the answer was; its words are kept nowhere. Raises: NotFound.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    answer = await find(context, answer_id)
    if not noted:
        await note_gone(context, Thing.ANSWER, answer.id)
    gone = replace(answer, texts={}, deleted=True, updated=context.now)
    if answer.visibility is Visibility.DIRECT:
        await direct.take_back(context, answer.address(context.urls))
        await answers_store.change(context.tx, replace(gone, document=b""))
        return answer
    document = tombstone(gone, context.urls)
    await answers_store.change(context.tx, replace(gone, document=orjson.dumps(document)))
    await outbox.erase(
        context.outbox,
        activity_of(context, "Delete", document),
        object_id=answer.address(context.urls),
        destinations=await _audience(context, answer),
        now=context.now,
    )
    return answer


async def find(context: Context, answer_id: str) -> Answer:
    """The answer. Raises: NotFound, for deleted ones too."""
    answer = await answers_store.find(context.tx, answer_id)
    if answer is None or answer.deleted:
        raise NotFound("The community has said nothing under this id.")
    return answer


def _written(context: Context, answer: Answer) -> Answer:
    return replace(answer, document=orjson.dumps(note(answer, context.urls)))


async def _send(context: Context, kind: str, answer: Answer) -> None:
    activity = activity_of(context, kind, orjson.loads(answer.document))
    # whom it answers must find herself in the activity as well
    activity["cc"] = activity["object"]["cc"]
    await outbox.put(
        context.outbox,
        activity,
        object_id=answer.address(context.urls),
        destinations=await _audience(context, answer),
        now=context.now,
    )


async def _audience(context: Context, answer: Answer) -> list[Destination]:
    """Our followers, and whom it answers, each inbox once."""
    found = await follower_inboxes(context, context.urls.community)
    if answer.actor and answer.inbox:
        found += destinations([(answer.inbox, answer.shared_inbox, answer.actor)])
    return found
