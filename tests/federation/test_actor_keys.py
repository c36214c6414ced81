"""A key belongs to an actor when both say so: proven from both ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.errors import ActorUnreadable, FederationError, NotBelieved, OriginMismatch
from federation.ports import KeyUse
from keys.keypair import make_ed25519
from keys.serialisation import public_multibase, public_pem
from tests.support.stranger import OTHER_KEY, THEIR_KEY, Inward, Page, Stranger

OTHERS = public_pem(OTHER_KEY.public_key())


async def test_a_key_is_found_by_its_id_and_belongs_to_its_owner(
    node: Inward, stranger: Stranger
) -> None:
    actor_id = stranger.actor()["id"]
    actor, key = await node.actors.key(f"{actor_id}#main-key")
    assert actor.id == actor_id
    assert public_pem(key) == public_pem(THEIR_KEY.public_key())


async def test_of_several_keys_the_one_with_the_id_is_used(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    pem = public_pem(THEIR_KEY.public_key())
    stranger.actor(
        publicKey=[
            {"id": f"{me}#1", "owner": me, "publicKeyPem": OTHERS},
            {"id": f"{me}#2", "owner": me, "publicKeyPem": pem},
            {"id": f"{me}#3", "owner": me, "publicKeyPem": OTHERS},
        ]
    )
    _, key = await node.actors.key(f"{me}#2")
    assert public_pem(key) == public_pem(THEIR_KEY.public_key())


async def test_two_keys_with_one_id_are_no_key(node: Inward, stranger: Stranger) -> None:
    me = f"{stranger.origin}/anna"
    twice = {"id": f"{me}#1", "owner": me, "publicKeyPem": OTHERS}
    stranger.actor(publicKey=[twice, twice])
    with pytest.raises(NotBelieved) as caught:
        await node.actors.key(f"{me}#1")
    assert caught.value.reason == "key-not-listed"


async def test_more_than_ten_keys_are_refused(node: Inward, stranger: Stranger) -> None:
    me = f"{stranger.origin}/anna"
    keys = [{"id": f"{me}#{n}", "owner": me, "publicKeyPem": OTHERS} for n in range(11)]
    stranger.actor(publicKey=keys)
    with pytest.raises(ActorUnreadable):
        await node.actors.key(f"{me}#1")


async def test_an_assertion_method_signs_and_proves(node: Inward, stranger: Stranger) -> None:
    me, key = f"{stranger.origin}/anna", make_ed25519().public_key()
    multikey = {"id": f"{me}#ed", "type": "Multikey", "controller": me}
    stranger.actor(assertionMethod=[{**multikey, "publicKeyMultibase": public_multibase(key)}])
    for use in (KeyUse.SIGNING, KeyUse.ASSERTION):
        actor, found = await node.actors.key(f"{me}#ed", use=use)
        assert (actor.id, public_pem(found)) == (me, public_pem(key))
    with pytest.raises(NotBelieved) as caught:
        await node.actors.key(f"{me}#main-key", use=KeyUse.ASSERTION)
    assert caught.value.reason == "key-use-refused"


async def test_a_key_with_a_path_whose_document_is_its_owner_is_found(
    node: Inward, stranger: Stranger
) -> None:
    """As GoToSocial serves it: under the key's address is the actor, under its own id."""
    me = f"{stranger.origin}/users/anna"
    key = {"id": f"{me}/main-key", "owner": me}
    pem = public_pem(THEIR_KEY.public_key())
    document = stranger.actor("users/anna", publicKey={**key, "publicKeyPem": pem})
    stranger.put("/users/anna/main-key", document)
    actor, found = await node.actors.key(f"{me}/main-key")
    assert (actor.id, public_pem(found)) == (me, pem)
    assert stranger.hits == {"/users/anna/main-key": 1, "/users/anna": 1}


