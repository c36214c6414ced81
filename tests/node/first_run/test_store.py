"""What is kept of the first run, on each engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from node.community import legal
from node.community.legal import LegalPage
from node.context import Context
from node.errors import NotFound
from node.people import actions, setting_up, setup_store
from node.storage.database import Database, Transaction
from node.storage.outbox import StoredOutbox
from node.urls import Urls
from tests.conftest import NOW

T = TypeVar("T")
LATER = NOW + timedelta(minutes=20)


async def act(
    database: Database, work: Callable[[Context], Awaitable[T]], now: datetime = NOW
) -> T:
    async def transaction(tx: Transaction) -> T:
        urls = Urls("https://wien.example", "wien")
        return await work(Context(tx=tx, now=now, urls=urls, outbox=StoredOutbox(tx)))

    return await database.write(transaction)


async def test_a_page_is_kept_in_place_of_what_was_there_and_prolongs_the_link(database: Database):
    secret = await act(database, actions.make_setup_link)
    for name in ("Graz", "Linz"):
        await act(
            database,
            lambda context, name=name: setting_up.keep_step(  # type: ignore[misc]
                context, secret, "community", [("name", name), ("languages", "de")]
            ),
            LATER,
        )
    drafts = await database.read(setup_store.drafts)
    assert drafts == {"community": [("name", "Linz"), ("languages", "de")]}
    half = NOW + timedelta(minutes=45)
    assert await database.read(lambda tx: setting_up.holds(tx, secret, half))
    assert not await database.read(
        lambda tx: setting_up.holds(tx, secret, half + timedelta(minutes=5))
    )


async def test_a_link_that_holds_no_more_keeps_nothing(database: Database):
    secret = await act(database, actions.make_setup_link)
    late = NOW + timedelta(minutes=31)
    with pytest.raises(NotFound):
        await act(
            database, lambda context: setting_up.keep_step(context, secret, "legal", []), late
        )
    assert await database.read(setup_store.drafts) == {}


async def test_what_was_never_finished_is_forgotten_after_a_week(database: Database):
    await act(database, lambda context: setup_store.set_draft(context.tx, "legal", [], NOW))
    await act(database, setting_up.forget, NOW + timedelta(days=6))
    assert await database.read(setup_store.drafts) == {"legal": []}
    await act(database, setting_up.forget, NOW + timedelta(days=8))
    assert await database.read(setup_store.drafts) == {}


async def test_the_end_uses_the_link_up_and_drops_what_was_typed(database: Database):
    secret = await act(database, actions.make_setup_link)
    await act(database, lambda context: setup_store.set_draft(context.tx, "legal", [], NOW))

    person, codes = await act(
        database, lambda context: setting_up.finish(context, secret, "Amal", "digest", "de")
    )

    assert (person.name, person.language, len(codes)) == ("amal", "de", 10)
    assert await database.read(setup_store.drafts) == {}
    with pytest.raises(NotFound):
        await act(database, lambda context: setting_up.finish(context, secret, "eve", "x", "de"))
    assert await database.read(lambda tx: setting_up.was_just_used(tx, secret, LATER))
    assert not await database.read(
        lambda tx: setting_up.was_just_used(tx, secret, NOW + timedelta(hours=1))
    )


async def test_legal_texts_are_kept_as_they_were_said(database: Database):
    notice = {"responsible": "Verein", "address": "Gasse 1\n1020 Wien", "contact": "a@b.example"}
    ours = legal.template(LegalPage.PRIVACY, "de")
    document = {"notice": notice, "privacy": {"de": ours, "ar": "نصنا"}}
    await act(database, lambda context: legal.say(context, document))
    await act(database, lambda context: legal.say(context, {"imprint": {"de": "Mehr."}}))

    said = await database.read(legal.read)

    assert said.notice == legal.Notice(**notice)
    assert {page: dict(texts) for page, texts in said.texts.items()} == {
        LegalPage.IMPRINT: {"de": "Mehr."},
        LegalPage.PRIVACY: {"ar": "نصنا"},
    }
