"""People who leave traces everywhere: a member, a guest, and somebody on another server."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import ClientSession

from activitypub.names import PUBLIC
from node.context import Context
from node.members.actions import describe
from node.people.model import Person, Role
from node.rsvp import actions as rsvp_actions
from node.rsvp import links
from node.rsvp.model import Answer, Door
from node.services import Node
from tests.node.erasure.needles import NEEDLE
from tests.support.browsers import Browser, account
from tests.support.neighbours import Neighbour, outcome
from tests.support.nodes import EVENT, do, until
from tests.support.pictures import picture

Json = dict[str, Any]


async def member(node: Node, name: str = NEEDLE) -> Person:
    """A member who has used whatever there is."""
    await account(node, "lina", Role.AMBASSADOR)
    person = await account(node, name, Role.COORDINATOR)
    event = await do(node, "event.publish", document=EVENT)
    async with Browser(node) as browser:
        assert (await browser.sign_in(name)).status == 303
        page = await browser.get(event["id"].removeprefix(node.urls.origin))
        assert page.status == 200
    await takes_part(node, event["id"], person)
    await do(node, "token.create", user=name, scope="write", label=f"Telefon von {name}")
    await do(node, "user.invite", by=person.id)
    await do(node, "user.reset-link", name=name)
    await do(node, "media.add", data=picture(size=(90, 60), comment=name.encode()),
             alt=f"{name} lacht", by=person.id)  # fmt: skip
    await node.act(lambda context: _decides(context, person))
    await node.act(lambda context: _tells(context, person))
    await _writes_by_api(node, person)
    return person


async def takes_part(node: Node, event: str, person: Person) -> None:
    """She comes, with her name and words, and has a link."""

    async def work(context: Context) -> None:
        one = await rsvp_actions.answer(
            context,
            event.rsplit("/", 1)[1],
            party=f"member:{person.id}",
            answer=Answer.YES,
            door=Door.MEMBER,
            at=context.now,
            name=person.name,
            words=f"{person.name} bringt Kuchen",
        )
        await links.link_to(context, one)

    await node.act(work)


async def _decides(context: Context, person: Person) -> None:
    """She asks for something that two decide, in words of her own, and asked to join herself."""
    await context.tx.run(
        "insert into approval (id, verb, target, reason, asked_by, asked, ends, state) "
        "values (:id, 'suspend', 'spam.example', :reason, :by, '2026', '2999', 'waiting')",
        id=context.new_id(),
        reason=f"{person.name} meint: Werbung",
        by=person.id,
    )
    await context.tx.run(
        "update person set reason = :reason where id = :id",
        reason=f"Ich heiße {person.name}",
        id=person.id,
    )


async def _tells(context: Context, person: Person) -> None:
    """What she says of herself, the name of her phone, a copy of her data that waits for her."""
    document = {"name": f"{person.name} M", "bio": {"de": f"Ich bin {person.name}"},
                "talents": f"{person.name} kocht", "visibility": "public"}  # fmt: skip
    await describe(context, person, document)
    await context.tx.run(
        "insert into passkey (id, person, handle, credential, public_key, counter, name, created) "
        "values ('k', :id, 'h', 'c', 'p', 0, :name, '2026')",
        id=person.id,
        name=f"Telefon von {person.name}",
    )
    await context.tx.run(
        "insert into member_export (id, person, asked, language, content) "
        "values ('e', :id, '2026', 'de', :content)",
        id=person.id,
        content=f"{person.name}.zip".encode(),
    )


async def _writes_by_api(node: Node, person: Person) -> None:
    """A request that may be repeated, whose answer names her and is kept for that."""
    made = await do(node, "token.create", user="lina", scope="admin")
    async with ClientSession() as session:
        answer = await session.post(
            f"{node.urls.origin}/api/v1/users/{person.id}/role",
            json={"role": "coordinator"},
            headers={
                "Authorization": f"Bearer {made['token']}",
                "Idempotency-Key": "a-key-of-hers",
            },
        )
        assert answer.status == 200, await answer.text()


async def guest(node: Node, event: str, name: str = NEEDLE) -> str:
    """The link of somebody who answered on the page, without an account."""

    async def work(context: Context) -> str:
        secret = links.new_secret()
        one = await rsvp_actions.answer(
            context,
            event.rsplit("/", 1)[1],
            party=f"web:{links.digest(secret)}",
            answer=Answer.YES,
            door=Door.WEB,
            at=context.now,
            name=name,
            words=f"{name} kommt",
        )
        return await links.link_to(context, one, secret)

    return await node.act(work)


async def neighbour_who_takes_part(node: Node, there: Neighbour, event: str) -> str:
    """An actor elsewhere who follows, joins, replies, writes, likes, and is answered."""
    anna = there.actor(f"users/{NEEDLE}")
    there.documents[f"/users/{NEEDLE}"] |= {"type": "Person", "name": NEEDLE.title()}
    us = node.urls.community
    await there.follow(anna, us)
    for activity in (
        there.activity("Join", anna, event, to=[us]),
        there.activity("Like", anna, event),
        there.activity("Create", anna, _note(there, anna, us, event, [PUBLIC])),
        there.activity("Create", anna, _note(there, anna, us, None, [us]), to=[us]),
    ):
        await there.insists(node.urls.inbox(us), activity)
        assert await outcome(node, activity["id"]) == "done", activity["type"]
    for row in await do(node, "conversation.list"):
        await do(
            node,
            "conversation.say",
            id=row["id"],
            document={"texts": {"de": "Danke dir!"}},
            by="lina",
        )
    await there.comes(anna, "Create", 2)
    await do(node, "network.follow", actor=anna)
    shared = there.serve(_note(there, anna, us, None, [PUBLIC]))
    await do(node, "network.share", url=shared)
    return anna


def _note(there: Neighbour, author: str, us: str, about: str | None, to: list[str]) -> Json:
    return {
        "id": f"{author}/notes/{there.new_id().rsplit('/', 1)[1]}",
        "type": "Note",
        "attributedTo": author,
        "to": to,
        "cc": [us],
        "content": f"<p>Ich bin {NEEDLE} und freue mich</p>",
        "published": "2026-06-01T10:00:00Z",
        "tag": [{"type": "Mention", "href": us, "name": "@wien"}],
    } | ({"inReplyTo": about} if about else {})


async def delivered(node: Node) -> None:
    """Nothing is on its way any more."""

    async def none() -> bool:
        row = await node.look(
            lambda tx: tx.row("select count(*) as many from delivery where state = 'due'")
        )
        return row is not None and row["many"] == 0

    await until(none)
    await asyncio.sleep(0)
