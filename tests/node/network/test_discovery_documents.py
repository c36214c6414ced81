"""Tests of the documents by which others find us, each against the words of its specification."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from activitypub.intents import Intent, filled, template_for
from activitypub.nodeinfo import application_link
from activitypub.webfinger import read as read_jrd
from node.services import Node
from tests.support.nodes import EVENT, do, running

Json = dict[str, Any]


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path, at_work=False) as resting:
        yield resting


async def fetched(
    node: Node, path: str, *, status: int = 200, accept: str = "*/*"
) -> tuple[Mapping[str, str], bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            node.urls.origin + path, headers={"Accept": accept}, allow_redirects=False
        ) as answer,
    ):
        assert answer.status == status, path
        return answer.headers, await answer.read()


async def document(node: Node, path: str, *, accept: str = "*/*") -> Json:
    import orjson  # noqa: PLC0415

    found: Json = orjson.loads((await fetched(node, path, accept=accept))[1])
    return found


def webfinger(resource: str, *rels: str) -> str:
    """The path that asks for this resource."""
    asked = "".join(f"&rel={quote(rel, safe='')}" for rel in rels)
    return f"/.well-known/webfinger?resource={quote(resource, safe='')}{asked}"


async def test_webfinger_gives_of_all_links_those_that_were_asked_for(node: Node):
    """RFC 7033 4.3: "the links array … MUST only contain links" of these relations; the rest of
    the JRD is as without."""
    page = "http://webfinger.net/rel/profile-page"
    whole = await document(node, webfinger(f"acct:{node.urls.account}"))
    some = await document(node, webfinger(f"acct:{node.urls.account}", "self", page))
    assert {link["rel"] for link in some["links"]} == {"self", page}
    assert (await document(node, webfinger(f"acct:{node.urls.account}", "none")))["links"] == []
    assert {**some, "links": 0} == {**whole, "links": 0}
    assert set(whole) == {"subject", "aliases", "links"}


async def test_webfinger_is_for_programs_of_all_sites(node: Node):
    """RFC 7033 5 and 10.2: CORS, and the media type of its own."""
    headers, _ = await fetched(node, webfinger(node.urls.community))
    assert headers["Content-Type"] == "application/jrd+json"
    assert headers["Access-Control-Allow-Origin"] == "*"


async def test_the_server_itself_names_its_actor(node: Node):
    """FEP-d556: `resource` is the prefix of the server, the link is of the type Service."""
    found = read_jrd(await document(node, webfinger(f"{node.urls.origin}/")))
    assert found.subject == f"{node.urls.origin}/"
    assert found.service == found.actor == node.urls.relay
    actor = await document(node, "/relay", accept="application/activity+json")
    assert actor["id"] == node.urls.relay


async def test_the_actor_says_its_handle_and_webfinger_leads_back(node: Node):
    """FEP-2c59: `webfinger` without `acct:`, and both ways lead to the same."""
    for actor in node.urls.actors():
        path = actor.removeprefix(node.urls.origin)
        said = (await document(node, path, accept="application/activity+json"))["webfinger"]
        found = read_jrd(await document(node, webfinger(f"acct:{said}")))
        assert (found.subject, found.actor) == (f"acct:{said}", actor)


async def test_host_meta_is_there_as_xml_and_as_json(node: Node):
    """RFC 6415 2 and 3: XRD by default, JRD by `.json` or where only that is accepted."""
    headers, body = await fetched(node, "/.well-known/host-meta")
    link = ET.fromstring(body)[0].attrib
    assert headers["Content-Type"].startswith("application/xrd+xml")
    template = f"{node.urls.origin}/.well-known/webfinger?resource={{uri}}"
    assert (link["rel"], link["template"]) == ("lrdd", template)
    for path, accept in (("host-meta.json", "*/*"), ("host-meta", "application/json")):
        found = await document(node, f"/.well-known/{path}", accept=accept)
        assert found["links"][0]["template"] == template
    headers, _ = await fetched(node, "/.well-known/host-meta", accept="application/json")
    assert (headers["Content-Type"], headers["Vary"]) == ("application/json", "Accept")


async def test_nodeinfo_is_there_in_two_versions_and_counts_what_is_published(node: Node):
    """NodeInfo 2.0 and 2.1: required members and no others, honest numbers; FEP-2677."""
    await do(node, "event.publish", document=EVENT)
    links = await document(node, "/.well-known/nodeinfo")
    assert application_link(links) == node.urls.relay
    for version in ("2.0", "2.1"):
        schema = f"http://nodeinfo.diaspora.software/ns/schema/{version}"
        (place,) = [link["href"] for link in links["links"] if link["rel"] == schema]
        path = place.removeprefix(node.urls.origin)
        headers, _ = await fetched(node, path)
        found = await document(node, path)
        assert headers["Content-Type"] == f'application/json; profile="{schema}#"'
        assert (found["version"], found["openRegistrations"]) == (version, False)
        assert found["usage"] == {"users": {"total": 1}, "localPosts": 1}
        assert found["services"] == {"inbound": [], "outbound": ["atom1.0"]}
        assert found["metadata"] == {"nodeName": "Josoor Wien", "languages": ["de", "ar", "en"]}
    await fetched(node, "/nodeinfo/3.0", status=404)


async def test_capabilities_are_listed_at_the_relay_and_at_the_communitys_generator(node: Node):
    """FEP-844e: an array of links, `href` a URI, on an Application or on an actor's generator."""
    relay = await document(node, "/relay", accept="application/activity+json")
    group = await document(node, "/c/wien", accept="application/activity+json")
    listed = relay["implements"]
    assert group["generator"] == {"type": "Application", "implements": listed}
    assert {link["type"] for link in listed} == {"Link"}
    assert listed[0]["href"] == "https://datatracker.ietf.org/doc/html/rfc9421"
    assert all(link["name"] for link in listed)


async def test_our_own_intents_lead_to_a_page_that_is_there(node: Node):
    """FEP-3b86: a template that works; whoever is not signed in is asked to, and comes back."""
    jrd = read_jrd(await document(node, webfinger(f"acct:{node.urls.account}")))
    template = template_for(jrd, Intent.FOLLOW)
    assert template is not None
    url = filled(template, "https://berlin.example/c/berlin")
    assert url is not None
    headers, _ = await fetched(node, url.removeprefix(node.urls.origin), status=303)
    assert headers["Location"].startswith("/sign-in?next=/desk/following/ask/https")
    assert template_for(jrd, Intent.JOIN) is None


async def test_a_password_manager_finds_where_to_change_the_password(node: Node):
    """W3C "A Well-Known URL for Changing Passwords": a redirect, and 404 for what is not there."""
    headers, _ = await fetched(node, "/.well-known/change-password", status=303)
    assert headers["Location"] == "/me/password"
    nothing = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
    await fetched(node, nothing, status=404)


async def test_robots_are_told_what_to_leave_alone(node: Node):
    """RFC 9309 2.2"""
    _, body = await fetched(node, "/robots.txt")
    assert body.decode().splitlines()[0] == "User-agent: *"
