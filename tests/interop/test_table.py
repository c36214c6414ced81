"""The table of peers in FEDERATION.md says what `table.json` says, and something holds each cell.

`held_by` names, with `out:` a test in which the peer's reader looks at what we say, with `live:` a
test anywhere, with `in:` a document of the peer that must have been done at a node, with
`is:NAME=END` one that must have ended so.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOP = HERE.parents[1]
TABLE = json.loads((HERE / "table.json").read_text(encoding="utf-8"))
ENDS: dict[str, dict[str, str]] = json.loads((HERE / "test_inbox_outcomes.json").read_text())
RULES = ("tests/interop/test_rules.py", "tests/interop/test_rules_calendars.py")
PEERS = {
    *("mastodon", "gotosocial", "mobilizon", "gancio", "friendica", "lemmy", "wordpress"),
    *("hubzilla", "pixelfed", "peertube", "fedify"),
}
CELLS = [
    pytest.param(cell, id=f"{peer}, {feature}")
    for peer, row in TABLE["peers"].items()
    for feature, cell in row.items()
]


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse((TOP / path).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, functions))


def told() -> Iterator[tuple[str, list[str]]]:
    """The rows of the table in FEDERATION.md, the heading first."""
    text = (TOP / "FEDERATION.md").read_text(encoding="utf-8")
    section = text.partition("\n## Peers\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("|") and not set(line) <= set("|- "):
            name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            yield name, cells


def holds(reference: str) -> bool:
    """Whether what is named is there and ends as the cell needs it."""
    kind, _, name = reference.partition(":")
    if kind == "out":
        return any(name in names_in(path) for path in RULES)
    if kind == "live":
        path, _, test = name.partition("::")
        return test in names_in(path)
    name, _, wanted = name.partition("=")
    if kind == "is":
        return wanted in ENDS[name].values()
    return kind == "in" and ENDS[name]["became"] == "done"


@pytest.mark.parametrize("cell", CELLS)
def test_something_holds_each_cell(cell: dict[str, list[str]]):
    assert cell["held_by"]
    assert [one for one in cell["held_by"] if not holds(one)] == []


def test_the_document_has_the_same_table():
    (_, features), *rows = told()
    assert features == TABLE["features"]
    assert dict(rows) == {
        peer: [row[feature]["says"] for feature in features] for peer, row in TABLE["peers"].items()
    }


def test_every_peer_has_documents_a_row_and_a_source():
    sources = (HERE / "README.md").read_text(encoding="utf-8")
    rows = " ".join(TABLE["peers"]).casefold()
    for peer in PEERS:
        assert list((HERE / peer).glob("*.json")), peer
        assert peer in rows
        assert re.search(rf"^\| `{peer}/` \|", sources, re.MULTILINE), peer


def test_of_every_folder_it_is_said_where_its_documents_come_from():
    folders = {path.parent.name for path in HERE.glob("*/*.json")} - {"peers"}
    sources = (HERE / "README.md").read_text(encoding="utf-8")
    assert folders >= PEERS
    assert [each for each in sorted(folders) if f"| `{each}/` |" not in sources] == []


def test_every_document_is_named_after_what_it_is():
    for path in HERE.glob("*/*.json"):
        if path.parent.name in PEERS:
            assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", path.stem), path