async def test_b05_a_key_document_of_another_id_is_refused_and_kept_nowhere(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    me, key_id = stranger.actor()["id"], f"{stranger.origin}/keys/1"
    for other in (f"{victim.origin}/k", f"{stranger.origin}/keys/2"):
        stranger.put("/keys/1", {"id": other, "owner": me, "publicKeyPem": OTHERS})
        with pytest.raises(FederationError):
            await node.actors.key(key_id)
        assert await node.cache.owner_of_key(key_id) is None
        assert await node.cache.owner_of_key(other) is None
        node.clock.advance(timedelta(minutes=5))


async def test_b05_a_key_document_that_leads_to_another_is_refused_though_its_owner_lists_it(
    node: Inward, stranger: Stranger
) -> None:
    me, key_id = f"{stranger.origin}/anna", f"{stranger.origin}/keys/1"
    key = {"owner": me, "publicKeyPem": OTHERS}
    stranger.actor(publicKey={"id": key_id, **key})
    stranger.put("/keys/1", {"id": f"{stranger.origin}/keys/2", **key})
    stranger.put("/keys/2", {"id": f"{stranger.origin}/keys/2", **key})
    with pytest.raises(NotBelieved) as caught:
        await node.actors.key(key_id)
    assert caught.value.reason == "key-unreadable"


async def test_b03_a_key_that_moved_to_another_server_is_refused(
    node: Inward, stranger: Stranger, victim: Stranger
) -> None:
    there = victim.actor()["id"]
    stranger.pages["/anna"] = Page(status=302, headers={"Location": there})
    with pytest.raises(OriginMismatch):
        await node.actors.key(f"{stranger.origin}/anna#main-key")
    assert not victim.hits


async def test_a_key_that_expired_is_asked_for_again_since_it_may_live_longer_now(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    key = {"id": f"{me}#k", "owner": me, "publicKeyPem": OTHERS}
    stranger.actor(publicKey={**key, "expires": "2026-12-05T19:00:00Z"})
    await node.actors.key(f"{me}#k")
    node.clock.advance(timedelta(hours=2))
    with pytest.raises(NotBelieved) as caught:
        await node.actors.key(f"{me}#k")
    assert caught.value.reason == "key-expired"
    stranger.actor(publicKey={**key, "expires": "2027-12-05T19:00:00Z"})
    node.clock.advance(timedelta(minutes=5))
    assert (await node.actors.key(f"{me}#k"))[0].id == me


async def test_a_key_of_its_own_document_needs_the_owners_word(
    node: Inward, stranger: Stranger
) -> None:
    me, key_id = f"{stranger.origin}/anna", f"{stranger.origin}/keys/1"
    key = {"id": key_id, "owner": me, "publicKeyPem": public_pem(THEIR_KEY.public_key())}
    stranger.put("/keys/1", {"type": "Key", **key})
    stranger.actor()
    with pytest.raises(NotBelieved) as caught:
        await node.actors.key(key_id)
    assert caught.value.reason == "key-not-listed"
    stranger.actor(publicKey=key)
    node.clock.advance(timedelta(days=1))
    actor, _ = await node.actors.key(key_id)
    assert actor.id == me


async def test_an_invented_part_of_a_keys_document_does_not_get_in_the_way_of_the_key(
    node: Inward, stranger: Stranger
) -> None:
    """Anybody may name it first; the refusal is remembered for what was named, for nothing else."""
    me, key_id = f"{stranger.origin}/anna", f"{stranger.origin}/keys/1"
    key = {"id": key_id, "owner": me, "publicKeyPem": public_pem(THEIR_KEY.public_key())}
    stranger.put("/keys/1", {"type": "Key", **key})
    stranger.actor(publicKey=key)
    for _ in range(2):
        with pytest.raises(NotBelieved):
            await node.actors.key(f"{key_id}#invented")
    assert stranger.hits["/keys/1"] == 1
    actor, _ = await node.actors.key(key_id)
    assert actor.id == me


@pytest.mark.parametrize("property", ["owner", "controller"])
async def test_a_key_that_names_an_owner_elsewhere_is_not_believed(
    node: Inward, stranger: Stranger, victim: Stranger, property: str
) -> None:
    key_id = f"{stranger.origin}/keys/1"
    owner = victim.actor()["id"]
    stranger.put("/keys/1", {"id": key_id, "type": "Key", property: owner, "publicKeyPem": OTHERS})
    with pytest.raises(NotBelieved) as caught:
        await node.actors.key(key_id)
    assert caught.value.reason == "foreign-owner"
    assert not victim.hits


async def test_an_actor_who_lists_a_key_of_another_owner_does_not_own_it(
    node: Inward, stranger: Stranger
) -> None:
    me = f"{stranger.origin}/anna"
    key = {"id": f"{me}#k", "owner": f"{stranger.origin}/bert", "publicKeyPem": OTHERS}
    stranger.actor(publicKey=key)
    with pytest.raises(NotBelieved):
        await node.actors.key(f"{me}#k")


async def test_a_key_is_fetched_again_once_in_five_minutes(
    node: Inward, stranger: Stranger
) -> None:
    key_id = f"{stranger.actor()['id']}#main-key"
    await node.actors.key(key_id)
    for _ in range(10):
        await node.actors.key(key_id, refetch=True)
    assert stranger.hits["/anna"] == 2
    node.clock.advance(timedelta(minutes=5))
    await node.actors.key(key_id, refetch=True)
    assert stranger.hits["/anna"] == 3


async def test_invented_keys_of_a_known_actor_cause_one_request(
    node: Inward, stranger: Stranger
) -> None:
    me = stranger.actor()["id"]
    await node.actors.actor(me)
    for number in range(20):
        with pytest.raises(NotBelieved):
            await node.actors.key(f"{me}#{number}")
    assert stranger.hits["/anna"] == 2
