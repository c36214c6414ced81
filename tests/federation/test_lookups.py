"""How often strangers make us ask: not oftener than we want, whatever they name."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from federation.errors import ActorUnreadable, AddressRefused, NotBelieved, TooManyNew, Unreachable
from federation.memory import FakeClock
from federation.ports import RemoteActor
from federation.trust.lookups import NEW_PER_DOMAIN_AND_MINUTE, Lookups, registrable
from tests.federation.test_succession import anna
from tests.support.stranger import OTHER_KEY, OURS, Inward, Page, Stranger, post, signed

MINUTE = timedelta(minutes=1)


def _follow(actor: str) -> dict[str, Any]:
    return {"id": f"{actor}/f/1", "type": "Follow", "actor": actor, "object": f"{OURS}/wien"}


async def test_the_same_is_asked_for_once_in_five_minutes() -> None:
    clock, asked = FakeClock(), []

    async def ask() -> RemoteActor:
        asked.append(clock.now())
        return anna("key")

    lookups = Lookups(clock)
    assert await lookups.once("x", ask) == anna("key")
    assert await lookups.once("x", ask) is None
    assert await lookups.once("y", ask) == anna("key")
    clock.advance(5 * MINUTE)
    assert await lookups.once("x", ask) == anna("key")
    assert len(asked) == 3


async def test_who_asks_meanwhile_gets_the_same_answer() -> None:
    lookups, asked, go = Lookups(FakeClock()), [], asyncio.Event()

    async def ask() -> RemoteActor:
        asked.append(1)
        await go.wait()
        return anna("key")

    waiting = [asyncio.create_task(lookups.once("x", ask)) for _ in range(50)]
    await asyncio.sleep(0)
    waiting.pop(0).cancel()
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(*waiting) == [anna("key")] * 49
    assert asked == [1]


async def test_trouble_is_remembered_for_a_minute_and_a_refusal_for_five() -> None:
    clock = FakeClock()
    lookups, asked = Lookups(clock), []

    async def trouble() -> RemoteActor:
        asked.append("trouble")
        raise Unreachable("The server did not answer in time.")

    async def refusal() -> RemoteActor:
        asked.append("refusal")
        raise NotBelieved("foreign-owner", "The key names an owner on another server.")

    for _ in range(3):
        with pytest.raises(Unreachable):
            await lookups.once("x", trouble)
        with pytest.raises(NotBelieved):
            await lookups.once("y", refusal)
    assert asked == ["trouble", "refusal"]
    clock.advance(MINUTE)
    for what, ask in (("x", trouble), ("y", refusal)):
        with pytest.raises((Unreachable, NotBelieved)):
            await lookups.once(what, ask)
    assert asked == ["trouble", "refusal", "trouble"]


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://evil.test/x", "evil.test"),
        ("https://a.b.c.EVIL.test./x", "evil.test"),
        ("https://a.evil.co.uk/x", "evil.co.uk"),
        ("https://evil.de:8443/x", "evil.de"),
        ("https://a.co.de/x", "a.co.de"),
        ("https://localhost/x", "localhost"),
        ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
        ("https://[2001:db8::1]/x", "[2001:db8::1]"),
        ("https://x.bücher.test/x", "xn--bcher-kva.test"),
    ],
)
def test_sub_domains_count_together(url: str, domain: str) -> None:
    assert registrable(url) == domain


@pytest.mark.parametrize("url", ["acct:a@b.test", "urn:x", "https://a@b.test/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        registrable(url)


def test_b23_new_actors_of_one_domain_are_limited_for_a_minute() -> None:
    clock = FakeClock()
    lookups = Lookups(clock)
    for number in range(NEW_PER_DOMAIN_AND_MINUTE):
        lookups.count_new(f"https://{number}.evil.test/u")
    with pytest.raises(TooManyNew) as caught:
        lookups.count_new("https://one-more.evil.test/u")
    assert caught.value.retry
    lookups.count_new("https://honest.test/u")
    clock.advance(MINUTE)
    lookups.count_new("https://one-more.evil.test/u")


# --- through HTTP --------------------------------------------------------------------------------


async def test_b10_ten_thousand_bad_signatures_cause_two_requests_and_one_more_in_five_minutes(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    request = signed(post(_follow(me)), f"{me}#main-key", node.clock, OTHER_KEY)
    for hits in (2, 3):
        for _ in range(100):
            results = await asyncio.gather(
                *(node.authenticator.sender(request, me) for _ in range(100)),
                return_exceptions=True,
            )
            assert {str(getattr(each, "reason", each)) for each in results} == {"signature-invalid"}
        assert stranger.hits["/anna"] == hits
        node.clock.advance(5 * MINUTE)


async def test_many_at_once_who_were_never_seen_are_all_believed(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    request = signed(post(_follow(me)), f"{me}#main-key", node.clock)
    senders = await asyncio.gather(*(node.authenticator.sender(request, me) for _ in range(20)))
    assert {sender.id for sender in senders} == {me}
    assert stranger.hits["/anna"] == 1


async def test_many_at_once_with_a_new_key_are_all_believed(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor(key=OTHER_KEY)["id"]
    await node.actors.actor(me)
    stranger.actor()
    request = signed(post(_follow(me)), f"{me}#main-key", node.clock)
    senders = await asyncio.gather(*(node.authenticator.sender(request, me) for _ in range(20)))
    assert {sender.id for sender in senders} == {me}
    assert stranger.hits["/anna"] == 2


async def test_an_actor_that_cannot_be_read_any_more_is_looked_at_once(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    await node.actors.key(f"{me}#main-key")
    stranger.actor(type="Note")
    node.clock.advance(timedelta(days=1))
    for _ in range(20):
        with pytest.raises(ActorUnreadable):
            await node.actors.key(f"{me}#main-key")
    assert stranger.hits["/anna"] == 2


async def test_a_key_document_that_nobody_lists_is_looked_at_once(
    node: Inward, stranger: Stranger
) -> None:
    me, key_id = stranger.actor()["id"], f"{stranger.origin}/keys/1"
    stranger.put("/keys/1", {"id": key_id, "owner": me, "publicKeyPem": "x"})
    for _ in range(20):
        with pytest.raises(NotBelieved):
            await node.actors.key(key_id)
    assert stranger.hits == {"/keys/1": 1, "/anna": 1}


async def test_b23_invented_keys_of_one_server_are_limited(
    node: Inward, stranger: Stranger
) -> None:
    reasons = set()
    for number in range(NEW_PER_DOMAIN_AND_MINUTE + 50):
        with pytest.raises(Exception) as caught:  # noqa: PT011  which one is asked below
            await node.actors.key(f"{stranger.origin}/k/{number}")
        reasons.add(getattr(caught.value, "reason", ""))
    assert reasons == {"not-found", "too-many-new"}
    assert sum(stranger.hits.values()) == NEW_PER_DOMAIN_AND_MINUTE


async def test_when_the_owner_cannot_be_asked_again_the_answer_is_to_come_back(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor(key=OTHER_KEY)["id"]
    await node.actors.actor(me)
    stranger.pages["/anna"] = Page(status=500)
    request = signed(post(_follow(me)), f"{me}#main-key", node.clock)
    for _ in range(5):
        with pytest.raises(Exception) as caught:  # noqa: PT011  which one is asked below
            await node.authenticator.sender(request, me)
        assert getattr(caught.value, "retry", False)
    assert stranger.hits["/anna"] == 2
    stranger.actor()
    node.clock.advance(MINUTE)
    assert (await node.authenticator.sender(request, me)).id == me
