"""G01-G08, G11, G12, G15, G16, G23: more of everything than anybody needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any

import pytest
import pytest_asyncio

from node.storage.database import Transaction
from tests.support.edge import at_the_edge, connected, head_of, request
from tests.support.forging import cavage, digested, post
from tests.support.hostile import Persona
from tests.support.nodes import do, until
from tests.support.stage import INBOX, Stage, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
MEGABYTE = 1024 * 1024
ACTIVITY = "Content-Type: application/activity+json"
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with (
        stage(tmp_path_factory.mktemp("busy"), at_work=True) as found,
        at_the_edge(found) as edge,
    ):
        yield edge


async def _friend(us: Stage) -> Persona:
    """A stranger whom we follow."""
    eve = us.stranger()
    await do(us.node, "network.follow", actor=eve.id)
    return eve


async def _created(us: Stage, eve: Persona, **more: Any) -> str:
    """The end of an activity with a note of hers: "done", "refused", …"""
    told = us.activity(eve.id, "Create")
    host = eve.id.rpartition("/")[0]
    note = {"id": f"{host}/notes/{told['id'][-6:]}", "type": "Note", "attributedTo": eve.id}
    note |= {"to": told["to"], "content": "<p>Hello</p>", **more}
    signed = cavage(post(INBOX, {**told, "object": note}), eve.key, eve.key_id)
    assert (await us.tell(signed)).status == HTTPStatus.ACCEPTED
    return await _end(us, told["id"])


async def _end(us: Stage, activity_id: str) -> str:
    async def read(tx: Transaction) -> str:
        row = await tx.row(
            "select state from inbox_activity where activity_id = :id and state <> 'waiting'",
            id=activity_id,
        )
        return str(row["state"]) if row else ""

    return str(await until(lambda: us.node.look(read)))


# --- G01, G03: large bodies, wide documents -------------------------------------------------------


@pytest.mark.parametrize(
    "target", [INBOX, "/inbox", "/relay/inbox"], ids=lambda each: f"G01-{each}"
)
async def test_a_body_is_refused_as_soon_as_it_is_too_large(busy: Stage, target: str) -> None:
    chunks = (b"10000\r\n" + b" " * 0x10000 + b"\r\n") * 17
    sent = [
        request(f"POST {target}", ACTIVITY, f"Content-Length: {MEGABYTE + 1}", body=b"{"),
        request(f"POST {target}", ACTIVITY, "Transfer-Encoding: chunked", body=chunks),
    ]
    for each in sent:
        # Neither of them ever comes to its end.
        reader, writer = await connected(busy.port)
        writer.write(each)
        assert b" 413 " in await head_of(reader)
        writer.transport.abort()


WIDE: dict[str, Callable[[], Json]] = {
    "keys": lambda: {f"k{n}": n for n in range(60_000)},
    "arrays": lambda: {"x": [[]] * 300_000},
    "objects": lambda: {"x": [{}] * 300_000},
    "deep": lambda: {"x": _deep(200)},
    "numbers": lambda: {"x": [1] * 500_000},
}  # fmt: skip


def _deep(levels: int) -> Json:
    found: Json = {}
    for _ in range(levels):
        found = {"object": found}
    return found


@pytest.mark.parametrize("wide", WIDE, ids=lambda wide: f"G03-{wide}")
async def test_a_wide_or_deep_document_is_refused_in_little_time(busy: Stage, wide: str) -> None:
    eve = busy.stranger()
    lie = cavage(post(INBOX, busy.activity(eve.id) | WIDE[wide]()), eve.key, eve.key_id)
    raw = lie.raw()
    said = ""
    for _ in range(6):
        begun = time.thread_time()
        told = await busy.tell(raw)
        taken = time.thread_time() - begun
        if told.title != "busy" and taken < 0.1:
            assert told.status == HTTPStatus.BAD_REQUEST
            assert told.title in {"too-many-nodes", "too-deep"}
            return
        said = f"{taken:.3f} s of CPU, answered {told.title}"
        # Making the document has held up the node, which lives in this process.
        await asyncio.sleep(0.3)
    raise AssertionError(said)


# --- G04-G08: one activity that leads to many others ----------------------------------------------

LADDERS: dict[str, Any] = {
    "G04-ladder": {"inReplyTo": "https://ladder.test/1", "context": "https://ladder.test/all"},
    "G04-circle": {"inReplyTo": "https://circle.test/a", "conversation": "https://circle.test/a"},
    "G06-replies": {
        "replies": {
            "id": "https://fan.test/replies",
            "type": "Collection",
            "first": "https://fan.test/replies?page=1",
            "items": [f"https://fan.test/{n}" for n in range(1000)],
        }
    },
    "G07-mentions": {
        "tag": [
            {"type": "Mention", "href": f"https://m{n}.test/u", "name": f"@u@m{n}.test"}
            for n in range(1000)
        ]
    },
    "G07-recipients": {"cc": [f"https://c{n}.test/u" for n in range(1000)]},
    "G08-attachments": {
        "attachment": [{"type": "Image", "url": f"https://a{n}.test/x.png"} for n in range(500)],
        "icon": {"type": "Image", "url": "https://icon.test/x.png"},
        "location": "https://place.test/1",
        "generator": "https://generator.test/",
    },
}


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=list(LADDERS))
async def test_nothing_that_a_note_names_is_asked_for(busy: Stage, ladder: Json) -> None:
    eve = await _friend(busy)
    await busy.tell(busy.signed(eve))
    busy.evil.asked.clear()
    assert await _created(busy, eve, **ladder) == "done"
    asked = [each.url for each in busy.evil.asked if each.method == "GET"]
    assert asked == []
    assert not [name for name in busy.wire.lookups if not name.startswith("evil")]


async def test_g08_what_one_host_makes_us_fetch_in_a_minute_is_limited(busy: Stage) -> None:
    eve = await _friend(busy)
    victim = busy.evil.host("victim.test")
    busy.evil.asked.clear()
    for number in range(90):
        announce = busy.activity(eve.id, "Announce", object=f"{victim}/things/{number}")
        told = await busy.tell(cavage(post(INBOX, announce), eve.key, eve.key_id))
        assert told.status in (202, 429)

    async def settled() -> bool:
        async def waiting(tx: Transaction) -> int:
            rows = await tx.rows(
                "select 1 from inbox_activity where state = 'waiting' and reason is null"
            )
            return len(rows)

        return await busy.node.look(waiting) == 0

    await until(settled)
    asked = [each for each in busy.evil.asked if each.url.startswith(victim)]
    # A few more drip into the bucket while it is emptied.
    assert 30 <= len(asked) <= 75


# --- G11, G12: forms and cookies ------------------------------------------------------------------


async def _link(us: Stage) -> str:
    return str((await do(us.node, "setup-link"))["url"]).removeprefix("https://us.test")


PARTS = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
FORMS = {
    "parts": (request, "Content-Type: multipart/form-data; boundary=x", PARTS * 4000, 415),
    "no end": (request, "Content-Type: multipart/form-data; boundary=x", b"hello", 415),
    "a long field": (request, FORM, b"name=" + b"x" * 200_000, 413),
    "many fields": (request, FORM, b"&".join(b"a%d=1" % n for n in range(5000)), 400),
    "rot13": (request, f"{FORM}; charset=rot13", b"a=%ff&person=%00", 422),
    "a long kind": (request, "Content-Type: multipart/form-data" + ";" * 7900, b"x", 400),
    "no text": (request, "Content-Type: text/plain", b"a=b", 415),
    "compressed": (request, f"{FORM}\r\nContent-Encoding: gzip", b"\x1f\x8b\x08x", 415),
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"G11-{form}".replace(" ", "-"))
async def test_a_form_that_is_none_is_refused(busy: Stage, form: str) -> None:
    make, header, body, status = FORMS[form]
    link = await _link(busy)
    # a page that is shown for the first time is put together first
    await busy.tell(request(f"POST {link}", FORM, body=b"a=b"))
    busy.log.truncate(busy.log.seek(0))
    for path, expected in ((link, status), ("/setup/unknown", 404)):
        begun = time.thread_time()
        told = await busy.tell(make(f"POST {path}", header, body=body))
        assert told.status == expected, told
        assert time.thread_time() - begun < 0.2
    assert "Traceback" not in busy.log.getvalue()


COOKIES = [
    "; ".join(f"a[{n}]=x" for n in range(900)),
    "; ".join(f'b,{n}="x' for n in range(900)),
    "=;" * 4000,
    "language=" + "x" * 8000,
    'language="\\' + "0" * 7000,
    "language=\xff\xfe; $Version=1; $Path=/",
]


@pytest.mark.parametrize("cookie", COOKIES, ids=lambda cookie: f"G12-{cookie[:6]}")
async def test_odd_cookies_are_a_line_of_the_log_at_most(busy: Stage, cookie: str) -> None:
    busy.log.truncate(busy.log.seek(0))
    begun = time.thread_time()
    told = await busy.tell(request("GET /about", f"Cookie: {cookie}"))
    assert told.status in (200, 400)
    assert time.thread_time() - begun < 0.2
    assert busy.log.getvalue().count("\n") <= 1, busy.log.getvalue()[:2000]


# --- G15, G23: text that costs, and text that breaks ----------------------------------------------

TEXTS: dict[str, str] = {
    "G15-marks": "e" + "\u0301" * 200_000,
    "G15-joiners": "👩\u200d" * 60_000,
    "G15-one-word": "ﷺ" * 100_000,
    "G15-arabic": "م\u064b" * 100_000,
    "G23-math": "<math><annotation-xml><svg><desc><x></math>" * 500,
    "G23-unclosed": "<div><p><a href='" * 3000,
    "G23-entities": "&#x110000;&#0;&#xd800;&bogus;" * 2000,
    "G23-templates": "{{7*7}}{% raise %}{0.__class__}%(x)s" * 500,
    "G23-deep": "<b>" * 12_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
async def test_a_text_that_is_hard_to_show_is_shown_in_time(busy: Stage, text: str) -> None:
    eve = await _friend(busy)
    assert await _created(busy, eve, content=text, name=text[:5000], summary=text) == "done"
    for path in ("/", "/network"):
        times = []
        for _ in range(3):
            begun = time.thread_time()
            told = await busy.tell(request(f"GET {path}", "Accept-Language: en"))
            times.append(time.thread_time() - begun)
            assert told.status == HTTPStatus.OK
            assert b"49{%" not in told.body
        assert min(times) < 0.2, times


# --- G16: signatures that cost --------------------------------------------------------------------


async def test_g16_what_is_wrong_at_a_glance_costs_neither_a_key_nor_a_question(us: Stage) -> None:
    eve = us.stranger()
    whole = us.signed(eve)
    lies = [
        (whole.with_(digest="SHA-256=AAAA"), {400, 401}),
        (whole.with_(date="Sun, 06 Nov 1994 08:49:37 GMT"), {400, 401}),
        (whole.with_(content_type="text/plain"), {415}),
        (digested(post("/inbox", b"{}")).with_(signature="x"), {400, 401}),
    ]
    begun = time.thread_time()
    for _ in range(25):
        for lie, statuses in lies:
            told = await us.tell(lie)
            assert told.status in statuses, told
    assert us.evil.asked == []
    assert time.thread_time() - begun < 2
