"""Every word that we write beyond ActivityStreams means what the table of meanings says."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from activitypub import terms
from activitypub.contexts import (
    ACTOR_CONTEXT,
    CAMPAIGN_CONTEXT,
    EVERY_CONTEXT,
    MARKET_CONTEXT,
    OBJECT_CONTEXT,
    load,
)
from activitypub.jsonld import expand, familiar

HERE = Path(__file__).parent
TOP = HERE.parents[1]
MEANINGS: dict[str, list[str]] = json.loads((HERE / "meanings.json").read_text())
A = "https://a.example/1"
_ROOMS = {"storage", "doors", "operations", "commands", "web", "i18n", "demo", "routing", "text"}
# Each belongs to a value inside a document or to no document at all.
_NOT_TERMS = {
    "publicKeyMultibase": "defined by cid/v1 inside a Multikey",
    "href": "of ActivityStreams, on links only",
}


def bare(definitions: dict[str, Any]) -> set[str]:
    """The terms of a context, without prefixes."""
    return {
        name
        for name, meant in definitions.items()
        if not (isinstance(meant, str) and meant.startswith("http") and meant[-1] in "#/")
    }


def expanded(term: str, value: Any) -> tuple[str, Any]:
    """The IRI and what it says there, by a JSON-LD processor."""
    (found,) = expand({"@context": EVERY_CONTEXT, "id": A, term: value})
    (iri,) = set(found) - {"@id", "@type"}
    return iri, found[iri]


@pytest.mark.parametrize("term", sorted(MEANINGS))
def test_a_term_means_what_the_table_says(term: str):
    iri, how = MEANINGS[term]
    if how == "class":
        (found,) = expand({"@context": EVERY_CONTEXT, "id": A, "type": term})
        assert found["@type"] == [iri]
        return
    samples = {"address": A, "list": [0.5], "languages": {"de": "machine"}}
    found_iri, value = expanded(term, samples.get(how, "2031-01-01T00:00:00Z"))
    assert found_iri == iri
    assert value == {
        "address": [{"@id": A}],
        "list": [{"@list": [{"@value": 0.5}]}],
        "languages": [{"@value": "machine", "@language": "de"}],
        "text": [{"@value": "2031-01-01T00:00:00Z"}],
    }.get(how, [{"@value": "2031-01-01T00:00:00Z", "@type": how}])


def test_the_table_of_meanings_has_every_term_and_no_other():
    inline = [each for each in EVERY_CONTEXT if isinstance(each, dict)]
    defined = set().union(*map(bare, inline))
    plain = {each for each in MEANINGS if each.startswith(("josoor:", "ical:"))}
    assert defined | plain == set(MEANINGS)


def test_no_two_of_our_contexts_disagree_about_a_word():
    inline = [each for each in EVERY_CONTEXT if isinstance(each, dict)]
    for each in inline:
        for other in inline:
            assert all(other[name] == each[name] for name in each.keys() & other.keys())


def test_the_document_of_terms_lists_every_word_of_ours_and_no_other():
    text = (TOP / "FEDERATION.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(josoor:[A-Za-z]+)` \|", text, re.MULTILINE))
    assert told == {each for each in MEANINGS if each.startswith("josoor:")}


# --- what our own files write --------------------------------------------------------------------


def known() -> set[str]:
    """Every word that one of our contexts defines."""
    found: set[str] = set(_NOT_TERMS)
    for each in EVERY_CONTEXT:
        document = load(each) if isinstance(each, str) else {"@context": each}
        assert document is not None
        found |= set(document["@context"])
    return found


def writers() -> list[Path]:
    """The files of the rooms in which documents are put together."""
    return [
        path
        for path in sorted((TOP / "node").glob("*/*.py"))
        if path.parent.name not in _ROOMS
        and re.search(r"_CONTEXT\b|activity_of|import outbox", path.read_text(encoding="utf-8"))
        # verbs; and what a person takes along, of which only a part is a document of the protocol
        and path.name not in ("actions.py", "gathering.py")
    ]


def written(path: Path) -> Iterator[str]:
    """Every key of a dictionary that is spelled out in this file."""
    for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(each, ast.Dict):
            yield from _words(each.keys)
        if isinstance(each, ast.Assign):
            slices = [one.slice for one in each.targets if isinstance(one, ast.Subscript)]
            yield from _words(slices)


def _words(found: Iterable[Any]) -> Iterator[str]:
    for each in found:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


@pytest.mark.parametrize("path", writers(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_key_that_a_file_writes_is_a_word_of_our_contexts(path: Path):
    words = known()
    unmapped = {key for key in written(path) if key not in words | set(MEANINGS)}
    assert {key for key in unmapped if not key.startswith("@")} == set()


def test_there_are_files_that_write_documents():
    names = {f"{path.parent.name}/{path.name}" for path in writers()}
    assert {"events/document.py", "community/document.py", "network/federate.py"} <= names


# --- whole documents -----------------------------------------------------------------------------

TALLY = {
    "id": A,
    "type": "Document",
    "josoor:kind": "Tally",
    "josoor:textHash": "sha256:ab",
    "josoor:seq": 17,
    "josoor:asOf": "2031-05-01T00:00:00Z",
    "josoor:confirmed": 412,
    "josoor:unconfirmed": 31,
    "josoor:removed": 4,
    "josoor:byArea": [{"josoor:area": "AT-9", "josoor:count": 300}],
    "josoor:suppressed": "below 5",
    "josoor:previous": "sha256:cd",
    "josoor:supersedes": "https://a.example/0",
}
OFFER = {
    "id": A,
    "type": "Proposal",
    "purpose": "offer",
    "name": "Tandem",
    "publishes": {
        "id": f"{A}#primary",
        "type": "Intent",
        "action": "deliverService",
        "resourceConformsTo": "https://www.wikidata.org/wiki/Q315",
        "resourceQuantity": {"hasUnit": "hour", "hasNumericalValue": "1"},
    },
    "reciprocal": {"id": f"{A}#reciprocal", "type": "Intent", "action": "transfer"},
    "unitBased": False,
}
AGREEMENT = {
    "id": A,
    "type": "Agreement",
    "stipulates": {
        "id": f"{A}#primary",
        "type": "Commitment",
        "satisfies": "https://a.example/0#primary",
        "resourceQuantity": {"hasUnit": "hour", "hasNumericalValue": "2"},
    },
}
QUOTED = {
    "id": A,
    "type": "Note",
    "content": "<p>a</p>",
    "quote": "https://a.example/0",
    "quoteAuthorization": "https://a.example/stamp",
    "interactionPolicy": {
        "canQuote": {"automaticApproval": "https://www.w3.org/ns/activitystreams#Public"}
    },
}
STAMP = {
    "id": A,
    "type": "QuoteAuthorization",
    "attributedTo": "https://a.example/a",
    "interactingObject": "https://b.example/1",
    "interactionTarget": "https://a.example/0",
}
ANSWERING = {
    "id": A,
    "type": "Application",
    "inbox": "https://a.example/inbox",
    "webfinger": "relay@a.example",
    "generator": {"type": "Application", "implements": [{"href": "https://a.example/rfc"}]},
}


@pytest.mark.parametrize(
    ("context", "document"),
    [
        (CAMPAIGN_CONTEXT, TALLY),
        (MARKET_CONTEXT, OFFER),
        (MARKET_CONTEXT, AGREEMENT),
        (OBJECT_CONTEXT, QUOTED),
        (OBJECT_CONTEXT, STAMP),
        (ACTOR_CONTEXT, ANSWERING),
    ],
    ids=lambda it: it.get("type") if isinstance(it, dict) else "",
)
def test_nothing_is_lost_or_blank_to_a_processor(context: list[Any], document: dict[str, Any]):
    sent = {"@context": context, **document}
    assert "_:" not in json.dumps(expand(sent))
    (whole,) = expand(sent)
    assert len(whole) == len(document)
    assert set(familiar(sent)) == set(document)


def test_a_word_that_no_context_defines_is_seen_to_be_blank():
    (found,) = expand({"@context": OBJECT_CONTEXT, "id": A, "josoorKind": "Tally"})
    assert [each for each in found if each.startswith("_:")] == ["_:josoorKind"]
    assert terms.NAMESPACE.endswith("#")
