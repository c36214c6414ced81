"""The ledger of erasures: whole, without a name, and on the disk before anybody is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from node.erasure.ledger import BEGIN, KEY_NAME, LOG_NAME, Ledger, LedgerBroken
from tests.conftest import NOW


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_a_node_that_erased_nobody_has_an_empty_ledger_and_no_file(
    ledger: Ledger, tmp_path: Path
) -> None:
    assert ledger.lines() == ()
    assert list(tmp_path.iterdir()) == []


def test_each_line_follows_on_the_one_before(ledger: Ledger) -> None:
    made = [ledger.append("person", f"id-{number}", NOW) for number in range(3)]
    assert list(ledger.lines()) == made
    assert [line.previous for line in made] == [BEGIN, made[0].digest, made[1].digest]


def test_many_are_written_at_once_and_no_more_of_one_than_is_said(ledger: Ledger) -> None:
    first = ledger.append("person", "a", NOW)
    names = [("gone", "guest 1"), ("gone", "guest 2"), ("gone", "guest 1"), ("hidden", "b")]
    ledger.append_all(names, NOW, most={"gone": 2})
    added = ledger.append_all(names, NOW, most={"gone": 2})
    whole = ledger.lines()
    assert (list(whole[-2:]), len(whole)) == (list(added.lines), added.many)
    assert [line.kind for line in whole] == ["person", *["gone"] * 3, "hidden", "gone", "hidden"]
    assert whole[0] == first


def test_a_line_has_no_name_and_another_ledger_says_it_otherwise(
    ledger: Ledger, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    line = ledger.append("actor", "https://m.example/users/anna", NOW)
    twin = Ledger(other).append("actor", "https://m.example/users/anna", NOW)
    assert "anna" not in ledger.path.read_text()
    assert line.mac != twin.mac
    assert ledger.macs([("actor", "https://m.example/users/anna")])[line.mac][0] == "actor"


def test_only_its_owner_can_read_it(ledger: Ledger, tmp_path: Path) -> None:
    os.umask(0o022)
    ledger.append("person", "a", NOW)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        LOG_NAME: 0o600,
        KEY_NAME: 0o600,
    }


@pytest.mark.parametrize("harm", ["changed", "dropped", "swapped", "not ours"])
def test_what_was_changed_is_noticed(ledger: Ledger, harm: str) -> None:
    for number in range(3):
        ledger.append("person", f"id-{number}", NOW)
    lines = ledger.path.read_text().splitlines(keepends=True)
    lines = {
        "changed": [lines[0].replace("person", "actor"), *lines[1:]],
        "dropped": [lines[0], lines[2]],
        "swapped": [lines[1], lines[0], lines[2]],
        "not ours": [*lines, "what is this\n"],
    }[harm]
    ledger.path.write_text("".join(lines))
    with pytest.raises(LedgerBroken, match="changed at or before line"):
        ledger.lines()


def test_half_a_line_was_never_promised_and_the_next_one_takes_its_place(ledger: Ledger) -> None:
    first = ledger.append("person", "a", NOW)
    with ledger.path.open("ab") as file:
        file.write(b"2026-12-05T18:00:00Z pers")
    assert list(ledger.lines()) == [first]
    second = ledger.append("person", "b", NOW)
    assert list(ledger.lines()) == [first, second]


def test_without_its_key_nothing_is_added_and_nobody_is_looked_for(
    ledger: Ledger, tmp_path: Path
) -> None:
    ledger.append("person", "a", NOW)
    (tmp_path / KEY_NAME).unlink()
    with pytest.raises(LedgerBroken, match="is missing"):
        ledger.append("person", "b", NOW)
    with pytest.raises(LedgerBroken, match="is missing"):
        ledger.macs([("person", "a")])
    assert len(ledger.lines()) == 1


def test_a_copy_is_taken_over_with_its_key(ledger: Ledger, tmp_path: Path) -> None:
    line = ledger.append("person", "a", NOW)
    new = tmp_path / "new"
    new.mkdir()
    assert Ledger(new).copy_from(ledger.path) == 1
    assert list(Ledger(new).lines()) == [line]
    assert Ledger(new).mac("person", "a") == line.mac


def read_by_this_process() -> int:
    """Bytes, of whatever file."""
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counts["rchar"])


def test_what_was_verified_is_not_read_again_to_write_or_to_ask(ledger: Ledger) -> None:
    ledger.append_all([("gone", f"code {number}") for number in range(5000)], NOW)
    before = read_by_this_process()
    added = ledger.append_all([("gone", "code 1")], NOW, most={"gone": 1})
    last = ledger.append("gone", "another", NOW)
    assert ledger.after(5001, last.digest) == ()
    assert read_by_this_process() - before < ledger.path.stat().st_size / 10
    assert (list(added.lines), ledger.end()) == ([], (5001, last.digest))


def test_what_somebody_changes_meanwhile_is_noticed_before_the_next_line(ledger: Ledger) -> None:
    for number in range(3):
        ledger.append("person", f"id-{number}", NOW)
    text = ledger.path.read_text()
    ledger.path.write_text(text.replace("person", "parson", 1))
    with pytest.raises(LedgerBroken, match="before line 2"):
        ledger.append("person", "b", NOW)


def test_another_command_writes_in_between_and_the_chain_goes_on(
    ledger: Ledger, tmp_path: Path
) -> None:
    first = ledger.append("person", "a", NOW)
    second = Ledger(tmp_path).append("person", "b", NOW)
    third = ledger.append("person", "c", NOW)
    assert list(ledger.lines()) == [first, second, third]
    assert list(ledger.after(1, first.digest)) == [second, third]
    with pytest.raises(LedgerBroken, match="is not the one"):
        ledger.after(1, second.digest)
