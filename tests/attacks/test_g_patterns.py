"""G14: no regular expression of ours takes much longer for a text that is not much longer."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from activitypub.identity import Handle, host_of
from activitypub.negotiation import is_activity, wants_activity
from federation.followers.synchronisation import read_header
from federation.inward.claims import claimed_host
from federation.trust.pages import _AlternateParser, _in_header
from keys.cavage import parse as parse_cavage
from keys.http_signatures import parse as parse_signature
from keys.message import Request
from keys.serialisation import read_public_pem
from node.i18n.languages import reader_languages
from node.text.sanitise import clean, plain

ROOT = Path(__file__).parents[2]
PACKAGES = ("keys", "activitypub", "federation", "node")
SMALL, TIMES = 2_000, 10
SLOWER = 20
"""Ten times the length may take so many times as long; twelve on a machine with nothing else."""
ENOUGH = 0.002
"""Seconds of CPU under which a difference says nothing."""
PIECES = [
    *("a", "a.", "a-", "a@", "@a.", "A", "9", "0.", "_", " ", "\t", "\n", "\r\n", ",", ", ", ";"),
    *("=", '"', '\\"', '"a', '="', "a=1,", 'a="b",', "a=1;", "/", "//", "http://a", "https://a/"),
    *("(", "((", "()", '("a"', ":", "::", "<", "<a", "<br", "<br ", "</p", "&", "&#", "%", "%a"),
    *("--", "-----BEGIN PUBLIC KEY-----", "=A\n", "FREQ=DAILY;A=1", "de-", "de,", "q=", "#a"),
    *("é", "\u0301", "\u202e", "\u200d", "\0", "٣", "keyid=", 'keyid="https://', "\\u", "\\u0000"),
]  # fmt: skip
_LIKE = {"finditer": "findall", "sub": "findall"}
GUARDED = {
    "federation.followers.synchronisation._PAIR": "asked only of what _WHOLE has let through"
}
"""Patterns that are held by another one before them; their readers are among those below."""
ENDS = ["", "!", '"', "\n", "\0", ")", ">"]


@cache
def modules() -> tuple[ModuleType, ...]:
    names = [
        each.name
        for package in PACKAGES
        for each in pkgutil.walk_packages([str(ROOT / package)], prefix=f"{package}.")
    ]
    return tuple(importlib.import_module(name) for name in names if not name.endswith("__main__"))


@cache
def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    """Every compiled pattern by the place where it stands, also those within tables."""
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            values = value if isinstance(value, list | tuple) else (value,)
            for place, each in enumerate(values):
                inner = each[0] if isinstance(each, tuple) and each else each
                if isinstance(inner, re.Pattern):
                    found[f"{module.__name__}.{name}.{place}"] = inner
    return found


def _cpu(work: Callable[[], object]) -> float:
    best = 10.0
    for _ in range(3):
        begun = time.thread_time()
        work()
        best = min(best, time.thread_time() - begun)
        if best < ENOUGH:
            break
    return best


def _grows(work: Callable[[str], object], piece: str, end: str) -> float:
    """How many times as long ten times the text takes; 0 where both take no time."""

    def text(length: int) -> str:
        return piece * (length // len(piece)) + end

    long = _cpu(lambda: work(text(SMALL * TIMES)))
    if long < ENOUGH:
        return 0.0
    return long / max(_cpu(lambda: work(text(SMALL))), 1e-5)


def _slow(work: Callable[[str], object]) -> list[str]:
    """The texts that take too long: a piece again and again, then an end."""
    return [
        f"{piece!r}, then {end!r}"
        for piece in PIECES
        for end in ENDS
        # A machine that was busy once is asked again.
        if all(_grows(work, piece, end) > SLOWER for _ in range(3))
    ]


def _used(name: str) -> set[str]:
    """The ways in which a pattern is asked in its own module: only these can cost anything."""
    module, _, rest = name.rpartition(".")[0].rpartition(".")
    source = importlib.import_module(module).__file__ or ""
    text = Path(source).read_text(encoding="utf-8")
    asked = set(
        re.findall(rf"\b{rest}\.(search|match|fullmatch|findall|finditer|sub|split)\(", text)
    )
    return {_LIKE.get(method, method) for method in asked} or {"fullmatch", "findall"}


def _asking(
    pattern: re.Pattern[str] | re.Pattern[bytes], methods: set[str]
) -> Callable[[str], object]:
    def work(text: str) -> object:
        asked: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
        return [getattr(pattern, method)(asked) for method in methods]

    return work


def _request(**headers: str) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(method="POST", url="https://us.test/inbox", headers=named, body=b"")


def _calm(work: Callable[[str], object]) -> Callable[[str], object]:
    def calmed(text: str) -> object:
        try:
            return work(text)
        except Exception as refused:  # which one is for test_fuzz_parsers
            return refused

    return calmed


def _page(text: str) -> None:
    # As much of a page as is looked at.
    _AlternateParser().feed(text)


USED: dict[str, Callable[[str], object]] = {
    "handle": Handle.parse,
    "host": host_of,
    "accept": lambda text: wants_activity.__wrapped__(text),
    "content type": is_activity,
    "link header": _in_header,
    "languages": lambda text: reader_languages(text, text, text),
    "clean": clean,
    "plain": plain,
    "pem": read_public_pem,
    "signature": lambda text: parse_signature(_request(signature=text)),
    "signature input": lambda text: parse_signature(
        _request(signature_input=text, signature=text)
    ),
    "draft": parse_cavage,
    "claimed host": lambda text: claimed_host(_request(signature=f'keyId="{text}"')),
    "page": _page,
    "followers' digest": read_header,
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    sorted(name for name in patterns() if name.rpartition(".")[0] not in GUARDED),
    ids=lambda name: f"G14-{name}",
)
def test_every_pattern_is_linear(name: str) -> None:
    assert _slow(_asking(patterns()[name], _used(name))) == []


@pytest.mark.parametrize("name", USED, ids=lambda name: f"G14-{name}".replace(" ", "-"))
def test_every_reader_is_linear(name: str) -> None:
    assert _slow(_calm(USED[name])) == []


def test_g14_the_check_would_notice() -> None:
    assert _grows(_asking(re.compile(r"a+!"), {"search"}), "a", "") > SLOWER


def test_g14_every_pattern_of_the_source_is_found() -> None:
    written = sum(
        path.read_text(encoding="utf-8").count("re.compile(")
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    )
    assert len(patterns()) >= written
