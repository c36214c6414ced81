"""Tests of the mail room's stores on both engines: what is found again, and what is dropped."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from keys.vault import Vault, make_master
from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.mail import actions, queue_store, sealing, sending, store
from node.mail.model import Kind, State, Waiting
from node.people import store as people
from node.people.model import Person, Role, digest
from node.storage.database import Database
from tests.node.people.test_actions import NOW, act, create

HERS = "amal@web.example"
VAULT = Vault(make_master())


async def give(database: Database, person: Person, address: str = HERS) -> None:
    await act(database, lambda context: actions.give(context, VAULT, person, address, "de"))


async def confirm(database: Database, person: Person, secret: str = "s") -> None:
    async def link(context: Context) -> None:
        asked = await store.of_person(context.tx, person.id, State.ASKED)
        assert asked is not None
        ends = context.now + timedelta(hours=1)
        await store.set_confirm(context.tx, asked.id, digest(secret), ends)

    await act(database, link)
    await act(database, lambda context: actions.confirm(context, secret))


async def waiting(database: Database) -> list[Waiting]:
    return list(await database.read(queue_store.listing))


async def test_an_address_given_again_takes_the_place_of_the_one_before(database: Database):
    person = await create(database)
    for address in (HERS, "other@web.example", HERS):
        await give(database, person, address)
    kept = await database.read(lambda tx: tx.rows("select state, digest from mail_address"))
    assert [row["state"] for row in kept] == ["asked"]
    assert [one.kind for one in await waiting(database)] == [Kind.CONFIRM]


async def test_a_link_confirms_once_and_the_choices_go_on_to_the_next_address(database: Database):
    person = await create(database)
    await give(database, person)
    await confirm(database, person)
    with pytest.raises(NotFound):
        await act(database, lambda context: actions.confirm(context, "s"))
    await act(database, lambda context: actions.choose(context, person, recovers=False, news=True))
    with pytest.raises(Invalid):
        await give(database, person, HERS.upper())
    await give(database, person, "new@web.example")
    await confirm(database, person, "t")

    found = await database.read(lambda tx: store.of_person(tx, person.id, State.KEPT))
    assert found is not None
    assert sealing.opened(VAULT, found) == "new@web.example"
    assert (found.recovers, found.news_from) == (False, NOW)
    kinds = {one.kind for one in await waiting(database)}
    assert kinds >= {Kind.CHANGED, Kind.KEPT}


async def test_one_address_belongs_to_one_account(database: Database):
    amal, lina = await create(database), await create(database, "lina", Role.MEMBER)
    await give(database, amal)
    await confirm(database, amal)
    await give(database, lina, "AMAL@Web.Example")
    with pytest.raises(Conflict):
        await confirm(database, lina)
    found = await database.read(lambda tx: store.of_person(tx, amal.id, State.KEPT))
    assert found is not None


async def test_an_attempt_is_made_by_one_and_a_third_of_which_nobody_knows_by_nobody(
    database: Database,
):
    person = await create(database)
    await give(database, person)
    (mail,) = await waiting(database)
    until = NOW + timedelta(minutes=10)
    assert await act(database, lambda context: queue_store.begin(context.tx, mail, until))
    assert not await act(database, lambda context: queue_store.begin(context.tx, mail, until))
    (mail,) = await waiting(database)
    assert (mail.unsure, mail.next_attempt) == (1, until)
    await act(database, lambda context: queue_store.again(context.tx, mail.id, NOW))
    (mail,) = await waiting(database)
    assert (mail.unsure, mail.attempts) == (0, 1)


async def test_of_a_stranger_s_wish_one_waits_and_of_all_not_more_than_the_most(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue_store, "MOST_WAITING", 3)
    for address in (HERS, HERS, "b@web.example", "c@web.example", "d@web.example"):
        await act(database, partial(actions.ask_for_help, vault=VAULT, text=address))
    assert len(await waiting(database)) == 3
    assert (await database.read(queue_store.state)).waiting == 3


async def test_addresses_open_under_a_new_master_key_and_are_found_as_before(database: Database):
    old, new = make_master(), make_master()
    person = await create(database)
    await act(database, lambda context: actions.give(context, Vault(old), person, HERS, "de"))
    both, only = Vault(new, old), Vault(new)
    assert await act(database, lambda context: sealing.reseal(context.tx, both)) == 2
    found = await database.read(lambda tx: store.of_person(tx, person.id, State.ASKED))
    assert found is not None
    assert sealing.opened(only, found) == HERS
    key = await database.read(lambda tx: sealing.known_key(tx, only))
    assert key is not None
    assert sealing.digest_of(key, "Amal@Web.example") == found.digest


async def test_the_link_to_no_more_mails_is_for_one_address_and_cannot_be_made_up(
    database: Database,
):
    person = await create(database)
    await give(database, person)
    await confirm(database, person)
    await act(database, lambda context: actions.choose(context, person, recovers=True, news=True))
    kept = await database.read(lambda tx: store.of_person(tx, person.id, State.KEPT))
    key = await database.read(lambda tx: sealing.known_key(tx, VAULT))
    assert kept is not None
    assert key is not None
    secret = sealing.stop_secret(key, kept.id)
    for wrong in ("", "x", kept.id, secret[:-1], secret[:-1] + "é", "0" * 26 + secret[26:]):
        with pytest.raises(NotFound):
            await act(database, partial(actions.stop, vault=VAULT, secret=wrong))
    await act(database, lambda context: actions.stop(context, VAULT, secret))
    kept = await database.read(lambda tx: store.of_person(tx, person.id, State.KEPT))
    assert kept is not None
    assert (kept.news_from, kept.recovers) == (None, True)


async def test_what_nobody_could_send_or_confirm_in_time_is_dropped(database: Database):
    person = await create(database)
    await give(database, person)
    await act(database, sending.forget, NOW + timedelta(hours=23))
    assert len(await waiting(database)) == 1
    await act(database, sending.forget, NOW + timedelta(hours=25))
    assert await waiting(database) == []
    await act(database, sending.forget, NOW + timedelta(hours=49))
    rows = await database.read(lambda tx: tx.rows("select id from mail_address"))
    assert list(rows) == []
    assert await database.read(lambda tx: people.by_id(tx, person.id))
