"""The way home: which page of her own server a visitor is sent to, and to no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from activitypub.intents import Intent
from activitypub.names import ACTIVITY_JSON
from federation.errors import FederationError, Malformed, NotFound
from federation.memory import FakeClock
from federation.trust.handles import Handles
from federation.trust.interaction import Way, Ways
from federation.trust.servers import Servers
from tests.support.stranger import LOOPBACK, Stranger, inward

US = "https://wien.test/c/wien"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
FEP = "https://w3id.org/fep/3b86/"


@pytest.fixture
async def ways() -> AsyncIterator[tuple[Ways, FakeClock]]:
    node = inward()
    handles = Handles(node.fetcher, LOOPBACK)
    yield Ways(handles, Servers(node.fetcher, handles), node.clock), node.clock
    await node.client.close()


def jrd(server: Stranger, *links: tuple[str, str], subject: str = "", actor: str = "") -> None:
    """Let WebFinger know anna@ with these templates."""
    own = {"rel": "self", "type": ACTIVITY_JSON, "href": actor or f"{server.origin}/anna"}
    named = [{"rel": rel, "template": template} for rel, template in links]
    document: dict[str, Any] = {
        "subject": f"acct:{subject or f'anna@{server.host}'}",
        "links": [own, *named],
    }
    resource = quote(f"acct:anna@{server.host}", safe="")
    server.put(f"/.well-known/webfinger?resource={resource}", document)


def runs(server: Stranger, name: str) -> None:
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    links = {"links": [{"rel": rel, "href": f"{server.origin}/nodeinfo"}]}
    server.put("/.well-known/nodeinfo", links)
    server.put("/nodeinfo", {"version": "2.0", "software": {"name": name, "version": "1"}})


async def home(ways: tuple[Ways, FakeClock], account: str, intent: Intent = Intent.FOLLOW) -> Any:
    return await ways[0].home(account, US, intent)


async def test_an_intent_comes_before_ostatus_and_that_before_what_the_software_is_known_for(
    ways: tuple[Ways, FakeClock], stranger: Stranger
):
    runs(stranger, "mastodon")
    follow = (FEP + "Follow", f"{stranger.origin}/intents/follow?object={{object}}")
    older = (SUBSCRIBE, f"{stranger.origin}/authorize_interaction?uri={{uri}}")
    us = quote(US, safe="")
    for links, path in (
        ((older, follow), f"/intents/follow?object={us}"),
        ((older,), f"/authorize_interaction?uri={us}"),
        ((), f"/authorize_interaction?uri={us}"),
    ):
        jrd(stranger, *links)
        found = await home(ways, f"@anna@{stranger.host}")
        assert found == Way(url=stranger.origin + path, host=stranger.host)
        ways[1].advance(timedelta(minutes=11))


async def test_the_name_of_a_server_is_enough(ways: tuple[Ways, FakeClock], stranger: Stranger):
    runs(stranger, "Mastodon")
    for typed in (stranger.host, f" {stranger.host}/ "):
        found = await home(ways, typed)
        assert found.url.startswith(f"{stranger.origin}/authorize_interaction?uri=")


async def test_a_server_of_which_nothing_is_known_has_no_way(
    ways: tuple[Ways, FakeClock], stranger: Stranger
):
    runs(stranger, "gotosocial")
    jrd(stranger)
    assert await home(ways, f"@anna@{stranger.host}") is None
    assert await home(ways, stranger.host) is None


@pytest.mark.parametrize(
    "template",
    [
        "https://evil.example/?uri={uri}",
        "//evil.example/?uri={uri}",
        "javascript:alert({uri})",
        "{uri}",
        "ORIGIN@evil.example/?uri={uri}",
        "ORIGIN.evil.example/?uri={uri}",
        "ORIGIN\\@evil.example/?uri={uri}",
        "ORIGIN/ \r\nSet-Cookie: a=b?uri={uri}",
        "ftp://HOST/?uri={uri}",
        "/authorize?uri={uri}",
    ],
)
async def test_nobody_is_sent_to_anywhere_but_her_own_server(
    template: str, ways: tuple[Ways, FakeClock], stranger: Stranger
):
    written = template.replace("ORIGIN", stranger.origin).replace("HOST", stranger.host)
    jrd(stranger, (SUBSCRIBE, written))
    assert await home(ways, f"@anna@{stranger.host}") is None


async def test_a_name_at_another_domain_leads_to_the_server_where_the_account_lives(
    ways: tuple[Ways, FakeClock], strangers: tuple[Stranger, Stranger]
):
    lives, domain = strangers
    template = (SUBSCRIBE, f"{lives.origin}/authorize_interaction?uri={{uri}}")
    jrd(domain, template, actor=f"{lives.origin}/anna")
    found = await home(ways, f"@anna@{domain.host}")
    assert found.host == lives.host


@pytest.mark.parametrize("typed", ["", "@", "@anna", "anna@", "a b", "a/b", "x@y@z", "\x00", "a?b"])
async def test_what_is_neither_name_nor_server_is_malformed(
    typed: str, ways: tuple[Ways, FakeClock]
):
    with pytest.raises(Malformed):
        await home(ways, typed)


async def test_one_who_is_not_known_there_is_not_found_and_not_asked_for_again_and_again(
    ways: tuple[Ways, FakeClock], stranger: Stranger
):
    for _ in range(5):
        with pytest.raises(NotFound):
            await home(ways, f"@anna@{stranger.host}")
    assert sum(stranger.hits.values()) == 1


@pytest.mark.parametrize("typed", ["169.254.169.254", "@a@10.0.0.1", "localhost", "@a@printer"])
async def test_what_lies_inside_is_not_asked(typed: str, ways: tuple[Ways, FakeClock]):
    with pytest.raises(FederationError):
        await home(ways, typed)
