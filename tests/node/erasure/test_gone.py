"""Of an actor who was deleted at home everything goes here too, and for good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from node.app import open_node
from node.backup.restoring import restore
from node.erasure.actions import names
from node.erasure.ledger import LOG_NAME
from node.people.erasure_store import Kind
from node.services import Node, SystemClock
from tests.node.erasure.lives import delivered, neighbour_who_takes_part
from tests.node.erasure.needles import NEEDLE, in_folder
from tests.support.neighbours import neighbour, outcome
from tests.support.nodes import EVENT, do, running, until


async def test_her_own_delete_erases_her_once_and_a_restore_does_not_bring_her_back(
    tmp_path: Path,
) -> None:
    async with neighbour() as there, running(tmp_path / "data") as node:
        event = (await do(node, "event.publish", document=EVENT))["id"]
        anna = await neighbour_who_takes_part(node, there, event)
        await delivered(node)
        await do(node, "backup.take", file=str(tmp_path / "f.tgz"), with_keys=True)
        bye = there.activity("Delete", anna, anna)
        await there.insists(node.urls.inbox(node.urls.community), bye)
        assert await outcome(node, bye["id"]) == "done"
        await until(lambda: _erased(node))
        await delivered(node)
        assert await node.look(lambda tx: names(tx, Kind.ACTOR)) == set()
        # nothing is erased again and again
        assert len(await do(node, "erasures.list")) == 1
        assert (await do(node, "erasures.verify"))["lines"] == 1
        (row,) = await node.look(lambda tx: tx.rows("select id, author from tombstone"))
        assert (row["id"], row["author"]) == (anna, anna)
    again = replace(
        node.config,
        data=tmp_path / "again",
        database=f"sqlite:///{tmp_path}/again/josoor.db",
        secret_file=tmp_path / "again" / "secret.key",
    )
    ledger = node.config.data / LOG_NAME
    await restore(again, tmp_path / "f.tgz", now=SystemClock().now(), ledger=ledger)
    async with open_node(again) as back:
        assert await back.look(lambda tx: names(tx, Kind.ACTOR)) == set()
        assert not any(NEEDLE in name for name in in_folder(again.data))


async def _erased(node: Node) -> bool:
    return any(each["erased"] for each in await do(node, "erasures.list"))
