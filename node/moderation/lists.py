"""Block lists as other servers write them: Mastodon's CSV of domains, its CSV of accounts.

A cell that a spreadsheet would run as a formula is written behind an apostrophe, which is taken
off again when it is read (security: 3.4). What is written has no byte order mark: Mastodon would
take it for a part of the first heading.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from federation.policy import Standing
from node.moderation.model import LONGEST_REASON, Rule, Target, TargetRefused, read_target

HEADER = (
    "#domain",
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
)
MOST_ROWS = 50_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEVERITIES = {"silence": Standing.LIMITED, "suspend": Standing.SUSPENDED, "noop": None}
_NAMES = {Standing.LIMITED: "silence", Standing.SUSPENDED: "suspend"}
_FIRST = {"domain", "account address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a list that makes sense."""

    line: int
    target: Target
    standing: Standing
    reason: str | None
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One line that is not taken, and why: the rest of a sentence."""

    line: int
    entry: str
    why: str


def read(text: str) -> tuple[list[Entry], list[Passed]]:
    """What can be taken of a list, and what cannot.

    A list without headings has the server, handle or address in its first column, and everything
    in it is suspended. Raises: ValueError with the rest of a sentence when it is no list at all.
    """
    rows = _rows(text)
    heading = [cell.strip().lower().removeprefix("#") for cell in rows[0][1]] if rows else []
    named = bool(heading) and heading[0] in _FIRST
    columns = heading if named else ["domain"]
    entries: list[Entry] = []
    passed: list[Passed] = []
    for line, cells in rows[1:] if named else rows:
        cell = _unguarded(cells[0]).strip()
        try:
            entries.append(_entry(line, cell, dict(zip(columns, cells, strict=False))))
        except TargetRefused as wrong:
            passed.append(Passed(line=line, entry=cell[:200], why=str(wrong)))
    return entries, passed


def _rows(text: str) -> list[tuple[int, list[str]]]:
    if "\0" in text:
        raise ValueError("is no text")
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
            if len(rows) > MOST_ROWS:
                raise ValueError(f"has more than {MOST_ROWS} lines")
    except csv.Error as wrong:
        raise ValueError("is no CSV") from wrong
    return rows


def _entry(line: int, cell: str, cells: Mapping[str, str]) -> Entry:
    severity = cells.get("severity", "suspend").strip().lower() or "suspend"
    if severity not in _SEVERITIES:
        raise TargetRefused("has a severity that is none of noop, silence, suspend")
    standing = _SEVERITIES[severity]
    if standing is None:
        raise TargetRefused("is noop, which changes nothing here")
    comment = _unguarded(cells.get("public_comment", "")).strip()[:LONGEST_REASON]
    return Entry(
        line=line,
        target=read_target(cell),
        standing=standing,
        reason=comment or None,
        reject_media=_yes(cells.get("reject_media", "")),
        reject_reports=_yes(cells.get("reject_reports", "")),
        obfuscate=_yes(cells.get("obfuscate", "")),
    )


def _yes(cell: str) -> bool:
    return cell.strip().lower() in ("true", "t", "1", "yes")


def write_hosts(rules: Iterable[Rule]) -> str:
    """Servers that are limited or suspended, as Mastodon imports them."""
    return _written(
        [
            HEADER,
            *(
                (
                    rule.target,
                    _NAMES[rule.standing],
                    str(rule.reject_media).lower(),
                    str(rule.reject_reports).lower(),
                    rule.reason or "",
                    str(rule.obfuscate).lower(),
                )
                for rule in rules
                if not rule.is_actor and rule.standing in _NAMES
            ),
        ]
    )


def write_actors(rules: Iterable[Rule]) -> str:
    """Suspended actors as Mastodon lists blocked accounts: one handle a line, no headings.

    An actor whose handle is not known stands there with its address.
    """
    return _written(
        (rule.handle or rule.target,)
        for rule in rules
        if rule.is_actor and rule.standing is Standing.SUSPENDED
    )


def _written(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
