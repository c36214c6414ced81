"""Tests of node/events/draft.py: what is read of the document that people hand in for an event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.errors import Invalid
from node.events.draft import CATEGORIES, FIELDS, read_draft, write_draft
from node.events.model import EventDraft, JoinMode, PictureRef, Place, Shift
from tests.node.events.drafts import VIENNA, WHOLE, changed, read


def test_every_field_of_the_contract_is_read():
    assert set(WHOLE) == set(FIELDS)

    assert read(WHOLE) == EventDraft(
        name={"de": "Sprachcafé", "ar": "مقهى اللغة"},
        description={"de": "Wir **reden**.", "ar": "نتحدث."},
        start=datetime(2026, 12, 5, 18, tzinfo=VIENNA),
        end=datetime(2026, 12, 5, 21, tzinfo=VIENNA),
        timezone="Europe/Vienna",
        place=Place(
            name="Haus der Begegnung",
            street="Praterstraße 1",
            postal_code="1020",
            city="Wien",
            country="AT",
            latitude=48.21,
            longitude=16.0,
        ),
        exact_address="participants",
        online_url="https://meet.example/x",
        languages_spoken=["ar", "de"],
        category="LANGUAGE_CULTURE",
        join=JoinMode.EXTERNAL,
        external_url="https://tickets.example/1",
        capacity=30,
        waitlist=True,
        poll=True,
        accessibility=["wheelchair"],
        recurrence="FREQ=MONTHLY;BYDAY=1SA",
        tags=["josoor", "غذاء"],
        shifts=[Shift(task={"de": "Kochen"}, places=3)],
        picture=PictureRef(media="0" * 26, alt={"de": "Ein Garten"}, focus=(0.5, -1.0)),
    )


def test_a_name_and_a_start_are_enough():
    draft = read({"name": "Kochabend", "start": "2026-12-05T18:00"})

    assert draft.name == {"de": "Kochabend"}
    assert draft.timezone == "Europe/Vienna"
    assert draft.end - draft.start == timedelta(hours=2)
    assert (draft.exact_address, draft.join, draft.category) == ("public", JoinMode.FREE, "MEETING")


def test_null_is_the_same_as_not_given():
    fields = {field: None for field in FIELDS if field not in ("name", "start")}

    assert read({"name": "a", "start": "2026-12-05T18:00", **fields}) == (
        read({"name": "a", "start": "2026-12-05T18:00"})
    )


def test_the_community_s_own_language_comes_first_where_the_text_has_it():
    both = {"ar": "مقهى", "de": "Café"}

    assert list(read(changed(name=both, description=both)).name) == ["de", "ar"]
    assert list(read(changed(name=both, description=both)).description) == ["de", "ar"]
    assert list(read(changed(name={"uk": "а", "ar": "مقهى"})).name) == ["uk", "ar"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY",
        "FREQ=MONTHLY;BYDAY=1SA",
        "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10",
        "FREQ=WEEKLY;UNTIL=20271231T220000Z",
        "FREQ=WEEKLY;UNTIL=20271231",
        "FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=2",
    ],
)
def test_rules_of_the_calendar_are_taken(rule: str):
    assert read(changed(recurrence=rule)).recurrence == rule


def test_every_category_of_the_list_is_taken():
    assert {read(changed(category=one)).category for one in CATEGORIES} == set(CATEGORIES)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def refused(document: object) -> set[str]:
    """The fields that are complained of; nothing if the document is read."""
    try:
        read(document)
    except Invalid as wrong:
        return set(wrong.fields) or {"nothing is named"}
    return set()


@given(json_values | st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_whatever_is_handed_in_is_read_or_refused_field_by_field(document: Any):
    assert "nothing is named" not in refused(document)


@given(st.from_regex(r"FREQ=(WEEKLY|YEARLY)(;[A-Z]{2,10}=[A-Z0-9,+-]{1,8}){0,3}", fullmatch=True))
def test_a_strange_rule_is_read_or_refused(rule: str):
    assert refused(changed(recurrence=rule)) <= {"recurrence"}


def test_an_event_that_would_end_after_the_last_year_is_refused():
    assert refused({"name": "a", "start": "2200-12-31T23:00"}) == {"end"}


lines = st.text(min_size=1, max_size=20)
tags = st.sampled_from(("de", "ar", "fa", "zh-Hant"))
moments = st.datetimes(datetime(1999, 12, 30), datetime(2201, 1, 2))  # noqa: DTZ001
drafts = st.fixed_dictionaries(
    {
        "name": st.dictionaries(tags, lines, min_size=1),
        "start": moments.map(lambda at: f"{at:%Y-%m-%dT%H:%M}"),
    },
    optional={
        "description": st.dictionaries(tags, lines),
        "timezone": st.sampled_from(("Europe/Vienna", "Asia/Kolkata", "UTC", "Asia/Beirut")),
        "place": st.fixed_dictionaries(
            {"name": lines},
            optional={
                "street": lines,
                "latitude": st.floats(-90, 90) | st.integers(-90, 90),
                "longitude": st.floats(-180, 180),
            },
        ),
        "exact_address": st.sampled_from(("public", "participants")),
        "languages_spoken": st.lists(tags, max_size=3),
        "category": st.sampled_from(CATEGORIES),
        "join": st.sampled_from(("free", "restricted", "none")),
        "capacity": st.integers(1, 1_000_000),
        "waitlist": st.booleans(),
        "accessibility": st.lists(lines, max_size=3),
        "tags": st.lists(st.from_regex(r"#?\w{2,40}", fullmatch=True), max_size=3),
        "shifts": st.lists(
            st.fixed_dictionaries(
                {"task": st.dictionaries(tags, lines, min_size=1), "places": st.integers(1, 1000)}
            ),
            max_size=2,
        ),
    },
)  # fmt: skip


@given(drafts)
def test_what_was_read_and_written_is_read_the_same(document: dict[str, Any]):
    try:
        draft = read(document)
    except Invalid:
        return
    again = read_draft(write_draft(draft), language=next(iter(draft.name)), timezone="UTC")

    assert again == draft
    assert list(again.name) == list(draft.name)


def test_a_whole_document_is_written_as_it_was_handed_in():
    written = write_draft(read(WHOLE))

    assert written == changed(
        start="2026-12-05T18:00:00", end="2026-12-05T21:00:00", tags=["josoor", "غذاء"]
    )
