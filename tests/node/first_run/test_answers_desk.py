"""Who comes to an event, decided upon on the desk."""

from __future__ import annotations

from node.context import Context
from node.rsvp import actions
from node.rsvp.model import Answer, Door, Participation
from node.services import Node
from tests.support.clicking import Walker
from tests.support.nodes import do, published


async def says_yes(node: Node, event_id: str, name: str, party: str) -> Participation:
    async def work(context: Context) -> Participation:
        return await actions.answer(
            context, event_id, party=f"web:{party}", answer=Answer.YES, door=Door.WEB,
            at=context.now, name=name,
        )  # fmt: skip

    return await node.act(work)


async def test_who_asks_for_a_place_gets_one_or_a_reason(node: Node, desk: Walker):
    event_id = await published(node, join="restricted", capacity=1)
    await says_yes(node, event_id, "Amira <b>", "a")
    await says_yes(node, event_id, "Noor", "b")
    await says_yes(node, event_id, "Sami", "c")
    assert "People who ask for a place" in (await desk.open("/desk")).shown.text
    await desk.open("/desk/events")
    seen = await desk.follow("Who comes")
    assert "Amira &lt;b&gt;" in seen.shown.text
    approve = [form for form in seen.forms if form.action.endswith("/approve")]

    first, second = [
        await desk.browser.ask("POST", form.action, form.pairs, Sec_Fetch_Site="same-origin")
        for form in approve[:2]
    ]
    # the second finds all places taken, and is told so in words
    assert first.status == 303
    assert (second.status, "All places are taken" in second.text) == (409, True)
    await desk.open(f"/desk/events/{event_id}/guests")
    refuse = next(
        f
        for f in desk.page.forms
        if f.action.endswith("/refuse") and approve[2].values("id") == f.values("id")
    )
    await desk.browser.ask(
        "POST",
        refuse.action,
        refuse.filled({"reason": "Nächstes Mal"}),
        Sec_Fetch_Site="same-origin",
    )

    seats = {
        one["name"]: (one["seat"], one["reason"])
        for one in await do(node, "event.rsvps", id=event_id)
    }
    assert seats == {
        "Amira <b>": ("going", None),
        "Noor": ("asked", None),
        "Sami": ("refused", "Nächstes Mal"),
    }


async def test_nobody_of_another_event_is_decided_upon_here(node: Node, desk: Walker):
    here, there = await published(node), await published(node, join="restricted")
    asks = await says_yes(node, there, "Noor", "b")
    await desk.open("/desk/events")

    shown = await desk.browser.post(f"/desk/events/{here}/approve", {"id": asks.id})

    assert shown.status == 404
    assert (await do(node, "event.rsvps", id=there))[0]["seat"] == "asked"
