"""What stands below a thing of ours, leaf by leaf: the newest words are on the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from node.conversations import answers_store, store
from node.conversations.model import NEWEST, Answer, Reply
from node.storage.database import Transaction

MOST_SHOWN = 40
"""Replies and answers on one leaf; each weighs a third of a kilobyte on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Some of what is said below a thing, in the order in which it came.

    `older`: the id with which the next leaf begins; None where there is nothing older.
    """

    replies: Sequence[Reply]
    answers: Sequence[Answer]
    older: str | None


async def leaf(tx: Transaction, thing: str, upto: str = NEWEST) -> Leaf:
    """The newest of what is said below a thing that is not newer than `upto`, an id."""
    replies = await store.shown_under(tx, thing, MOST_SHOWN + 1, upto)
    answers = await answers_store.under(tx, thing, MOST_SHOWN + 1, upto)
    ids = sorted([*(one.id for one in replies), *(one.id for one in answers)], reverse=True)
    older = ids[MOST_SHOWN] if len(ids) > MOST_SHOWN else None
    return Leaf(
        replies=[each for each in replies if older is None or each.id > older],
        answers=[each for each in answers if older is None or each.id > older],
        older=older,
    )


async def leads_to(tx: Transaction, answer: Answer) -> str:
    """Where an answer is read below its thing: on the first leaf if it is there."""
    assert answer.subject, "it stands below nothing"
    first = await leaf(tx, answer.subject)
    is_older = first.older is not None and answer.id <= first.older
    return f"{answer.subject}{f'?upto={answer.id}' if is_older else ''}#r-{answer.id}"
