"""Language channels and what they share, in either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from node.community import channels_store as channels
from node.community.model import Channel
from node.events import sharing_store as shares
from node.events import store as events
from node.events.model import Event, EventDraft, State
from node.events.sharing_store import Shared
from node.ids import new_id
from node.storage.cast import own_actors
from node.storage.database import Database, Transaction
from node.urls import Urls

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
URLS = Urls("https://wien.test", "wien")


def channel(language: str, handle: str | None = None) -> Channel:
    handle = handle or f"wien-{language}"
    return Channel(
        actor=URLS.channel(handle), handle=handle, language=language, name=None, created=NOW
    )


def event(day: int) -> Event:
    start = NOW + timedelta(days=day)
    draft = EventDraft(
        name={"ar": "لقاء"},
        description={},
        start=start,
        end=start + timedelta(hours=2),
        timezone="Europe/Vienna",
    )
    return Event(id=new_id(NOW), draft=draft, published=NOW, updated=NOW)


def shared(by: Channel, what: Event, at: datetime = NOW) -> Shared:
    return Shared(
        channel=by.actor,
        object=URLS.event(what.id),
        event=what.id,
        activity=new_id(at),
        at=at,
    )


@pytest.mark.parametrize(
    ("language", "tag", "speaks"),
    [
        ("de", "de", True),
        ("de", "de-AT", True),
        ("de", "DE-at", True),
        ("de-AT", "de", False),
        ("de", "den", False),
        ("ar", "de", False),
    ],
)
def test_a_channel_speaks_its_language_in_every_region(
    language: str, tag: str, speaks: bool
) -> None:
    assert channel(language).speaks(tag) is speaks


async def test_a_channel_is_one_of_the_actors_until_it_is_removed(database: Database) -> None:
    arabic, farsi = channel("ar"), channel("fa")

    async def work(tx: Transaction) -> None:
        for one in (arabic, farsi):
            await channels.add(tx, one)
        assert await own_actors(tx, URLS) == (
            URLS.community,
            arabic.actor,
            farsi.actor,
            URLS.relay,
        )
        await channels.remove(tx, arabic.actor, NOW)
        assert await own_actors(tx, URLS) == (URLS.community, farsi.actor, URLS.relay)
        assert await channels.living(tx) == [farsi]
        assert await channels.by_handle(tx, "wien-ar") == replace(arabic, removed=NOW)
        assert await channels.by_actor(tx, arabic.actor) is None
        assert await channels.by_actor(tx, farsi.actor) == farsi
        assert await channels.is_taken(tx, "wien-ar")
        assert not await channels.is_taken(tx, "wien-uk")
        await channels.add(tx, channel("ar", "wien-ar-2"))

    await database.write(work)


async def test_what_a_channel_shares_is_read_newest_first_a_page_at_a_time(
    database: Database,
) -> None:
    arabic = channel("ar")

    async def work(tx: Transaction) -> None:
        await channels.add(tx, arabic)
        made = []
        for number in range(5):
            happening = event(number + 1)
            await events.add(tx, happening)
            made.append(shared(arabic, happening, NOW + timedelta(seconds=number)))
            await shares.add(tx, made[-1])
        newest = list(reversed(made))
        assert await shares.count(tx, arabic.actor) == 5
        first = await shares.latest(tx, arabic.actor, 3)
        assert first == newest[:3]
        assert await shares.latest(tx, arabic.actor, 3, first[-1].activity) == newest[3:]

    await database.write(work)


async def test_only_what_is_still_to_come_and_stands_is_upcoming(database: Database) -> None:
    arabic = channel("ar")
    past, soon, later, gone = event(-2), event(1), event(9), event(3)

    async def work(tx: Transaction) -> None:
        await channels.add(tx, arabic)
        for one in (past, later, soon, gone):
            await events.add(tx, one)
            await shares.add(tx, shared(arabic, one))
        await events.change(tx, replace(gone, state=State.DELETED))
        found = await shares.upcoming(tx, arabic.actor, NOW, 10)
        assert [one.id for one in found] == [soon.id, later.id]

    await database.write(work)


async def test_what_is_taken_off_is_shared_no_more_and_by_nobody_else_less(
    database: Database,
) -> None:
    arabic, farsi, talk = channel("ar"), channel("fa"), event(1)

    async def work(tx: Transaction) -> None:
        await events.add(tx, talk)
        for one in (arabic, farsi):
            await channels.add(tx, one)
            await shares.add(tx, shared(one, talk))
        note = replace(shared(arabic, talk, NOW + timedelta(hours=1)), object=URLS.note(talk.id))
        await shares.add(tx, note)
        assert await shares.tellers(tx, URLS, talk.id) == (
            URLS.community,
            arabic.actor,
            farsi.actor,
            URLS.relay,
        )
        off = await shares.take_off(tx, arabic.actor, talk.id)
        assert [one.object for one in off] == [URLS.event(talk.id), note.object]
        assert await shares.sharers(tx, talk.id) == [farsi.actor]
        await shares.forget(tx, talk.id, URLS.event(talk.id))
        assert await shares.sharers(tx, talk.id) == []

    await database.write(work)


async def test_whom_a_removed_channel_told_is_remembered_until_the_event_is_gone(
    database: Database,
) -> None:
    arabic, talk = channel("ar"), event(1)
    address = URLS.event(talk.id)

    async def work(tx: Transaction) -> None:
        await tx.run(
            "insert into outgoing (id, actor, kind, object_id, body, created, recipients) "
            "values ('https://wien.test/a/1', :actor, 'Announce', :object, :body, :at, 2)",
            actor=arabic.actor,
            object=address,
            body=b"{}",
            at="2026-12-05T18:00:00.000000Z",
        )
        for attempts, host in ((1, "linz.test"), (0, "graz.test")):
            await tx.run(
                "insert into delivery (activity_id, inbox, host, lane, turn, state, next_at, "
                "expires_at, attempts) values ('https://wien.test/a/1', :inbox, :host, 'x', 2, "
                "'due', :at, :at, :attempts)",
                inbox=f"https://{host}/inbox",
                host=host,
                attempts=attempts,
                at="2026-12-05T18:00:00.000000Z",
            )
        await shares.keep_reach(tx, arabic.actor)
        await shares.keep_reach(tx, arabic.actor)
        assert [one.host for one in await shares.reached(tx, address)] == ["linz.test"]
        await shares.forget(tx, talk.id, address)
        assert await shares.reached(tx, address) == []

    await database.write(work)
