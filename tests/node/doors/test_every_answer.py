"""Tests of what holds for every answer: the host, the method, the headers and the errors."""

from __future__ import annotations

import pytest

from activitypub.names import ACTIVITY_JSON
from tests.support.guests import Guest, publish
from tests.support.nodes import do


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1", "", "localhost.:80"])
async def test_a_request_for_another_host_is_turned_away(host: str, guest: Guest):
    answer = await guest.get("/c/wien", Host=host)

    assert (answer.status, answer.headers["Content-Type"]) == (421, "application/problem+json")


async def test_a_whole_address_on_the_request_line_is_refused(guest: Guest):
    host = guest.node.urls.authority
    line = await guest.raw(f"GET http://{host}/c/wien HTTP/1.1\nHost: {host}\n\n")

    assert line.split()[1] == "400"


async def test_a_plain_request_line_is_served(guest: Guest):
    line = await guest.raw(f"GET /c/wien HTTP/1.1\nHost: {guest.node.urls.authority}\n\n")

    assert line.split()[1] == "200"


async def test_what_is_asked_in_the_wrong_way_is_answered_with_the_right_one(guest: Guest):
    async with guest.session.delete(f"{guest.origin}/events") as response:
        assert response.status == 405
        assert "GET" in response.headers["Allow"]


async def test_every_answer_keeps_browsers_from_guessing(guest: Guest):
    address = await publish(guest)
    gone = await publish(guest)
    await do(guest.node, "event.delete", id=gone)
    for path in ("/", "/events", "/network", "/about", address, gone, f"{address}.ics", "/c/wien",
                 "/c/wien/outbox", "/events.ics", "/events.atom", "/events.json", "/robots.txt",
                 "/favicon.ico", "/static/favicon.svg", "/nothing", "/healthz", "/api/openapi.json",
                 "/.well-known/nodeinfo", "/api/v1/events", "/relay"):  # fmt: skip
        for accept in ("text/html", ACTIVITY_JSON):
            headers = (await guest.get(path, Accept=accept)).headers
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["Referrer-Policy"] == "no-referrer", path
            assert headers["Server"] == "josoor", path


async def test_pages_run_no_script_and_live_in_no_frame(guest: Guest):
    for path in ("/", "/events", "/network", "/about", await publish(guest), "/nothing"):
        answer = await guest.get(path, Accept="text/html")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script src" not in answer.text


async def test_nothing_outside_the_folder_of_files_is_served(guest: Guest):
    for path in ("/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/nothing.css"):
        assert (await guest.get(path)).status == 404


async def test_an_error_is_a_page_for_people_and_a_problem_for_programs(guest: Guest):
    page = await guest.get("/nothing", Accept="text/html", Accept_Language="ar")
    problem = await guest.get("/nothing", Accept=ACTIVITY_JSON)

    assert (page.status, problem.status) == (404, 404)
    assert 'dir="rtl"' in page.text
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json["status"] == 404
