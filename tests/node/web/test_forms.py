"""Tests of node/web/forms.py: few fields, bounded, and files only where they are wanted."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, FormData, web

from node.web.forms import form_of
from tests.support.nodes import free_port

UPLOAD = 4096


async def _told(request: web.Request) -> web.Response:
    form = await form_of(request, upload=UPLOAD, sparing=request.path == "/sparing")
    files = {name: [one.name, one.content.hex()] for name, one in form.files.items()}
    return web.json_response({"pairs": form.pairs, "all": form.all("tag"), "files": files})


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/", _told)
    app.router.add_post("/sparing", _told)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/"
    await runner.cleanup()


async def test_fields_come_in_order_with_every_value(address: str):
    async with ClientSession() as session:
        async with session.post(
            address, data=[("name", "آمال"), ("tag", "a"), ("tag", "")]
        ) as told:
            found = await told.json()

    assert found["pairs"] == [["name", "آمال"], ["tag", "a"], ["tag", ""]]
    assert found["all"] == ["a", ""]


async def test_a_file_comes_whole_with_the_fields_beside_it(address: str):
    content = b"\x89PNG\r\n\r\n--almost\r\n\x00"
    form = FormData()
    form.add_field("alt", "Eine Brücke")
    form.add_field("picture", content, filename="b.png", content_type="image/png")
    async with ClientSession() as session:
        async with session.post(address, data=form) as told:
            found = await told.json()

    assert found["pairs"] == [["alt", "Eine Brücke"]]
    assert found["files"] == {"picture": ["b.png", content.hex()]}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"name=a", 415),
        ("multipart/form-data", b"--x\r\n", 400),
        ("multipart/form-data; boundary=" + "x" * 71, b"--x\r\n", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nno head--x--", 400),
        ("application/x-www-form-urlencoded", b"a=1&" * 101, 400),
        ("application/x-www-form-urlencoded", b"a" * 140_000, 413),
        ("multipart/form-data; boundary=x", b"a" * 140_000, 413),
    ],
)
async def test_what_is_no_form_of_ours_is_refused(
    kind: str, body: bytes, status: int, address: str
):
    async with ClientSession(headers={"Content-Type": kind}) as session:
        async with session.post(address, data=body) as told:
            assert told.status == status


async def test_names_are_read_as_browsers_write_them_and_in_no_other_way(address: str):
    heads = ['name="a;b"; filename="; name=evil"', "filename=x.png; name=c", "name*=utf-8''d"]
    part = "--x\r\nContent-Disposition: form-data; {}\r\n\r\n1\r\n"
    body = "".join(part.format(head) for head in heads) + "--x--\r\n"
    kind = {"Content-Type": 'Multipart/Form-Data; charset=utf-8; boundary="x"'}
    async with ClientSession(headers=kind) as session:
        async with session.post(address, data=body.encode()) as told:
            found = await told.json()

    assert found["files"] == {"a;b": ["; name=evil", "31"], "c": ["x.png", "31"]}
    assert found["pairs"] == [["", "1"]]


HEADS = {
    "semicolons": 'name="a' + ";" * 100_000,
    "quoted quotes": 'name="a' + '\\";' * 30_000,
    "digits": f"name*{'9' * 5000}=x",
    "a long name": 'name="' + "a" * 1024 + '"',
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("path", ["", "sparing"])
async def test_a_part_with_a_long_head_is_refused_at_once(address: str, path: str, head: str):
    body = f"--x\r\nContent-Disposition: form-data; {HEADS[head]}\r\n\r\n1\r\n--x--\r\n".encode()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    async with ClientSession(headers=kind) as session:
        begun = time.process_time()
        async with session.post(address + path, data=body) as told:
            assert told.status == 400
        assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("more", ["; boundary=x" + ";" * 7900, f"; boundary*{'9' * 5000}=x"])
async def test_a_long_content_type_is_refused_at_once(address: str, more: str):
    kind = {"Content-Type": "multipart/form-data" + more}
    async with ClientSession() as session:
        begun = time.process_time()
        async with session.post(address, data=b"--x\r\n", headers=kind) as told:
            assert told.status == 400
        assert time.process_time() - begun < 0.2
