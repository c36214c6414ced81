"""Tests of node/people/standing_again.py: after a restore an account stands as it stood last, and
nobody is more than she was in the backup."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from node.doctor import check_node
from node.erasure.ledger import Ledger
from node.operations.carrying_out import carry_out
from node.people import entering, erasing, erasure_store, standing, store
from node.people.model import Person, Role, SignUp
from node.services import Node
from tests.node.erasure.returning import Twice
from tests.support.browsers import Browser, Later, account
from tests.support.nodes import do

SOON, LATER = "2999-03-31", "2999-12-31"
LEADS, HELPS = Role.COORDINATOR, Role.VOLUNTEER


@pytest.fixture
async def twice(tmp_path: Path) -> AsyncIterator[Twice]:
    async with AsyncExitStack() as stack:
        found = Twice(tmp_path, stack)
        node = await found.begin()
        await account(node, "lina", Role.AMBASSADOR)
        await account(node, "amal", Role.COORDINATOR)
        yield found


async def amal_in(node: Node, name: str = "amal") -> Person:
    person = await node.look(partial(store.by_name, name=name))
    assert person is not None
    return person


async def opens(node: Node) -> bool:
    async with Browser(node) as browser:
        return (await browser.sign_in("amal")).status == 303


async def said(node: Node) -> list[str]:
    """What the node did by itself."""
    return [each["verb"] for each in await do(node, "audit.list") if each["actor"] == "node"]


async def gives(node: Node, role: Role, until: str | None = None) -> None:
    await do(node, "user.role", name="amal", role=role.value, until=until)


async def test_an_account_that_was_closed_since_is_closed(twice: Twice):
    await twice.keep()
    await do(twice.node, "user.disable", name="amal")
    back = await twice.back()
    assert not await opens(back)
    assert (await amal_in(back)).disabled
    assert not (await amal_in(back, "lina")).disabled
    assert await said(back) == ["disable"]
    # what stood in the ledger is not written there once more
    await carry_out(back)
    assert (await do(back, "erasures.verify"))["lines"] == 1


async def test_without_the_ledger_it_would_be_open(twice: Twice):
    await twice.keep()
    await do(twice.node, "user.disable", name="amal")
    await gives(twice.node, Role.MEMBER)
    back = await twice.back(ledger=False)
    assert await opens(back)
    assert (await amal_in(back)).role is Role.COORDINATOR


@pytest.mark.parametrize("way", ["her account", "her role"])
async def test_who_got_it_back_since_is_new_in_her_role(twice: Twice, way: str):
    await twice.keep()
    before = (await amal_in(twice.node)).since
    if way == "her account":
        for verb in ("user.disable", "user.enable"):
            await do(twice.node, verb, name="amal")
    else:
        await gives(twice.node, Role.MEMBER)
        await gives(twice.node, LEADS)
    back = await twice.back()
    assert (await amal_in(back)).role is LEADS
    assert (await amal_in(back)).since - before > timedelta(days=3)
    assert (await amal_in(back, "lina")).since - before < timedelta(days=3)


@pytest.mark.parametrize("in_backup", ["open", "closed"])
async def test_an_account_that_was_opened_since_is_open(twice: Twice, in_backup: str):
    if in_backup == "closed":
        await do(twice.node, "user.disable", name="amal")
        await carry_out(twice.node)
    await twice.keep()
    for verb in ("user.disable", "user.enable", "user.disable", "user.enable"):
        await do(twice.node, verb, name="amal")
    back = await twice.back()
    assert await opens(back)
    assert await said(back) == (["enable"] if in_backup == "closed" else [])


async def test_who_is_closed_and_opened_without_end_is_as_she_was_last(twice: Twice):
    await twice.keep()
    for _ in range(25):
        await do(twice.node, "user.disable", name="amal")
        await do(twice.node, "user.enable", name="amal")
    await do(twice.node, "user.disable", name="amal")
    assert not await opens(await twice.back())


async def test_an_applicant_who_was_turned_away_since_does_not_wait_again(twice: Twice):
    node = twice.node
    for name in ("nadia", "omar"):
        await node.act(_applies(name))
    nadia = await amal_in(node, "nadia")
    await twice.keep()
    await do(node, "user.answer", name="nadia", yes=False)
    back = await twice.back()
    assert [one.name for one, _ in await back.look(store.applications)] == ["omar"]
    assert await back.look(lambda tx: store.by_id(tx, nadia.id)) is None


def _applies(name: str) -> Any:
    async def work(context: Any) -> None:
        await entering.set_sign_up(context, SignUp.APPROVAL, "x")
        await store.set_setting(context.tx, "staff_seen", "2999-01-01")
        await entering.apply(context, name, "no digest", "Bitte.")

    return work


@pytest.mark.parametrize(
    ("had", "since", "has"),
    [
        (LEADS, [Role.MEMBER], Role.MEMBER),
        (LEADS, [Role.NEWCOMER], Role.NEWCOMER),
        (LEADS, [Role.AMBASSADOR], LEADS),
        (LEADS, [Role.AMBASSADOR, Role.MEMBER], Role.MEMBER),
        (LEADS, [Role.MEMBER, LEADS], LEADS),
        (LEADS, [Role.MEMBER, LEADS, HELPS], HELPS),
        (LEADS, [Role.MODERATOR], Role.NEWCOMER),
        (HELPS, [LEADS], HELPS),
        (Role.MODERATOR, [Role.MEMBER], Role.MEMBER),
        (Role.NEWCOMER, [Role.MEMBER], Role.NEWCOMER),
    ],
)
async def test_a_role_that_was_taken_since_is_lost_and_one_that_was_given_is_not_given(
    twice: Twice, had: Role, since: list[Role], has: Role
):
    await gives(twice.node, had)
    await carry_out(twice.node)
    await twice.keep()
    for role in since:
        await gives(twice.node, role)
    back = await twice.back()
    assert (await amal_in(back)).role is has
    assert await said(back) == ([] if has is had else [f"role {has.value}"])


@pytest.mark.parametrize(
    ("had", "since", "has"),
    [
        ((LEADS, SOON), [(LEADS, SOON)], (LEADS, SOON)),
        ((LEADS, SOON), [(Role.MEMBER, None), (LEADS, SOON)], (LEADS, SOON)),
        ((LEADS, SOON), [(LEADS, None)], (LEADS, SOON)),
        ((LEADS, LATER), [(LEADS, SOON)], (Role.MEMBER, None)),
        ((LEADS, SOON), [(LEADS, LATER)], (Role.MEMBER, None)),
        ((LEADS, None), [(LEADS, SOON)], (Role.MEMBER, None)),
        ((LEADS, SOON), [(Role.AMBASSADOR, SOON)], (Role.MEMBER, None)),
        ((LEADS, None), [(LEADS, SOON), (LEADS, None)], (LEADS, None)),
    ],
)
async def test_a_role_until_a_day_is_kept_only_if_it_ends_no_sooner(
    twice: Twice,
    had: tuple[Role, str | None],
    since: list[tuple[Role, str | None]],
    has: tuple[Role, str | None],
):
    await gives(twice.node, *had)
    await carry_out(twice.node)
    await twice.keep()
    for each in since:
        await gives(twice.node, *each)
    person = await amal_in(await twice.back())
    until = person.role_until.date().isoformat() if person.role_until else None
    assert (person.role, until) == has


async def test_a_node_without_an_ambassador_says_so_and_the_command_makes_one(twice: Twice):
    await twice.keep()
    assert not (await do(twice.node, "status"))["nobody_leads"]
    await do(twice.node, "user.hand-over", name="lina", to="amal")
    back = await twice.back()
    status = await do(back, "status")
    (check,) = [each for each in check_node(back.config, status) if each["check"] == "roles"]
    assert check["state"] == "yellow"
    assert "user role NAME ambassador" in check["mend"]
    await gives(back, Role.AMBASSADOR)
    assert not (await do(back, "status"))["nobody_leads"]


async def due(node: Node) -> datetime | None:
    """When she will be erased."""
    leaving = await node.look(erasure_store.leaving)
    return leaving.get((await amal_in(node)).id)


async def test_who_asked_to_be_erased_is_erased_three_days_after_the_restore(twice: Twice):
    await twice.keep()
    await do(twice.node, "user.erase", name="amal")
    back = await twice.back()
    assert not await opens(back)
    at = await due(back)
    assert at is not None
    assert timedelta(0) <= datetime.now(UTC) + erasing.REGRET - at < timedelta(minutes=1)
    back.clock = Later(erasing.REGRET + timedelta(minutes=1))
    await carry_out(back)
    assert [each.name for each in await back.look(store.everybody)] == ["lina"]


async def test_who_asked_anew_has_three_days_although_her_first_wish_is_in_the_backup(
    twice: Twice,
):
    node = twice.node
    await do(node, "user.erase", name="amal")
    await carry_out(node)
    long_ago = "2026-01-01T00:00:00.000000Z"
    await node.act(lambda context: context.tx.run("update erasure set due_at = :at", at=long_ago))
    await twice.keep()
    await do(node, "user.keep", name="amal")
    await do(node, "user.erase", name="amal")
    back = await twice.back()
    await carry_out(back)
    at = await due(back)
    assert at is not None
    assert at > datetime.now(UTC)


@pytest.mark.parametrize("asked", ["before", "since"])
async def test_who_took_her_wish_back_stays(twice: Twice, asked: str):
    node = twice.node
    if asked == "before":
        await do(node, "user.erase", name="amal")
        await carry_out(node)
    await twice.keep()
    if asked == "since":
        await do(node, "user.erase", name="amal")
    await do(node, "user.keep", name="amal")
    back = await twice.back()
    assert await due(back) is None
    back.clock = Later(erasing.REGRET + timedelta(minutes=1))
    await carry_out(back)
    assert await opens(back)


async def test_who_was_closed_after_she_had_taken_it_back_is_closed(twice: Twice):
    await twice.keep()
    for verb in ("user.erase", "user.keep", "user.disable"):
        await do(twice.node, verb, name="amal")
    back = await twice.back()
    assert await due(back) is None
    assert not await opens(back)


async def test_the_lines_tell_neither_who_nor_what(twice: Twice):
    node = twice.node
    await node.act(_applies("nadia"))
    people = await node.look(store.everybody)
    await do(node, "user.answer", name="nadia", yes=False)
    await gives(node, Role.MODERATOR, SOON)
    for verb in ("user.disable", "user.enable"):
        await do(node, verb, name="amal")
    amal = await amal_in(node)
    await node.act(partial(erasing.erase_person, person_id=amal.id, after=erasing.REGRET))
    await do(node, "user.keep", name="amal")
    pending = await node.look(lambda tx: tx.rows("select name from silence"))
    assert len(pending) == 9
    await carry_out(node)
    assert {line.kind for line in Ledger(node.config.data).lines()} == {"standing"}
    text = Ledger(node.config.data).path.read_text()
    needles = {word for row in pending for word in row["name"].split(" ")}
    needles |= {each.id for each in people} | {each.name for each in people}
    needles |= {each.value for each in (*Role, *standing.Standing)} | {"2999"}
    assert [each for each in sorted(needles) if each in text] == []
    assert await node.look(lambda tx: tx.rows("select id from silence")) == []
