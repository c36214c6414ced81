"""Tests of how the node runs, as the desk shows it: checks, backups, keys, settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from node.desk.words import size_words
from node.services import Node
from tests.support.browsers import Browser, Later
from tests.support.nodes import do


async def test_what_is_not_well_comes_with_its_mend(node: Node, amal: Browser):
    node.config.secret_file.chmod(0o644)
    text = (await amal.get("/desk/health")).text
    assert "others may open it (644)" in text
    assert "chmod 600" in text
    assert "File with the master key" in text
    assert "Broken" in text


async def test_the_last_backup_is_told_once_there_is_one(node: Node, amal: Browser, tmp_path: Path):
    assert "No backup yet" in (await amal.get("/desk/health")).text
    await do(node, "backup.take", file=str(tmp_path / "b.zip"), with_keys=False)
    text = (await amal.get("/desk/health")).text
    assert "No backup yet" not in text
    assert "The last backup was taken:" in text
    assert (await do(node, "health.show"))["backup"]


async def test_versions_size_and_keys_are_told_and_no_secret(node: Node, amal: Browser):
    text = (await amal.get("/desk/health")).text
    found = await do(node, "health.show")
    assert found["size"] > 0
    assert all(version in text for version in found["versions"].values())
    for key in await do(node, "key.list"):
        assert key["fingerprint"] in text
    assert node.config.secret_file.read_bytes().hex() not in text


async def test_settings_are_told_without_passwords(node: Node, amal: Browser):
    rows = {each["name"]: each["value"] for each in await do(node, "health.settings")}
    assert rows["origin"] == node.config.origin
    assert rows["listen"] == f"127.0.0.1:{node.config.listen_port}"
    assert rows["origin"] in (await amal.get("/desk/health")).text
    object.__setattr__(node.config, "database", "postgresql://josoor:geheim@db.example/j?x=1")
    rows = {each["name"]: each["value"] for each in await do(node, "health.settings")}
    assert rows["database"] == "postgresql://db.example/j"


async def test_new_keys_are_made_after_a_recent_sign_in_and_written_down(node: Node, amal: Browser):
    before = {key["id"] for key in await do(node, "key.list")}
    assert "Every server that knows us is told." in (await amal.get("/desk/health/rotate")).text
    sent = await amal.post("/desk/health/rotate")
    assert (sent.status, sent.path) == (303, "/desk/health")
    after = {key["id"] for key in await do(node, "key.list")}
    assert len(after - before) >= 2
    assert any(note["verb"] == "rotate keys" for note in await do(node, "audit.list"))
    node.clock = Later(timedelta(minutes=20))
    for shown in (await amal.get("/desk/health/rotate"), await amal.post("/desk/health/rotate")):
        assert shown.status == 303
        assert shown.path.startswith("/me/confirm")
    assert {key["id"] for key in await do(node, "key.list")} == after


async def test_a_key_that_nobody_vouched_for_is_confirmed(node: Node, amal: Browser):
    actor = "https://linz.example/c/linz"

    async def work(context):
        await context.tx.run(
            "insert into remote_actor (id, type, username, host, name, inbox, fetched_at, "
            "document, unproven_since) values (:id, 'Group', 'linz', 'linz.example', 'Linz', "
            "'https://linz.example/inbox', :now, :body, :now)",
            id=actor,
            now=context.now.isoformat(),
            body=b"{}",
        )

    await node.act(work)
    assert actor in (await amal.get("/desk/health")).text
    sent = await amal.post("/desk/health/confirm-key", {"actor": actor})
    assert (sent.status, sent.path) == (303, "/desk/health")
    assert await do(node, "key.unproven") == []
    again = await amal.post("/desk/health/confirm-key", {"actor": actor})
    assert (again.status, again.path) == (303, "/desk/health")


def test_sizes_are_told_as_people_read_them():
    sizes = {0: "0 B", 999: "999 B", 1500: "1.5 kB", 25_000: "25 kB", 1_400_000_000: "1.4 GB"}
    assert {size: size_words(size) for size in sizes} == sizes
