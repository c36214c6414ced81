"""What is left of somebody who is erased in what the community itself has said: nothing."""

from __future__ import annotations

from dataclasses import replace

import orjson

from federation.outward import outbox
from node.community.federate import activity_of, follower_inboxes
from node.context import Context
from node.conversations import saying
from node.conversations.model import Answer
from node.conversations.wording import note
from node.happenings import happenings
from node.people.erasing import PersonErased


@happenings.on(PersonErased)
async def forget_who_said_it(context: Context, fact: PersonErased) -> None:
    """What she said for the community stays the community's; that it was she is forgotten."""
    await context.tx.run(
        "update answer set said_by = null where said_by in (:id, :name)",
        id=fact.person,
        name=fact.name,
    )


async def unname(context: Context, actor: str) -> None:
    """Let no public answer of the community name this actor or lead to her any more.

    Everybody who got one is told its new form. An answer that stood under her own words alone is
    deleted. What was said to her alone is dropped with `ActorGone`.
    """
    rows = await context.tx.rows(
        "select id from answer where actor = :actor and visibility = 'public'", actor=actor
    )
    for row in rows:
        answer = await saying.find(context, row["id"]) if await _lives(context, row["id"]) else None
        if answer is not None and answer.subject is None:
            await saying.delete(context, answer.id, noted=True)
        elif answer is not None:
            await _say_again(context, answer)
    await context.tx.run(
        "update answer set actor = null, actor_name = null, inbox = null, shared_inbox = null, "
        "parent = coalesce(subject, '') where actor = :actor and visibility = 'public'",
        actor=actor,
    )


async def _lives(context: Context, answer_id: str) -> bool:
    row = await context.tx.row(
        "select 1 as found from answer where id = :id and deleted = 0", id=answer_id
    )
    return row is not None


async def _say_again(context: Context, answer: Answer) -> None:
    assert answer.subject is not None
    before, address = answer.inbox, answer.address(context.urls)
    answer = replace(
        answer,
        parent=answer.subject,
        actor=None,
        actor_name=None,
        inbox=None,
        shared_inbox=None,
        updated=context.now,
    )
    document = note(answer, context.urls)
    await context.tx.run(
        "update answer set document = :document, updated = :now where id = :id",
        id=answer.id,
        document=orjson.dumps(document),
        now=document["updated"],
    )
    told = [*await follower_inboxes(context, context.urls.community),
            *await context.outbox.attempted(address)]  # fmt: skip
    await outbox.put(
        context.outbox,
        activity_of(context, "Update", document),
        object_id=address,
        destinations=[each for each in told if each.inbox != before],
        now=context.now,
    )
