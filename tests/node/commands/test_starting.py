"""Tests of `josoor init` and `josoor serve`: a node is made once, and says where it is."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import pytest

from tests.support.shells import FOUNDING, Shell


def test_init_makes_a_node_that_only_its_owner_can_open(bare: Shell):
    made = bare.json(*FOUNDING, "--city", "Wien", "--country", "AT")

    assert made == {
        "id": f"{bare.origin}/c/wien",
        "handle": f"@wien@localhost:{bare.port}",
        "origin": bare.origin,
    }
    assert stat.S_IMODE(bare.data.stat().st_mode) == 0o700
    for path in bare.data.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert bare.json("status")["community"] == {"de": "Josoor Wien"}


def test_init_never_overwrites(bare: Shell):
    bare.run(*FOUNDING)
    before = {path.name: path.read_bytes() for path in bare.data.glob("*.[kt]*")}

    ran = bare.run(*FOUNDING)

    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err
    assert {path.name: path.read_bytes() for path in bare.data.glob("*.[kt]*")} == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--handle", "Wien!"),
        ("--handle", "relay"),
        ("--language", "Deutsch"),
        ("--timezone", "Europe/Wien"),
        ("--name", "  "),
        ("--origin", "http://wien.example/path"),
        ("--origin", "wien.example"),
    ],
)
def test_init_with_a_wrong_word_says_so_and_leaves_nothing(option: str, value: str, bare: Shell):
    words = list(FOUNDING)
    if option in words:
        words[words.index(option) + 1] = value
    else:
        words += [option, value]

    ran = bare.run(*words)

    assert (ran.code, ran.out) == (1, "")
    assert option.removeprefix("--") in ran.err
    assert not bare.data.exists()


def test_init_with_nobody_to_ask_is_a_matter_of_usage(bare: Shell):
    ran = bare.run("init", "--language", "de")

    assert ran.code == 2
    assert "Handle" in ran.err
    assert not bare.data.exists()


def test_serve_without_a_node_makes_one_and_greets_with_a_setup_link(bare: Shell):
    bare.serve()
    link = bare.setup_link()

    assert bare.greeting[0] == f"Josoor is at {bare.origin}"
    assert link.startswith(f"{bare.origin}/setup/")
    assert bare.get("/")[0] == 200
    assert bare.stop() == 0
    assert not (bare.data / "control.sock").exists()


def test_serve_greets_without_a_link_once_somebody_has_an_account(bare: Shell):
    bare.run(*FOUNDING)
    bare.run("user", "create", "amal")
    bare.serve()
    assert bare.server
    bare.server.send_signal(signal.SIGTERM)
    _, rest = bare.server.communicate(timeout=30)
    bare.server = None

    assert "setup" not in "\n".join(bare.greeting) + rest


def test_a_second_serve_says_why_it_cannot(bare: Shell):
    bare.serve()
    ran = bare.run("serve")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("josoor: ")


def test_a_port_that_is_taken_is_told_in_one_sentence(bare: Shell, tmp_path: Path):
    bare.serve()
    ran = Shell(tmp_path / "other", bare.port).run("serve")

    assert ran.code == 1
    assert f"127.0.0.1:{bare.port} cannot be listened on" in ran.err
    assert "JOSOOR_LISTEN=127.0.0.1:" in ran.err
    # a local node has its port in its address for ever: none is made for one that it cannot have
    assert not (tmp_path / "other").exists()


def test_a_data_folder_that_cannot_be_made_is_named(bare: Shell, tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = Shell(tmp_path / "file" / "data", bare.port).run("serve")

    assert ran.code == 1
    assert f"{tmp_path / 'file'}" in ran.err
    assert "listened" not in ran.err


def test_init_asks_nothing_where_a_node_is_already(bare: Shell):
    bare.run(*FOUNDING)

    ran = bare.run("init")

    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err
