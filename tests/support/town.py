"""A node where something of everything is, and an address of each thing for every route.

Whoever adds a route with a parameter says in `_rows` which thing it shows: the tests of the whole
route table (tests/node/test_matrix.py, tests/web/) fail for a route that they cannot reach.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.context import Context
from node.mail import sealing
from node.members import exporting
from node.people.model import Role
from node.routes import Route
from node.rsvp.links import new_secret
from node.services import Node
from node.urls import ID_PATTERN
from tests.node.conversations.talks import Talk, talking
from tests.support.browsers import Browser, account
from tests.support.mailboxes import mailbox, sends_to
from tests.support.members import follows, public_account, written
from tests.support.nodes import EVENT, do
from tests.support.pictures import picture

Json = dict[str, Any]
NO_ID = "0" * 26
NO_SECRET = "x" * 32
ALT = {"de": "Ein Garten", "ar": "حديقة", "en": "A garden"}
_ONE_OF = re.compile(r"\{\w+:([a-z_-]+)(?:\|[\w|-]+)\}")
_ID = re.compile(r"\{(\w+):\[[^\]]*\]\{26\}\}")
_NAMED = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What stands in the parameters of every route under `path`, with a blank between two of them:
    something that may be seen (`here`), something that is there and not for whoever asks (`kept`).
    Of a route without parameters `here` is what stands behind the path."""

    path: str
    here: str
    kept: str | None = None


@dataclass(slots=True)
class Town:
    """`node` with all that is in it; `rows` by the beginnings of the routes' paths."""

    node: Node
    talk: Talk
    rows: Sequence[Row]

    def here(self, route: Route) -> str | None:
        """The path of something that is there; None when no row says what that would be."""
        row = self._row(route)
        if "{" not in _plain(route):
            exact = row is not None and row.path == _plain(route)
            return _plain(route) + (row.here if row and exact else "")
        return self._filled(route, row.here) if row else None

    def kept(self, route: Route) -> str | None:
        """The path of something that is not for whoever asks; None where there is no such thing."""
        row = self._row(route)
        return self._filled(route, row.kept) if row and row.kept else None

    def absent(self, route: Route) -> str | None:
        """The path of something that is nowhere; None for a route that
        shows one thing only, or asks for something elsewhere."""
        plain = _plain(route)
        if "{" not in plain or "{wanted}" in plain:
            return None
        return self._filled(route, NO_ID if ID_PATTERN in route.path else NO_SECRET)

    def _row(self, route: Route) -> Row | None:
        """The longest beginning counts."""
        found = [row for row in self.rows if _plain(route).startswith(row.path)]
        return max(found, key=lambda row: len(row.path), default=None)

    def _filled(self, route: Route, values: str) -> str:
        path = _plain(route)
        for value in values.split(" "):
            path = _NAMED.sub(value, path, count=1)
        return _NAMED.sub(NO_ID, path)


def _plain(route: Route) -> str:
    """The path with `{id}` for ids; of several words the first."""
    path = _ID.sub(lambda found: f"{{{found[1]}}}", route.path)
    path = _ONE_OF.sub(lambda found: found[1], path)
    return path.replace("{kind:[a-z]}", "e").replace("{wanted:.+}", "{wanted}")


@asynccontextmanager
async def town(folder: Path) -> AsyncIterator[Town]:
    """A town that lives as long as the block."""
    async with talking(folder) as talk, Browser(talk.wien) as amal:
        node = talk.wien
        await account(node, "amal", Role.AMBASSADOR)
        await do(node, "user.sign-up", mode="approval")
        assert (await amal.sign_in("amal")).status == 303
        rows = [*await _rows(node, talk), *await _hers(talk, amal), *await _cases(talk)]
        yield Town(node=node, talk=talk, rows=rows)


