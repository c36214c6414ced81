"""`josoor block …` and `josoor report …` as somebody types them, without a node that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.nodes import free_port
from tests.support.shells import FOUNDING, Shell


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("node") / "data", free_port())
    assert shell.run(*FOUNDING).code == 0
    return shell


def test_a_server_is_limited_listed_and_let_go(shell: Shell):
    words = ("--level", "limit", "--reason", "Werbung", "--comment", "seit Mai")
    added = shell.json("block", "add", "Evil.Test", *words)
    assert (added["id"], added["level"]) == ("evil.test", "limit")
    listed = shell.run("block", "list").out
    assert "evil.test" in listed
    assert "Werbung" in listed
    assert shell.json("block", "remove", "evil.test")["id"] == "evil.test"
    assert shell.json("block", "list") == []


def test_what_cannot_be_done_is_one_sentence_and_exit_1(shell: Shell):
    for words in (("add", "com"), ("remove", "nobody.test"), ("add", f"localhost:{shell.port}")):
        ran = shell.run("block", *words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("josoor: ")
    assert shell.run("block", "add", "a.test", "--level", "explode").code == 2


def test_a_list_goes_in_and_out_as_a_file_or_over_the_pipe(shell: Shell, tmp_path: Path):
    text = "#domain,#severity\nbad.test,suspend\nb*d.test,suspend\n"
    dry = shell.json("block", "import", "-", "--dry-run", stdin=text)
    assert (dry["dry_run"], [each["id"] for each in dry["added"]]) == (True, ["bad.test"])
    assert shell.json("block", "list") == []
    told = shell.run("block", "import", "-", stdin=text).out
    assert "bad.test: suspend" in told
    assert "line 3, b*d.test: hides letters" in told
    assert shell.run("block", "export", str(tmp_path / "list.csv")).code == 0
    assert (tmp_path / "list.csv").read_bytes().startswith(b"#domain,#severity,#reject_media,")
    assert shell.run("block", "export").out.splitlines()[1].startswith("bad.test,suspend,")
    assert shell.run("block", "import", str(tmp_path / "nothing.csv")).code == 1
    shell.run("block", "remove", "bad.test")


def test_the_mode_is_shown_and_changed(shell: Shell):
    assert shell.json("block", "mode")["mode"] == "open"
    assert shell.json("block", "mode", "allow-list")["mode"] == "allow-list"
    assert shell.run("block", "mode").out.strip() == "allow-list"
    assert shell.json("block", "mode", "open")["mode"] == "open"


def test_without_reports_and_wishes_the_lists_are_empty(shell: Shell):
    assert shell.json("report", "list") == []
    assert shell.json("network", "followers", "--pending") == []
    assert shell.run("report", "show", "0" * 26).code == 1
    assert shell.run("network", "approve", "https://a.test/a").code == 1


def test_a_member_is_reported_and_loses_her_rights_at_the_machine(shell: Shell):
    shell.json("user", "create", "nour", "--role", "member")
    opened = shell.json("case", "open", "member:nour", "--category", "spam", "--words", "Werbung")
    assert opened["id"] in shell.run("case", "list").out
    assert "Werbung" in shell.run("case", "show", opened["id"]).out
    decided = shell.json("case", "decide", opened["id"], "take-rights", "--reason", "Werbung")
    assert (decided["state"], decided["told"]) == ("decided", True)
    refused = shell.run("case", "answer", opened["id"], "upheld", "--reason", "Nein")
    assert (refused.code, refused.err[:8]) == (1, "josoor: ")
    assert shell.json("case", "statistics") == []
    assert shell.json("wave", "list") == []
    assert shell.run("wave", "end").code == 1
    assert shell.run("conversation", "trust", "0" * 26).code == 1
