"""Block lists in Mastodon's form, read and written."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.policy import Standing
from node.moderation import lists
from node.moderation.model import Rule, TargetKind, TargetRefused, read_target

NOW = datetime(2026, 12, 5, tzinfo=UTC)
HEADER = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


def rule(target: str, standing: Standing = Standing.SUSPENDED, **more) -> Rule:
    return Rule(target=target, standing=standing, created=NOW, updated=NOW, **more)


def test_a_list_of_mastodon_is_read_as_it_was_meant():
    entries, passed = lists.read(
        HEADER + 'evil.test,suspend,true,false,"Hetze, viel davon",true\n'
        "half.test,silence,false,true,,false\n"
    )
    assert passed == []
    evil, half = entries
    assert (evil.target.value, evil.standing, evil.reason) == (
        "evil.test", Standing.SUSPENDED, "Hetze, viel davon",
    )  # fmt: skip
    assert (evil.reject_media, evil.reject_reports, evil.obfuscate) == (True, False, True)
    assert (half.standing, half.reject_reports, half.reason) == (Standing.LIMITED, True, None)


@pytest.mark.parametrize(
    "text",
    ["evil.test\n", "\ufeff#domain,#severity\r\nEVIL.test.,suspend\r\n", "domain\nevil.test\n",
     "severity,x\n".replace("severity,x", "domain,severity") + "evil.test,\n", "\n\nevil.test"],
)  # fmt: skip
def test_other_forms_of_the_same_list_are_understood(text: str):
    entries, passed = lists.read(text)
    assert [(each.target.value, each.standing) for each in entries] == [
        ("evil.test", Standing.SUSPENDED)
    ]
    assert passed == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ev*l.test,suspend", "hides letters"),
        ("com,suspend", "whole domain"),
        ("evil.test,noop", "noop"),
        ("evil.test,explode", "severity"),
        ("not a host,suspend", "no name of a server"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_with_its_reason(line: str, why: str):
    entries, (passed,) = lists.read(f"{HEADER}good.test,silence\n{line}\n")
    assert [each.target.value for each in entries] == ["good.test"]
    assert (passed.line, passed.entry) == (3, line.partition(",")[0])
    assert why in passed.why


def test_a_list_of_accounts_is_read_by_its_handles():
    entries, _ = lists.read("carol@evil.test\n@dora@evil.test\nhttps://evil.test/u/eve\n")
    assert [(each.target.kind, each.target.value) for each in entries] == [
        (TargetKind.HANDLE, "carol@evil.test"),
        (TargetKind.HANDLE, "dora@evil.test"),
        (TargetKind.ACTOR, "https://evil.test/u/eve"),
    ]


@pytest.mark.parametrize("text", ["a.test\0", 'a.test,"' + "b" * 200_000])
def test_what_is_no_list_is_refused(text: str):
    with pytest.raises(ValueError, match="is no"):
        lists.read(text)


def test_a_list_without_end_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lists, "MOST_ROWS", 3)
    with pytest.raises(ValueError, match="more than 3"):
        lists.read("a.test\n" * 4)


def test_what_is_written_has_mastodons_headings_and_only_what_they_can_say():
    text = lists.write_hosts(
        [
            rule("evil.test", reason="Hetze", obfuscate=True),
            rule("half.test", Standing.LIMITED, comment="geheim"),
            rule("friend.test", Standing.TRUSTED),
            rule("https://a.test/u/carol", handle="carol@a.test"),
        ]
    )
    assert text.splitlines() == [
        HEADER.strip(),
        "evil.test,suspend,false,false,Hetze,true",
        "half.test,silence,false,false,,false",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_spreadsheet_runs_what_is_written(start: str):
    reason = f"{start}HYPERLINK(1)"
    text = lists.write_hosts([rule("evil.test", reason=reason)])
    assert next(csv.DictReader(io.StringIO(text, newline="")))["#public_comment"] == f"'{reason}"
    assert lists.read(text)[0][0].reason == reason.strip()


def test_accounts_are_written_one_a_line_by_handle_where_it_is_known():
    text = lists.write_actors(
        [
            rule("https://a.test/u/carol", handle="carol@a.test"),
            rule("https://a.test/u/dora"),
            rule("https://a.test/u/anna", Standing.LIMITED),
            rule("evil.test"),
        ]
    )
    assert text.splitlines() == ["carol@a.test", "https://a.test/u/dora"]


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_reader(text: str):
    try:
        entries, passed = lists.read(text)
    except ValueError:
        entries, passed = [], []
    assert len(entries) + len(passed) <= len(text.splitlines())


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("Evil.Test.", TargetKind.HOST, "evil.test"),
        ("https://evil.test/", TargetKind.HOST, "evil.test"),
        ("https://evil.test:443", TargetKind.HOST, "evil.test"),
        ("evil.test:8443", TargetKind.HOST, "evil.test:8443"),
        ("böse.test", TargetKind.HOST, "xn--bse-sna.test"),
        ("localhost:8081", TargetKind.HOST, "localhost:8081"),
        ("@a@evil.test", TargetKind.HANDLE, "a@evil.test"),
        ("https://evil.test/u/a", TargetKind.ACTOR, "https://evil.test/u/a"),
    ],
)
def test_b18_every_spelling_of_a_target_is_kept_in_one(typed: str, kind: TargetKind, value: str):
    assert read_target(typed) == read_target(f"  {typed} ")
    assert (read_target(typed).kind, read_target(typed).value) == (kind, value)


@pytest.mark.parametrize(
    "typed",
    ["", "com", "COM.", "co.uk", "*.evil.test", "a/b", "a?b", "http://", "https://u@e.test/a"],
)
def test_what_no_rule_can_be_about_is_refused(typed: str):
    with pytest.raises(TargetRefused):
        read_target(typed)
