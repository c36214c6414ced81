"""What the doctor says, in the language of the page."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from node import doctor
from node.desk.check_words import has_words, mend, says
from node.i18n.languages import UI_LANGUAGES
from node.services import Node
from tests.support.browsers import Browser

_ONLY_AT_THE_MACHINE = ("check_database", "_told")
"""What the desk never shows: there is no node, or the whole database was looked through."""


def _sentences() -> Iterator[tuple[str, str]]:
    """What each check says and advises; "7" stands for a fact."""
    tree = ast.parse(Path(doctor.__file__).read_text(encoding="utf-8"))
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name not in _ONLY_AT_THE_MACHINE:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("_green", "_yellow", "_red"):  # fmt: skip
                    said = [_text(each) for each in call.args[1:]]
                    yield said[0], said[1] if len(said) > 1 else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "7"


def test_whatever_the_doctor_says_on_a_page_has_words():
    said = [
        (one.replace("wait, 7", "wait, the last one 7"), advice)
        for one, advice in _sentences()
        if "holds no node" not in one
    ]
    assert len(said) > 12
    assert [one for one, _ in said if one != "7" and not has_words(one)] == []
    words = [mend(advice, "en")[0] for _, advice in said]
    assert [one for one in words if one and not has_words(one)] == []


def test_a_command_stays_as_it_is_typed():
    assert mend("Run: josoor key rotate-master", "en") == ("Run:", "josoor key rotate-master")
    assert mend("chmod 600 /x y", "de") == ("", "chmod 600 /x y")


def test_a_fact_at_the_beginning_does_not_turn_an_arabic_sentence_round():
    said = says("http://localhost:1 is not encrypted", "ar")
    assert said.startswith("\N{FIRST STRONG ISOLATE}http://localhost:1\N{POP DIRECTIONAL ISOLATE}")
    assert (
        says("http://localhost:1 is not encrypted", "en") == "http://localhost:1 is not encrypted"
    )


def test_what_has_no_message_is_shown_as_it_is():
    assert says("something new", "ar") == "something new"


@pytest.mark.parametrize("language", [tag for tag in UI_LANGUAGES if tag != "en"])
async def test_the_page_speaks_no_english_beside_other_words(
    language: str, node: Node, amal: Browser
):
    node.config.secret_file.chmod(0o644)
    text = (await amal.get(f"/desk/health?lang={language}")).text
    for english in ("this machine only", "may open it", "followers", " answers", "are free"):
        assert english not in text
    assert node.config.origin in text
    assert "chmod 600" in text
