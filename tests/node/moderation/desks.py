"""A talk with a team at its desk: who is reported, who decides, who appeals."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.context import Context
from node.people import actions as people
from node.people import sessions, store
from node.people.model import Role
from node.services import Node
from tests.node.conversations.talks import Talk, talking
from tests.support.browsers import SETTLED, Browser, Shown
from tests.support.neighbours import Json
from tests.support.nodes import do, until

CASES = "/desk/moderation"
FORM = {"category": "hate", "words": "Das ist Hetze."}


@dataclass(slots=True)
class Team:
    """`mona` moderates, `mira` is the second one, `guest` has no account."""

    talk: Talk
    mona: Browser
    mira: Browser
    guest: Browser
    stack: AsyncExitStack

    @property
    def node(self) -> Any:
        return self.talk.wien

    async def comes(self, name: str, role: Role) -> Browser:
        """Somebody else, signed in."""
        browser = await self.stack.enter_async_context(Browser(self.node))
        await enters(self.node, browser, name, role)
        return browser

    async def again(self, browser: Browser, name: str) -> None:
        """She signs in again."""
        await enters(self.node, browser, name)

    async def ambassador(self) -> Browser:
        """Somebody who leads the community."""
        return await self.comes("amal", Role.AMBASSADOR)

    async def reported(self, note: Json, **more: str) -> str:
        """The id of the case that a guest's report about a reply has opened or joined."""
        shown = await self.guest.post("/report", {"about": note["id"], **FORM, **more})
        assert (shown.status, shown.path[:8]) == (303, "/report/"), shown.text
        rows = await do(self.node, "case.list", state="all")
        return str(next(row["id"] for row in rows if row["target"] == note["id"]))

    async def decides(self, by: Browser, case: str, decision: str, **more: str) -> Shown:
        """A decision from the page of the case."""
        fields = {"decision": decision, "reason": "Gegen unsere Regeln.", **more}
        return await by.post(f"{CASES}/{case}/decide", fields)

    async def case(self, case: str) -> Json:
        rows = await do(self.node, "case.list", state="all")
        return next(row for row in rows if row["id"] == case)

    async def log(self) -> list[tuple[str, str]]:
        """(verb, target) of the audit log, newest first."""
        rows = await do(self.node, "audit.list")
        return [(row["verb"], row["target"]) for row in rows]


@asynccontextmanager
async def moderating(folder: Path) -> AsyncIterator[Team]:
    """A team that lives as long as the block; replies are shown at once."""
    async with AsyncExitStack() as stack:
        talk = await stack.enter_async_context(talking(folder))
        await talk.rule("open")
        node = talk.wien
        mona, mira, guest = [await stack.enter_async_context(Browser(node)) for _ in range(3)]
        for browser, name in ((mona, "mona"), (mira, "mira")):
            await enters(node, browser, name, Role.MODERATOR)
        yield Team(talk, mona, mira, guest, stack)


async def enters(node: Node, browser: Browser, name: str, role: Role | None = None) -> None:
    """A new session for somebody; with `role` an account that was made four days ago. Quicker than
    by her password."""

    async def work(context: Context) -> str:
        if role is not None:
            made = await people.create(context, name, role)
            await store.set_role_since(context.tx, made.id, context.now - SETTLED)
        person = await people.somebody(context, name)
        return (await sessions.begin(context, person, "Firefox"))[0]

    browser.cookie = await node.act(work)
    await browser.get("/me/password")


def forms(text: str) -> set[str]:
    """Where the forms of a page lead."""
    return set(re.findall(r'<form method="post" action="([^"]+)"', text))


async def direct_notes(team: Team, actor: str, many: int) -> list[Json]:
    """What we wrote to somebody there alone, oldest first."""

    async def come() -> list[Json]:
        found = [
            activity["object"]
            for activity in team.talk.there.got(actor, "Create")
            if activity["to"] == [actor]
        ]
        return found if len(found) >= many else []

    notes: list[Json] = await until(come)
    return notes
