"""Tests of what all commands have in common: lists, refusals, exit codes, and the database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest

from tests.support.shells import FOUNDING, ROOT, Shell


def test_what_is_not_there_is_told_in_one_sentence(shell: Shell):
    for words in (
        ("event", "show", "nothing"),
        ("event", "cancel", "0" * 26),
        ("event", "delete", "https://elsewhere.test/e/" + "0" * 26),
        ("event", "publish", "/no/such/file.json"),
        ("token", "create", "--user", "nobody", "--scope", "read"),
        ("token", "revoke", "nothing"),
        ("user", "disable", "nobody"),
        ("queue", "discard", "1"),
        ("queue", "retry", "1"),
        ("network", "unfollow", "@nobody@elsewhere.test"),
    ):
        ran = shell.run(*words)
        assert (ran.code, ran.out) == (1, ""), words
        assert ran.err.startswith("josoor: "), words
        assert ran.err.count("\n") == 1, ran.err


def test_lists_are_lists_of_things_with_an_id(shell: Shell):
    shell.publish()
    shell.run("user", "create", "amal")
    for words in (
        ("event", "list"),
        ("user", "list"),
        ("token", "list"),
        ("queue", "list"),
        ("queue", "list", "--parked"),
        ("key", "list"),
        ("network", "followers"),
        ("network", "following"),
        ("network", "timeline"),
        ("network", "timeline", "--type", "Event"),
    ):
        found = shell.json(*words)
        assert isinstance(found, list), words
        assert all(isinstance(one["id"], str) for one in found), words
        assert shell.run(*words).code == 0


def test_without_a_node_a_command_says_how_to_make_one(bare: Shell):
    for words in (("status",), ("event", "list"), ("user", "list"), ("doctor",)):
        ran = bare.run(*words)
        assert ran.code == 1, words
        assert "josoor init" in ran.out + ran.err, words
    assert not bare.data.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("event",),
        ("event", "publish"),
        ("event", "show", "a", "b"),
        ("status", "--colour"),
        ("token", "create", "--user", "amal", "--scope", "everything"),
        ("user", "create", "amal", "--role", "king"),
    ],
)
def test_wrong_usage_exits_with_two(words: tuple[str, ...], bare: Shell):
    ran = bare.run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_a_setting_that_is_none_is_named(bare: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Shell, "environment", lambda _: {**os.environ, "JOSOOR_COLOUR": "blue"})
    ran = bare.run("status")

    assert ran.code == 1
    assert "JOSOOR_COLOUR" in ran.err


def test_a_database_that_another_command_holds_is_told_in_one_sentence(bare: Shell):
    bare.run(*FOUNDING)
    hold = (
        "import asyncio, os, sys\n"
        "from node.app import open_node\n"
        "from node.config import load_config\n"
        "async def hold():\n"
        "    async with open_node(load_config(os.environ)):\n"
        "        print('held', flush=True)\n"
        "        sys.stdin.read()\n"
        "asyncio.run(hold())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=bare.environment(),
    ) as holder:  # fmt: skip
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        ran = bare.run("event", "list")
        holder.communicate("", timeout=30)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("josoor: ")
    assert bare.json("event", "list") == []


def test_what_was_done_beside_the_running_node_is_in_the_database_after_it(bare: Shell):
    bare.run(*FOUNDING)
    bare.serve()
    event = bare.publish()
    assert bare.stop() == 0

    assert bare.json("event", "show", event["id"]) == event
    with sqlite3.connect(bare.data / "josoor.db") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    database.close()