async def _rows(node: Node, talk: Talk) -> list[Row]:
    event, report = await _event(node), await _reported(talk)
    answer, word, held = await _said(talk)
    created, accepted = await _activities(talk)
    await do(node, "user.create", name="lina", role="member")
    lina = next(one["id"] for one in await do(node, "user.list") if one["name"] == "lina")
    return [
        Row(path="/e/{id}", here=event["short_id"]),
        Row(path="/a/{id}", here=created, kept=accepted),
        Row(path="/r/{id}", here=answer, kept=word),
        Row(path="/n/{id}", here=await _kept(node, "note"), kept=word),
        Row(path="/q/{id}", here=await _kept(node, "poll")),
        Row(path="/s/{id}", here=await _stamp(talk)),
        Row(path="/media/{id}", here=event["picture"]["media"]),
        Row(path="/static/{name}", here="josoor.css"),
        Row(path="/c/{handle}", here="wien"),
        Row(path="/rsvp/{secret}", here=await _coming(node, event["short_id"])),
        Row(path="/join/{secret}", here=await _link(node, "user.invite")),
        Row(path="/reset/{secret}", here=await _link(node, "user.reset-link", name="lina")),
        Row(path="/setup/{secret}", here=await _link(node, "setup-link")),
        Row(path="/desk/following/ask/{wanted}", here=f"@felix@{talk.there.host}"),
        Row(path="/desk/events/{id}", here=event["short_id"]),
        Row(path="/desk/settings/imprint/{language}", here="ar"),
        Row(path="/desk/conversations/{id}", here=held),
        Row(path="/desk/answers/{id}", here=answer),
        Row(path="/api/v1/events/{id}", here=event["short_id"]),
        Row(path="/api/v1/conversations/quotes/{id}", here=await _kept(node, "quote_stamp")),
        Row(path="/api/v1/conversations/{id}", here=held),
        Row(path="/api/v1/answers/{id}", here=answer, kept=word),
        Row(path="/api/v1/reports/{id}", here=report),
        Row(path="/api/v1/users/{id}", here=lina),
    ]


def _last(address: str) -> str:
    return address.rpartition("/")[2]


async def _kept(node: Node, table: str) -> str:
    """The id of something that is in a table."""
    row = await node.look(lambda tx: tx.row(f"select id from {table}"))
    assert row is not None, table
    return str(row["id"])


async def _link(node: Node, operation: str, **arguments: Any) -> str:
    """The secret of a new one-time link."""
    return _last((await do(node, operation, **arguments))["url"])


async def _hers(talk: Talk, amal: Browser) -> list[Row]:
    """What somebody has of her own: a page, an actor that says something to everybody and
    something to her followers, a copy of her data."""
    node = talk.wien
    await amal.get("/me/profile")
    await amal.post("/me/profile", {"name": "Frau A.", "visibility": "public"})
    persona = await public_account(node, amal)
    anna = await follows(node, amal, talk.there, persona)
    said = await written(talk.there, amal, anna, "Für alle")
    kept = await written(talk.there, amal, anna, "Nur für Freundinnen", "followers")
    number, post, hidden = _last(persona), _last(said["id"]), _last(kept["id"])
    people = {one["name"]: one["id"] for one in await do(node, "user.list")}
    (session,) = await do(node, "session.list", user="amal")
    return [
        Row(path="/m/{id}", here=people["amal"], kept=people["lina"]),
        Row(path="/p/{id}", here=number),
        Row(path="/p/{id}/posts/{post}", here=f"{number} {post}", kept=f"{number} {hidden}"),
        Row(path="/me/fediverse/{id}", here=post, kept=post),
        Row(path="/me/export/{secret}", here=await _copy(amal)),
        Row(path="/api/v1/sessions/{id}", here=session["id"]),
        *await _mails(node, amal),
    ]


async def _mails(node: Node, amal: Browser) -> list[Row]:
    """The links in mails to her: one confirms an address, another ends what goes there."""
    async with mailbox() as box:
        mailer = sends_to(node, box)
        await amal.get("/me/mail")
        await amal.post("/me/mail", {"address": "amal@web.example"})
        await mailer.step()
        confirm = _last(box.link("mail/confirm"))
    vault = node.keyring.vault

    async def read(context: Context) -> str:
        key = await sealing.index_key(context.tx, vault)
        row = await context.tx.row("select id from mail_address")
        assert row is not None
        return sealing.stop_secret(key, row["id"])

    stop = await node.act(read)
    return [
        Row(path="/mail/confirm/{secret}", here=confirm),
        Row(path="/mail/stop/{secret}", here=stop),
    ]


async def _copy(amal: Browser) -> str:
    """The secret of the link to a copy of her data."""
    await amal.get("/me/export")
    assert (await amal.post("/me/export")).status == 303
    await amal.node.act(exporting.make_next)
    shown = await amal.get("/me/export")
    return shown.text.partition('href="/me/export/')[2].partition('"')[0]


