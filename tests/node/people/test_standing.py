"""Tests of node/people/standing.py and standing_again.py, on each engine."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path

from node.context import Context
from node.operations.carrying_out import carry_out, catch_up
from node.people import actions, entering, erasing, erasure_store, silence_store, standing, store
from node.people.model import AFTERWARDS, Person, Role
from node.people.rights import RIGHTS
from node.people.standing import Standing
from node.services import Node
from node.storage.database import Transaction
from tests.support.browsers import account
from tests.support.nodes import running

PEOPLE = ("closed", "opened", "taken", "leaves", "stays")


def test_of_two_roles_the_lesser_opens_nothing_that_either_did_not():
    for had, since in product(Role, Role):
        role = standing.no_more_than(had, since)
        assert role in (had, since, Role.NEWCOMER)
        assert role is Role.NEWCOMER or Role.NEWCOMER not in (had, since)
        for one in (had, since):
            # a member is what everybody of the team was once, and will be
            lesser = RIGHTS[role] <= RIGHTS[one] or role is AFTERWARDS
            assert lesser or one is Role.AMBASSADOR, (had, since)


def test_only_what_is_about_the_same_replaces_what_was_noted_before():
    same = {(Standing.CLOSED, Standing.OPEN), (Standing.LEAVES, Standing.STAYS)}
    for one, other in product(Standing, Standing):
        about = [standing.about(standing.name_of(each, "amal")) for each in (one, other)]
        alike = one is other or (one, other) in same or (other, one) in same
        assert (about[0] == about[1]) is alike
        assert about[0] != standing.about(standing.name_of(other, "lina"))


async def test_what_was_done_first_is_written_first(tmp_path: Path, database_url: str):
    words = [f"{number} x" for number in range(40)]

    async def work(context: Context) -> None:
        for word in words:
            await silence_store.note(context, silence_store.Silence.STANDING, word)

    async with running(tmp_path / "data", database=database_url, at_work=False) as node:
        await node.act(work)
        assert [each.name for each in await node.look(silence_store.due)] == words


async def test_an_older_database_follows_what_became_of_each_account(
    tmp_path: Path, database_url: str
):
    async with running(tmp_path / "data", database=database_url, at_work=False) as node:
        ids = {name: (await account(node, name, Role.MODERATOR)).id for name in PEOPLE}
        nadia = await node.act(lambda context: entering._add(
            context, "nadia", Role.NEWCOMER, None, language=None, reason="Bitte."
        ))  # fmt: skip
        await node.act(partial(_since, ids=ids, applicant=nadia.id))
        await carry_out(node)
        await node.act(partial(_older, ids=ids, applicant=nadia))
        for _ in range(2):
            await catch_up(node)
            await _stand_as_they_should(node, ids, nadia)
            # what is done again is not written down again
            assert await node.look(lambda tx: tx.rows("select id from silence")) == []
            # and once more does no harm
            await node.act(lambda context: erasure_store.set_applied(context.tx, 0, ""))


async def _since(context: Context, ids: dict[str, str], applicant: str) -> None:
    """What happened after the backup."""
    await actions.disable(context, ids["closed"])
    await actions.disable(context, ids["opened"])
    await actions.enable(context, ids["opened"])
    await actions.set_role(context, ids["taken"], Role.MEMBER)
    for name in ("leaves", "stays"):
        await erasing.erase_person(context, ids[name], after=erasing.REGRET)
    await erasing.keep_person(context, ids["stays"])
    await entering.answer(context, applicant, yes=False, by="x")


async def _older(context: Context, ids: dict[str, str], applicant: Person) -> None:
    """The database as it was before: only the wish of who stays was there already."""
    await context.tx.run("update person set disabled_at = null, role = 'moderator'")
    await context.tx.run("delete from erasure")
    await erasing._ask(context, await actions.somebody(context, ids["stays"]), erasing.REGRET)
    await store.set_disabled(context.tx, ids["opened"], context.now)
    await store.add(context.tx, applicant, "Bitte.")
    await erasure_store.set_applied(context.tx, 0, "")


async def _stand_as_they_should(node: Node, ids: dict[str, str], applicant: Person) -> None:
    async def read(tx: Transaction) -> dict[str, Person]:
        return {person.name: person for person in await store.everybody(tx)}

    people = await node.look(read)
    assert applicant.name not in people
    assert {name for name, person in people.items() if person.disabled} == {"closed", "leaves"}
    assert {name for name, one in people.items() if one.role is not Role.MODERATOR} == {"taken"}
    assert set(await node.look(erasure_store.leaving)) == {ids["leaves"]}
