"""Every server that was ever sent something of a member's own actor hears that it is no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from activitypub.names import ACTIVITY_JSON
from node.community.keyring import make_pair
from node.context import Context
from node.erasure.receipts import close_erasures
from node.members import acting, federate, posting
from node.members.model import Audience, Persona
from node.people.model import Person, Role
from node.services import Node
from tests.node.erasure.lives import delivered
from tests.node.erasure.needles import NEEDLE, in_folder
from tests.support.browsers import account
from tests.support.neighbours import Neighbour, neighbour, status
from tests.support.nodes import do, running, until

Json = dict[str, Any]


async def test_the_delete_goes_to_friends_and_to_those_who_left_long_ago(tmp_path: Path) -> None:
    async with neighbour() as one, neighbour() as two, running(tmp_path / "data") as node:
        await account(node, "lina", Role.AMBASSADOR)
        person = await account(node, NEEDLE, Role.MEMBER)
        persona = await asks(node, person)
        actor = node.urls.member(persona.id)
        friend = await befriend(node, persona, one)
        former = await befriend(node, persona, two)
        await publishes(node, persona)
        await one.comes(friend, "Create")
        await two.comes(former, "Create")
        await leaves(two, former, actor)
        await delivered(node)
        two.answer = status(503)
        receipt = await do(node, "user.erase", name=NEEDLE, now=True)
        assert receipt["erased"]
        (told,) = await one.comes(friend, "Delete")
        assert told["object"] == actor
        await until(lambda: _tried(two))

        async def one_confirmed() -> bool:
            again = await do(node, "erasures.show", id=receipt["id"])
            return (again["confirmed"], again["waiting"]) == (1, [two.host])

        await until(one_confirmed)
        assert await seen(actor) == 410
        two.answer = status(202)
        await do(node, "queue.retry", all=True)
        await delivered(node)
        await node.act(close_erasures)
        again = await do(node, "erasures.show", id=receipt["id"])
        assert (again["confirmed"], again["waiting"], again["missed"]) == (2, [], [])
        assert await seen(actor) == 410
        await node.database.shred()
        assert in_folder(tmp_path / "data") == {}
        assert await keys(node) == 0


async def asks(node: Node, person: Person) -> Persona:
    document = {"handle": f"{NEEDLE}.m", "name": f"{NEEDLE} M", "summary": f"Ich bin {NEEDLE}",
                "language": "de", "understood": True}  # fmt: skip
    pair = make_pair()
    persona = await node.act(
        lambda context: acting.ask_for(
            context, person, document, pair=pair, vault=node.keyring.vault
        )
    )
    await node.keyring.refresh()
    return persona


async def befriend(node: Node, persona: Persona, there: Neighbour) -> str:
    """A follower on that server, whom she has let in."""
    friend, actor = there.actor("anna"), node.urls.member(persona.id)
    follow = there.activity("Follow", friend, actor, to=[actor])
    await there.insists(f"{actor}/inbox", follow)

    async def let_in() -> bool:
        rows = await node.look(lambda tx: tx.rows("select actor from persona_wish"))
        return any(row["actor"] == friend for row in rows)

    await until(let_in)
    await node.act(lambda context: federate.approve(context, persona, friend))
    await there.comes(friend, "Accept")
    return friend


async def publishes(node: Node, persona: Persona) -> None:
    async def work(context: Context) -> None:
        await posting.publish(
            context, persona, f"Hier {NEEDLE}", audience=Audience.FOLLOWERS, language="de"
        )

    await node.act(work)


async def leaves(there: Neighbour, friend: str, actor: str) -> None:
    follow = there.activity("Follow", friend, actor)
    undo = there.activity("Undo", friend, follow, to=[actor])
    await there.insists(f"{actor}/inbox", undo)


async def _tried(there: Neighbour) -> bool:
    return any(arrival.document["type"] == "Delete" for arrival in there.arrivals)


async def seen(actor: str) -> int:
    """How a stranger is answered who asks for her actor."""
    async with (
        ClientSession() as session,
        session.get(actor, headers={"Accept": ACTIVITY_JSON}) as answer,
    ):
        return answer.status


async def keys(node: Node) -> int:
    rows = await node.look(
        lambda tx: tx.rows("select id from actor_key where actor not like '%/relay' "
                           "and actor not like '%/c/%'")
    )  # fmt: skip
    return len(rows)
