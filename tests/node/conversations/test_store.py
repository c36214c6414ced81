"""Replies in the database, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from node.context import Context
from node.conversations import answers_store, quotes, reactions, soundness, store, threads
from node.conversations.forgetting import forget_conversations
from node.conversations.model import (
    Answer,
    Counts,
    Extra,
    Reply,
    ReplyRule,
    ReplyState,
    Visibility,
)
from node.ids import new_id, stamp
from node.storage.database import Database, Transaction
from node.storage.errors import ConstraintViolated
from node.storage.outbox import StoredOutbox
from node.urls import Urls

NOW = datetime(2026, 12, 5, 18, tzinfo=UTC)
URLS = Urls("https://wien.example", "wien")
EVENT = URLS.event("01m0000000000000000000000a")
ANNA = "https://a.example/anna"


def reply(at: int = 0, **changes: object) -> Reply:
    moment = NOW + timedelta(seconds=at)
    made = Reply(
        id=new_id(moment),
        address=f"https://a.example/{at}",
        subject=EVENT,
        parent=EVENT,
        depth=1,
        author=ANNA,
        author_name="Anna",
        handle="@anna@a.example",
        host="a.example",
        url=None,
        inbox=f"{ANNA}/inbox",
        shared_inbox=None,
        html="<p>Hallo</p>",
        warning=None,
        language="de",
        links=(),
        visibility=Visibility.PUBLIC,
        state=ReplyState.SHOWN,
        barred=False,
        published=moment,
        updated=moment,
        received=moment,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def answer(at: int, parent: str) -> Answer:
    return Answer(
        id=new_id(NOW + timedelta(seconds=at)),
        subject=EVENT,
        parent=parent,
        actor=ANNA,
        actor_name="@anna@a.example",
        inbox=None,
        shared_inbox=None,
        visibility=Visibility.PUBLIC,
        texts={"de": "Ja"},
        document=b"{}",
        said_by="sara",
        deleted=False,
        published=NOW,
        updated=NOW,
    )


async def test_what_is_kept_comes_back_as_it_was(database: Database):
    link = Extra(url="https://a.example/1.jpg", words="Kuchen", kind="picture")
    kept = reply(links=[link], warning="Essen", url="https://a.example/@anna/1", decided=NOW)

    async def work(tx: Transaction) -> tuple[Reply | None, Reply | None]:
        await store.add(tx, kept)
        return await store.find(tx, kept.id), await store.find(tx, kept.address)

    assert await database.write(work) == (kept, kept)


async def test_an_answer_comes_back_as_it_was(database: Database):
    kept = answer(0, EVENT)

    async def work(tx: Transaction) -> list[Answer | None]:
        await answers_store.add(tx, kept)
        return [await answers_store.find(tx, kept.id), *await answers_store.to(tx, EVENT)]

    assert await database.write(work) == [kept, kept]


@pytest.mark.parametrize(
    "changes", [{"visibility": Visibility.DIRECT}, {"subject": None, "parent": None}]
)
async def test_the_database_takes_nothing_shown_that_is_not_for_a_page(
    database: Database, changes: dict[str, object]
):
    with pytest.raises(ConstraintViolated):
        await database.write(lambda tx: store.add(tx, replace(reply(), **changes)))  # type: ignore[arg-type]


async def test_the_teams_list_is_by_kind_and_state_newest_first(database: Database):
    held = ReplyState.HELD
    message = reply(1, visibility=Visibility.DIRECT, state=held)
    mention = reply(2, subject=None, state=held)
    waits, shown = reply(3, state=held), reply(4)

    async def work(tx: Transaction) -> list[list[str]]:
        for each in (message, mention, waits, shown):
            await store.add(tx, each)
        found = [
            await store.listed(tx),
            await store.listed(tx, kind="message"),
            await store.listed(tx, kind="mention", state=held),
            await store.listed(tx, kind="reply", state=held),
            await store.listed(tx, subject=EVENT, before=waits.id),
            await store.listed(tx, limit=1),
        ]
        return [[each.id for each in some] for some in found]

    assert await database.write(work) == [
        [shown.id, waits.id, mention.id, message.id],
        [message.id],
        [mention.id],
        [waits.id],
        [message.id],
        [shown.id],
    ]
    waiting = {"reply": 1, "message": 1, "mention": 1}
    assert await database.read(store.waiting) == waiting


async def test_a_thread_is_in_the_order_in_which_it_came(database: Database):
    first, hidden, barred = reply(1), reply(2, state=ReplyState.HIDDEN), reply(3, barred=True)
    ours, last = answer(4, first.address), reply(5, parent=first.address)

    async def work(tx: Transaction) -> tuple[list[str], list[str], int]:
        for each in (last, barred, hidden, first):
            await store.add(tx, each)
        await answers_store.add(tx, ours)
        whole, _ = await threads.whole(tx, URLS, EVENT)
        below, _ = await threads.below(tx, URLS, first.address)
        return whole, below, await threads.number_in(tx, URLS, EVENT)

    answered = URLS.answer(ours.id)
    assert await database.write(work) == (
        [EVENT, first.address, answered, last.address],
        [answered, last.address],
        4,
    )


async def test_the_rule_is_the_communitys(database: Database):
    async def work(tx: Transaction) -> list[ReplyRule]:
        before = await store.rule(tx)
        await tx.run(
            "insert into community (handle, name, description, languages, timezone, created) "
            "values ('wien', '{}', '{}', '[]', 'Europe/Vienna', :now)",
            now=stamp(NOW),
        )
        fresh = await store.rule(tx)
        await store.set_rule(tx, ReplyRule.CLOSED)
        return [before, fresh, await store.rule(tx)]

    rules = await database.write(work)
    assert rules == [ReplyRule.FIRST_HELD, ReplyRule.FIRST_HELD, ReplyRule.CLOSED]


async def test_what_is_counted_is_what_is_there(database: Database):
    async def work(tx: Transaction) -> list[int]:
        await store.add(tx, reply(1))
        await store.add(tx, reply(2, state=ReplyState.HELD))
        return [
            await store.count(tx, author=ANNA),
            await store.count(tx, host="a.example", state="held"),
            await store.count(tx, author=ANNA, since=stamp(NOW + timedelta(seconds=1))),
            await store.count(tx, subject="x"),
        ]

    assert await database.write(work) == [2, 1, 1, 0]


async def test_who_is_barred_is_barred_with_every_word(database: Database):
    async def work(tx: Transaction) -> list[list[tuple[str, bool]]]:
        await store.add(tx, reply(1))
        await store.add(tx, reply(2, decided=NOW))
        found = [await store.authors(tx)]
        await store.bar(tx, ANNA, True)
        found.append(await store.authors(tx))
        await store.bar(tx, ANNA, False)
        await store.hold_unseen(tx, ANNA)
        shown = await store.shown_under(tx, EVENT, 10)
        return [*found, [(each.address, each.barred) for each in shown]]

    seen = [("https://a.example/2", False)]
    assert await database.write(work) == [[(ANNA, False)], [(ANNA, True)], seen]


async def test_every_other_statement_works_on_both_engines(database: Database):
    thing, sender = EVENT, "https://a.example/omar"

    async def work(tx: Transaction) -> tuple[object, ...]:
        context = Context(tx=tx, now=NOW, urls=URLS, outbox=StoredOutbox(tx))
        for kind in ("like", "share"):
            await tx.run(
                "insert into reaction (thing, actor, host, kind, activity, at) "
                "values (:thing, :actor, 'a.example', :kind, 'x', 'x')",
                thing=thing,
                actor=sender,
                kind=kind,
            )
        found: list[object] = [await reactions.counts(tx, thing), await reactions.actors(tx)]
        await reactions.bar(tx, sender, True)
        found += [await reactions.counts(tx, thing), await reactions.actors(tx)]
        await reactions.forget_thing(tx, thing)
        await store.add(tx, reply(1))
        await store.add(tx, reply(2, visibility=Visibility.DIRECT, state=ReplyState.HELD))
        await store.know(tx, ANNA, NOW)
        await store.know(tx, ANNA, NOW)
        found += [await store.is_known(tx, ANNA), await store.is_followed(tx, ANNA)]
        await store.forget_subject(tx, EVENT)
        found += [await store.count(tx, author=ANNA), await quotes.newest(tx, 1)]
        await store.bury(tx, "https://a.example/2", ANNA, NOW)
        found.append(await store.buried(tx, "https://a.example/2", ANNA))
        await answers_store.add(tx, answer(3, EVENT))
        await answers_store.forget_actor(tx, ANNA)
        found.append([each.actor for each in await answers_store.under(tx, EVENT, 5)])
        await store.forget_author(tx, ANNA)
        found.append(await store.is_known(tx, ANNA))
        for query in (soundness.PRIVATE, soundness.BARRED, soundness.TAKEN_BACK):
            found.append(await tx.rows(query))
        await forget_conversations(context)
        return tuple(found)

    assert await database.write(work) == (
        Counts(likes=1, shares=1),
        [(sender, False)],
        Counts(),
        [(sender, True)],
        *(True, False, 1, [], True, [None], False, [], [], []),
    )
