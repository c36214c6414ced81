"""Everything that a community says in a busy hour, as others get it: sent and served."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from activitypub.names import ACTIVITY_JSON, PUBLIC
from node.services import Node
from tests.support.neighbours import Json, Neighbour, neighbour
from tests.support.nodes import EVENT, do, running, until

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Activities in the order in which `anna` got them, those that `calendar` got, and documents
    by address; `event` is the address of the first event."""

    event: str
    community: str
    anna: str
    sent: list[Json] = field(default_factory=list)
    relayed: list[Json] = field(default_factory=list)
    served: dict[str, Json] = field(default_factory=dict)

    def first(self, kind: str, of: str = "", **wanted: Any) -> Json:
        """The first activity of this kind about an object of this type with these properties."""
        return next(self.every(kind, of, **wanted))

    def every(self, kind: str, of: str = "", **wanted: Any) -> Iterator[Json]:
        """All of these."""
        for each in self.sent:
            about = each.get("object")
            inner = about if isinstance(about, dict) else {}
            fits = all(inner.get(key) == value for key, value in wanted.items())
            if each["type"] == kind and (not of or inner.get("type") == of) and fits:
                yield each

    def document(self, address: str) -> Json:
        """What is served at an address."""
        return self.served[address]


def picture() -> str:
    """A small picture in base64."""
    held = io.BytesIO()
    Image.new("RGB", (640, 360), (20, 90, 160)).save(held, "PNG")
    return base64.b64encode(held.getvalue()).decode()


_KEPT: list[Ours] = []


async def ours(folder: Path) -> Ours:
    """One busy hour for all tests that look at it."""
    if not _KEPT:
        async with running(folder / "wien") as wien, neighbour() as others:
            _KEPT.append(await busy_hour(wien, others))
    return _KEPT[0]


async def busy_hour(wien: Node, others: Neighbour) -> Ours:
    """What the community and the relay say while events come and go and others take part."""
    anna, calendar = others.actor("anna"), others.actor("calendar")
    others.documents["/anna"]["type"] = "Person"
    await others.follow(anna, wien.urls.community)
    await others.follow(calendar, wien.urls.relay)
    event = await _events(wien, others, anna)
    second = await _taking_part(wien, others, anna, event)
    await _talking(wien, others, anna, event)
    await _about_ourselves(wien, others, anna)
    await _endings(wien, event, second)
    sent = [one.document for one in others.arrivals if one.path == "/anna/inbox"]
    relayed = [one.document for one in others.arrivals if one.path == "/calendar/inbox"]
    served = await crawl([wien.urls.community, wien.urls.relay, event], wien, [*sent, *relayed])
    return Ours(
        event=event,
        community=wien.urls.community,
        anna=anna,
        sent=sent,
        relayed=relayed,
        served=served,
    )


async def _events(wien: Node, others: Neighbour, anna: str) -> str:
    document = EVENT | {"poll": True, "start": "2031-12-05T18:00", "end": "2031-12-05T21:00"}
    event = str((await do(wien, "event.publish", document=document))["id"])
    await others.comes(anna, "Create", 2)
    alt = {"de": "Ein Tisch", "ar": "طاولة"}
    await do(wien, "event.picture", id=event, data=picture(), alt=alt)
    await others.comes(anna, "Update")
    return event


async def _taking_part(wien: Node, others: Neighbour, anna: str, event: str) -> str:
    inbox = f"{wien.urls.community}/inbox"
    join = others.activity("Join", anna, event, to=[wien.urls.community])
    assert await others.send(inbox, join) == 202
    await others.comes(anna, "Accept", 2)
    (poll,) = [one for one in others.got(anna, "Create") if one["object"]["type"] == "Question"]
    await vote(wien, others, anna, poll["object"])
    full = EVENT | {"capacity": 1, "waitlist": False, "join": "free"}
    second = str((await do(wien, "event.publish", document=full))["id"])
    berta = others.actor("berta")
    for who in (berta, anna):
        asked = others.activity("Join", who, second, to=[wien.urls.community])
        assert await others.send(inbox, asked) == 202
    await others.comes(anna, "Reject")
    return second


async def vote(wien: Node, others: Neighbour, anna: str, poll: Json) -> None:
    """Anna votes for the second option, as Mastodon would send it."""
    note = {
        "id": others.new_id(),
        "type": "Note",
        "name": poll["oneOf"][1]["name"],
        "attributedTo": anna,
        "inReplyTo": poll["id"],
        "to": wien.urls.community,
    }
    activity = others.activity("Create", anna, note, to=wien.urls.community)
    assert await others.send(f"{wien.urls.community}/inbox", activity) == 202


