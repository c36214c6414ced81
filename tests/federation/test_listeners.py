"""Listeners: registered once for a pair, found from the nearest class upward."""

from __future__ import annotations

import pytest

from activitypub.activities import Activity, Create, Delete, Follow, Undo
from activitypub.actors import Actor, Group
from activitypub.objects import Event, Note, Object
from federation.inward.listeners import Heard, Listeners, ListenerTaken


async def _nothing(_: str, heard: Heard) -> None:
    """Hears, and does nothing.

    This line is not in the table.
    """


async def _other(_: str, heard: Heard) -> None:
    """Another one."""


def test_a_listener_is_found_by_its_exact_pair() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Create, Event)(_nothing)
    listeners.on(Create, Note)(_other)
    assert listeners.find(Create, Event)[0] is _nothing
    assert listeners.find(Create, Note)[0] is _other


def test_nobody_is_found_for_a_pair_that_nobody_registered() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Create, Event)(_nothing)
    assert not listeners.find(Create, Note)
    assert not listeners.find(Delete, Event)
    assert not listeners.find(Create, None)


def test_a_listener_without_object_hears_any_object_and_none() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Follow)(_nothing)
    assert listeners.find(Follow, None)[0] is _nothing
    assert listeners.find(Follow, Group)[0] is _nothing


def test_lookup_climbs_the_object_before_the_activity() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Activity, Group)(_nothing)
    listeners.on(Undo, Actor)(_other)
    assert listeners.find(Undo, Group)[0] is _other
    assert listeners.find(Create, Group)[0] is _nothing


def test_the_nearer_object_class_wins() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Create, Object)(_nothing)
    listeners.on(Create, Note)(_other)
    assert listeners.find(Create, Note)[0] is _other
    assert listeners.find(Create, Event)[0] is _nothing


def test_a_second_listener_for_the_same_pair_is_refused() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Undo, Follow)(_nothing)
    with pytest.raises(ListenerTaken, match="Undo of Follow is heard by _nothing"):
        listeners.on(Undo, Follow)(_other)


def test_of_several_for_one_pair_the_lowest_rank_is_asked_first() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Create, Note)(_nothing)
    listeners.on(Create, Object, rank=10)(_other)
    assert listeners.find(Create, Note) == (_other, _nothing)


def test_hears_tells_whether_an_activity_interests_anybody() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Create, Event)(_nothing)
    assert listeners.hears(Create)
    assert not listeners.hears(Delete)


def test_the_table_names_function_module_and_first_docstring_line() -> None:
    listeners: Listeners[str] = Listeners()
    listeners.on(Undo, Follow)(_other)
    listeners.on(Create)(_nothing)
    assert listeners.table() == [
        ("Create", "any", "_nothing", __name__, "Hears, and does nothing."),
        ("Undo", "Follow", "_other", __name__, "Another one."),
    ]
