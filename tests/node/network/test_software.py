"""Which program a server runs is learned from its NodeInfo."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.network import shares
from node.network.software import Learner
from tests.support.neighbours import neighbour
from tests.support.nodes import running


async def test_the_program_of_a_server_is_learned_from_its_node_info(tmp_path: Path):
    async with running(tmp_path / "wien", at_work=True) as wien, neighbour() as forum:
        link = f"{forum.origin}/nodeinfo/2.1"
        rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
        forum.documents["/.well-known/nodeinfo"] = {"links": [{"rel": rel, "href": link}]}
        forum.documents["/nodeinfo/2.1"] = {"software": {"name": "PieFed", "version": "1.2"}}
        await forum.follow(forum.actor("reader"), wien.urls.community)
        learner = Learner(wien.look, wien.act, wien.fetcher, wien.clock, wien.urls.community)

        while await learner.step():
            pass

        assert await wien.look(lambda tx: shares.running(tx, {"piefed"})) == {forum.host}
        assert not await learner.step()


@pytest.mark.parametrize("name", ["", "<script>", "x" * 50])
async def test_a_server_that_does_not_say_what_it_runs_gets_the_plain_form(
    tmp_path: Path, name: str
):
    async with running(tmp_path / "wien") as wien, neighbour() as forum:
        await forum.follow(forum.actor("reader"), wien.urls.community)
        forum.documents["/.well-known/nodeinfo"] = {"links": [{"rel": name, "href": 7}]}
        learner = Learner(wien.look, wien.act, wien.fetcher, wien.clock, wien.urls.community)

        while await learner.step():
            pass

        rows = await wien.look(lambda tx: tx.rows("select name from peer_software"))
        assert [row["name"] for row in rows] == [None]
