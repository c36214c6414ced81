"""Tests of how things of other software look on our pages: when, where, what the picture shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from activitypub.registry import read
from node.network.cards import remote_cards
from node.network.model import RemoteThing
from node.network.understanding import author_of, remote_thing
from node.network.views import RemoteCard
from node.web.pages import Guest
from tests.support.nodes import EVENT, do, running

FILES = Path(__file__).parents[2] / "interop"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
GUEST = Guest(languages=("de",), ui_language="en", asked=None)


def given(path: str, **changes: Any) -> RemoteThing:
    """The object in a file, or inside the activity there."""
    document = json.loads((FILES / path).read_text("utf-8"))
    found = read({**document.get("object", document), **changes})
    return remote_thing(found, author_of(found) or "", NOW)


def card(path: str, **changes: Any) -> RemoteCard:
    (found,) = remote_cards([given(path, **changes)], GUEST, "Europe/Vienna")
    return found


def told(value: object) -> str:
    return str(value) if value is not None else ""


@pytest.mark.parametrize(
    ("path", "hour", "place"),
    [
        ("mobilizon/create_event.json", "18:00", "Hall, Gasse 1, 1010 Wien, Wien, Austria"),
        ("gancio/create_event.json", "18:00", "Hall, Gasse 1, Wien"),
        ("wordpress/event.json", "17:00", "Vereinslokal, Weg 2, 1020 Wien, AT"),
    ],
)
def test_an_event_says_when_on_the_clock_of_its_place_and_where(path: str, hour: str, place: str):
    shown = card(path)
    assert hour in told(shown.when)
    assert told(shown.place) == place


def test_an_event_that_names_only_utc_is_shown_on_our_own_clock():
    shown = card("gancio/create_event.json", startTime="2026-05-01T16:00:00Z", endTime=None)
    assert "18:00" in told(shown.when)


def test_what_the_picture_shows_is_told_in_words_and_no_picture_is_loaded():
    assert told(card("gancio/create_event.json").picture) == "Plakat"
    for name in ("Banner", "x.jpg", "IMG_0001.JPEG", " "):
        picture = [{"type": "Document", "mediaType": "image/jpeg", "url": "https://a.example/x"}]
        attached = [{**picture[0], "name": name}]
        assert card("gancio/create_event.json", attachment=attached).picture is None, name


def test_a_summary_that_says_only_when_and_where_gives_way_to_the_words():
    for path in ("mobilizon/create_event.json", "gancio/create_event.json"):
        assert told(card(path).summary) == "Reden und Kaffee"


def test_a_film_and_a_post_of_a_community_have_their_title_and_kind():
    film = card("peertube/served/video.json")
    assert (told(film.name), film.kind, film.url and "/w/" in film.url) == (
        "Unser Hoffest",
        "Video",
        True,
    )
    assert told(film.summary) == "Musik und Kuchen"
    post = card("lemmy/served/create.json")
    assert (told(post.name), post.kind) == ("Tomaten im Hof", "Post")


async def ours(folder: Path, **changes: Any) -> RemoteCard:
    """The card that a neighbour shows a French reader of an event of our own."""
    async with running(folder, at_work=False) as node, aiohttp.ClientSession() as http:
        event = await do(node, "event.publish", document={**EVENT, **changes})
        async with http.get(event["id"], headers={"Accept": "application/activity+json"}) as answer:
            document = await answer.json()
    found = read(document)
    thing = remote_thing(found, author_of(found) or "", NOW)
    guest = Guest(languages=("fr",), ui_language="fr", asked=None)
    return remote_cards([thing], guest, "Europe/Berlin")[0]


async def test_an_event_of_our_own_names_its_languages_in_the_words_of_who_reads(tmp_path: Path):
    shown = await ours(tmp_path)
    assert list(shown.spoken) == ["arabe", "allemand"]
    assert told(shown.place) == "Haus der Begegnung, Praterstraße 1, 1020 Wien, AT"
    assert told(shown.summary) == "Wir reden."


async def test_an_event_of_our_own_without_a_description_says_nothing_twice(tmp_path: Path):
    assert (await ours(tmp_path, description=None)).summary is None


async def test_a_part_of_a_place_that_its_name_holds_is_not_said_twice(tmp_path: Path):
    place = {"name": "Werkstatt, 1160 Wien", "postal_code": "1160", "city": "Wien", "country": "AT"}
    assert told((await ours(tmp_path, place=place)).place) == "Werkstatt, 1160 Wien, AT"


def test_a_language_that_has_no_name_is_not_shown():
    tags = {"josoor:languagesSpoken": ["de", "x-evil", "<b>", "qqq"]}
    shown = card("gancio/create_event.json", **tags)
    assert list(shown.spoken) == ["German"]
