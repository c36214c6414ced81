"""Tests of what is on its way, at the desk and by its operations: retried, given up, paged."""

from __future__ import annotations

import re

import pytest

from node.errors import Conflict, NotFound
from node.services import Node
from tests.node.desk import scenes
from tests.support.browsers import Browser
from tests.support.nodes import do


async def test_an_empty_queue_says_that_all_has_arrived(amal: Browser):
    assert "Nothing waits. Everything has arrived." in (await amal.get("/desk/queue")).text
    assert "Nothing is stuck." in (await amal.get("/desk/queue?parked=1")).text
    assert "Nothing is stuck." in (await amal.get("/desk/queue?parked=1&in=1")).text


@pytest.mark.parametrize("way", ["", "&in=1"])
async def test_what_is_stuck_is_paged_oldest_first_with_reasons_in_words(
    way: str, node: Node, amal: Browser
):
    fill = scenes.arrivals if way else scenes.stuck_deliveries
    await fill(node, 45)
    path, seen, text = f"/desk/queue?parked=1{way}", [], ""
    while path:
        text = (await amal.get(path)).text
        seen += [int(each) for each in re.findall(r"<bdi dir=\"ltr\">server(\d+)\.example<", text)]
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == list(range(45))
    reason = "The other server cannot be reached." if way else "There is no such mailbox there."
    assert reason in text


@pytest.mark.parametrize("coming", [False, True])
async def test_one_those_of_a_host_or_all_are_tried_again_or_given_up(
    coming: bool, node: Node, amal: Browser
):
    table = "inbox_activity" if coming else "delivery"
    await (scenes.arrivals if coming else scenes.stuck_deliveries)(node, 3)
    back = "/desk/queue?parked=1" + ("&in=1" if coming else "")
    fields = {"parked": "1"} | ({"in": "1"} if coming else {})
    for verb, after, told in (
        ("retry", {"due", "waiting"}, "It is tried again now."),
        ("discard", {"cancelled", "refused"}, "It is given up."),
    ):
        for which in ("id", "host", "all"):
            await scenes.park(node, table)
            ids = re.findall(r'name="id" value="(\d+)"', (await amal.get(back)).text)
            wanted = {"id": ids[0], "host": "server0.example", "all": "1"}[which]
            sent = await amal.post(f"/desk/queue/{verb}", {which: wanted, **fields})
            assert (sent.status, sent.path) == (303, back)
            found = await scenes.states(node, table)
            changed = [state for state in found if state in after]
            assert len(changed) == (3 if which == "all" else 1), (verb, which)
            assert found.count("parked") == 3 - len(changed)
            assert told in (await amal.get(back)).text


async def test_what_has_gone_meanwhile_is_no_error(node: Node, amal: Browser):
    await amal.get("/desk/queue")
    sent = await amal.post("/desk/queue/retry", {"id": "12345", "parked": "1"})
    assert (sent.status, sent.path) == (303, "/desk/queue?parked=1")


async def test_giving_up_all_leaves_what_still_waits(node: Node):
    await scenes.stuck_deliveries(node, 2, state="due")
    await scenes.arrivals(node, 2, state="waiting")
    for arrivals in (False, True):
        found = await do(node, "queue.discard", all=True, arrivals=arrivals)
        assert found["discarded"] == 0
    assert set(await scenes.states(node, "delivery")) == {"due"}
    assert set(await scenes.states(node, "inbox_activity")) == {"waiting"}


@pytest.mark.parametrize("arrivals", [False, True])
async def test_an_id_that_is_none_is_not_found_and_nothing_said_is_refused(
    arrivals: bool, node: Node
):
    for operation in ("queue.retry", "queue.discard"):
        for wanted in ("1", "one", "-1", "9" * 30):
            with pytest.raises(NotFound):
                await do(node, operation, id=wanted, arrivals=arrivals)
        with pytest.raises(Conflict):
            await do(node, operation, arrivals=arrivals)
        with pytest.raises(Conflict):
            await do(node, operation, id="1", all=True, arrivals=arrivals)


async def test_an_arrival_whose_words_are_forgotten_is_not_taken_up_again(node: Node):
    await scenes.arrivals(node, 1)
    await node.act(
        lambda context: context.tx.run("update inbox_activity set blanked = 1, body = :empty",
                                       empty=b"")
    )  # fmt: skip
    assert await do(node, "queue.retry", all=True, arrivals=True) == {"retried": 0}
    assert await scenes.states(node, "inbox_activity") == ["parked"]


async def test_waiting_deliveries_have_buttons_and_waiting_arrivals_none(node: Node, amal: Browser):
    await scenes.stuck_deliveries(node, 1, state="due")
    await scenes.arrivals(node, 1, state="waiting")
    assert 'action="/desk/queue/retry"' in (await amal.get("/desk/queue")).text
    assert 'action="/desk/queue/retry"' not in (await amal.get("/desk/queue?in=1")).text
