"""What waits for somebody: rooms say how much of it there is, and where it is dealt with.

@waiting.on("/desk/messages", N_("Questions without an answer"), Right.ANSWER)
async def unanswered(tx: Transaction, now: datetime) -> int: ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from node.i18n.messages import N_
from node.people import store
from node.people.model import Person
from node.people.rights import Right, may
from node.storage.database import Transaction

Count = Callable[[Transaction, datetime], Awaitable[int]]
Own = Callable[[Transaction, datetime, Person], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that waits: `word` is a message, `many` how many there are of it."""

    path: str
    word: str
    many: int


class Waiting:
    """Everything that can wait for somebody, in the order in which it was added."""

    def __init__(self) -> None:
        self._table: dict[str, tuple[str, Right, Own]] = {}

    def on(self, path: str, word: str, right: Right) -> Callable[[Count], Count]:
        """Let the decorated function say how much waits on the page at `path`."""

        def add(count: Count) -> Count:
            async def whoever(tx: Transaction, now: datetime, person: Person) -> int:
                return await count(tx, now)

            self._table[path] = (word, right, whoever)
            return count

        return add

    def for_each(self, path: str, word: str, right: Right) -> Callable[[Own], Own]:
        """The same for what waits for one person and not for others."""

        def add(count: Own) -> Own:
            self._table[path] = (word, right, count)
            return count

        return add

    async def for_person(self, tx: Transaction, person: Person, now: datetime) -> list[Item]:
        """What waits for somebody: only what she may deal with, and only where there is some."""
        found = []
        for path, (word, right, count) in self._table.items():
            if may(person, right) and (many := await count(tx, now, person)):
                found.append(Item(path=path, word=word, many=many))
        return found


waiting = Waiting()
"""What waits on this node; rooms fill it."""


@waiting.on("/desk/people#asking", N_("People who ask to join"), Right.MANAGE_PEOPLE)
async def applications(tx: Transaction, now: datetime) -> int:
    """How many ask to be let in."""
    return len(await store.applications(tx))
