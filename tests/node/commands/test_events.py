"""Tests of `josoor event …`: its whole life, and what is no event."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.support.nodes import EVENT
from tests.support.shells import Shell

SHORT = re.compile(r"[0-9a-z]{26}")


def test_an_event_goes_through_its_life(shell: Shell):
    event = shell.publish()
    short = SHORT.findall(event["id"])[-1]

    assert event["id"] == f"{shell.origin}/e/{short}"
    assert [one["id"] for one in shell.json("event", "list")] == [event["id"]]
    assert shell.json("event", "show", event["id"]) == shell.json("event", "show", short) == event
    changed = json.dumps({**EVENT, "capacity": 5})
    assert shell.json("event", "update", short, "-", stdin=changed)["capacity"] == 5
    cancelled = shell.json("event", "cancel", event["id"], "--reason", "Kein Strom.")
    assert (cancelled["state"], cancelled["reason"]) == ("cancelled", "Kein Strom.")
    assert shell.run("event", "update", short, "-", stdin=changed).code == 1
    assert shell.json("event", "delete", short)["id"] == event["id"]
    assert shell.json("event", "list") == []
    assert shell.run("event", "show", short).code == 1


def test_an_event_is_read_from_a_file_and_shown_to_people(shell: Shell, tmp_path: Path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(EVENT, ensure_ascii=False), encoding="utf-8")

    published = shell.run("event", "publish", str(file))
    listed = shell.run("event", "list")

    assert (published.code, listed.code) == (0, 0)
    assert "Sprachcafé" in published.out
    assert "Sprachcafé" in listed.out
    assert SHORT.search(listed.out)


START = '"start": "2031-12-05T18:00"'
WRONG_DOCUMENTS = (
    ("{}", "name: is missing"),
    ('{"name": "a", "start": "soon"}', "start: must be a local time"),
    (f'{{"name": "a", {START}, "colour": "blue"}}', "colour: is not a field that we know"),
    (f'{{"name": "a", {START}, "capacity": {10**18}}}', "capacity: must be"),
    (f'{{"name": "a", {START}, "place": {{"name": "b", "latitude": NaN}}}}', "is not JSON"),
    (f'{{"name": "\\ud800", {START}}}', "half a surrogate pair"),
    ("{", "is not JSON"),
    ("[]", "not an object"),
    ("[" * 100_000, "nested deeper"),
    (" " * 300_000, "larger than 256 kB"),
)


def test_a_wrong_document_is_refused_in_words_and_nothing_is_kept(shell: Shell):
    for text, sentence in WRONG_DOCUMENTS:
        ran = shell.run("event", "publish", "-", stdin=text)
        assert (ran.code, ran.out) == (1, ""), text[:80]
        assert ran.err.startswith("josoor: ")
        assert sentence in ran.err
    assert shell.json("event", "list") == []
