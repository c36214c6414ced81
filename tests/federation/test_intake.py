"""The intake: fetches first, then one listener in one transaction; late is better than lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest

from activitypub.activities import Accept, Activity, Announce, Create, Delete, Follow, Undo, Update
from activitypub.actors import Person
from activitypub.objects import Event, Note, Object
from federation.errors import Gone, NotFound, Unreachable
from federation.inward.intake import SCHEDULE, Intake
from federation.inward.listeners import Heard, Ignored, Listeners, NotMine
from federation.memory import FakeClock, MemoryInbox
from federation.ports import Handled, Received, RemoteActor
from node.storage.database import Database, Transaction
from node.storage.inbox import StoredInbox, handled

OURS = "https://wien.test"
ANNA = "https://a.test/anna"
NOTE = "https://a.test/n/1"


class Documents:
    """Documents of other servers by address; an error in place of one is raised."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any] | Exception] = {}
        self.asked: list[str] = []

    async def document(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        found = self.held.get(url, NotFound("404"))
        if isinstance(found, Exception):
            raise found
        return found


class Known:
    """Anna, whom the inbox has proven already."""

    def __init__(self, clock: FakeClock) -> None:
        self.anna = RemoteActor(
            id=ANNA, type="Person", username="anna", host="a.test", name="Anna",
            inbox=f"{ANNA}/in", shared_inbox=None, followers=None, outbox=None, url=None,
            keys=(), fetched_at=clock.now(), document=b"{}",
        )  # fmt: skip

    async def actor(self, actor_id: str) -> RemoteActor | None:
        return self.anna if actor_id == ANNA else None


class House:
    """A node around an intake: what was heard, in what transactions."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.inbox = MemoryInbox()
        self.documents = Documents()
        self.listeners: Listeners[str] = Listeners()
        self.heard: list[Heard] = []
        self.transactions = 0
        self.intake = Intake(
            self.inbox, Known(self.clock), self.documents, self.perform, self.listeners,
            self.clock, OURS,
        )  # fmt: skip

    async def perform(self, work: Callable[[str, Handled], Awaitable[None]]) -> None:
        self.transactions += 1
        await work("context", self.inbox)

    def hear(self, activity: type[Activity], about: type[Object] | None = None) -> None:
        @self.listeners.on(activity, about)
        async def on_it(context: str, heard: Heard) -> None:
            assert context == "context"
            self.heard.append(heard)

    async def receive(self, kind: str, about: object, *, name: str = "1", **more: object) -> None:
        await self.inbox.add(self.received(kind, about, name=name, **more))

    def received(self, kind: str, about: object, *, name: str = "1", **more: object) -> Received:
        document = {"id": f"https://a.test/act/{name}", "type": kind, "actor": ANNA, **more}
        body = orjson.dumps({**document, "object": about})
        object_id = about.get("id") if isinstance(about, dict) else about
        return Received(
            activity_id=str(document["id"]),
            digest=name,
            sender=str(document["actor"]),
            host="a.test",
            kind=kind,
            object_id=str(object_id),
            inbox=f"{OURS}/in",
            body=body,
            received_at=self.clock.now(),
        )

    @property
    def outcomes(self) -> list[str]:
        return list(self.inbox.outcomes.values())


@pytest.fixture
def house() -> House:
    return House()


def _note(**more: object) -> dict[str, object]:
    return {"type": "Note", "id": NOTE, "attributedTo": ANNA, "content": "Salam", **more}


async def test_an_object_of_the_senders_own_is_used_as_it_was_embedded(house: House) -> None:
    house.hear(Create, Note)
    await house.receive("Create", _note())
    assert await house.intake.step() == 1
    (heard,) = house.heard
    assert isinstance(heard.object, Note)
    assert (heard.object.id, heard.sender.id) == (NOTE, ANNA)
    assert house.documents.asked == []
    assert house.outcomes == ["handled"]


async def test_an_object_without_author_counts_as_the_senders(house: House) -> None:
    house.hear(Create, Note)
    await house.receive("Create", {"type": "Note", "id": NOTE})
    await house.intake.step()
    assert len(house.heard) == 1
    assert house.documents.asked == []


@pytest.mark.parametrize("kind", [Create, Update])
@pytest.mark.parametrize(
    "about",
    [
        NOTE,
        _note(attributedTo="https://a.test/omar", content="forged"),
        {**_note(content="forged"), "id": "https://b.test/n/1"},
    ],
)
async def test_an_object_that_is_not_the_senders_is_fetched_from_its_origin(
    house: House, kind: type[Activity], about: str | dict[str, object]
) -> None:
    house.hear(kind, Note)
    url = about if isinstance(about, str) else str(about["id"])
    house.documents.held[url] = {"type": "Note", "id": url, "content": "true"}
    await house.receive(kind.__name__, about)
    await house.intake.step()
    assert house.documents.asked == [url]
    assert isinstance(house.heard[0].object, Note)
    assert str(house.heard[0].object.content) == "true"


async def test_nobody_updates_another_actor_of_the_same_server(house: House) -> None:
    house.hear(Update, Person)
    omar = "https://a.test/omar"
    house.documents.held[omar] = {"type": "Person", "id": omar, "name": "Omar"}
    await house.receive("Update", {"type": "Person", "id": omar, "name": "forged"})
    await house.intake.step()
    assert isinstance(house.heard[0].object, Person)
    assert str(house.heard[0].object.name) == "Omar"


async def test_an_actor_updates_itself_without_a_fetch(house: House) -> None:
    house.hear(Update, Person)
    await house.receive("Update", {"type": "Person", "id": ANNA, "name": "Anna B."})
    await house.intake.step()
    assert house.documents.asked == []
    assert str(house.heard[0].object.name if house.heard[0].object else "") == "Anna B."


async def test_an_announced_object_is_fetched_even_if_it_was_embedded(house: House) -> None:
    house.hear(Announce, Event)
    url = "https://b.test/e/1"
    house.documents.held[url] = {"type": "Event", "id": url, "name": "Fest"}
    await house.receive("Announce", {"type": "Event", "id": url, "name": "forged"})
    await house.intake.step()
    assert str(house.heard[0].object.name if house.heard[0].object else "") == "Fest"


async def test_an_announced_object_of_ours_is_not_fetched(house: House) -> None:
    house.hear(Announce)
    await house.receive("Announce", f"{OURS}/e/1")
    await house.intake.step()
    assert house.documents.asked == []
    assert house.heard[0].object is None


async def test_a_document_of_another_origin_than_asked_for_is_not_the_object(house: House) -> None:
    house.hear(Create)
    house.documents.held[NOTE] = {"type": "Note", "id": "https://b.test/n/1"}
    await house.receive("Create", NOTE)
    await house.intake.step()
    assert house.heard[0].object is None


async def test_an_undo_brings_the_embedded_follow_without_fetching(house: House) -> None:
    house.hear(Undo, Follow)
    follow = {"id": "https://a.test/f/1", "type": "Follow", "actor": ANNA, "object": f"{OURS}/w"}
    await house.receive("Undo", follow)
    await house.intake.step()
    assert isinstance(house.heard[0].object, Follow)
    assert house.documents.asked == []


async def test_an_accept_brings_the_echo_of_our_follow(house: House) -> None:
    house.hear(Accept, Follow)
    follow = {"id": f"{OURS}/f/1", "type": "Follow", "actor": f"{OURS}/w", "object": ANNA}
    await house.receive("Accept", follow)
    await house.intake.step()
    assert house.heard[0].object is not None
    assert house.heard[0].object.id == f"{OURS}/f/1"


async def test_a_delete_of_what_a_third_server_holds_brings_no_object(house: House) -> None:
    house.hear(Delete)
    await house.receive("Delete", {"type": "Tombstone", "id": "https://b.test/n/1"})
    await house.intake.step()
    assert house.heard[0].object is None


async def test_what_nobody_listens_to_is_closed_unheard_and_fetches_nothing(house: House) -> None:
    house.hear(Follow)
    await house.receive("Create", NOTE)
    await house.receive("Teleport", NOTE, name="2")
    await house.intake.step()
    await house.intake.step()
    assert house.outcomes == ["unheard", "unheard"]
    assert house.documents.asked == []


async def test_a_kind_of_object_that_nobody_hears_is_closed_unheard(house: House) -> None:
    house.hear(Create, Event)
    await house.receive("Create", _note())
    await house.intake.step()
    assert house.outcomes == ["unheard"]


async def test_a_listener_may_decline(house: House) -> None:
    @house.listeners.on(Follow)
    async def on_follow(_: str, heard: Heard) -> None:
        raise Ignored("not-open")

    await house.receive("Follow", f"{OURS}/w")
    await house.intake.step()
    assert house.outcomes == ["refused:not-open"]
    assert house.transactions == 1, "the refusal is committed with whatever the listener kept"


async def test_what_a_listener_leaves_goes_to_the_next_in_line(house: House) -> None:
    @house.listeners.on(Create, Note, rank=1)
    async def leave(context: str, heard: Heard) -> None:
        raise NotMine("no-answer-to-us")

    house.hear(Create, Note)
    await house.receive("Create", _note())
    await house.intake.step()
    assert house.outcomes == ["handled"]
    assert len(house.heard) == 1


async def test_what_every_listener_leaves_is_refused_with_the_last_reason(house: House) -> None:
    @house.listeners.on(Create, Note)
    async def leave(context: str, heard: Heard) -> None:
        raise NotMine("no-answer-to-us")

    await house.receive("Create", _note())
    await house.intake.step()
    assert house.outcomes == ["refused:no-answer-to-us"]


async def test_an_object_that_is_gone_refuses_the_activity_for_good(house: House) -> None:
    house.hear(Create)
    house.documents.held[NOTE] = Gone("410")
    await house.receive("Create", NOTE)
    await house.intake.step()
    assert house.outcomes == ["refused:gone"]


async def test_an_activity_of_a_sender_forgotten_since_is_refused(house: House) -> None:
    house.hear(Follow)
    await house.receive("Follow", f"{OURS}/w", actor="https://a.test/omar")
    await house.intake.step()
    assert house.outcomes == ["refused:sender-forgotten"]


async def test_a_failing_listener_is_called_again_on_the_schedule_and_then_parked(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    calls = 0

    @house.listeners.on(Follow)
    async def on_follow(_: str, heard: Heard) -> None:
        nonlocal calls
        calls += 1
        raise ZeroDivisionError

    await house.receive("Follow", f"{OURS}/w")
    for wait in SCHEDULE:
        assert await house.intake.step() == 1
        house.clock.advance(wait - timedelta(seconds=1))
        assert await house.intake.step() == 0, "too early"
        house.clock.advance(timedelta(seconds=1))
    await house.intake.step()
    assert calls == 9, "once, and eight times more"
    assert house.outcomes == ["ZeroDivisionError"]
    assert "ZeroDivisionError" in caplog.text, "with its traceback"


async def test_what_a_failing_listener_did_is_undone_and_done_once_when_it_succeeds(
    house: House, database: Database
) -> None:
    """On real databases: the effect and the mark that it was handled are one commit."""
    inbox = StoredInbox(database)
    listeners: Listeners[Transaction] = Listeners()
    calls = 0

    @listeners.on(Follow)
    async def on_follow(tx: Transaction, heard: Heard) -> None:
        nonlocal calls
        calls += 1
        await tx.run("insert into tombstone (id, at) values (:id, 'now')", id=heard.sender.id)
        if calls == 1:
            raise ZeroDivisionError

    async def perform(work: Callable[[Transaction, Handled], Awaitable[None]]) -> None:
        await database.write(lambda tx: work(tx, handled(tx)))

    async def effects() -> int:
        return len(await database.read(lambda tx: tx.rows("select * from tombstone")))

    intake = Intake(
        inbox, Known(house.clock), house.documents, perform, listeners, house.clock, OURS
    )
    await inbox.add(house.received("Follow", f"{OURS}/w"))
    assert await intake.step() == 1
    assert await effects() == 0
    house.clock.advance(SCHEDULE[0])
    assert await intake.step() == 1
    assert await effects() == 1
    house.clock.advance(timedelta(days=1))
    assert await intake.step() == 0


async def test_a_server_that_is_away_is_asked_again_outside_any_transaction(house: House) -> None:
    house.hear(Create, Note)
    house.documents.held[NOTE] = Unreachable("away")
    await house.receive("Create", NOTE)
    await house.intake.step()
    assert house.transactions == 0
    house.documents.held[NOTE] = {"type": "Note", "id": NOTE}
    house.clock.advance(SCHEDULE[0])
    await house.intake.step()
    assert house.outcomes == ["handled"]


async def test_one_failure_does_not_stop_the_others(house: House) -> None:
    house.hear(Create, Note)
    house.documents.held[NOTE] = RuntimeError("a bug")
    await house.receive("Create", NOTE)
    await house.receive("Create", {"type": "Note", "id": "https://a.test/n/2"}, name="2")
    assert await house.intake.step() == 2
    assert [heard.kept.sequence for heard in house.heard] == [2]


async def test_activities_about_one_object_are_heard_in_order(house: House) -> None:
    house.hear(Create, Note)
    house.hear(Update, Note)
    house.documents.held[NOTE] = Unreachable("away")
    await house.receive("Create", NOTE)
    await house.receive("Update", _note(), name="2")
    assert await house.intake.step() == 1
    assert await house.intake.step() == 0, "the Update waits for the Create"
    house.documents.held[NOTE] = _note()
    house.clock.advance(SCHEDULE[0])
    assert await house.intake.step() == 1
    assert await house.intake.step() == 1
    assert [heard.kept.kind for heard in house.heard] == ["Create", "Update"]


async def test_a_running_intake_is_woken_and_not_held_up_by_a_slow_origin(house: House) -> None:
    release = asyncio.Event()

    class Slow(Documents):
        async def document(self, url: str) -> dict[str, Any]:
            await release.wait()
            return {"type": "Note", "id": url}

    intake = Intake(
        house.inbox, Known(house.clock), Slow(), house.perform, house.listeners, house.clock, OURS
    )
    house.hear(Create, Note)
    wake, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(intake.run(wake, stop))
    await asyncio.sleep(0)
    await house.receive("Create", NOTE)
    wake.set()
    await asyncio.sleep(0.01)
    await house.receive("Create", {"type": "Note", "id": "https://a.test/n/2"}, name="2")
    wake.set()
    await _until(lambda: [heard.kept.sequence for heard in house.heard] == [2])
    stop.set()
    release.set()
    await running
    assert [heard.kept.sequence for heard in house.heard] == [2, 1]


async def _until(truth: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not truth():  # noqa: ASYNC110  a plain list has no event
            await asyncio.sleep(0.01)
