"""Rows of group M about copies: nobody who was erased comes back with one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from node.app import open_node
from node.backup.restoring import restore
from node.erasure.ledger import LOG_NAME
from node.people import store
from node.people.model import Role
from node.services import SystemClock
from tests.node.erasure.needles import in_folder
from tests.support.browsers import account
from tests.support.nodes import do, running


async def test_m13_of_ten_erased_people_a_restore_of_yesterday_brings_none_back(
    tmp_path: Path,
) -> None:
    names = [f"zorvanquil{number}" for number in range(10)]
    async with running(tmp_path / "data", at_work=False) as node:
        await account(node, "lina", Role.AMBASSADOR)
        for name in names:
            await do(node, "user.create", name=name, role="member")
        await do(node, "backup.take", file=str(tmp_path / "yesterday.tgz"), with_keys=True)
        for name in names:
            await do(node, "user.erase", name=name, now=True)
    again = replace(
        node.config,
        data=tmp_path / "again",
        database=f"sqlite:///{tmp_path}/again/josoor.db",
        secret_file=tmp_path / "again" / "secret.key",
    )
    ledger = node.config.data / LOG_NAME
    await restore(again, tmp_path / "yesterday.tgz", now=SystemClock().now(), ledger=ledger)
    assert in_folder(again.data)
    async with open_node(again) as back:
        # open, and nobody can have asked anything yet
        assert [person.name for person in await back.look(store.everybody)] == ["lina"]
        assert in_folder(again.data) == {}
