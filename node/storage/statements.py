"""SQL text: `:name` parameters, single statements, the one dialect on two engines.

Statements are written once, in the part of SQL that SQLite and PostgreSQL share. The few
differences are settled here, on the text, and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from node.storage.errors import StatementRefused

_TOKEN = re.compile(
    r"""
      (?P<skip> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | :: )
    | : (?P<name> [A-Za-z_][A-Za-z0-9_]* )
    | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)
_FIRST_WORD = re.compile(
    r"(?: \s | --[^\n]*(?:\n|$) | /\*.*?\*/ | ; )* ([a-z]*)",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)

_REFUSED = frozenset(
    {
        "abort",
        "analyze",
        "attach",
        "begin",
        "checkpoint",
        "close",
        "commit",
        "detach",
        "discard",
        "end",
        "pragma",
        "prepare",
        "reindex",
        "release",
        "reset",
        "rollback",
        "savepoint",
        "set",
        "start",
        "vacuum",
    }
)
"""What would end, split or escape the transaction that the door has opened."""


def first_word(sql: str) -> str:
    """The statement's verb in lower case, comments skipped; empty when there is none."""
    found = _FIRST_WORD.match(sql)
    return found.group(1).lower() if found else ""


@lru_cache(maxsize=2048)
def allowed(sql: str) -> str:
    """The same text, when it may run inside a transaction function.

    Raises: StatementRefused for transaction control, PRAGMA, ATTACH and the like, and for
    two statements in one.
    """
    word = first_word(sql)
    if not word or word in _REFUSED:
        raise StatementRefused(f"{word or 'nothing'!r} may not run inside a transaction function")
    if len(list(split(sql))) > 1:
        raise StatementRefused("one statement at a time")
    return sql


@lru_cache(maxsize=2048)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$1`, `$2` … for `:name`, and the names in that order.

    Strings, quoted names, comments and `::` casts stay as they are; a name used twice
    is one number.
    """
    names: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        name = match.group("name")
        if name is None:
            return match.group()
        return f"${names.setdefault(name, len(names) + 1)}"

    text = _TOKEN.sub(replace, sql)
    return text, tuple(names)


def split(script: str) -> Iterator[str]:
    """The statements of a script, one by one, without those that are only comments.

    A semicolon inside a string or comment does not end a statement; trigger bodies are
    not understood, for the two engines write them differently.
    """
    start = 0
    for match in _TOKEN.finditer(script):
        if match.group("end"):
            yield from _worth(script[start : match.start()])
            start = match.end()
    yield from _worth(script[start:])


def _worth(statement: str) -> Iterator[str]:
    if first_word(statement):
        yield statement.strip()


_FOR_POSTGRESQL = (
    (re.compile(r"\)\s*strict\s*$", re.IGNORECASE), ")"),
    (re.compile(r"\bwithout\s+rowid\b", re.IGNORECASE), ""),
    (
        re.compile(r"\binteger\s+primary\s+key\s+autoincrement\b", re.IGNORECASE),
        "bigint generated always as identity primary key",
    ),
    (re.compile(r"\binteger\b", re.IGNORECASE), "bigint"),
    (re.compile(r"\bblob\b", re.IGNORECASE), "bytea"),
)


def for_postgresql(statement: str) -> str:
    """A statement of a migration as PostgreSQL wants it.

    Types become bigint and bytea, `) strict` goes; strings are not touched, comments dropped
    (one behind the last bracket would hide `) strict`).
    """
    kept: list[str] = []

    def hide(match: re.Match[str]) -> str:
        text = match.group()
        if text.startswith(("--", "/*")):
            return " "
        kept.append(text)
        return f"\0{len(kept) - 1}\0"

    text = _TOKEN.sub(hide, statement).strip()
    for pattern, replacement in _FOR_POSTGRESQL:
        text = pattern.sub(replacement, text)
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match.group(1))], text)
