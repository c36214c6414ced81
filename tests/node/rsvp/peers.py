"""People on another server who vote and reply, in the exact shapes of Mastodon and GoToSocial."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from activitypub.names import ACTIVITY_JSON
from keys.http_signatures import sign
from keys.message import Request
from node.services import Node
from node.storage.database import Row
from tests.support.neighbours import Neighbour, key_of

Json = dict[str, Any]
INTEROP = Path(__file__).parents[2] / "interop"


def person(server: Neighbour, name: str, **more: Any) -> str:
    """The id of a person who lives there."""
    actor = server.actor(name)
    server.documents[f"/{name}"] |= {"type": "Person", "followers": f"{actor}/followers", **more}
    return actor


def fixture(name: str, server: Neighbour, actor: str, node: Node) -> Json:
    """A document of tests/interop as this actor would send it to this node, with a fresh id."""
    text = (INTEROP / f"{name}.json").read_text("utf-8")
    document = json.loads(text)
    text = text.replace(str(document["actor"]), actor)
    text = text.replace("https://wien.josoor.example/c/wien", node.urls.community)
    found: Json = json.loads(text)
    found["id"] = f"{actor}#{server.new_id().rpartition('/')[2]}/activity"
    return found


def vote(server: Neighbour, actor: str, node: Node, poll: str, option: str) -> Json:
    """One vote as Mastodon sends it."""
    found = fixture("mastodon/create_note_vote", server, actor, node)
    own = found["id"].removesuffix("/activity")
    found["object"] |= {"id": own, "name": option, "inReplyTo": poll}
    return found


def ballot(server: Neighbour, actor: str, node: Node, poll: str, *options: str) -> Json:
    """Two votes at once, as GoToSocial sends them."""
    found = fixture("gotosocial/create_votes", server, actor, node)
    for each, option in zip(found["object"], options, strict=True):
        each |= {"name": option, "inReplyTo": poll}
    return found


def direct(
    server: Neighbour, actor: str, node: Node, parent: str, words: str, language: str = "de"
) -> Json:
    """A direct reply as Mastodon sends it, with the mention that its composer writes."""
    found = fixture("mastodon/create_note_direct", server, actor, node)
    mention = (
        f'<span class="h-card" translate="no"><a href="{node.urls.community}" '
        'class="u-url mention">@<span>wien</span></a></span>'
    )
    content = f"<p>{mention} {words}</p>"
    note = server.new_id()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found["object"] |= {
        "id": note,
        "inReplyTo": parent,
        "content": content,
        "contentMap": {language: content},
        "published": now,
    }
    return found


async def reads(actor: str | None, url: str) -> tuple[int, Json]:
    """What the address answers to a fetch that this actor signs; None signs nothing."""
    headers: dict[str, str] = {"Accept": ACTIVITY_JSON}
    if actor:
        request = sign(
            Request(method="GET", url=url, headers=(("Accept", ACTIVITY_JSON),), body=b""),
            key_id=f"{actor}#main-key",
            key=key_of(actor.rpartition("/")[2]),
            now=datetime.now(UTC),
        )
        headers = dict(request.headers)
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=False) as answer,
    ):
        body = await answer.read()
        return answer.status, json.loads(body) if body.startswith(b"{") else {}


async def seats(node: Node, event_id: str) -> dict[str, str]:
    """Party to seat."""

    async def read(tx: Any) -> list[Row]:
        rows: list[Row] = await tx.rows(
            "select party, seat from participation where event = :event order by place",
            event=event_id,
        )
        return rows

    return {row["party"]: row["seat"] for row in await node.look(read)}


def notes_to(server: Neighbour, actor: str) -> list[Json]:
    """The direct notes that came to an actor's own inbox."""
    found = [each["object"] for each in server.got(actor, "Create")]
    return [each for each in found if each["type"] == "Note" and each["to"] == [actor]]
