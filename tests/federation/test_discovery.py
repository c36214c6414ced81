"""From what a person types to an actor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from activitypub.names import ACTIVITY_JSON
from federation.errors import FederationError, Malformed, NotActivityPub, NotFound, OriginMismatch
from federation.trust.discovery import Discovery
from tests.support.stranger import LOOPBACK, Inward, Page, Stranger, inward


@pytest.fixture
def other(strangers: tuple[Stranger, Stranger]) -> Stranger:
    return strangers[1]


@pytest.fixture
async def discovery() -> AsyncIterator[Discovery]:
    node: Inward = inward()
    yield Discovery(node.fetcher, node.actors, LOOPBACK)
    await node.client.close()


def _webfinger(
    stranger: Stranger, asked: str, subject: str | None = None, actor: str | None = None
) -> None:
    """Serve a JRD for the handle `asked`."""
    link = {"rel": "self", "type": ACTIVITY_JSON, "href": actor or f"{stranger.origin}/anna"}
    document: dict[str, Any] = {"subject": f"acct:{subject or asked}", "links": [link]}
    resource = f"acct%3A{asked}".replace("@", "%40").replace("127.0.0.1:", "127.0.0.1%3A")
    stranger.put(f"/.well-known/webfinger?resource={resource}", document)


@pytest.mark.parametrize("form", ["@anna@{}", "anna@{}", "acct:anna@{}", " @anna@{} "])
async def test_a_handle_leads_to_its_actor(
    discovery: Discovery, stranger: Stranger, form: str
) -> None:
    document = stranger.actor()
    _webfinger(stranger, f"anna@{stranger.host}")
    actor = await discovery.find(form.format(stranger.host))
    assert actor.id == document["id"]
    assert (actor.username, actor.name, actor.host) == ("anna", "Anna", stranger.host)
    assert actor.shared_inbox == f"{stranger.origin}/inbox"


async def test_a_handle_may_hop_once_to_the_subject(
    discovery: Discovery, stranger: Stranger, other: Stranger
) -> None:
    document = stranger.actor()
    _webfinger(other, f"anna@{other.host}", f"anna@{stranger.host}")
    _webfinger(stranger, f"anna@{stranger.host}")
    assert (await discovery.find(f"anna@{other.host}")).id == document["id"]


async def test_a_handle_does_not_hop_twice(
    discovery: Discovery, stranger: Stranger, other: Stranger
) -> None:
    _webfinger(other, f"anna@{other.host}", f"anna@{stranger.host}")
    _webfinger(stranger, f"anna@{stranger.host}", f"anna@{other.host}")
    with pytest.raises(OriginMismatch):
        await discovery.find(f"anna@{other.host}")


async def test_an_unknown_handle_and_one_without_actor_are_not_found(
    discovery: Discovery, stranger: Stranger
) -> None:
    with pytest.raises(NotFound):
        await discovery.find(f"nobody@{stranger.host}")
    stranger.put(
        f"/.well-known/webfinger?resource=acct%3Aweb%40127.0.0.1%3A{stranger.server.port}",
        {"subject": f"acct:web@{stranger.host}", "links": [{"rel": "self", "href": "x"}]},
    )
    with pytest.raises(NotFound):
        await discovery.find(f"web@{stranger.host}")


async def test_a_handle_whose_actor_names_another_server_is_refused(
    discovery: Discovery, stranger: Stranger, other: Stranger
) -> None:
    victim = other.actor()
    stranger.put("/anna", victim)
    _webfinger(stranger, f"anna@{stranger.host}")
    with pytest.raises(OriginMismatch):
        await discovery.find(f"anna@{stranger.host}")


@pytest.mark.parametrize("text", ["", "anna", "@anna", "anna@", "a@b@c", "ftp://x", "a@b.test/x"])
async def test_what_is_no_handle_is_malformed(discovery: Discovery, text: str) -> None:
    with pytest.raises(Malformed):
        await discovery.find(text)


async def test_an_address_leads_to_its_actor(discovery: Discovery, stranger: Stranger) -> None:
    document = stranger.actor()
    assert (await discovery.find(document["id"])).id == document["id"]


async def test_a_page_leads_to_its_document_on_the_same_server(
    discovery: Discovery, stranger: Stranger
) -> None:
    document = stranger.actor()
    page = f"<html><head><link rel='alternate' type='{ACTIVITY_JSON}' href='/anna'>".encode()
    stranger.pages["/@anna"] = Page(body=page, type="text/html")
    assert (await discovery.find(f"{stranger.origin}/@anna")).id == document["id"]


async def test_a_page_does_not_lead_to_another_server_or_to_a_second_page(
    discovery: Discovery, stranger: Stranger, other: Stranger
) -> None:
    link = "<link rel='alternate' type='{}' href='{}'>"
    other.actor()
    elsewhere = link.format(ACTIVITY_JSON, f"{other.origin}/anna").encode()
    stranger.pages["/x"] = Page(body=elsewhere, type="text/html")
    with pytest.raises(OriginMismatch):
        await discovery.find(f"{stranger.origin}/x")
    assert not other.hits
    stranger.actor()
    for path, body in (("/1", link.format(ACTIVITY_JSON, "/2")), ("/2", link.format("x", "/anna"))):
        stranger.pages[path] = Page(body=body.encode(), type="text/html")
    with pytest.raises(NotActivityPub):
        await discovery.find(f"{stranger.origin}/1")


async def test_a_note_is_no_actor(discovery: Discovery, stranger: Stranger) -> None:
    url = stranger.put("/n", {"id": f"{stranger.origin}/n", "type": "Note"})
    with pytest.raises(FederationError, match="not that of an actor"):
        await discovery.find(url)
