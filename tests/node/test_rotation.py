"""Our keys are rotated without anybody noticing, and the old ones are destroyed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from federation.ports import Destination
from keys.errors import VaultRefused
from keys.vault import Vault, make_master
from node.community.document import LISTED_PROOF_KEYS
from node.community.keyring import StoredKeyring
from node.community.rotation import HELD
from node.errors import NotFound
from node.storage.database import Database, Row, Transaction
from node.storage.migrate import migrate
from node.storage.opening import open_database
from node.storage.schemes import acknowledge
from tests.support.rotating import FIRST, RELAY, SECOND, START, THIRD, US, OurNode

BERLIN = Destination(inbox="https://berlin.test/inbox", host="berlin.test")
CAROL, DAVID = "https://berlin.test/u/carol", "https://beirut.test/u/david"


@pytest.fixture
async def node(database: Database) -> OurNode:
    made = OurNode(database)
    await made.found()
    return made


async def _follow(node: OurNode) -> None:
    await node.follow(CAROL, f"{CAROL}/inbox", BERLIN.inbox)
    await node.follow(DAVID, f"{DAVID}/inbox")


async def _attempted(node: OurNode, to: Destination, actor: str = US) -> None:
    """Something was published and tried."""
    activity = await node.publish("https://wien.test/e/1", [to], actor)

    async def work(tx: Transaction) -> None:
        await tx.run(
            "update delivery set attempts = 1, state = 'done' where activity_id = :id", id=activity
        )

    await node.database.write(work)


async def _sealed(node: OurNode) -> list[Row]:
    return await node.database.read(lambda tx: tx.rows("select id, sealed from actor_key"))


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_the_actor_shows_one_rsa_key_the_newest_whose_id_peers_cut_at_the_hash(
    node: OurNode,
) -> None:
    before = await node.document()
    assert before["publicKey"]["id"] == FIRST  # type: ignore[index]
    assert await node.rotate() == SECOND
    assert await node.rotate() == THIRD
    key = (await node.document())["publicKey"]
    assert isinstance(key, dict)
    assert key["id"] == THIRD == f"{US}#main-key-3"
    assert key["publicKeyPem"] == (await node.keys())["main-key-3"].public


async def test_what_was_proven_with_an_earlier_key_stays_provable(node: OurNode) -> None:
    await node.rotate()
    shown = [key["id"] for key in (await node.document())["assertionMethod"]]  # type: ignore[attr-defined]
    assert shown == [f"{US}#ed25519-key-2", f"{US}#ed25519-key"]


async def test_an_actor_never_shows_more_keys_than_peers_take(node: OurNode) -> None:
    for _ in range(LISTED_PROOF_KEYS):
        await node.rotate()
    shown = [key["id"] for key in (await node.document())["assertionMethod"]]  # type: ignore[attr-defined]
    assert len(shown) == LISTED_PROOF_KEYS < 10
    assert shown[0] == f"{US}#ed25519-key-{LISTED_PROOF_KEYS + 1}"


async def test_the_old_proof_key_is_destroyed_at_once_and_the_old_signing_key_is_not(
    node: OurNode,
) -> None:
    await node.rotate()
    keys = await node.keys()
    assert keys["ed25519-key"].sealed == b""
    assert keys["ed25519-key"].retired_at == node.clock.now()
    assert keys["main-key"].sealed
    assert keys["main-key"].retired_at is None


async def test_every_host_that_knows_the_actor_is_told_once(node: OurNode) -> None:
    await _follow(node)
    await _attempted(node, Destination(inbox="https://gone.test/u/eve/inbox", host="gone.test"))
    await node.publish(
        "https://wien.test/e/2", [Destination(inbox="https://new.test/i", host="new.test")]
    )
    assert await node.announcements() == {}
    await node.rotate()
    assert await node.announcements() == {
        BERLIN.inbox: (SECOND, "due"),
        f"{DAVID}/inbox": (SECOND, "due"),
        "https://gone.test/u/eve/inbox": (SECOND, "due"),
    }
    assert set((await node.acknowledged()).values()) == {FIRST}


async def test_whom_the_relay_has_asked_is_told_of_the_relays_key(node: OurNode) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(
            "insert into remote_actor (id, type, username, host, name, inbox, shared_inbox, "
            "fetched_at, document) values (:id, 'Person', 'carol', 'berlin.test', 'Carol', "
            ":inbox, :shared, '2026', :body)",
            id=CAROL,
            inbox=f"{CAROL}/inbox",
            shared=BERLIN.inbox,
            body=b"{}",
        )

    await node.database.write(work)
    await node.rotate(RELAY)
    await node.rotate()
    assert await node.announcements(RELAY) == {BERLIN.inbox: (f"{RELAY}#main-key-2", "due")}
    assert await node.announcements() == {}


async def test_the_update_carries_the_whole_actor_with_its_new_key(node: OurNode) -> None:
    await _follow(node)
    await node.rotate()

    async def read(tx: Transaction) -> Row | None:
        return await tx.row("select kind, object_id, body from outgoing where actor = :us", us=US)

    row = await node.database.read(read)
    assert row is not None
    assert (row["kind"], row["object_id"]) == ("Update:actor", US)
    update = orjson.loads(row["body"])
    shown = await node.document()
    assert update["object"]["publicKey"] == shown["publicKey"]
    assert update["object"]["id"] == update["actor"] == US
    assert update["@context"] == shown["@context"]
    assert "@context" not in update["object"]


async def test_a_second_rotation_takes_the_place_of_an_announcement_that_still_waits(
    node: OurNode,
) -> None:
    await _follow(node)
    await node.rotate()
    await node.database.write(lambda tx: acknowledge(tx, US, "berlin.test", SECOND, START))
    await node.rotate()
    assert await node.acknowledged() == {"berlin.test": SECOND, "beirut.test": FIRST}
    assert set((await node.announcements()).values()) == {(THIRD, "due")}
    assert {(await node.keyring.signing_key(US, each)).id for each in (FIRST, SECOND, THIRD)} == {
        FIRST,
        SECOND,
        THIRD,
    }


async def test_an_old_key_is_destroyed_when_every_host_has_a_newer_one(node: OurNode) -> None:
    await _follow(node)
    await node.rotate()
    sealed = (await node.keys())["main-key"].sealed
    await node.database.write(lambda tx: acknowledge(tx, US, "berlin.test", SECOND, START))
    await node.retire()
    assert (await node.keys())["main-key"].sealed == sealed, "beirut.test still needs it"
    await node.database.write(lambda tx: acknowledge(tx, US, "beirut.test", SECOND, START))
    await node.retire()
    old = (await node.keys())["main-key"]
    assert (old.sealed, old.retired_at) == (b"", node.clock.now())
    assert old.public.startswith("-----BEGIN PUBLIC KEY-----")
    assert (await node.keyring.signing_key(US, FIRST)).id == SECOND


async def test_an_old_key_is_destroyed_after_ninety_days_whoever_is_away(node: OurNode) -> None:
    await _follow(node)
    await node.rotate()
    node.clock.advance(HELD - timedelta(minutes=1))
    await node.retire()
    assert (await node.keys())["main-key"].retired_at is None
    node.clock.advance(timedelta(minutes=1))
    await node.retire()
    assert (await node.keys())["main-key"].sealed == b""
    assert await node.acknowledged() == {}, "from now on they get the newest"


async def test_the_newest_key_is_never_destroyed(node: OurNode) -> None:
    node.clock.advance(HELD * 10)
    await node.retire()
    assert {bool(row["sealed"]) for row in await _sealed(node)} == {True}


async def test_no_sealed_byte_of_a_destroyed_key_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "josoor.db"
    database = await open_database(f"sqlite:///{path}")
    try:
        await migrate(database, now=START)
        node = OurNode(database)
        await node.found()
        sealed = (await node.keys())["main-key"].sealed
        await node.rotate()
        await node.retire()
    finally:
        await database.close()
    # Closing has written the log back and removed it.
    assert sealed[20:60] not in _bytes_of(tmp_path)


async def test_a_key_of_another_process_is_found_when_it_is_asked_for(node: OurNode) -> None:
    await node.keyring.signing_key(US)
    elsewhere = OurNode(node.database)
    elsewhere.vault = node.vault
    elsewhere.clock.advance(timedelta(minutes=5))
    await elsewhere.rotate()
    node.clock.advance(timedelta(seconds=2))
    assert (await node.keyring.signing_key(US, SECOND)).id == SECOND
    assert (await node.keyring.signing_key(US)).id == SECOND


async def test_when_another_process_has_exchanged_the_master_key_its_file_is_read_again(
    node: OurNode,
) -> None:
    await node.keyring.refresh()
    # What this process has read is sealed with a master key that its vault does not have.
    node.keyring.vault = Vault(make_master())
    assert (await node.keyring.signing_key(US)).id == FIRST


async def test_what_is_open_signs_on_while_the_file_of_the_master_key_is_away(
    database: Database,
) -> None:
    node = OurNode(database)
    await node.found()

    def away() -> Vault:
        raise FileNotFoundError

    there = [lambda: node.vault, away]
    keyring = StoredKeyring(database, lambda: there.pop(0)(), node.clock)
    first = await keyring.signing_key(US)
    node.clock.advance(timedelta(hours=1))
    assert await keyring.signing_key(US) is first


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
async def test_a_key_that_does_not_open_is_found_at_the_start(node: OurNode, kind: str) -> None:
    await node.rotate()
    await node.keyring.check()
    await node.database.write(
        lambda tx: tx.run(
            "update actor_key set sealed = :other where kind = :kind and retired_at is null",
            other=b"x" * 64,
            kind=kind,
        )
    )
    with pytest.raises(VaultRefused):
        await node.keyring.check()


async def test_a_private_key_is_unsealed_once(node: OurNode) -> None:
    first = await node.keyring.signing_key(US)
    node.clock.advance(timedelta(hours=1))
    assert await node.keyring.signing_key(US) is first


async def test_the_keys_of_a_stranger_cannot_be_rotated(node: OurNode) -> None:
    with pytest.raises(NotFound):
        await node.rotate("https://wien.test/c/nobody")
