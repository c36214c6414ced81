"""The log of who did what, and cases, name what they are about to whoever may know it."""

from __future__ import annotations

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.nodes import EVENT, do, published

LOG = "/desk/log?lang=en"


async def test_what_somebody_does_with_an_event_stands_in_the_log_by_its_name(
    node: Node, amal: Browser
):
    event_id = await published(node)
    await amal.post(f"/desk/events/{event_id}/cancel", {"reason": "Regen"})
    await amal.post(f"/desk/events/{event_id}/cancel", {"reason": "Regen"})
    rows = [(row["actor_name"], row["verb"]) for row in await do(node, "audit.list")]
    assert rows.count(("amal", "cancel an event")) == 1
    assert (None, "publish an event") in rows

    page = (await amal.get(LOG)).text
    assert "Event cancelled" in page
    link = page.partition(f'<a href="/e/{event_id}">')[2].partition("</a>")[0]
    assert EVENT["name"]["en"] in link

    await amal.post(f"/desk/events/{event_id}/delete", {"sure": "yes"})
    page = (await amal.get(LOG)).text
    assert "Event deleted" in page
    assert EVENT["name"]["en"] not in page
    assert event_id not in page


async def test_a_case_about_an_event_of_ours_bears_its_name(node: Node, amal: Browser):
    address = node.urls.event(await published(node))
    opened = await amal.post("/desk/moderation/open", {"target": address, "category": "other"})
    for path in ("/desk/moderation", opened.path):
        assert EVENT["name"]["en"] in (await amal.get(f"{path}?lang=en")).text


async def test_the_log_names_cases_only_to_those_who_may_open_them(node: Node, amal: Browser):
    await do(node, "user.create", name="nour", role="member", password="a long enough password")
    opened = await amal.post("/desk/moderation/open", {"target": "member:nour"})
    case_id = opened.path.rpartition("/")[2]
    await amal.post(
        f"/desk/moderation/{case_id}/decide", {"decision": "nothing", "reason": "Nichts."}
    )
    link = (await amal.get(LOG)).text.partition(f'<a href="/desk/moderation/{case_id}">')[2]
    assert "Somebody of ours: nour" in link.partition("</a>")[0]
    async with signed_in(node, "karim", Role.COORDINATOR) as karim:
        page = (await karim.get(LOG)).text
    assert "Somebody of ours" in page
    assert "Somebody of ours: nour" not in page
    assert case_id not in page


async def test_an_invitation_in_the_log_says_for_whom_it_is_and_leads_to_the_open_ones(
    node: Node, amal: Browser
):
    await amal.post("/desk/people/invite", {"role": "member", "uses": "1", "days": "7"})
    page = (await amal.get(LOG)).text
    assert "Invitation made" in page
    link = page.partition('<a href="/desk/people#invitations">')[2].partition("</a>")[0]
    assert "Invitation for: Member" in link
