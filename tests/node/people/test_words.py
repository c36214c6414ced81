"""Tests of node/people/words.py: what stands in the log is said in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import node
from node.i18n.languages import UI_LANGUAGES
from node.i18n.messages import translator
from node.people.words import verb_words

SOURCE = Path(node.__file__).parent
COMPOSED = (
    "role moderator", "token write", "sign-up approval", "ask: make ambassador",
    "confirmed: erase the account", "refused: make ambassador", "expired: erase the account",
)  # fmt: skip


@cache
def verbs() -> frozenset[str]:
    """What the code writes into the log, where it is written out in one piece."""
    return frozenset(_verbs())


def _verbs() -> Iterator[str]:
    for file in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.note":
                for part in ast.walk(call.args[2]):
                    if isinstance(part, ast.Constant) and not isinstance(
                        call.args[2], ast.JoinedStr
                    ):
                        yield str(part.value)


@pytest.mark.parametrize("language", [tag for tag in UI_LANGUAGES if tag != "en"])
def test_whatever_is_written_into_the_log_has_words(language: str):
    found, gettext = {*verbs(), *COMPOSED}, translator(language).gettext

    assert {"create", "end sessions", "erase"} <= found
    assert [verb for verb in sorted(found) if verb_words(verb, gettext) == verb] == []


def test_a_row_of_the_log_says_what_was_given():
    french = translator("fr").gettext

    assert verb_words("role member", french) == "Nouveau rôle\N{NO-BREAK SPACE}: Membre"
    assert verb_words("role pope", french) == "role pope"
