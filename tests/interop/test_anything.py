"""Anything at all is read without raising, and reads the same after writing."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.objects import Event, Object
from activitypub.parsing import parse
from activitypub.registry import kinds, read, terms_of, write
from tests.interop.losing import lost

HERE = Path(__file__).parent


def document(name: str) -> dict[str, Any]:
    """The document of a file such as `mastodon/follow`."""
    return parse((HERE / f"{name}.json").read_bytes())


MALFORMED: list[dict[str, Any]] = [
    {"location": []},
    {"location": [None, 5, "Wien"]},
    {"location": "Gasse 1, Wien"},
    {"status": None},
    {"status": 5, "ical:status": "confirmed"},
    {"attachment": [{"type": "Document", "url": "https://a.example/x"}]},
    {"attachment": {"type": "Document"}},
    {"attachment": ["https://a.example/x", None]},
    {"endTime": "tomorrow"},
    {"endTime": 17},
    {"startTime": "2026-05-01"},
    {"startTime": "0001-01-01T00:00:00+14:00"},
    {"type": ["Event", "Thing"]},
    {"type": ["Thing", "Event"]},
    {"content": ["<p>a</p>", "<p>b</p>"]},
    {"content": {"de": "a"}},
    {"contentMap": {"de": None, "ar": "a"}},
    {"contentMap": []},
    {"name": None, "nameMap": {"de": "a"}},
    {"to": "as:Public"},
    {"to": {"id": "https://a.example/a"}},
    {"to": [None, 7]},
    {"attributedTo": [{"type": "Person", "id": "https://a.example/a"}]},
    {"url": [{"type": "Link", "href": "https://a.example/x", "mediaType": "text/html"}]},
    {"url": "javascript:alert(1)"},
    {"image": None},
    {"image": ["https://a.example/x.png"]},
    {"organizers": None},
    {"organizers": []},
    {"maximumAttendeeCapacity": "30"},
    {"maximumAttendeeCapacity": True},
    {"maximumAttendeeCapacity": 10**400},
    {"inReplyTo": []},
    {"id": 5},
    {"id": ["https://a.example/1"]},
]


@pytest.mark.parametrize("odd", MALFORMED, ids=json.dumps)
def test_a_malformed_property_of_an_event_spoils_nothing_else(odd: dict[str, Any]):
    raw = copy.deepcopy(document("mobilizon/create_event")["object"]) | odd
    event = read(raw)
    assert event.timezone == "Europe/Vienna"
    assert event.category == "LANGUAGE_CULTURE"
    assert list(lost(raw, write(event))) == []
    assert read(write(event)) == event


def test_an_array_of_types_is_read_as_the_one_we_know():
    event = read({"type": ["Thing", "Event"]})
    assert isinstance(event, Event)
    assert write(event) == {"type": "Event"}


def test_null_organizers_are_not_disclosed_and_absent_ones_are_unknown():
    assert read({"type": "Event", "organizers": None}).organizers.total_items == 0
    assert read({"type": "Event"}).organizers is None


# --- anything ------------------------------------------------------------------------------------

MORE = ["objects", "sharedInbox", "owner", "controller", "publicKeyPem", "publicKeyMultibase"]
KEYS = st.sampled_from(
    sorted(
        {key for each in kinds().values() for key in terms_of(each)} | {*MORE, "extra", "@context"}
    )
)
TYPES = st.sampled_from(sorted(kinds()))
WORDS = st.sampled_from(
    ["https://a.example/1", "as:Public", "2026-05-01T18:00:00Z", "de", "", "confirmed"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | WORDS
    | TYPES
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=6)
        | st.builds(lambda of, rest: {**rest, "type": of}, TYPES, st.dictionaries(KEYS, inner))
    ),
    max_leaves=12,
)
DOCUMENTS = st.builds(
    lambda of, rest: rest if of is None else {**rest, "type": of},
    st.none() | TYPES,
    st.dictionaries(KEYS | st.text(max_size=3), ANYTHING, max_size=10),
)


@given(DOCUMENTS)
def test_any_json_object_is_read_and_reads_the_same_after_writing(raw: dict[str, Any]):
    value = read(raw)
    assert isinstance(value, Object)
    assert read(write(value)) == value
    assert "@context" not in write(value)
    assert all(each is not None for each in write(value).values())


@given(st.sampled_from(sorted(kinds())), st.dictionaries(st.text(min_size=1, max_size=9), LEAVES))
def test_what_nobody_has_a_word_for_survives_in_every_kind(of: str, unknown: dict[str, Any]):
    taken = {key for each in kinds().values() for key in terms_of(each)} | {"type", "@context"}
    raw = {key: each for key, each in unknown.items() if key not in taken and each is not None}
    written = write(read({**raw, "type": of}))
    assert {key: written[key] for key in raw} == raw


@given(st.dictionaries(st.sampled_from(["de", "ar", "uk", "fa-AF"]), st.text(min_size=1)))
def test_all_languages_of_every_text_come_back_in_their_order(words: dict[str, str]):
    texts = {f"{key}Map": words for key in ("name", "summary", "content") if words}
    written = write(read({"type": "Event", **texts}))
    assert [list(written.get(key, {}).items()) for key in texts] == [
        list(each.items()) for each in texts.values()
    ]
