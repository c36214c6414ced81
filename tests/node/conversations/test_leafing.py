"""What is said below an event leaf by leaf: in the database on both engines, and as people see it."""

from __future__ import annotations

import re
from dataclasses import replace

from node.conversations import answers_store, leafing, store
from node.conversations.leafing import MOST_SHOWN, Leaf, leaf
from node.conversations.model import Answer, Reply, ReplyState
from node.storage.database import Database, Transaction
from tests.node.conversations.talks import Talk
from tests.node.conversations.test_store import EVENT, answer, reply

NUMBER = 2 * MOST_SHOWN + 5


def said(of: Leaf) -> list[str]:
    found: list[Reply | Answer] = [*of.replies, *of.answers]
    return sorted(each.id for each in found)


async def fill(tx: Transaction, event: str, number: int = NUMBER) -> list[str]:
    """The ids of so many replies and answers in turn, oldest first."""
    ids = []
    for at in range(number):
        if at % 5 == 4:
            ours = replace(answer(at, event), subject=event)
            await answers_store.add(tx, ours)
            ids.append(ours.id)
        else:
            theirs = reply(at, subject=event, parent=event, html=f"<p>Wort {at}.</p>")
            await store.add(tx, theirs)
            ids.append(theirs.id)
    return ids


async def test_every_word_is_on_one_leaf_and_the_newest_are_on_the_first(database: Database):
    async def work(tx: Transaction) -> tuple[list[str], list[list[str]]]:
        ids = await fill(tx, EVENT)
        await store.add(tx, reply(999, state=ReplyState.HELD))
        leaves = [await leaf(tx, EVENT)]
        while leaves[-1].older:
            leaves.append(await leaf(tx, EVENT, leaves[-1].older))
        return ids, [said(each) for each in leaves]

    ids, leaves = await database.write(work)
    assert [len(each) for each in leaves] == [MOST_SHOWN, MOST_SHOWN, 5]
    assert [one for each in reversed(leaves) for one in each] == ids


async def test_what_fits_on_one_leaf_has_no_other(database: Database):
    async def work(tx: Transaction) -> Leaf:
        await fill(tx, EVENT, MOST_SHOWN)
        return await leaf(tx, EVENT)

    found = await database.write(work)
    assert (len(said(found)), found.older) == (MOST_SHOWN, None)


async def test_an_answer_is_found_on_the_leaf_where_it_is(database: Database):
    async def work(tx: Transaction) -> list[str]:
        ids = await fill(tx, EVENT)
        found = [await answers_store.find(tx, ids[at]) for at in (4, NUMBER - 1)]
        return [await leafing.leads_to(tx, each) for each in found if each]

    old, new = await database.write(work)
    one = re.fullmatch(re.escape(EVENT) + r"\?upto=(\w+)#r-(\w+)", old)
    assert one
    assert one[1] == one[2]
    assert re.fullmatch(re.escape(EVENT) + r"#r-\w+", new)


async def test_one_reads_from_leaf_to_leaf_by_links_alone_and_back_to_the_newest(talk: Talk):
    await talk.wien.act(lambda context: fill(context.tx, talk.event))
    url, seen, leaves = f"{talk.event}?lang=en", set[str](), 0
    while url:
        text = await talk.page(url)
        words = set(re.findall(r"Wort \d+\.", text))
        assert not words & seen
        assert ("What was said last" in text) == (leaves > 0)
        assert "Nobody has said anything" not in text
        seen, leaves = seen | words, leaves + 1
        more = re.search(r'rel="next nofollow" href="(\?upto=\w+)#conversation"', text)
        url = f"{talk.event}{more[1]}&lang=en" if more else ""
    assert (len(seen), leaves) == (NUMBER - NUMBER // 5, 3)


async def test_a_leaf_that_cannot_be_is_the_first(talk: Talk):
    await talk.wien.act(lambda context: fill(context.tx, talk.event, 3))
    for upto in ("", "x", "%27", "0" * 40):
        assert "Wort 2." in await talk.page(f"{talk.event}?upto={upto}")
    assert "Wort 2." not in await talk.page(f"{talk.event}?upto={'0' * 26}")
