"""Tests of node/events/draft.py: what is no event is refused field by field."""

from __future__ import annotations

from typing import Any

import pytest

from node.events.draft import FIELDS
from tests.node.events.drafts import changed, complaints


def test_an_empty_document_lacks_a_name_and_a_start_and_nothing_else():
    assert complaints({}) == {"name": "is missing", "start": "is missing"}


def test_a_wrong_start_is_not_blamed_on_the_end():
    assert set(complaints(changed(start="soon"))) == {"start"}


def test_every_wrong_field_is_named_at_once():
    wrong = {field: object() for field in FIELDS}

    assert set(complaints(wrong)) == set(FIELDS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", {}),
        ("name", 3),
        ("name", "a\nb"),
        ("name", "a" * 201),
        ("description", []),
        ("description", "a" * 20_001),
        ("start", "2026-12-05"),
        ("start", "2026-12-05T18:00Z"),
        ("start", "2026-12-05T18:00+01:00"),
        ("start", "2026-13-05T18:00"),
        ("start", "2026-02-30T18:00"),
        ("start", "1999-12-31T18:00"),
        ("start", "2201-01-01T00:00"),
        ("start", 1780000000),
        ("end", "2026-12-05T18:00"),
        ("end", "2026-12-05T17:59"),
        ("end", "2028-12-05T18:00"),
        ("end", True),
        ("timezone", "Europe/Wien"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "+01:00"),
        ("timezone", ["Europe/Vienna"]),
        ("exact_address", "secret"),
        ("exact_address", ["public"]),
        ("online_url", "http://meet.example"),
        ("online_url", "javascript:alert(1)"),
        ("languages_spoken", "ar"),
        ("languages_spoken", ["Arabisch"]),
        ("languages_spoken", ["ar"] * 21),
        ("category", "language_culture"),
        ("join", "maybe"),
        ("join", {}),
        ("external_url", "tickets.example"),
        ("external_url", None),
        ("capacity", 0),
        ("capacity", "30"),
        ("capacity", 30.0),
        ("capacity", True),
        ("waitlist", "yes"),
        ("poll", 1),
        ("accessibility", ["a" * 61]),
        ("accessibility", [None]),
        ("recurrence", "every month"),
        ("recurrence", "FREQ=SECONDLY"),
        ("recurrence", "FREQ=MONTHLY\nX:1"),
        ("recurrence", "FREQ=MONTHLY;BYDAY=XX"),
        ("recurrence", "FREQ=WEEKLY;FREQ=DAILY"),
        ("recurrence", "FREQ=WEEKLY;BYDAY=MO;BYDAY=FR"),
        ("recurrence", "FREQ=WEEKLY;COUNT=1;INTERVAL=1;COUNT=9"),
        ("recurrence", ["FREQ=MONTHLY"]),
        ("tags", "josoor"),
        ("tags", ["two words"]),
        ("tags", ["a"]),
        ("tags", [3]),
        ("shifts", {}),
        ("shifts", ["Kochen"] * 51),
    ],
)
def test_a_refusal_names_its_field(field: str, value: Any):
    assert set(complaints(changed(**{field: value}))) == {field}


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("name", {"deutsch": "a"}, "name.deutsch"),
        ("name", {"de": 3}, "name.de"),
        ("place", "Haus", "place"),
        ("place", {}, "place.name"),
        ("place", {"name": "a", "lat": 1}, "place.lat"),
        ("place", {"name": "a", "latitude": 91}, "place.latitude"),
        ("place", {"name": "a", "longitude": "16"}, "place.longitude"),
        ("place", {"name": "a", "street": ["b"]}, "place.street"),
        ("shifts", ["Kochen"], "shifts"),
        ("shifts", [{"places": 3}], "shifts.task"),
        ("shifts", [{"task": "a", "places": 0}], "shifts.places"),
        ("shifts", [{"task": "a"}], "shifts.places"),
        ("picture", {"alt": "a"}, "picture.media"),
        ("picture", {"media": "../x", "alt": "a"}, "picture.media"),
        ("picture", {"media": "0" * 26}, "picture.alt"),
        ("picture", {"media": "0" * 26, "alt": "a", "focus": [1]}, "picture.focus"),
        ("picture", {"media": "0" * 26, "alt": "a", "focus": [1, 2]}, "picture.focus"),
        ("shifts", [{"task": "a", "places": 1, "who": "b"}], "shifts.who"),
        ("colour", "blue", "colour"),
        ("startTime", "2026-12-05T18:00", "startTime"),
    ],
)
def test_a_refusal_inside_a_thing_names_the_way_to_it(field: str, value: Any, named: str):
    assert set(complaints(changed(**{field: value}))) == {named}


def test_an_external_event_needs_its_address():
    assert "external_url" in complaints(changed(external_url=None))


def test_a_rule_that_says_something_twice_is_told_what():
    rule = "FREQ=WEEKLY;BYDAY=MO;FREQ=DAILY"
    assert complaints(changed(recurrence=rule)) == {"recurrence": "says FREQ more than once"}
