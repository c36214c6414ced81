"""Tests of `josoor user …`, with the tokens people get and the log of what was done."""

from __future__ import annotations

import re

from tests.support.shells import Shell


def test_people_and_tokens_are_made_and_ended(shell: Shell):
    amal = shell.json("user", "create", "amal", "--role", "ambassador")
    made = shell.json("token", "create", "--user", "amal", "--scope", "write", "--label", "laptop")
    listed = shell.json("token", "list")

    assert shell.json("user", "list") == [amal]
    assert made["token"].startswith("josoor_")
    assert "token" not in listed[0]
    assert [(one["id"], one["label"]) for one in listed] == [(made["id"], "laptop")]
    assert shell.json("token", "revoke", made["id"])["id"] == made["id"]
    assert shell.run("user", "role", "amal", "member").code == 1  # nobody would lead
    shell.run("user", "create", "lina", "--role", "ambassador")
    assert shell.json("user", "role", "amal", "member")["role"] == "member"
    assert shell.run("token", "create", "--user", "amal", "--scope", "write").code == 1
    assert shell.json("user", "disable", "amal")["disabled"] is True


def test_ways_in_are_printed_once_and_what_was_done_is_in_the_log(shell: Shell):
    shell.run("user", "create", "amal", "--role", "ambassador")
    invited = shell.run("user", "invite", "--days", "3")
    reset = shell.json("user", "reset-link", "amal")

    assert re.search(r"^http://\S+/join/[\w-]{43}$", invited.out, re.MULTILINE)
    assert "\u2588" in invited.out or "\u2580" in invited.out  # the picture for a phone
    assert re.search(r"/reset/[\w-]{43}$", reset["url"])
    assert [one["uses"] for one in shell.json("user", "invitations")] == [0]
    assert shell.json("user", "sign-up", "approval") == {"mode": "approval"}
    assert shell.json("session", "list") == []
    assert [one["verb"] for one in shell.json("audit", "list")] == [
        "sign-up approval", "reset-link", "invite", "create",
    ]  # fmt: skip
    assert shell.json("audit", "verify")["whole"] is True
    shown = shell.run("audit", "list", "--about", "amal").out.splitlines()
    assert [line.split()[-1] for line in shown] == ["target", "amal", "amal"]
