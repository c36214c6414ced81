"""What real servers say, and how it is bent: a grammar of small lies over documents of theirs."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parents[1] / "interop"
SHARED = Path(os.environ.get("JOSOOR_SHARED", HERE.parents[2] / "shared"))
ABSENT = "the collection of real servers' documents is not beside the project"
Json = dict[str, Any]
Route = tuple[str | int, ...]
T = TypeVar("T")

_ORIGIN = re.compile(r"https?://[^/\s\"'<>\\#?]+")
_WORDS = ("https://www.w3.org", "https://w3id.org", "https://purl.org", "http://schema.org")
_LARGEST = 100_000
_OURS = "https://wien.josoor.example"
_KINDS = ["Create", "Update", "Announce", "Delete", "Undo", "Accept", "Reject", "Follow", "Join"]
_KINDS += ["Add", "Remove", "Move", "Like", "Block", "Flag", "Leave", "Ignore", "Object", "", "☃"]
ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e308, -1e308, 2**53 + 1, 10**19, 1e-320),
    *("", " ", "\0", "a\0b", "\ud800", "\u202e\u2066", "é" * 300, "x" * 5000, "﷽" * 400, "z̵" * 900),
    *("http://[", "http://[::1", "https://", "//x", "https://us.test", "https://us.test/c/wien"),
    *("https://us.test:443/c/wien", "https://eve@us.test/", "https://xn--", "https://ﬀ.test/\\x"),
    *("javascript:alert(1)", "acct:eve@evil.test", "mailto:x", "did:key:z6Mk", "urn:x", "a" * 3000),
    *("https://evil.test/" + "a/" * 1500, "as:Public", "false", "١٢٣", "1e999", "NaN", "%00%zz"),
    *("2031-06-01T15:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59"),
    *("2031-06-01", "2031-02-30T25:61:61Z", "0000-00-00T00:00:00Z", "P1DT", "-P99999999999Y", "P1M"),
    *("2031-06-01T15:00:00+99:99", "2031-W22-1T00:00Z", "24:00", "Europe/Vienna", "../../etc/passwd"),
    *("<math><annotation-xml>", "<b" * 2000, "&#x110000;&#0;&bogus;", "<p>{0.__class__}{{7*7}}%s"),
    *([], {}, [[]], [{}], [None], [[[["x"]]]], {"": ""}, {"@value": "x"}, {"@id": 3}, {"id": []}),
    *({"type": "Create"}, {"type": ["Event", 7]}, [1, "x", None, {}], {"@list": [1]}, {"en": 3}),
    *({"de": "x", "": "y", "x" * 80: "z"}, {"@graph": [{}]}, ["https://us.test/c/wien"] * 60),
]  # fmt: skip


@cache
def documents() -> tuple[tuple[str, Json], ...]:
    """Name and document of everything recorded beside the tests of interoperability."""
    paths = [path for path in sorted(HERE.glob("*/*.json")) if path.parent.name != "peers"]
    return tuple(_read(paths, HERE))


@cache
def real_documents() -> tuple[tuple[str, Json], ...]:
    """The same of the collection of real servers' documents; empty where it is absent."""
    folder = SHARED / "corpora" / "real-servers"
    return tuple(_read(sorted(folder.rglob("*.json")), folder))


def _read(paths: list[Path], folder: Path) -> Iterator[tuple[str, Json]]:
    for path in paths:
        found = json.loads(path.read_bytes())
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict):
                yield str(path.relative_to(folder)), each


def adopted(document: Json, origin: str, actor: str, ours: str) -> Json:
    """The document as if `actor` of `origin` had made it; `ours` where the recording means us."""
    text = json.dumps(document, ensure_ascii=True)
    if isinstance(document.get("actor"), str):
        text = text.replace(json.dumps(document["actor"]), json.dumps(actor))

    def moved(found: re.Match[str]) -> str:
        address = found.group()
        if address.startswith(_WORDS) or address == ours:
            return address
        return ours if address == _OURS else origin

    adopted: Json = json.loads(_ORIGIN.sub(moved, text))
    return adopted


def routes(value: Any, before: Route = ()) -> Iterator[Route]:
    """The way to every value inside."""
    if before:
        yield before
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, each in pairs:
        yield from routes(each, (*before, key))


@st.composite
def bent(draw: st.DrawFn, pool: tuple[tuple[str, Json], ...], most: int = 4) -> Json:
    """One of the documents with up to `most` small lies in it."""
    document = copy.deepcopy(draw(st.sampled_from(pool))[1])
    for _ in range(draw(st.integers(0, most))):
        found = list(routes(document))
        if found:
            _bend(draw, document, draw(st.sampled_from(found)), pool)
    return document


def _bend(draw: st.DrawFn, document: Json, route: Route, pool: Any) -> None:
    holder: Any = document
    for step in route[:-1]:
        holder = holder[step]
    last = route[-1]
    value = holder[last]
    match draw(
        st.sampled_from(["odd", "odd", "odd", "drop", "wrap", "nest", "swap", "many", "kind"])
    ):
        case "odd":
            holder[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
        case "drop":
            del holder[last]
        case "wrap":
            holder[last] = [value, copy.deepcopy(draw(st.sampled_from(ODD)))]
        case "nest":
            holder[last] = {"type": draw(st.sampled_from(_KINDS)), "object": value}
        case "swap":
            holder[last] = copy.deepcopy(draw(st.sampled_from(pool))[1])
        case "many":
            times = draw(st.sampled_from([2, 60, 600]))
            # Many of many of many would only keep ourselves busy.
            holder[last] = [value] * (times if times * len(repr(value)) < _LARGEST else 2)
        case _:
            document["type"] = draw(st.sampled_from(_KINDS))


def written(document: Any) -> bytes:
    """The document as bytes: what has no place in UTF-8 becomes an escape."""
    return json.dumps(document, ensure_ascii=True).encode()


def examples(strategy: st.SearchStrategy[T], many: int) -> list[T]:
    """So many examples, the same on every machine."""
    found: list[T] = []

    @settings(
        max_examples=many,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found


async def made(strategy: st.SearchStrategy[T], many: int) -> list[T]:
    """The same, while the node goes on: one that was held up would turn everybody away."""
    return await asyncio.to_thread(examples, strategy, many)
