"""Who took her actor back, or hid everything, does not come back with yesterday's backup."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from node.app import open_node
from node.backup.restoring import restore
from node.community.keyring import make_pair
from node.config import Config
from node.context import Context
from node.erasure.ledger import LOG_NAME, Ledger
from node.members import acting, hiding, persona_store, posting
from node.members.model import Audience
from node.operations.carrying_out import carry_out
from node.people.model import Person, Role
from node.services import Node, SystemClock
from tests.support.browsers import account
from tests.support.nodes import do, running

WISH = {"handle": "regenbogen", "name": "Regen Bogen", "understood": True}


class Told:
    """A node with a member who has an actor and a post, and a backup of it."""

    def __init__(self, node: Node, person: Person, folder: Path) -> None:
        self.node, self.person, self.folder = node, person, folder

    async def act(self, work: Callable[[Context], Awaitable[object]]) -> None:
        await self.node.act(work)
        await carry_out(self.node)

    async def back(self) -> Config:
        """The config of the node after it was brought back with the ledger of now."""
        again = replace(
            self.node.config,
            data=self.folder / "again",
            database=f"sqlite:///{self.folder}/again/josoor.db",
            secret_file=self.folder / "again" / "secret.key",
        )
        await restore(
            again,
            self.folder / "yesterday.tgz",
            now=SystemClock().now(),
            ledger=self.node.config.data / LOG_NAME,
        )
        return again


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    async with running(tmp_path / "data", at_work=False) as node:
        person = await account(node, "samira", Role.MEMBER)

        async def begin(context: Context) -> None:
            persona = await acting.ask_for(
                context, person, WISH, pair=make_pair(), vault=node.keyring.vault
            )
            await posting.publish(
                context, persona, "Regenwort", audience=Audience.PUBLIC, language="de"
            )

        await node.act(begin)
        await do(node, "backup.take", file=str(tmp_path / "yesterday.tgz"), with_keys=True)
        yield Told(node, person, tmp_path)


async def test_an_actor_that_was_taken_back_stays_retired(told: Told):
    persona = await told.node.look(lambda tx: persona_store.of_person(tx, told.person.id))
    assert persona is not None
    await told.act(lambda context: acting.take_back(context, told.person))
    async with open_node(await told.back()) as node:
        assert await node.look(lambda tx: persona_store.of_person(tx, told.person.id)) is None
        deletes = [each for each in await do(node, "queue.list") if each["kind"] == "Delete"]
        assert all(each["object"] == node.urls.member(persona.id) for each in deletes)
        assert (await do(node, "erasures.verify"))["late"] == 0


async def test_what_was_hidden_stays_hidden(told: Told):
    await told.act(lambda context: hiding.hide_everything(context, told.person, session=None))
    async with open_node(await told.back()) as node:
        assert await node.look(lambda tx: hiding.is_hidden(tx, told.person))


async def test_what_was_shown_again_is_shown(told: Told):
    await told.act(lambda context: hiding.hide_everything(context, told.person, session=None))
    await told.act(lambda context: hiding.show_again(context, told.person))
    async with open_node(await told.back()) as node:
        assert not await node.look(lambda tx: hiding.is_hidden(tx, told.person))


async def test_what_was_done_before_a_crash_is_written_at_the_next_start_and_not_done_anew(
    told: Told,
):
    await told.node.act(lambda context: hiding.hide_everything(context, told.person, session=None))
    await told.node.act(lambda context: hiding.show_again(context, told.person))
    # a crash between the line and the mark that it was followed
    Ledger(told.node.config.data).append("hidden", told.person.id, SystemClock().now())
    await carry_out(told.node)
    assert not await told.node.look(lambda tx: hiding.is_hidden(tx, told.person))
    kinds = [line.kind for line in Ledger(told.node.config.data).lines()]
    assert kinds == ["hidden", "shown"]


async def test_the_line_names_nobody(told: Told):
    await told.act(lambda context: acting.take_back(context, told.person))
    (line,) = Ledger(told.node.config.data).lines()
    assert line.kind == "retired"
    assert told.person.id not in line.text
    assert "regenbogen" not in line.text
