"""Yes, no or maybe, read out of a few words in the languages of the interface.

The words are phrases in `words.json`, the longest taken first, so that "I am not coming" is never
read as "coming". All of the text must be understood, and in one language: whatever else stands
there may turn the sense round, and a person who is counted wrongly is worse off than one whom a
person answers. A question is never an answer. 👍 and "ok" say yes to an invitation, but not to a
message that tells what is already so: there they only say that it was read.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from node.rsvp.model import Answer

LONGEST: Final = 300
"""Characters; a longer text is a letter, not an answer."""

Phrase: TypeAlias = tuple[str, ...]
_DATA: Final = Path(__file__).with_name("words.json")
_SIGN, _FILLER = "sign", "filler"
_ADDRESS = re.compile(r"https?://\S+|[@＠][\w.-]+(?:@[\w.:-]+)?")
_HARMLESS = str.maketrans(dict.fromkeys("\ufe0e\ufe0f\u200c\u0640\u200b\u200e\u200f", ""))
_LETTERS = str.maketrans("أإآٱىيكةئؤıʼ’‘`´'", "ااااییکهیو" + "i" + "      ")
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
_APART = re.compile(r"\b(ن?می)\s+")
"""The Persian prefix, which many write with a space after it."""
_TOKEN = re.compile(r"\w+|[+-]1\b|[^\w\s]")
_SILENT: Final = frozenset('.,;:!…-–—()"„“”«»·*_،؛。~/\u200d♀♂&')
_QUESTION: Final = frozenset("?؟;？")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """An answer, and the language it was given in; None where signs say it."""

    answer: Answer
    language: str | None


@dataclass(frozen=True, slots=True)
class _Table:
    meaning: Mapping[Phrase, str]
    longest: int


def understand(
    text: str, *, likely: Collection[str] = (), signs_count: bool = True
) -> Understood | None:
    """What somebody answers in some plain text; None when it is not surely one of the three.

    `likely`: languages to try first. Without `signs_count` a mere "ok" or 👍 is no answer.
    """
    if len(text) > LONGEST or not _QUESTION.isdisjoint(_ADDRESS.sub(" ", text)):
        return None
    tokens = _tokens(text)
    for language in _languages(likely):
        meanings = _meanings(tokens, _table(language))
        answer = _one(meanings, signs_count=signs_count) if meanings else None
        if answer:
            spoken = any(not _is_sign(token) for token in tokens)
            return Understood(answer=answer, language=language if spoken else None)
    return None


def _languages(likely: Collection[str]) -> Iterator[str]:
    known = [tag for tag in _data() if tag != "signs"]
    first = [tag for tag in (each.split("-")[0] for each in likely) if tag in known]
    yield from dict.fromkeys([*first, *known])


def _one(meanings: Collection[str], *, signs_count: bool) -> Answer | None:
    """The one answer among the meanings; a nod adds to a word, and alone counts only as wanted."""
    said = {each for each in meanings if each in ("yes", "no", "maybe")}
    nods = {each.partition(":")[2] for each in meanings if each.startswith(_SIGN)}
    if not said and signs_count:
        said = nods
    elif said and nods - said:
        return None
    return Answer(said.pop()) if len(said) == 1 else None


def _meanings(tokens: Phrase, table: _Table) -> set[str] | None:
    """What the phrases of a text mean; None when a part of it is not in the table."""
    found: set[str] = set()
    for kept in _without_fillers(tokens, table), tokens:
        found = set()
        at = 0
        while at < len(kept):
            size, meaning = _longest_at(kept, at, table)
            if not size:
                break
            found.add(meaning)
            at += size
        if at == len(kept) and found - {_FILLER}:
            return found
    return None


def _without_fillers(tokens: Phrase, table: _Table) -> Phrase:
    """The text without thanks and greetings, also where they stand inside: "komme leider nicht"."""
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        size = _longest_at(tokens, at, table, only=_FILLER)[0]
        kept += () if size else (tokens[at],)
        at += size or 1
    return tuple(kept)


def _longest_at(tokens: Phrase, at: int, table: _Table, only: str | None = None) -> tuple[int, str]:
    for size in range(min(table.longest, len(tokens) - at), 0, -1):
        meaning = table.meaning.get(tokens[at : at + size])
        if meaning is not None and only in (None, meaning):
            return size, meaning
    return 0, ""


def _tokens(text: str) -> Phrase:
    bare = _SKIN.sub("", _ADDRESS.sub(" ", text))
    plain = unicodedata.normalize("NFKD", bare.translate(_LETTERS).casefold())
    plain = "".join(each for each in plain if unicodedata.category(each) != "Mn")
    plain = plain.translate(_LETTERS).translate(_HARMLESS)
    plain = _APART.sub(r"\1", plain)
    return tuple(each for each in _TOKEN.findall(plain) if each not in _SILENT)


def _is_sign(token: str) -> bool:
    return not any(each.isalpha() for each in token)


@cache
def _table(language: str) -> _Table:
    meaning: dict[Phrase, str] = {}
    for kind, phrases in _data()[language].items():
        for phrase in phrases:
            meaning[_tokens(phrase)] = f"{_SIGN}:yes" if kind == _SIGN else kind
    for kind, signs in _data()["signs"].items():
        for sign in signs:
            meaning[_tokens(sign)] = kind if kind == _FILLER else f"{_SIGN}:{kind}"
    return _Table(meaning, max(map(len, meaning)))


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = json.loads(_DATA.read_text("utf-8"))
    return data
