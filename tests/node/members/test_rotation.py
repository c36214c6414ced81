"""The keys of members' own actors are exchanged as the community's are; each has its own."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from keys.serialisation import read_public_pem
from node.community.rotation import retire_old_keys
from node.errors import NotFound
from node.services import Node
from tests.support.browsers import Browser, Later
from tests.support.members import follows, public_account, written
from tests.support.neighbours import Arrival, Neighbour
from tests.support.nodes import do


def key_of(arrival: Arrival) -> str:
    """Which key signed it."""
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    return headers["signature"].partition('keyId="')[2].partition('"')[0]


async def test_the_update_is_signed_with_the_old_key_and_what_follows_with_the_new(
    node: Node, samira: Browser, elsewhere: Neighbour
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    (made,) = await do(node, "key.rotate", actor="@regenbogen")
    assert made["actor"] == actor
    assert made["id"] == f"{actor}#main-key-2"
    (update,) = await elsewhere.comes(anna, "Update")
    assert update["id"].startswith(f"{actor}/a/")
    assert update["object"]["publicKey"]["id"] == f"{actor}#main-key-2"
    assert update["object"]["type"] == "Person"
    read_public_pem(update["object"]["publicKey"]["publicKeyPem"])  # raises where it is none
    posts = {orjson.loads(each.body)["type"]: each for each in elsewhere.arrivals if each.body}
    assert key_of(posts["Update"]) == f"{actor}#main-key"

    fields = {"text": "Danach.", "audience": "public", "language": "de"}
    await samira.post("/me/fediverse/write", fields)
    # A host that has just been told of a key is left alone for a while.
    await do(node, "queue.retry", host=elsewhere.host)
    await elsewhere.comes(anna, "Create")
    creates = [each for each in elsewhere.arrivals if b'"Create"' in each.body]
    assert key_of(creates[-1]) == f"{actor}#main-key-2"


async def test_without_a_name_every_actor_here_gets_keys_of_its_own(node: Node, samira: Browser):
    actor = await public_account(node, samira)
    made = await do(node, "key.rotate")
    assert [each["actor"] for each in made] == [node.urls.relay, node.urls.community, actor]
    keys = await do(node, "key.list")
    prints = [each["fingerprint"] for each in keys]
    assert len(prints) == len(set(prints)) == 12


async def test_the_old_key_is_destroyed_when_nobody_needs_it(node: Node, samira: Browser):
    actor = await public_account(node, samira)
    await do(node, "key.rotate", actor=actor)
    node.clock = Later(timedelta(minutes=1))
    await node.act(retire_old_keys)
    states = {each["id"]: each["state"] for each in await do(node, "key.list")}
    assert states[f"{actor}#main-key"] == "retired"
    assert states[f"{actor}#main-key-2"] == "current"


async def test_what_her_actor_signed_is_explained_with_the_key_that_it_had(
    node: Node, samira: Browser, elsewhere: Neighbour, tmp_path: Path
):
    actor = await public_account(node, samira)
    anna = await follows(node, samira, elsewhere, actor)
    await written(elsewhere, samira, anna, "Davor.")
    create = next(each for each in elsewhere.arrivals if b'"Create"' in each.body)
    await do(node, "key.rotate", actor=actor)
    lines = [f"POST {create.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in create.headers.items()]
    saved = "\r\n".join([*lines, "", ""]).encode() + create.body
    found = await do(
        node,
        "key.verify",
        content=base64.b64encode(saved).decode(),
        origin=elsewhere.origin,
    )
    assert (found["holds"], found["found"][0]["owner"]) == (True, actor)


async def test_nobody_else_has_its_handle(node: Node, samira: Browser):
    await public_account(node, samira)
    with pytest.raises(NotFound, match="no such actor"):
        await do(node, "key.rotate", actor="@samira")
