"""The pages of the desk, in the order in which they stand in its bar.

A room that has a page for the desk puts it there:

    nav.add("/desk/messages", N_("Messages"), Right.ANSWER, rank=40)
"""

from __future__ import annotations

from dataclasses import dataclass

from node.i18n.messages import N_
from node.people.model import Person
from node.people.rights import Right, may


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page of the desk. `word` is a message; who does not have `right` does not see it."""

    path: str
    word: str
    right: Right
    rank: int


class Nav:
    """The bar of the desk."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def add(self, path: str, word: str, right: Right, *, rank: int) -> None:
        """Put a page into the bar; those with a lower rank stand before it."""
        self._entries[path] = Entry(path=path, word=word, right=right, rank=rank)

    def seen_by(self, person: Person | None) -> list[Entry]:
        """The pages that somebody may open."""
        return sorted(
            (entry for entry in self._entries.values() if may(person, entry.right)),
            key=lambda entry: (entry.rank, entry.path),
        )


nav = Nav()
"""The bar of this node's desk; rooms and the desk's own pages fill it."""
nav.add("/desk", N_("Today"), Right.SEE_DESK, rank=0)
nav.add("/desk/people", N_("People"), Right.INVITE, rank=50)
nav.add("/desk/log", N_("Who did what"), Right.SEE_AUDIT, rank=90)
