"""Tests of node/erasure/gone.py: what was deleted or taken back since does not come back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from activitypub.names import PUBLIC
from node.community.keyring import make_pair
from node.context import Context
from node.erasure.ledger import Ledger
from node.members import acting, moderating, persona_store, post_store, posting
from node.members.model import Audience, Persona, Post, PostState
from node.moderation.case_model import KEPT
from node.operations.carrying_out import carry_out
from node.people import store as people
from node.people.model import Role
from node.rsvp import actions as rsvps
from node.rsvp.model import Answer, Door, Seat
from node.services import Node
from node.storage.database import Transaction
from tests.node.erasure.lives import guest
from tests.node.erasure.needles import NEEDLE
from tests.node.erasure.returning import come_back, kept
from tests.support.browsers import account, signed_in
from tests.support.members import follows, public_account
from tests.support.neighbours import Json, Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running

WISH = {"handle": "regenbogen", "name": "Regen Bogen", "understood": True}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "data", at_work=False) as node:
        yield node


async def posted(node: Node) -> tuple[Persona, Post]:
    """A member's own actor with a post."""
    person = await account(node, "samira", Role.MEMBER)

    async def work(context: Context) -> tuple[Persona, Post]:
        persona = await acting.ask_for(
            context, person, WISH, pair=make_pair(), vault=node.keyring.vault
        )
        post = await posting.publish(
            context, persona, NEEDLE, audience=Audience.PUBLIC, language="de"
        )
        return persona, post

    return await node.act(work)


async def post_in(node: Node, post: Post) -> Post:
    found = await node.look(lambda tx: post_store.find(tx, post.persona, post.id))
    assert found is not None
    return found


async def test_a_post_that_its_author_deleted_stays_deleted(node: Node, tmp_path: Path):
    persona, post = await posted(node)
    await kept(node, tmp_path)
    await node.act(lambda context: posting.delete(context, persona, post.id))
    async with come_back(node, tmp_path) as back:
        found = await post_in(back, post)
        assert (found.state, found.source) == (PostState.DELETED, "")
        assert (await do(back, "erasures.verify"))["late"] == 0
        # what stood in the ledger is not written there once more
        await carry_out(back)
        assert (await do(back, "erasures.verify"))["lines"] == 1


async def test_without_the_ledger_it_would_be_back(node: Node, tmp_path: Path):
    persona, post = await posted(node)
    await kept(node, tmp_path)
    await node.act(lambda context: posting.delete(context, persona, post.id))
    async with come_back(node, tmp_path, ledger=False) as back:
        assert (await post_in(back, post)).source == NEEDLE


async def test_a_post_that_the_team_took_away_stays_away_and_is_forgotten_in_the_end(
    node: Node, tmp_path: Path
):
    persona, post = await posted(node)
    await kept(node, tmp_path)
    await node.act(lambda context: moderating.remove(context, persona, post))
    async with come_back(node, tmp_path) as back:
        assert (await post_in(back, post)).state is PostState.REMOVED

        async def later(context: Context) -> None:
            await moderating.forget_removed(replace(context, now=context.now + KEPT / 2))
            assert await _state(context.tx, post) is PostState.REMOVED
            much_later = context.now + KEPT + timedelta(days=1)
            await moderating.forget_removed(replace(context, now=much_later))
            assert await _state(context.tx, post) is PostState.DELETED

        await back.act(later)


async def _state(tx: Transaction, post: Post) -> PostState:
    found = await post_store.find(tx, post.persona, post.id)
    assert found is not None
    return found.state


async def test_a_post_that_was_given_back_after_an_appeal_is_on_her_own_page(
    node: Node, tmp_path: Path
):
    persona, post = await posted(node)
    await kept(node, tmp_path)
    removed = await node.act(lambda context: moderating.remove(context, persona, post))
    await node.act(lambda context: moderating.give_back(context, removed))
    async with come_back(node, tmp_path) as back:
        found = await post_in(back, post)
        assert (found.state, found.source) == (PostState.HOME, NEEDLE)