async def _talking(wien: Node, others: Neighbour, anna: str, event: str) -> None:
    inbox = f"{wien.urls.community}/inbox"
    await do(wien, "conversation.rule", rule="open")
    words: Json = {"id": others.new_id(), "type": "Note", "attributedTo": anna, "to": [PUBLIC]}
    words |= {"content": "<p>Gibt es Kuchen?</p>", "inReplyTo": event}
    assert await others.send(inbox, others.activity("Create", anna, words)) == 202
    await _told(wien, words["id"])
    texts = {"texts": {"de": "Ja, gern.", "ar": "نعم"}}
    answer = await do(wien, "conversation.say", id=words["id"], document=texts)
    changed = {"texts": {"de": "Ja, Apfelkuchen.", "ar": "نعم"}}
    await do(wien, "conversation.edit", id=answer["id"], document=changed)
    request = others.activity("QuoteRequest", anna, event, instrument=others.new_id())
    assert await others.send(inbox, request) == 202
    await others.comes(anna, "Accept", 3)
    await do(wien, "conversation.delete", id=answer["id"])


async def _told(wien: Node, thing: str) -> None:
    async def there() -> bool:
        return any(one["id"] == thing for one in await do(wien, "conversation.list"))

    await until(there)


async def _about_ourselves(wien: Node, others: Neighbour, anna: str) -> None:
    await do(
        wien,
        "community.describe",
        document={"name": {"de": "Josoor Wien"}, "description": {"de": "Neu *hier*."}},
    )
    note = others.serve(
        {
            "id": others.new_id(),
            "type": "Note",
            "attributedTo": anna,
            "to": [PUBLIC],
            "content": "<p>Brücken</p>",
            "published": "2026-06-01T10:00:00Z",
        }
    )
    await do(wien, "network.share", url=note)
    await others.comes(anna, "Announce")
    await do(wien, "network.unshare", url=note)
    await do(wien, "network.follow", actor=anna)
    await others.comes(anna, "Follow")
    await do(wien, "network.unfollow", actor=anna)
    await others.comes(anna, "Undo", 2)


async def _endings(wien: Node, event: str, second: str) -> None:
    moved = EVENT | {"poll": True, "start": "2031-12-06T18:00", "end": "2031-12-06T21:00"}
    await do(wien, "event.update", id=event, document=moved)
    await _sent(wien)
    await do(wien, "event.cancel", id=event, reason="Sturm")
    await do(wien, "event.delete", id=second)
    await _sent(wien)


async def _sent(wien: Node) -> None:
    """Waits until nothing is to be sent."""

    async def all_there() -> bool:
        row = await wien.look(
            lambda tx: tx.row("select count(*) as number from delivery where state = 'due'")
        )
        return row is not None and row["number"] == 0

    await until(all_there)


async def crawl(start: list[str], wien: Node, said: list[Json]) -> dict[str, Json]:
    """What is served at every address of ours that stands in a document of ours."""
    waiting, found = list(start), dict[str, Json]()
    for each in said:
        waiting += _addresses(each, wien.urls.origin)
    async with aiohttp.ClientSession() as session:
        while waiting and len(found) < _MOST:
            address = waiting.pop(0).partition("#")[0]
            if address in found:
                continue
            found[address] = {}
            async with session.get(address, headers={"Accept": ACTIVITY_JSON}) as answer:
                if "json" in answer.content_type and answer.status in (200, 410):
                    found[address] = await answer.json(content_type=None)
                    waiting += _addresses(found[address], wien.urls.origin)
    return {address: document for address, document in found.items() if "type" in document}


def _addresses(value: Any, origin: str) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith(f"{origin}/") else []
    inner = value.values() if isinstance(value, Mapping) else value
    found = []
    for each in inner if isinstance(value, Mapping | list) else ():
        found += _addresses(each, origin)
    return found


# --- what is looked for in it ---


def created(wien: Ours) -> Json:
    """The first event, when it was new."""
    return wien.first("Create", "Event")


def pictured(wien: Ours) -> Json:
    """A change that brought a picture."""
    return next(one for one in wien.every("Update", "Event") if one["object"]["attachment"])


def cancelled(wien: Ours) -> Json:
    """The cancellation."""
    return wien.first("Update", "Event", status="CANCELLED")


def replies_to_event(wien: Ours) -> list[Json]:
    """What the community itself says below the event."""
    return list(wien.every("Create", "Note", inReplyTo=wien.event))


def answer(wien: Ours) -> Json:
    """What the community answered in public."""
    public = wien.every("Create", "Note")
    return next(
        one for one in public if wien.anna in one["cc"] and one["object"]["inReplyTo"] != wien.event
    )


def direct(wien: Ours) -> Json:
    """What the community told one person alone."""
    return next(one for one in wien.every("Create", "Note") if one["to"] == [wien.anna])
