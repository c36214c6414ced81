"""What an id means to whoever works at the desk: a name, and where the thing is to be seen.

The log and the cases keep ids and addresses, so that no name outlives what it names; the names are
looked up when somebody reads. What is gone has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from node.conversations import store as replies
from node.desk.frame import reader
from node.events import store as events
from node.events.model import State
from node.i18n.messages import N_, translator
from node.ids import is_id
from node.moderation import case_store
from node.moderation.case_model import Case, CaseKind
from node.moderation.words import KIND_WORDS
from node.people import approval_store, link_store, token_store
from node.people import store as people
from node.people.approvals import approvals
from node.people.model import Person
from node.people.rights import Right, may
from node.people.words import ROLE_WORDS
from node.services import NODE
from node.storage.database import Transaction
from node.urls import Urls
from node.web.shown import shown
from node.web.whole import SURROUNDINGS

_ROLE = N_("Invitation for: %(role)s")
_GONE = N_("no longer here")


class Named(NamedTuple):
    """A thing by its name. `path`: its page, "" where there is none that the reader may open."""

    name: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looks names up in one transaction, for somebody who reads these languages; what she may not
    open is not named more closely than by its kind."""

    tx: Transaction
    reader: Person
    urls: Urls
    languages: Sequence[str]
    ui_language: str
    _found: dict[str, Named] = field(default_factory=dict)

    async def of(self, target: str) -> Named:
        """What stands in the log as the target; a host or an address is its own name."""
        if not is_id(target):
            return Named(name=target)
        if target not in self._found:
            self._found[target] = await self._look_up(target)
        return self._found[target]

    async def _look_up(self, target: str) -> Named:
        looks = (self._person, self._event, self._case, self._invitation, self._reply, self._key)
        for look in (*looks, self._decision):
            if found := await look(target):
                return found
        return Named(name=self._(_GONE))

    async def case(self, case: Case) -> str:
        """What a case is about, in a line; "" where nothing of it is kept."""
        was = case.snapshot
        event_id = self.urls.event_id(case.target) if case.kind is CaseKind.OWN else None
        if event_id and (event := await self._event(event_id)):
            return event.name
        return was.handle or was.name or was.about or ""

    def _(self, message: str) -> str:
        return translator(self.ui_language).gettext(message)

    async def _person(self, target: str) -> Named | None:
        person = await people.by_id(self.tx, target)
        return Named(name=person.name) if person else None

    async def _event(self, target: str) -> Named | None:
        event = await events.find(self.tx, target)
        if event is None or event.state is State.DELETED:
            return None
        return Named(name=shown(event.draft.name, self.languages).text, path=f"/e/{event.id}")

    async def _case(self, target: str) -> Named | None:
        case = await case_store.find(self.tx, target)
        if case is None:
            return None
        kind, about = self._(KIND_WORDS[case.kind]), await self.case(case)
        if not may(self.reader, Right.MODERATE) or not about:
            return Named(name=kind)
        return Named(name=f"{kind}{self._(':')} {about}", path=f"/desk/moderation/{case.id}")

    async def _invitation(self, target: str) -> Named | None:
        link = await link_store.by_id(self.tx, target)
        if link is None or link.role is None:
            return None
        words = self._(_ROLE) % {"role": self._(ROLE_WORDS[link.role])}
        open_to_her = may(self.reader, Right.INVITE)
        return Named(name=words, path="/desk/people#invitations" if open_to_her else "")

    async def _reply(self, target: str) -> Named | None:
        reply = await replies.find(self.tx, target)
        if reply is None:
            return None
        path = f"/desk/conversations/{target}" if may(self.reader, Right.MODERATE) else ""
        return Named(name=self._(KIND_WORDS[CaseKind.REPLY]), path=path)

    async def _decision(self, target: str) -> Named | None:
        found = await approval_store.find(self.tx, target)
        if found is None or found.target == target:
            return None
        return await self.of(found.target) if approvals.may_object(self.reader, found) else None

    async def _key(self, target: str) -> Named | None:
        tokens = await token_store.tokens(self.tx)
        label = next((each.label for each in tokens if each.id == target), None)
        return Named(name=label) if label else None


async def names_for(request: web.Request) -> Callable[[Transaction], Names]:
    """What looks up names for whoever asked, within a transaction."""
    guest, person = (await request.app[SURROUNDINGS](request))[0], await reader(request)
    return lambda tx: Names(
        tx=tx,
        reader=person,
        urls=request.app[NODE].urls,
        languages=guest.languages,
        ui_language=guest.ui_language,
    )