async def _cases(talk: Talk) -> list[Row]:
    """What a guest reported, and somebody from elsewhere who asked to be forgotten."""
    node, hilda = talk.wien, talk.person("hilda")
    note = await talk.replied(hilda, "<p>Wer seid ihr?</p>")
    await talk.approve(note)
    async with Browser(node) as guest:
        fields = {"about": note["id"], "category": "hate", "words": "Das ist Hetze."}
        shown = await guest.post("/report", fields)
        assert shown.path.startswith("/report/"), shown.text
    cases = await do(node, "case.list", state="all")
    case = next(each["id"] for each in cases if each["target"] == note["id"])
    gone = talk.person("ida")
    await talk.replied(gone, "<p>Vergesst mich</p>")
    erasure = await do(node, "data.forget", target=gone)
    return [
        Row(path="/report", here=f"?about={note['id']}"),
        Row(path="/report/{secret}", here=_last(shown.path)),
        Row(path="/desk/moderation/{id}", here=case),
        Row(path="/api/v1/cases/{id}", here=case),
        Row(path="/api/v1/erasures/{id}", here=str(erasure["id"])),
    ]


async def _event(node: Node) -> Json:
    """An event with a picture and a poll, that was put off by an hour."""
    kept = await do(node, "media.add", data=picture(), alt=ALT)
    document = {**EVENT, "poll": True, "picture": {"media": kept["id"], "alt": ALT}}
    made: Json = await do(node, "event.publish", document=document)
    later = {**document, "start": "2031-12-05T19:00"}
    found: Json = await do(node, "event.update", id=made["id"], document=later)
    return found


async def _activities(talk: Talk) -> tuple[str, str]:
    """The ids of an activity for everybody, and of one that only its addressee got."""
    follower = talk.there.actor("felix")
    await talk.there.follow(follower, talk.us)
    created = (await talk.read(f"{talk.us}/outbox?page=1"))["orderedItems"][0]["id"]
    return _last(created), _last(talk.there.got(follower, "Accept")[0]["id"])


async def _stamp(talk: Talk) -> str:
    """The id of what allows somebody to quote us."""
    quoter = talk.person("greta")
    quoting = {"id": talk.there.new_id(), "type": "Note", "quote": talk.event}
    asked = talk.there.activity("QuoteRequest", quoter, talk.event, instrument=quoting)
    assert await talk.hears(asked) == "done"
    return _last(str((await talk.there.comes(quoter, "Accept"))[0]["result"]))


async def _said(talk: Talk) -> tuple[str, str, str]:
    """The ids of an answer for everybody, of one to a single person, and of a reply that waits."""
    node, anna = talk.wien, talk.person("anna")
    shown = await talk.replied(anna, "<p>Ich komme gern</p>")
    await talk.approve(shown)
    answer = await talk.answers(shown["id"], {"texts": {"de": "Schön!", "ar": "جميل!"}})
    held = await talk.replied(talk.person("berta"), "<p>Wartet</p>")
    hidden = await talk.replied(talk.person("cleo"), "<p>Versteckt</p>")
    await do(node, "conversation.hide", id=hidden["id"])
    dora = talk.person("dora")
    note = talk.note(dora, "<p>Nur an euch</p>", to=[talk.us], cc=[], inReplyTo=None)
    note["tag"] = [{"type": "Mention", "href": talk.us, "name": "@wien"}]
    assert await talk.says(dora, note) == "done"
    word = await talk.answers(note["id"], {"texts": {"de": "Danke dir"}})
    return _last(answer["id"]), _last(word["id"]), (await talk.shown(held))["short_id"]


async def _coming(node: Node, event: str) -> str:
    """The secret of somebody who said that she comes."""
    secret = new_secret()
    async with Browser(node) as browser:
        fields = {"ticket": secret, "answer": "yes", "name": "Rosa"}
        shown = await browser.post(f"/e/{event}/rsvp", fields)
        assert (shown.status, shown.path) == (303, f"/rsvp/{secret}"), shown.text
    return secret


async def _reported(talk: Talk) -> str:
    """The id of a report by another server."""
    flag = talk.there.activity("Flag", talk.person("frida"), talk.event, content="Hm.")
    assert await talk.hears({**flag, "to": [talk.us]}) == "done"
    (report,) = await do(talk.wien, "report.list")
    return str(report["id"])
