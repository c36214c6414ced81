"""Tests of members in the database, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from node.community.model import Follower
from node.members import persona_store, post_store, store
from node.members.model import (
    Addressee,
    Audience,
    Consent,
    Letter,
    Persona,
    Post,
    PostState,
    Profile,
    Visible,
)
from node.people import store as people_store
from node.people.model import Person, Role
from node.storage.database import Database, Transaction
from node.urls import Urls

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
URLS = Urls("https://wien.test", "wien")
SAMIRA = Person(id="0" * 25 + "1", name="samira", role=Role.MEMBER, created=NOW)
PROFILE = Profile(
    person=SAMIRA.id,
    id="a" * 26,
    name="Samira",
    bio={"de": "Hallo", "ar": "مرحبا"},
    languages=["ar", "de"],
    pronouns=None,
    talents="Kochen",
    visibility=Visible.MEMBERS,
    updated=NOW,
)
PERSONA = Persona(
    id="b" * 26,
    person=SAMIRA.id,
    handle="regenbogen",
    name="Regen",
    summary="",
    language="de",
    created=NOW,
)
ANNA = Addressee(
    actor="https://m.test/anna",
    name="anna@m.test",
    inbox="https://m.test/anna/inbox",
    shared_inbox=None,
)
POST = Post(
    id="c" * 26,
    persona=PERSONA.id,
    source="Hallo",
    language="de",
    audience=Audience.PUBLIC,
    state=PostState.SHOWN,
    parent="https://m.test/1",
    to=ANNA,
    published=NOW,
    updated=NOW,
)
LETTER = Letter(
    id="d" * 26,
    persona=PERSONA.id,
    address="https://m.test/2",
    author=ANNA,
    html="<p>Hallo</p>",
    parent=None,
    is_public=False,
    published=NOW,
    received=NOW,
)
WISH = Follower(
    community=PERSONA.id,
    actor=ANNA.actor,
    inbox=ANNA.inbox,
    shared_inbox=None,
    follow_id="https://m.test/f",
    since=NOW,
)


async def founded(database: Database) -> None:
    async def work(tx: Transaction) -> None:
        await people_store.add(tx, SAMIRA)
        await store.put(tx, PROFILE)
        await persona_store.add(tx, PERSONA)
        await post_store.add(tx, POST)
        await post_store.put_letter(tx, LETTER, most=2)

    await database.write(work)


async def test_a_profile_comes_back_as_it_was_kept_and_is_listed_for_members(database: Database):
    await founded(database)
    assert await database.read(lambda tx: store.profile(tx, SAMIRA.id)) == PROFILE
    assert await database.read(store.listed) == [PROFILE]
    assert await database.read(lambda tx: store.page(tx, PROFILE.id)) is None


async def test_what_was_hidden_is_known_no_more_after_its_time(database: Database):
    await founded(database)
    hidden = replace(
        PROFILE, visibility=Visible.NOBODY, before_hiding=Visible.PUBLIC, hidden_at=NOW
    )
    await database.write(lambda tx: store.put(tx, hidden))
    await database.write(lambda tx: store.forget_hidden(tx, NOW))
    assert await database.read(lambda tx: store.profile(tx, SAMIRA.id)) == hidden
    await database.write(lambda tx: store.forget_hidden(tx, NOW + timedelta(seconds=1)))
    left = await database.read(lambda tx: store.profile(tx, SAMIRA.id))
    assert left == replace(hidden, before_hiding=None, hidden_at=None)


async def test_posts_and_letters_come_back_as_they_were_kept(database: Database):
    await founded(database)
    assert await database.read(lambda tx: post_store.find(tx, PERSONA.id, POST.id)) == POST
    assert await database.read(lambda tx: post_store.letters(tx, PERSONA.id)) == [LETTER]
    assert await database.read(lambda tx: post_store.find(tx, "x", POST.id)) is None


async def test_of_too_many_letters_the_oldest_go(database: Database):
    await founded(database)

    async def work(tx: Transaction) -> None:
        for number in (1, 2):
            later = NOW + timedelta(minutes=number)
            letter = replace(LETTER, id=str(number), address=f"https://m.test/l{number}")
            await post_store.put_letter(tx, replace(letter, received=later), most=2)

    await database.write(work)
    found = await database.read(lambda tx: post_store.letters(tx, PERSONA.id))
    assert [letter.id for letter in found] == ["2", "1"]


async def test_nobody_waits_twice_and_no_more_than_may(database: Database):
    await founded(database)

    async def work(tx: Transaction) -> list[bool]:
        other = replace(WISH, actor="https://m.test/eve", follow_id="https://m.test/g")
        return [
            await persona_store.add_wish(tx, WISH, "anna@m.test", 1),
            await persona_store.add_wish(tx, WISH, "anna@m.test", 1),
            await persona_store.add_wish(tx, other, "eve@m.test", 1),
        ]

    assert await database.write(work) == [True, True, False]
    found = await database.read(lambda tx: persona_store.wishes(tx, PERSONA.id))
    assert found == [(WISH, "anna@m.test")]


async def test_of_an_actor_that_is_gone_nothing_is_left(database: Database):
    await founded(database)
    await database.write(lambda tx: persona_store.add_wish(tx, WISH, "anna@m.test", 9))
    await database.write(lambda tx: persona_store.forget_actor(tx, ANNA.actor))
    assert await database.read(lambda tx: persona_store.known_actors(tx)) == []
    post = await database.read(lambda tx: post_store.find(tx, PERSONA.id, POST.id))
    assert post == replace(POST, to=None, parent=None)


async def test_a_dropped_persona_leaves_nothing_and_its_handle_goes_to_nobody(database: Database):
    await founded(database)
    await database.write(lambda tx: persona_store.drop(tx, PERSONA, URLS))
    assert await database.read(lambda tx: persona_store.by_id(tx, PERSONA.id)) is None
    assert await database.read(lambda tx: post_store.letters(tx, PERSONA.id)) == []
    assert await database.read(lambda tx: persona_store.was_taken(tx, "regenbogen"))
    assert not await database.read(lambda tx: persona_store.was_taken(tx, "anders"))


async def test_what_somebody_agreed_to_is_kept_in_order_until_she_is_dropped(database: Database):
    await founded(database)

    async def work(tx: Transaction) -> None:
        await store.note_consent(tx, "1", SAMIRA.id, Consent.FEDIVERSE, True, NOW)
        await store.note_consent(tx, "2", SAMIRA.id, Consent.FEDIVERSE, False, NOW)

    await database.write(work)
    kept = await database.read(lambda tx: store.consents(tx, SAMIRA.id))
    assert [given for _, given, _ in kept] == [True, False]
    await database.write(lambda tx: store.drop(tx, SAMIRA.id))
    assert await database.read(lambda tx: store.consents(tx, SAMIRA.id)) == []
    assert await database.read(lambda tx: store.profile(tx, SAMIRA.id)) is None
