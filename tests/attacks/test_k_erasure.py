"""Rows of group K about what is gone: it is served nowhere any more, under no form of its name."""

from __future__ import annotations

from pathlib import Path

from aiohttp import ClientSession

from activitypub.names import ACTIVITY_JSON
from tests.node.erasure.lives import delivered, neighbour_who_takes_part
from tests.node.erasure.needles import NEEDLE
from tests.support.neighbours import neighbour
from tests.support.nodes import EVENT, do, running

_WAYS = ("text/html", ACTIVITY_JSON, "application/json")


async def test_k17_what_was_erased_is_served_by_no_address_within_a_minute(
    tmp_path: Path,
) -> None:
    async with neighbour() as there, running(tmp_path / "data") as node:
        event = (await do(node, "event.publish", document=EVENT))["id"]
        anna = await neighbour_who_takes_part(node, there, event)
        await delivered(node)
        rows = await node.look(
            lambda tx: tx.rows(
                "select id from outgoing union select :origin || '/r/' || id from answer "
                "union select :origin || '/n/' || id from direct_note",
                origin=node.urls.origin,
            )
        )
        addresses = [row["id"] for row in rows] + [event, node.urls.community]
        assert NEEDLE in "".join([await _read(each) for each in addresses])
        await do(node, "data.forget", target=anna)
        assert NEEDLE not in "".join([await _read(each) for each in addresses])


async def _read(address: str) -> str:
    """Everything that strangers get at this address."""
    said = ""
    async with ClientSession() as session:
        for accepted in _WAYS:
            async with session.get(address, headers={"Accept": accepted}) as answer:
                said += await answer.text()
    return said
