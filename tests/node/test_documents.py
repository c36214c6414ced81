"""Tests of what a node serves: discovery, actors, objects, collections, pages, feeds, guards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import icalendar
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from activitypub.names import ACTIVITY_JSON, LD_JSON, PUBLIC
from activitypub.registry import read
from activitypub.webfinger import read as read_jrd
from keys.serialisation import public_multibase, read_multibase, read_public_pem
from node.services import Node
from node.urls import COLLECTIONS
from tests.support.nodes import EVENT, do, running

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Guest:
    """Somebody who asks the node over HTTP."""

    def __init__(self, node: Node, session: ClientSession) -> None:
        self.node, self.session = node, session
        self.origin = node.urls.origin

    async def get(self, path: str, **headers: str) -> Answer:
        """The answer to a GET of a path or address; header names with _ for -."""
        url = path if path.startswith("http") else self.origin + path
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(url, headers=sent, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())

    async def read(self, path: str) -> Any:
        """The ActivityPub document at a path or address."""
        answer = await self.get(path, Accept=ACTIVITY_JSON)
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(ACTIVITY_JSON)
        assert answer.headers["Vary"] == "Accept"
        return answer.json

    async def webfinger(self, resource: str) -> Answer:
        """What WebFinger answers."""
        url = f"{self.origin}/.well-known/webfinger"
        async with self.session.get(url, params={"resource": resource}) as response:
            return Answer(response.status, response.headers, await response.read())

    async def raw(self, request: str) -> str:
        """The first line of the answer to a request as it is written here."""
        host, port = "127.0.0.1", urlsplit(self.origin).port
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request.replace("\n", "\r\n").encode())
        await writer.drain()
        line = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        return line.decode().strip()


@pytest.fixture
async def guest(tmp_path: Path) -> AsyncIterator[Guest]:
    async with running(tmp_path / "wien", at_work=False) as node, ClientSession() as session:
        yield Guest(node, session)


async def publish(guest: Guest, **changes: Any) -> str:
    """The address of a new event."""
    event = await do(guest.node, "event.publish", document={**EVENT, **changes})
    return str(event["id"])


# discovery


async def test_webfinger_finds_the_community_by_its_handle_and_by_its_address(guest: Guest):
    urls = guest.node.urls
    for resource in (
        f"acct:{urls.account}",
        f"acct:{urls.account.upper()}".replace("ACCT", "acct"),
        urls.account,
        f"@{urls.account}",
        urls.community,
    ):
        answer = await guest.webfinger(resource)
        found = read_jrd(answer.json)
        assert (answer.status, found.actor) == (200, urls.community), resource
        assert found.subject == f"acct:{urls.account}"
        assert answer.headers["Content-Type"] == "application/jrd+json"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_webfinger_finds_the_relay_by_its_handle_and_by_the_host(guest: Guest):
    urls = guest.node.urls
    for resource in (f"acct:relay@{urls.authority}", urls.relay, urls.origin, f"{urls.origin}/"):
        answer = await guest.webfinger(resource)
        assert (answer.status, read_jrd(answer.json).actor) == (200, urls.relay), resource


async def test_webfinger_knows_nobody_else(guest: Guest):
    authority = guest.node.urls.authority
    for resource in (
        f"acct:nobody@{authority}",
        "acct:wien@elsewhere.test",
        "https://elsewhere.test/c/wien",
        "acct:wien",
        "acct:",
        "@",
        "\x00",
    ):
        assert (await guest.webfinger(resource)).status == 404, resource


async def test_webfinger_wants_to_know_who_is_looked_for(guest: Guest):
    for path in ("/.well-known/webfinger", "/.well-known/webfinger?resource="):
        assert (await guest.get(path)).status in (400, 422)


async def test_host_meta_says_where_webfinger_is(guest: Guest):
    answer = await guest.get("/.well-known/host-meta")
    link = ET.fromstring(answer.body)[0]

    assert answer.headers["Content-Type"].startswith("application/xrd+xml")
    template = link.attrib["template"].replace("{uri}", f"acct:{guest.node.urls.account}")
    assert link.attrib["rel"] == "lrdd"
    assert (await guest.get(template)).json["subject"] == f"acct:{guest.node.urls.account}"


async def test_nodeinfo_is_found_by_its_link_and_names_the_relay(guest: Guest):
    links = (await guest.get("/.well-known/nodeinfo")).json["links"]
    by_rel = {link["rel"]: link["href"] for link in links}
    answer = await guest.get(by_rel["http://nodeinfo.diaspora.software/ns/schema/2.1"])
    await publish(guest)
    later = (await guest.get("/nodeinfo/2.1")).json

    assert by_rel["https://www.w3.org/ns/activitystreams#Application"] == guest.node.urls.relay
    assert answer.json["version"] == "2.1"
    assert answer.json["protocols"] == ["activitypub"]
    assert answer.json["software"]["name"] == "josoor-connect"
    assert "schema/2.1" in answer.headers["Content-Type"]
    assert later["usage"]["localPosts"] == 1


# actors


@pytest.mark.parametrize(("path", "kind"), [("/c/wien", "Group"), ("/relay", "Application")])
async def test_an_actor_has_all_that_peers_look_for(path: str, kind: str, guest: Guest):
    actor = await guest.read(path)
    address = guest.origin + path

    assert (actor["id"], actor["type"]) == (address, kind)
    assert "https://www.w3.org/ns/cid/v1" in actor["@context"]
    assert actor["inbox"] == f"{address}/inbox"
    assert actor["endpoints"]["sharedInbox"] == f"{guest.origin}/inbox"
    assert actor["publicKey"]["id"] == f"{address}#main-key"
    assert actor["publicKey"]["owner"] == address
    assert isinstance(read_public_pem(actor["publicKey"]["publicKeyPem"]), RSAPublicKey)
    (method,) = actor["assertionMethod"]
    assert (method["type"], method["controller"]) == ("Multikey", address)
    assert (
        public_multibase(read_multibase(method["publicKeyMultibase"]))
        == (method["publicKeyMultibase"])
    )
    assert read(actor).type == kind
    for name in ("outbox", "followers", "following"):
        assert (await guest.read(actor[name]))["id"] == actor[name]


async def test_the_two_actors_have_different_keys(guest: Guest):
    community, relay = await guest.read("/c/wien"), await guest.read("/relay")

    assert community["publicKey"]["publicKeyPem"] != relay["publicKey"]["publicKeyPem"]
    assert community["assertionMethod"] != relay["assertionMethod"]


async def test_the_community_shows_its_name_in_its_languages(guest: Guest):
    actor = await guest.read("/c/wien")

    assert actor["name"] == "Josoor Wien"
    assert list(actor["nameMap"]) == ["de", "ar"]
    assert actor["summary"] == "<p>Nachbarinnen und Nachbarn.</p>"


async def test_another_community_is_not_found(guest: Guest):
    for path in ("/c/berlin", "/c/berlin/outbox", "/c/wien/secrets", "/relay/featured"):
        assert (await guest.get(path, Accept=ACTIVITY_JSON)).status == 404, path


@pytest.mark.parametrize("name", COLLECTIONS)
async def test_every_collection_is_one(name: str, guest: Guest):
    found = await guest.read(f"/c/wien/{name}")

    assert found["type"] == "OrderedCollection"
    assert found["id"] == f"{guest.origin}/c/wien/{name}"
    assert found["totalItems"] == 0


async def test_an_event_is_featured_and_upcoming_by_its_address(guest: Guest):
    address = await publish(guest)

    for name in ("featured", "upcoming", "events"):
        found = await guest.read(f"/c/wien/{name}")
        assert (found["totalItems"], found["orderedItems"]) == (1, [address])


async def test_the_outbox_holds_what_was_published_newest_first(guest: Guest):
    addresses = [await publish(guest) for _ in range(21)]
    outbox = await guest.read("/c/wien/outbox")
    first = await guest.read(outbox["first"])
    second = await guest.read(first["next"])

    creates = [*first["orderedItems"], *second["orderedItems"]]
    assert outbox["totalItems"] == 21
    assert [one["object"]["id"] for one in creates] == sorted(addresses, reverse=True)
    assert "next" not in second
    assert {one["type"] for one in creates} == {"Create"}
    served = await guest.read(creates[0]["id"])
    assert (served["object"]["id"], served["to"]) == (creates[0]["object"]["id"], [PUBLIC])


# events


@pytest.mark.parametrize("accept", [ACTIVITY_JSON, LD_JSON, f"{ACTIVITY_JSON}, text/html;q=0.5"])
async def test_a_program_gets_the_event_as_an_object(accept: str, guest: Guest):
    address = await publish(guest)
    answer = await guest.get(address, Accept=accept)

    assert answer.headers["Content-Type"].startswith(ACTIVITY_JSON)
    assert (answer.json["id"], answer.json["type"]) == (address, "Event")
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
async def test_people_get_the_event_as_a_page(accept: str, guest: Guest):
    answer = await guest.get(await publish(guest), Accept=accept)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["Vary"].split(", ")
    assert "Sprachcafé" in answer.text


async def test_the_page_of_an_event_speaks_arabic_from_right_to_left(guest: Guest):
    answer = await guest.get(await publish(guest), Accept="text/html", Accept_Language="ar")

    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "مقهى اللغة" in answer.text
    assert answer.headers["Content-Language"] == "ar"
    assert "Accept-Language" in answer.headers["Vary"]


async def test_a_language_that_was_asked_for_is_remembered(guest: Guest):
    chosen = await guest.get("/events?lang=ar", Accept_Language="de")
    later = await guest.get("/events", Accept_Language="de")

    assert 'dir="rtl"' in chosen.text
    assert "HttpOnly" in chosen.headers["Set-Cookie"]
    assert 'dir="rtl"' in later.text


async def test_an_event_in_the_way_the_api_shows_it_is_not_public(guest: Guest):
    address = await publish(
        guest, exact_address="participants", online_url="https://meet.example/x"
    )

    for accept in (ACTIVITY_JSON, "text/html"):
        text = (await guest.get(address, Accept=accept)).text
        assert "Praterstra" not in text
        assert "meet.example" not in text


async def test_a_cancelled_event_stays_and_a_note_says_it(guest: Guest):
    address = await publish(guest)
    await do(guest.node, "event.cancel", id=address, reason="Kein Strom.")
    found = await guest.read(address)

    assert found["eventStatus"] == "EventCancelled"
    assert "Abgesagt" in (await guest.get(address, Accept="text/html", Accept_Language="de")).text

    async def notes(tx: Any) -> Any:
        return await tx.rows("select id from note")

    (note,) = await guest.node.look(notes)
    document = await guest.read(f"/n/{note['id']}")
    assert document["inReplyTo"] == address
    redirect = await guest.get(f"/n/{note['id']}", Accept="text/html")
    assert (redirect.status, redirect.headers["Location"]) == (303, address)


async def test_a_deleted_event_is_gone_and_says_so(guest: Guest):
    address = await publish(guest)
    await do(guest.node, "event.delete", id=address)
    answer = await guest.get(address, Accept=ACTIVITY_JSON)
    page = await guest.get(address, Accept="text/html")

    assert (answer.status, page.status) == (410, 410)
    assert answer.headers["Content-Type"].startswith(ACTIVITY_JSON)
    assert answer.headers["Vary"] == "Accept"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (answer.json["id"], answer.json["type"]) == (address, "Tombstone")
    assert answer.json["formerType"] == "Event"
    assert "Sprachcafé" not in answer.text + page.text
    assert (await guest.read("/c/wien/outbox"))["totalItems"] == 0
    assert (await guest.get(f"{address}.ics")).status in (404, 410)


async def test_what_never_was_is_not_found(guest: Guest):
    for path in ("/e/", "/n/", "/a/"):
        for short in ("0" * 26, "x", "0" * 25 + "U"):
            assert (await guest.get(path + short, Accept=ACTIVITY_JSON)).status == 404
            assert (await guest.get(path + short, Accept="text/html")).status == 404


async def test_whoever_has_a_document_is_not_sent_it_again(guest: Guest):
    address = await publish(guest)
    for path in (address, "/c/wien", "/events.ics", "/events.atom"):
        first = await guest.get(path, Accept=ACTIVITY_JSON)
        again = await guest.get(path, Accept=ACTIVITY_JSON, If_None_Match=first.headers["ETag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    tag = (await guest.get(address, Accept=ACTIVITY_JSON)).headers["ETag"]
    await do(guest.node, "event.update", id=address, document={**EVENT, "capacity": 5})
    changed = await guest.get(address, Accept=ACTIVITY_JSON, If_None_Match=tag)
    assert (changed.status, changed.json["maximumAttendeeCapacity"]) == (200, 5)


# guards


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1", "", "localhost.:80"])
async def test_a_request_for_another_host_is_turned_away(host: str, guest: Guest):
    answer = await guest.get("/c/wien", Host=host)

    assert (answer.status, answer.headers["Content-Type"]) == (421, "application/problem+json")


async def test_health_is_told_whatever_the_host(guest: Guest):
    for path in ("/healthz", "/readyz"):
        assert (await guest.get(path, Host="10.0.0.7")).status == 200


async def test_a_node_whose_courier_has_ended_is_not_ready_and_says_when_to_ask_again(guest: Guest):
    async def end() -> None:
        """A worker that has ended."""

    ended = asyncio.create_task(end())
    await ended
    guest.node.workers.append(ended)
    answer = await guest.get("/readyz")

    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    guest.node.workers.remove(ended)


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


# feeds


@pytest.mark.parametrize(("language", "title"), [("de", "Sprachcafé"), ("ar", "مقهى اللغة")])
async def test_the_calendar_is_read_by_calendar_programs(language: str, title: str, guest: Guest):
    address = await publish(guest)
    for path in ("/events.ics", f"{urlsplit(address).path}.ics"):
        answer = await guest.get(f"{path}?lang={language}")
        (found,) = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert str(found["SUMMARY"]) == title
        assert str(found["URL"]) == address


async def test_the_news_feeds_hold_the_event(guest: Guest):
    address = await publish(guest)
    atom = await guest.get("/events.atom?lang=ar")
    feed = await guest.get("/events.json?lang=ar")

    (entry,) = ET.fromstring(atom.body).findall(f"{ATOM}entry")
    assert atom.headers["Content-Type"].startswith("application/atom+xml")
    assert "مقهى اللغة" in str(entry.findtext(f"{ATOM}title"))
    (item,) = feed.json["items"]
    assert item["url"] == address
    assert "مقهى اللغة" in item["title"]