async def test_a_post_that_was_deleted_before_its_actor_was_taken_back_harms_nothing(
    node: Node, tmp_path: Path
):
    persona, post = await posted(node)
    await kept(node, tmp_path)
    await node.act(lambda context: posting.delete(context, persona, post.id))
    samira = await node.look(lambda tx: people.by_id(tx, persona.person))
    assert samira is not None
    await node.act(lambda context: acting.take_back(context, samira))
    async with come_back(node, tmp_path) as back:
        assert await back.look(lambda tx: persona_store.by_id(tx, persona.id)) is None
        assert await back.look(lambda tx: post_store.find(tx, persona.id, post.id)) is None


async def test_an_event_that_was_deleted_stays_deleted_with_what_was_said_below_it(
    node: Node, tmp_path: Path
):
    gone = (await do(node, "event.publish", document=EVENT))["id"]
    stays = (await do(node, "event.publish", document=EVENT))["id"]
    await do(node, "conversation.say", id=gone,
             document={"texts": {"de": NEEDLE}}, by="lina")  # fmt: skip
    await kept(node, tmp_path)
    await do(node, "event.delete", id=gone)
    async with come_back(node, tmp_path) as back:
        assert [each["id"] for each in await do(back, "event.list")] == [stays]
        texts = await back.look(lambda tx: tx.rows("select deleted from answer"))
        assert [row["deleted"] for row in texts] == [1]


async def test_an_answer_of_the_community_that_was_deleted_stays_deleted(
    node: Node, tmp_path: Path
):
    event = (await do(node, "event.publish", document=EVENT))["id"]
    said = [
        await do(node, "conversation.say", id=event, document={"texts": {"de": words}}, by="lina")
        for words in (NEEDLE, "Das bleibt.")
    ]
    await kept(node, tmp_path)
    await do(node, "conversation.delete", id=said[0]["id"])
    async with come_back(node, tmp_path) as back:
        rows = await back.look(lambda tx: tx.rows("select texts, deleted from answer order by id"))
        assert [row["deleted"] for row in rows] == [1, 0]
        assert NEEDLE not in str(rows)


async def test_a_guest_who_took_her_answer_back_is_known_by_no_name(node: Node, tmp_path: Path):
    event = (await do(node, "event.publish", document=EVENT))["id"]
    await guest(node, event)
    await guest(node, event, "Amal")
    await kept(node, tmp_path)
    await node.act(lambda context: _takes_back(context, event))
    async with come_back(node, tmp_path) as back:
        found = await do(back, "event.rsvps", id=event)
        assert [one["name"] for one in found if one["seat"] == "going"] == ["Amal"]
        assert NEEDLE not in str(found)
        assert (await do(back, "event.show", id=event))["id"] == event


async def _takes_back(context: Context, event: str) -> None:
    row = await context.tx.row("select party from participation where name = :name", name=NEEDLE)
    assert row is not None
    event_id = event.rsplit("/", 1)[1]
    one = await rsvps.withdraw(context, event_id, party=row["party"], at=context.now)
    assert one is not None
    assert one.seat is Seat.LEFT


async def test_who_gives_and_takes_back_without_end_does_not_fill_the_ledger(
    node: Node, tmp_path: Path
):
    event = (await do(node, "event.publish", document=EVENT))["id"]
    event_id = event.rsplit("/", 1)[1]
    for _ in range(25):

        async def to_and_fro(context: Context) -> None:
            for word in (Answer.YES, Answer.MAYBE):
                await rsvps.answer(context, event_id, party="web:x", answer=word, door=Door.WEB,
                                   at=context.now)  # fmt: skip
            for _ in range(2):
                await rsvps.withdraw(context, event_id, party="web:x", at=context.now)

        await node.act(to_and_fro)
    await carry_out(node)
    assert await node.look(lambda tx: tx.rows("select id from silence")) == []
    assert {line.kind for line in Ledger(node.config.data).lines()} == {"gone"}
    assert len(Ledger(node.config.data).lines()) == 20
    # and nothing stands still because of it
    await do(node, "event.delete", id=event)
    await carry_out(node)
    assert len(Ledger(node.config.data).lines()) == 21
    assert (await do(node, "erasures.verify"))["late"] == 0


