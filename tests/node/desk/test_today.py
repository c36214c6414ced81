"""Tests of the desk's first page: the next date, what waits, and for whom."""

from __future__ import annotations

import re

from node.people import entering, passwords
from node.people.model import Role
from node.rsvp import actions as rsvps
from node.rsvp.model import Answer, Door
from node.services import Node
from tests.node.desk import scenes
from tests.support.browsers import PASSWORD, Browser, signed_in
from tests.support.nodes import EVENT, do


def waiting(text: str) -> dict[str, int]:
    """What waits, by the path where it is dealt with."""
    found = re.findall(r'<a href="([^"]+)"><strong class="count">(\d+)</strong>', text)
    return {path.replace("&amp;", "&"): int(many) for path, many in found}


async def come(node: Node, event: str, name: str) -> None:
    await node.act(
        lambda context: rsvps.answer(
            context,
            event,
            party=f"web:{name}",
            answer=Answer.YES,
            door=Door.WEB,
            at=context.now,
            name=name,
        )
    )


async def test_a_desk_where_nothing_waits_says_so_and_what_to_do_next(node: Node, amal: Browser):
    async with signed_in(node, "yusuf", Role.VOLUNTEER) as browser:
        text = (await browser.get("/desk")).text
    assert "All is well." in text
    assert "There is no date to come." in text
    assert "/desk/events/new" not in text
    assert 'href="/desk/events/new"' in (await amal.get("/desk")).text


async def test_the_next_date_is_told_with_how_many_come_and_not_who(node: Node, amal: Browser):
    late = await do(node, "event.publish", document={**EVENT, "start": "2031-12-06T18:00",
                                                     "end": "2031-12-06T20:00"})  # fmt: skip
    soon = await do(node, "event.publish", document={**EVENT, "join": "restricted", "capacity": 1})
    for name in ("nadia", "olena"):
        await come(node, soon["short_id"], name)
    text = (await amal.get("/desk")).text
    assert f"/e/{soon['short_id']}" in text
    assert f"/e/{late['short_id']}" not in text
    assert "Asking for a place: <strong>2</strong>" in text
    assert "nadia" not in text
    async with signed_in(node, "yusuf", Role.VOLUNTEER) as browser:
        seen = (await browser.get("/desk")).text
    assert "Coming: <strong>0</strong>" in seen
    assert "Asking for a place" not in seen


async def test_a_cancelled_date_is_not_the_next_one(node: Node, amal: Browser):
    made = await do(node, "event.publish", document=EVENT)
    await do(node, "event.cancel", id=made["id"], reason=None)
    assert "There is no date to come." in (await amal.get("/desk")).text


async def test_what_waits_is_counted_for_whoever_may_deal_with_it(node: Node, amal: Browser):
    await do(node, "user.sign-up", mode="approval")
    kept = await passwords.digest_of(PASSWORD)
    await node.act(lambda context: entering.apply(context, "nadia", kept, "Bitte."))
    await do(node, "user.invite", role="member", days=7, uses=1)
    await scenes.wish(node)
    await scenes.stuck_deliveries(node, 2)
    await scenes.arrivals(node, 1)
    found = waiting((await amal.get("/desk")).text)
    expected = {
        "/desk/people#asking": 1,
        "/desk/people#invitations": 1,
        "/desk/network#asking": 1,
        "/desk/queue?parked=1": 3,
    }
    assert expected.items() <= found.items()
    async with signed_in(node, "omar", Role.MODERATOR) as browser:
        seen = waiting((await browser.get("/desk")).text)
    assert not expected.keys() & seen.keys()


async def test_every_thing_that_waits_is_one_tap_away(node: Node, amal: Browser):
    await scenes.wish(node)
    await scenes.stuck_deliveries(node, 1)
    await do(node, "user.invite", role="member", days=7, uses=1)
    for path in waiting((await amal.get("/desk")).text):
        page, _, place = path.partition("#")
        shown = await amal.get(page)
        assert shown.status == 200
        assert not place or f'id="{place}"' in shown.text, path


async def test_warnings_of_the_machine_are_told_to_whoever_runs_it(node: Node, amal: Browser):
    assert "/desk/health" not in waiting((await amal.get("/desk")).text)
    node.config.secret_file.chmod(0o644)
    assert waiting((await amal.get("/desk")).text)["/desk/health"] == 1
