"""I11, I14-I16: what gets into pages, feeds, files and headers by way of what people type."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import icalendar
import pytest
import pytest_asyncio
from aiohttp import ClientSession

from node.errors import Invalid
from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, account
from tests.support.nodes import EVENT, do, running
from tests.support.pictures import picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "]]><!ENTITY x SYSTEM 'http://evil.example/x'>&x;</title><script>alert(1)</script>"
ELSEWHERE = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "///evil.example",
    "//evil.example/%2f..", "/\t/evil.example", " //evil.example", "javascript:alert(1)",
    "/\r\nSet-Cookie: session=x", "https://evil.example@localhost/",
]  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Node]:
    async with running(tmp_path_factory.mktemp("pages") / "wien", at_work=False) as made:
        await account(made, "amal", Role.AMBASSADOR)
        yield made


async def _read(node: Node, path: str) -> tuple[str, bytes]:
    async with ClientSession() as session, session.get(node.urls.origin + path) as answer:
        assert answer.status == 200
        return answer.headers["Content-Type"], await answer.read()


@pytest.mark.parametrize("text", [EVIL, "Tisch\x0bfest", "\ufffe\uffff Fest", "a\x85b\u2028c"])
async def test_i11_no_name_breaks_out_of_a_feed(text: str, node: Node) -> None:
    clean = {**EVENT, "name": {"de": text}, "description": {"de": text}, "tags": []}
    try:
        made = await do(node, "event.publish", document=clean)
    except Invalid:
        return  # refused where it came in
    _, atom = await _read(node, "/events.atom")
    assert b"<!ENTITY" not in atom
    assert b"<script" not in atom
    assert ET.fromstring(atom).tag.endswith("feed")
    _, calendar = await _read(node, "/events.ics")
    assert icalendar.Calendar.from_ical(calendar)
    await do(node, "event.delete", id=made["id"])


async def test_i14_what_is_uploaded_comes_back_as_a_picture_and_as_nothing_else(node: Node) -> None:
    for disguised in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"%PDF-1.7"):
        with pytest.raises(Exception, match=r"picture|data"):
            await do(node, "media.add", data=disguised, alt={})
    both = picture() + b"<script>alert(1)</script>"
    kept = await do(node, "media.add", data=both, alt={"de": "Bild"})
    async with ClientSession() as session, session.get(kept["url"]) as answer:
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert b"<script" not in await answer.read()


async def _raw(node: Node, first: str, *lines: str) -> str:
    """The head of the answer to a request as it is written here."""
    reader, writer = await asyncio.open_connection("127.0.0.1", node.config.listen_port)
    host = f"Host: {node.urls.authority}"
    said = "\r\n".join([f"{first} HTTP/1.1", host, "Connection: close", *lines, "", ""])
    writer.write(said.encode())
    head = (await reader.read()).partition(b"\r\n\r\n")[0].decode()
    writer.close()
    return head.lower()


async def test_i15_no_line_break_gets_into_a_header(node: Node) -> None:
    evil = "%0d%0aX-Evil:%20yes"
    for path in (
        f"/?lang=de{evil}", f"/e/{evil}", f"/events.ics?lang={evil}", f"/sign-in?next=/{evil}",
        f"/.well-known/webfinger?resource={evil}", f"/desk/{evil}", f"/{evil}", f"/me?x={evil}",
    ):  # fmt: skip
        head = await _raw(node, f"GET {path}")
        assert head.startswith("http/1.1 "), path
        assert "x-evil" not in head, path
    for line in ("Accept-Language: de\x0bX-Evil: yes", "Accept: text/html\rX-Evil: yes"):
        assert "x-evil" not in await _raw(node, "GET /events", line)


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_i16_no_page_of_ours_leads_somewhere_else(target: str, node: Node) -> None:
    async with Browser(node) as browser:
        shown = await browser.sign_in("amal", next=target)
        assert shown.status == 303
        assert shown.path in ("/me", "/desk")
        confirmed = await browser.post(
            "/me/confirm", {"password": "siebzehn kleine Brücken", "next": target}
        )
        assert confirmed.path.startswith("/")
        assert not confirmed.path.startswith(("//", "/\\"))
        for path in (f"/{target.lstrip('/')}", f"//{target.lstrip('/')}"):
            if path.isprintable() and path.isascii():
                asked = await browser.get(path.replace(" ", "%20"))
                assert not asked.path.startswith(("//", "http")), path
