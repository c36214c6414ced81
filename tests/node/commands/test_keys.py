"""Tests of `josoor key …`: what is listed, and both exchanges."""

from __future__ import annotations

import shutil

from tests.support.shells import Shell


def test_each_actor_has_two_keys_and_no_private_half_is_shown(shell: Shell):
    keys = shell.json("key", "list")

    assert {(one["actor"].removeprefix(shell.origin), one["kind"]) for one in keys} == {
        ("/c/wien", "rsa"),
        ("/c/wien", "ed25519"),
        ("/relay", "rsa"),
        ("/relay", "ed25519"),
    }
    assert all(
        set(one) == {"id", "actor", "kind", "fingerprint", "created", "state"} for one in keys
    )


def test_keys_are_rotated_and_the_list_says_how_far_that_has_come(shell: Shell):
    rotated = shell.run("key", "rotate", "relay")
    listed = shell.run("key", "list")
    shell.run("key", "rotate")
    states = [key["state"] for key in shell.json("key", "list") if key["kind"] == "rsa"]
    nobody = shell.run("key", "rotate", "nobody")

    assert rotated.out == (f"{shell.origin}/relay#main-key-2 is the new key; 0 servers are told\n")
    assert "retiring (no server needs it; destroyed within the hour)" in listed.out
    assert sorted(states) == ["current", "current", "retiring", "retiring", "retiring"]
    assert (nobody.code, nobody.err) == (1, "josoor: There is no such actor here.\n")


def test_the_master_key_is_exchanged_and_doctor_sees_an_exchange_broken_off(shell: Shell):
    before = (shell.data / "secret.key").read_bytes()
    shutil.copy(shell.data / "secret.key", shell.data / "secret.key.next")
    checks = {check["check"]: check for check in shell.json("doctor")}
    (shell.data / "secret.key.next").unlink()
    exchanged = shell.run("key", "rotate-master")

    assert checks["master key"]["mend"] == "Run: josoor key rotate-master"
    assert exchanged.code == 0
    assert "4 secrets are sealed with the new master key" in exchanged.out
    assert (shell.data / "secret.key").read_bytes() != before
    assert shell.run("key", "list").code == 0
