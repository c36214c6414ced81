"""What can be reported: rooms say how their things are found, and how they look now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from node.moderation.case_model import CaseKind, Reported, Snapshot
from node.people import store as people
from node.storage.database import Transaction
from node.urls import Urls

Find = Callable[[Transaction, Urls, str], Awaitable[Reported | None]]
_FINDERS: list[Find] = []
MEMBER = "member:"
"""What stands before the name or id of an account."""


def register(find: Find) -> Find:
    """Let things of a room be reported."""
    if find not in _FINDERS:
        _FINDERS.append(find)
    return find


async def find(tx: Transaction, urls: Urls, name: str) -> Reported | None:
    """The thing of this id or address, as it is now; None for what is not here."""
    if name.startswith(MEMBER):
        return await _member(tx, name.removeprefix(MEMBER))
    for one in _FINDERS:
        if found := await one(tx, urls, name):
            return found
    return own(name) if urls.is_ours(name) else None


def own(address: str) -> Reported:
    """Something of ours, of which only the address is kept."""
    snapshot = Snapshot(about=address)
    return Reported(
        kind=CaseKind.OWN, target=address, author="", host="", snapshot=snapshot, public=False
    )


async def _member(tx: Transaction, name: str) -> Reported | None:
    person = await people.by_id(tx, name) or await people.by_name(tx, name)
    if person is None:
        return None
    return Reported(
        kind=CaseKind.MEMBER,
        target=person.id,
        author=person.id,
        host="",
        snapshot=Snapshot(name=person.name),
        public=False,
    )
