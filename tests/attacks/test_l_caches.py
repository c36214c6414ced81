"""L07-L09, L11, L13: what a cache, a browser or a curious path could make of our answers."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from node.routes import ROUTES
from tests.support.edge import request
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGES = ["/", "/about", "/events", "/network"]
ACTIVITY = "Accept: application/activity+json"


def _header(head: str, name: str) -> str:
    lines = [line.partition(":") for line in head.split("\r\n")]
    return ", ".join(value.strip() for key, _, value in lines if key.lower() == name)


UNKEYED = [
    *("X-Forwarded-Host: poison.test", "X-Forwarded-Proto: poison", "X-Original-URL: /poison"),
    *("Forwarded: host=poison.test", "User-Agent: poison", "Referer: https://poison.test/"),
    *("Origin: https://poison.test", "Cookie: theme=poison; language=poison", "Via: poison"),
    *("Accept-Language: po-ison", "Accept: text/html, text/poison", "X-Forwarded-Prefix: /poison"),
]  # fmt: skip


@pytest.mark.parametrize("header", UNKEYED, ids=lambda each: f"L07-{each.split(':')[0]}")
async def test_nothing_unkeyed_is_shown_to_the_next(edge: Stage, header: str) -> None:
    for page in PAGES:
        plain, told = (
            await edge.tell(request(f"GET {page}")),
            await edge.tell(request(f"GET {page}", header)),
        )
        assert told.status == HTTPStatus.OK
        assert "poison" not in told.head + told.body.decode()
        assert told.body == plain.body


async def test_l07_what_changes_the_answer_is_named(edge: Stage) -> None:
    for page in PAGES:
        german = await edge.tell(request(f"GET {page}", "Accept-Language: de"))
        arabic = await edge.tell(request(f"GET {page}", "Accept-Language: ar"))
        assert german.body != arabic.body
        varies = _header(german.head, "vary").lower()
        assert "accept-language" in varies or "no-store" in _header(german.head, "cache-control")
    document = await edge.tell(request("GET /c/wien", ACTIVITY))
    assert "accept" in _header(document.head, "vary").lower()


async def test_l07_what_is_asked_behind_the_path_is_not_told_back(edge: Stage) -> None:
    for path in ("/about?utm=poison", "/c/wien/outbox?poison", "/?lang=poison"):
        told = await edge.tell(request(f"GET {path}"))
        assert b"poison" not in told.body


DECEIVING = ["/x.css", "/..%2fstatic%2fx.css", "%2fx.css", ";x.css", "%00.css", "%3fx.css", "/."]


@pytest.mark.parametrize("tail", DECEIVING, ids=lambda tail: f"L08-{tail}")
async def test_no_private_answer_looks_like_a_file(edge: Stage, tail: str) -> None:
    guarded = [route.path for route in ROUTES if route.scope and "{" not in route.path]
    for path in {*guarded, "/setup/secret"}:
        told = await edge.tell(request(f"GET {path}{tail}", "Authorization: Bearer x"))
        assert told.status in (401, 404, 405), (path, told.head)
        assert "public" not in _header(told.head, "cache-control")


async def test_l08_what_needs_a_token_is_never_stored(edge: Stage) -> None:
    for path in {route.path for route in ROUTES if route.scope and "{" not in route.path}:
        told = await edge.tell(request(f"GET {path}"))
        assert "max-age" not in _header(told.head, "cache-control"), path


CLIMBING = ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "..%5capp.py", "%2fetc%2fpasswd", "", "."]
CLIMBING += [
    "..",
    "....//app.py",
    "style.css%00.py",
    "style.css/",
    "STYLE.CSS",
    "%c0%ae%c0%ae/app.py",
]


@pytest.mark.parametrize("name", CLIMBING, ids=lambda name: f"L09-{name}")
async def test_no_file_but_those_of_the_folder_is_served(edge: Stage, name: str) -> None:
    told = await edge.tell(request(f"GET /static/{name}"))
    assert told.status == HTTPStatus.NOT_FOUND
    assert b"import" not in told.body
    assert b"root:" not in told.body


async def test_l11_a_cookie_is_for_https_and_not_for_scripts(edge: Stage) -> None:
    told = await edge.tell(request("GET /about?lang=ar"))
    cookie = _header(told.head, "set-cookie")
    for word in ("Secure", "HttpOnly", "SameSite"):
        assert word in cookie
    assert "Domain" not in cookie


async def test_l11_a_browser_is_told_to_stay_with_https(edge: Stage) -> None:
    told = await edge.tell(request("GET /about"))
    assert "max-age=" in _header(told.head, "strict-transport-security")


RANGES = ["bytes=0-", "bytes=-1", "bytes=9-3", "bytes=0-0,2-3", "bytes=" + "0-1," * 500, "lines=1"]


@pytest.mark.parametrize("asked", RANGES, ids=lambda asked: f"L13-{asked[:14]}")
async def test_a_range_is_not_heard(edge: Stage, asked: str) -> None:
    for path in ("/about", "/events.ics", "/robots.txt"):
        whole = await edge.tell(request(f"GET {path}"))
        told = await edge.tell(request(f"GET {path}", f"Range: {asked}", "If-Range: x"))
        assert (told.status, told.body) == (200, whole.body)


CONDITIONS = ["If-None-Match: " + '"a",' * 1500, 'If-None-Match: W/"', "If-Match: *", "If-Match: x"]
CONDITIONS += ["If-Modified-Since: Sat, 01 Jan 99999 99:99:99 GMT", "If-Unmodified-Since: ٣"]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda each: f"L13-{each[:24]}")
async def test_an_odd_condition_is_not_met(edge: Stage, condition: str) -> None:
    sent = condition.encode().decode("latin-1")
    told = await edge.tell(request("GET /about", sent))
    assert told.status == HTTPStatus.OK
