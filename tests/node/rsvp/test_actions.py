"""Tests of node/rsvp/actions.py and seating.py, on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from node.errors import NotFound
from node.events import actions as events_actions
from node.events.model import JoinMode
from node.happenings import happenings
from node.moderation.actions import ActorGone
from node.rsvp import actions
from node.rsvp.model import Answer, Counts, Door, NotPossible, Seat
from node.storage.database import Database
from tests.node.rsvp.stage import Stage, staged

ANNA = "https://mz.example/@anna"


async def test_the_first_come_until_it_is_full_and_the_others_wait_in_order(
    database: Database,
) -> None:
    stage = await staged(database, capacity=2, waitlist=True)
    seats = [(await stage.says(f"web:{each}")).seat for each in range(4)]
    assert seats == [Seat.GOING, Seat.GOING, Seat.WAITING, Seat.WAITING]
    found = await database.read(lambda tx: actions.counts(tx, stage.event.id))
    assert found == Counts(going=2, waiting=2, maybe=0)
    assert (await stage.present()).going == 2
    assert (await stage.present()).places_left == 0


async def test_who_leaves_gives_her_place_to_the_first_who_waits(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=True)
    for each in ("a", "b", "c"):
        await stage.says(each)
    await stage.leaves("a")
    assert await stage.seats() == {"a": "left", "b": "going", "c": "waiting"}
    await stage.says("b", Answer.NO)
    assert await stage.seats() == {"a": "left", "b": "declined", "c": "going"}


async def test_who_comes_back_stands_at_the_end_of_the_line(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=True)
    for each in ("a", "b", "c"):
        await stage.says(each)
    await stage.leaves("b")
    await stage.says("b")
    await stage.leaves("a")
    assert await stage.seats() == {"a": "left", "c": "going", "b": "waiting"}


async def test_saying_the_same_again_changes_neither_seat_nor_place(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=True)
    first = await stage.says("a")
    await stage.says("b")
    again = await stage.says("a")
    assert (again.seat, again.place, again.id) == (Seat.GOING, first.place, first.id)
    assert await stage.seats() == {"a": "going", "b": "waiting"}


async def test_an_older_word_that_comes_late_changes_nothing(database: Database) -> None:
    stage = await staged(database)
    before = stage.now
    await stage.says("a", Answer.NO)
    late = await stage.says("a", Answer.YES, at=before - timedelta(hours=1))
    assert late.seat is Seat.DECLINED
    assert await stage.leaves("a", at=before - timedelta(hours=1)) == late


async def test_of_two_words_of_the_same_time_the_later_arrival_counts(database: Database) -> None:
    stage = await staged(database)
    said = await stage.says("a", Answer.NO)
    assert (await stage.says("a", Answer.YES, at=said.heard_at)).seat is Seat.GOING


async def test_a_word_from_the_future_does_not_outlive_the_next_one(database: Database) -> None:
    stage = await staged(database)
    await stage.says("a", at=stage.now + timedelta(days=900))
    assert (await stage.says("a", Answer.NO)).seat is Seat.DECLINED


async def test_maybe_takes_no_place_and_frees_one(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=True)
    assert (await stage.says("a", Answer.MAYBE)).seat is Seat.MAYBE
    await stage.says("b")
    await stage.says("c")
    await stage.says("b", Answer.MAYBE)
    assert await stage.seats() == {"a": "maybe", "b": "maybe", "c": "going"}


async def test_without_a_waiting_list_a_full_event_is_said_to_be_full(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=False)
    await stage.says("a")
    with pytest.raises(NotPossible) as refused:
        await stage.says("b")
    assert refused.value.reason == "full"
    assert await stage.seats() == {"a": "going"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"join": "none"}, "no-rsvp"),
        ({"join": "external", "external_url": "https://tickets.example/1"}, "external"),
        ({"start": "2026-12-05T08:00", "end": "2026-12-05T09:00"}, "ended"),
    ],
)
async def test_where_places_are_not_given_nobody_gets_one(
    database: Database, changes: dict[str, str], reason: str
) -> None:
    stage = await staged(database, **changes)
    with pytest.raises(NotPossible) as refused:
        await stage.says("a")
    assert refused.value.reason == reason


async def test_nobody_answers_to_what_was_cancelled_or_deleted(database: Database) -> None:
    stage = await staged(database)
    await stage.says("a")
    await stage.act(lambda context: events_actions.cancel(context, stage.event.id, None))
    with pytest.raises(NotPossible, match="cancelled"):
        await stage.says("b")
    await stage.act(lambda context: events_actions.delete(context, stage.event.id))
    with pytest.raises(NotPossible, match="deleted"):
        await stage.says("b")
    assert await stage.seats() == {}


async def test_an_event_that_never_was_is_not_found(database: Database) -> None:
    stage = await staged(database)
    with pytest.raises(NotFound):
        await stage.act(lambda context: actions.withdraw(context, "x", party="a", at=stage.now))


async def test_more_places_go_to_who_waits_and_fewer_throw_nobody_out(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=True)
    for each in ("a", "b", "c", "d"):
        await stage.says(each)
    await stage.edit(capacity=3)
    assert list((await stage.seats()).values()) == ["going", "going", "going", "waiting"]
    await stage.edit(capacity=1)
    assert list((await stage.seats()).values()) == ["going", "going", "going", "waiting"]
    await stage.leaves("a")
    assert await stage.seats() == {"a": "left", "b": "going", "c": "going", "d": "waiting"}
    await stage.edit(capacity=None)
    assert (await stage.seats())["d"] == "going"


async def test_who_asks_waits_for_the_team(database: Database) -> None:
    stage = await staged(database, join="restricted", capacity=1, waitlist=True)
    first, second = await stage.says("a"), await stage.says("b")
    assert (first.seat, second.seat) == (Seat.ASKED, Seat.ASKED)
    approve = actions.approve
    assert (await stage.act(lambda it: approve(it, second.id))).seat is Seat.GOING
    assert (await stage.act(lambda it: approve(it, first.id))).seat is Seat.WAITING
    assert (await stage.act(lambda it: approve(it, second.id))).seat is Seat.GOING
    await stage.act(lambda it: actions.refuse(it, second.id, "Only for women"))
    assert await stage.seats() == {"a": "going", "b": "refused"}
    assert (await stage.find("b")).reason == "Only for women"


async def test_whom_the_team_refused_stays_refused_whatever_she_says(database: Database) -> None:
    stage = await staged(database)
    one = await stage.says("a")
    await stage.act(lambda it: actions.refuse(it, one.id, None))
    await stage.leaves("a")
    assert (await stage.says("a")).seat is Seat.REFUSED
    assert (await stage.act(lambda it: actions.approve(it, one.id))).seat is Seat.GOING


async def test_who_asked_is_seated_when_asking_is_no_longer_needed(database: Database) -> None:
    stage = await staged(database, join="restricted", capacity=1)
    await stage.says("a")
    await stage.says("b")
    await stage.edit(join=JoinMode.FREE)
    assert await stage.seats() == {"a": "going", "b": "waiting"}


async def test_an_actor_that_is_gone_frees_its_place(database: Database) -> None:
    stage = await staged(database, capacity=1, waitlist=True)
    await stage.says(ANNA, door=Door.JOIN, actor=ANNA, inbox=f"{ANNA}/inbox")
    await stage.says("b")
    await stage.act(lambda context: happenings.tell(context, ActorGone(ANNA)))
    assert await stage.seats() == {"b": "going"}
    assert (await stage.present()).going == 1


async def test_what_a_stranger_writes_is_kept_short(database: Database) -> None:
    stage = await staged(database)
    one = await stage.says("a", name="A" * 5000, words="B" * 5000)
    assert (len(one.name or ""), len(one.words or "")) == (60, 500)


async def test_no_server_fills_an_event_with_people(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OF_A_HOST", 2)
    stage = await staged(database)
    for each in ("a", "b"):
        await stage.says(f"https://evil.example/{each}", actor=f"https://evil.example/{each}")
    with pytest.raises(NotPossible) as refused:
        await stage.says("https://evil.example/c", actor="https://evil.example/c")
    assert refused.value.reason == "crowded"
    assert (await stage.says(ANNA, actor=ANNA)).seat is Seat.GOING


async def test_many_at_once_get_exactly_the_places_there_are(database: Database) -> None:
    stage = await staged(database, capacity=5, waitlist=True)

    async def one(number: int) -> None:
        await stage.act(
            lambda context: actions.answer(
                context,
                stage.event.id,
                party=f"web:{number}",
                answer=Answer.YES,
                door=Door.WEB,
                at=stage.now,
            )
        )

    await asyncio.gather(*(one(number) for number in range(40)))
    assert list((await stage.seats()).values()) == ["going"] * 5 + ["waiting"] * 35
    assert await _places(stage) == list(range(1, 41))


async def _places(stage: Stage) -> list[int]:
    rows = await stage.database.read(
        lambda tx: tx.rows("select place from participation order by place")
    )
    return [row["place"] for row in rows]
