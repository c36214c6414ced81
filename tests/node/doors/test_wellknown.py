"""Tests of how the community and the relay are found: WebFinger, host-meta and NodeInfo."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from activitypub.webfinger import read as read_jrd
from tests.support.guests import Guest, publish


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
