"""Members for tests: in a browser, with an actor of their own, and with followers elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from typing import Any

import aiohttp

from activitypub.names import ACTIVITY_JSON
from keys.http_signatures import sign
from keys.message import Request
from node.members import persona_store
from node.members.model import Persona
from node.services import Node
from node.storage.database import Row, Transaction
from tests.support.browsers import Browser
from tests.support.neighbours import Neighbour, key_of, outcome
from tests.support.nodes import until

HANDLE = "regenbogen"


async def persona_of(node: Node, handle: str = HANDLE) -> Persona:
    """The persona of this handle."""
    found = await node.look(lambda tx: persona_store.by_handle(tx, handle))
    assert found is not None
    return found


async def rows(node: Node, sql: str) -> list[Row]:
    """What the node's database answers to a question."""

    async def read(tx: Transaction) -> list[Row]:
        return list(await tx.rows(sql))

    return await node.look(read)


async def public_account(node: Node, browser: Browser, handle: str = HANDLE) -> str:
    """The address of the actor that somebody asked for on the page."""
    await browser.get("/me/fediverse/begin")
    fields = {"handle": handle, "name": "Regen Bogen", "summary": "Ich male.", "understood": "yes"}
    shown = await browser.post("/me/fediverse/begin", fields)
    assert (shown.status, shown.path) == (303, "/me/fediverse"), unescape(shown.text)
    return node.urls.member((await persona_of(node, handle)).id)


async def follows(node: Node, browser: Browser, elsewhere: Neighbour, actor: str) -> str:
    """The id of somebody elsewhere who follows a member's own actor, with her consent."""
    anna = elsewhere.actor("anna")
    follow = elsewhere.activity("Follow", anna, actor)
    await elsewhere.insists(f"{actor}/inbox", follow)
    assert await outcome(node, follow["id"]) == "done"
    shown = await browser.post("/me/fediverse/followers", {"actor": anna, "yes": "1"})
    assert shown.status == 303, shown.text
    await elsewhere.comes(anna, "Accept")
    return anna


async def written(
    elsewhere: Neighbour, browser: Browser, anna: str, text: str, audience: str = "public"
) -> dict[str, Any]:
    """The Note that came to a follower."""
    before = len(elsewhere.got(anna, "Create"))
    shown = await browser.post(
        "/me/fediverse/write", {"text": text, "audience": audience, "language": "de"}
    )
    assert shown.status == 303, shown.text

    async def came() -> list[dict[str, Any]]:
        return elsewhere.got(anna, "Create")[before:]

    creates: list[dict[str, Any]] = await until(came)
    note: dict[str, Any] = creates[0]["object"]
    return note


async def asked(url: str, reader: str | None = None) -> tuple[int, bytes, dict[str, str]]:
    """The answer to a request for a document, signed by an actor of a neighbour or by nobody."""
    headers = {"Accept": ACTIVITY_JSON}
    if reader is not None:
        request = sign(
            Request(method="GET", url=url, headers=tuple(headers.items())),
            key_id=f"{reader}#main-key",
            key=key_of(reader.rpartition("/")[2]),
            now=datetime.now(UTC),
        )
        headers = dict(request.headers)
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), dict(answer.headers)
