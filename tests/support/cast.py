"""Friends and foes of a node at work: whom it follows, what they tell it, what it made of that."""

from __future__ import annotations

import asyncio
from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.network import store
from node.network.model import RemoteThing
from node.storage.database import Row, Transaction
from tests.support.forging import CAVAGE, Told, cavage, post
from tests.support.hostile import Persona
from tests.support.neighbours import outcome
from tests.support.nodes import do, until
from tests.support.stage import INBOX, Stage

Json = dict[str, Any]


def host_of(who: Persona) -> str:
    """The name of her server."""
    return who.id.split("/")[2]


def neighbour_of(us: Stage, who: Persona, name: str = "bert") -> Persona:
    """Somebody else on the same server, with a key of his own."""
    return us.evil.persona(name, host_of(who), key="others")


async def befriend(us: Stage, who: Persona) -> Persona:
    """We follow her, and she has said yes."""
    await do(us.node, "network.follow", actor=who.id)
    row = await row_of(us, "select follow_id from following where actor = :id", id=who.id)
    assert row is not None
    assert await hear(us, who, "Accept", object=row["follow_id"]) == "done"
    return who


async def friend(us: Stage, name: str = "anna", **changes: Any) -> Persona:
    """Somebody on a server of her own whom we follow."""
    return await befriend(us, us.stranger(name, **changes))


async def hear(us: Stage, by: Persona, kind: str, **changes: Any) -> str:
    """What became of an activity, honestly signed by its actor: "done", "refused:REASON"."""
    return await told(us, by, us.activity(by.id, kind, **changes))


async def said(us: Stage, by: Persona, activity: Json, **headers: str) -> Told:
    """The answer to an activity, signed now with these headers, and again while we are busy."""
    covered = " ".join([CAVAGE, *(name.replace("_", "-") for name in headers)])
    while True:
        request = post(INBOX, activity).with_(**headers)
        answer = await us.tell(cavage(request, by.key, by.key_id, covered=covered))
        if answer.status != 503:
            return answer
        await asyncio.sleep(0.1)


async def attempt(us: Stage, by: Persona, kind: str, **changes: Any) -> int:
    """The status of the answer to such an activity; one that was kept was taken up by then."""
    activity = us.activity(by.id, kind, **changes)
    answer = await said(us, by, activity)
    if answer.status == 202:
        await tried(us, str(activity["id"]))
    return answer.status


async def told(us: Stage, by: Persona, activity: Json) -> str:
    """The same for a whole activity."""
    answer = await said(us, by, activity)
    assert answer.status == 202, (answer.status, answer.title)
    return await outcome(us.node, str(activity["id"]))


def note(author: str, address: str, **changes: Any) -> Json:
    """A public post."""
    return {
        "@context": OBJECT_CONTEXT,
        "id": address,
        "type": "Note",
        "attributedTo": author,
        "to": [PUBLIC],
        "content": "<p>Grüße</p>",
        "published": "2026-06-01T10:00:00Z",
        **changes,
    }


def place(us: Stage, who: Persona) -> str:
    """An address on her server that was not given out before."""
    return f"https://{host_of(who)}/n/{next(us._numbers)}"


async def posted(us: Stage, by: Persona, **changes: Any) -> Json:
    """A post of hers that we hold, and that her server shows."""
    found = note(by.id, place(us, by), **changes)
    us.evil.serve(found["id"], found)
    assert await hear(us, by, "Create", object=found) == "done"
    return found


async def held(us: Stage, address: str) -> RemoteThing | None:
    """What we hold under an address."""
    return await us.node.look(lambda tx: store.find(tx, address))


async def content(us: Stage, address: str) -> Any:
    """What stands in what we hold there; None when we hold nothing."""
    thing = await held(us, address)
    return None if thing is None else thing.document.get("content")


async def row_of(us: Stage, sql: str, **values: Any) -> Row | None:
    """One row of our database."""

    async def read(tx: Transaction) -> Row | None:
        return await tx.row(sql, **values)

    return await us.node.look(read)


async def effects(us: Stage) -> dict[str, list[str]]:
    """All that what we hear could change, as it is now."""
    tables = ("remote_object", "follower", "following", "pending_follower", "tombstone", "event")

    async def read(tx: Transaction) -> dict[str, list[str]]:
        return {
            name: sorted(repr(row) for row in await tx.rows(f"select * from {name}"))
            for name in tables
        }

    return await us.node.look(read)


async def tried(us: Stage, activity_id: str) -> None:
    """Once an activity was taken up, whatever came of it."""

    async def taken_up() -> bool:
        row = await row_of(
            us,
            "select reason from inbox_activity where activity_id = :id and attempts > 0 "
            "and (state <> 'waiting' or reason is not null)",
            id=activity_id,
        )
        return row is not None

    await until(taken_up)


async def two(us: Stage, *, near: bool) -> tuple[Persona, Persona]:
    """Whose thing it is, and who wants to meddle with it: of one server or of two; we follow
    both."""
    anna = await friend(us)
    eve = await befriend(us, neighbour_of(us, anna)) if near else await friend(us, "eve")
    return anna, eve


async def follower(us: Stage, who: Persona) -> str:
    """Her Follow of us, once it counts; its id."""
    follow = us.activity(who.id)
    assert (await said(us, who, follow)).status == 202

    async def follows() -> bool:
        return any(who.id in row for row in (await effects(us))["follower"])

    await until(follows)
    return str(follow["id"])