async def test_what_others_deleted_of_their_own_stays_gone(tmp_path: Path):
    async with neighbour() as there, running(tmp_path / "data") as node:
        anna, mine = there.actor("anna"), there.actor("club")
        event = (await do(node, "event.publish", document=EVENT))["id"]
        await do(node, "network.follow", actor=mine)
        (follow,) = await there.comes(mine, "Follow")
        accept = there.activity("Accept", mine, follow["id"])
        reply, theirs = _reply(there, anna, node, event), there.event(mine, to=[PUBLIC])
        said = [
            (mine, accept),
            (anna, there.activity("Create", anna, reply, to=[PUBLIC])),
            (mine, there.activity("Create", mine, theirs, to=[PUBLIC])),
        ]
        await _hears(node, there, said)
        assert await _held(node) == {reply["id"], theirs["id"]}
        await kept(node, tmp_path)
        await _hears(node, there, [
            (anna, there.activity("Delete", anna, reply["id"], to=[PUBLIC])),
            (mine, there.activity("Delete", mine, theirs["id"], to=[PUBLIC])),
        ])  # fmt: skip
        async with come_back(node, tmp_path) as back:
            assert await _held(back) == set()
            rows = await back.look(lambda tx: tx.rows("select id from tombstone"))
            assert {reply["id"], theirs["id"]} <= {row["id"] for row in rows}


async def _hears(node: Node, there: Neighbour, said: list[tuple[str, Json]]) -> None:
    for _, activity in said:
        await there.insists(node.urls.inbox(node.urls.community), activity)
        assert await outcome(node, activity["id"]) == "done", activity["type"]


async def _held(node: Node) -> set[str]:
    rows = await node.look(
        lambda tx: tx.rows("select address as id from reply union select id from remote_object")
    )
    return {row["id"] for row in rows}


def _reply(there: Neighbour, author: str, node: Node, event: str) -> Json:
    return {
        "id": f"{author}/notes/1",
        "type": "Note",
        "attributedTo": author,
        "to": [PUBLIC],
        "cc": [node.urls.community],
        "content": f"<p>{NEEDLE}</p>",
        "published": "2026-06-01T10:00:00Z",
        "inReplyTo": event,
    }


async def test_a_letter_to_a_member_that_its_author_deleted_stays_gone(tmp_path: Path):
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running(tmp_path / "data"))
        there = await stack.enter_async_context(neighbour())
        samira = await stack.enter_async_context(signed_in(node, "samira", Role.MEMBER))
        actor = await public_account(node, samira)
        anna = await follows(node, samira, there, actor)
        letter = _reply(there, anna, node, actor) | {"to": [actor], "cc": []}
        for kind, about in (("Create", letter), ("Delete", letter["id"])):
            if kind == "Delete":
                assert await _letters(node) == 1
                await kept(node, tmp_path)
            activity = there.activity(kind, anna, about, to=[actor])
            await there.insists(f"{actor}/inbox", activity)
            assert await outcome(node, activity["id"]) == "done"
        async with come_back(node, tmp_path) as back:
            assert await _letters(back) == 0


async def _letters(node: Node) -> int:
    return len(await node.look(lambda tx: tx.rows("select id from persona_letter")))


async def test_the_lines_name_nothing(node: Node, tmp_path: Path):
    persona, post = await posted(node)
    await node.act(lambda context: posting.delete(context, persona, post.id))
    await carry_out(node)
    (line,) = Ledger(node.config.data).lines()
    assert line.kind == "gone"
    assert post.id not in line.text
