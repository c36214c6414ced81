"""How an actor is called: the name counts that its domain and itself agree on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from activitypub.names import ACTIVITY_JSON
from federation.errors import FederationError, NotActivityPub
from federation.trust.discovery import Discovery
from tests.support.stranger import LOOPBACK, Page, Stranger, inward


@pytest.fixture
def domain(strangers: tuple[Stranger, Stranger]) -> Stranger:
    """The server of the names; the other one has the actors."""
    return strangers[1]


@pytest.fixture
async def discovery() -> AsyncIterator[Discovery]:
    node = inward()
    yield Discovery(node.fetcher, node.actors, LOOPBACK)
    await node.client.close()


def says(server: Stranger, asked: str, subject: str, actor: str) -> None:
    """Let WebFinger of a server answer so."""
    link = {"rel": "self", "type": ACTIVITY_JSON, "href": actor}
    document: dict[str, Any] = {"subject": f"acct:{subject}", "links": [link]}
    resource = quote(f"acct:{asked}", safe="")
    server.put(f"/.well-known/webfinger?resource={resource}", document)


async def test_a_name_at_another_domain_counts_when_both_ends_say_so(
    discovery: Discovery, stranger: Stranger, domain: Stranger
):
    name = f"anna@{domain.host}"
    actor = stranger.actor(webfinger=name)["id"]
    says(domain, name, name, actor)
    found = await discovery.find(f"@{name}")
    assert (found.id, await discovery.handle_of(found)) == (actor, name)


async def test_without_the_property_the_actors_own_host_may_point_to_the_domain(
    discovery: Discovery, stranger: Stranger, domain: Stranger
):
    name = f"anna@{domain.host}"
    actor = stranger.actor()["id"]
    says(stranger, f"anna@{stranger.host}", name, actor)
    says(domain, name, name, actor)
    assert await discovery.handle_of(await discovery.find(actor)) == name


async def test_a_domain_that_knows_the_actor_by_another_name_gives_it_none(
    discovery: Discovery, stranger: Stranger, domain: Stranger
):
    """The actor claims a name of a domain where that is somebody else."""
    victim = domain.actor()["id"]
    name = f"anna@{domain.host}"
    says(domain, name, name, victim)
    actor = stranger.actor(webfinger=name)["id"]
    assert await discovery.handle_of(await discovery.find(actor)) == f"anna@{stranger.host}"


async def test_a_domain_that_claims_an_actor_does_not_name_it(
    discovery: Discovery, stranger: Stranger, domain: Stranger
):
    actor = stranger.actor()["id"]
    says(stranger, f"anna@{stranger.host}", f"anna@{stranger.host}", actor)
    says(domain, f"boss@{domain.host}", f"boss@{domain.host}", actor)
    found = await discovery.find(f"boss@{domain.host}")
    assert await discovery.handle_of(found) == f"anna@{stranger.host}"


@pytest.mark.parametrize("named", ["", "anna", 5, ["a@b.example"], "a@b@c", "anna@[::"])
async def test_an_odd_property_is_as_none(named: Any, discovery: Discovery, stranger: Stranger):
    actor = stranger.actor(webfinger=named)["id"]
    says(stranger, f"anna@{stranger.host}", f"anna@{stranger.host}", actor)
    assert await discovery.handle_of(await discovery.find(actor)) == f"anna@{stranger.host}"


async def test_a_page_may_name_its_document_in_the_header(discovery: Discovery, stranger: Stranger):
    actor = stranger.actor()["id"]
    link = f'</feed>; rel="alternate"; type="application/rss+xml", <{actor}>; rel=alternate; '
    headers = {"Link": link + f'type="{ACTIVITY_JSON}"'}
    stranger.pages["/@anna"] = Page(body=b"<p>Anna", type="text/html", headers=headers)
    assert (await discovery.find(f"{stranger.origin}/@anna")).id == actor


@pytest.mark.parametrize("value", ["<", "<x", "x; rel=alternate", "<" * 5000, '<a>; rel="' * 500])
async def test_an_odd_header_names_nothing(value: str, discovery: Discovery, stranger: Stranger):
    headers = {"Link": value}
    stranger.pages["/@anna"] = Page(body=b"<p>Anna", type="text/html", headers=headers)
    with pytest.raises(NotActivityPub):
        await discovery.find(f"{stranger.origin}/@anna")


async def test_a_server_does_not_pass_off_anothers_actor_as_itself(
    discovery: Discovery, stranger: Stranger, domain: Stranger
):
    victim = domain.actor("relay")["id"]
    stranger.pages["/"] = Page(body=b"<p>Hello", type="text/html")
    rel = "https://www.w3.org/ns/activitystreams#Application"
    links = {"links": [{"rel": rel, "href": victim}]}
    stranger.put("/.well-known/nodeinfo", links, type="application/json")
    with pytest.raises(FederationError):
        await discovery.find(stranger.origin)
    assert not domain.hits["/relay"]
