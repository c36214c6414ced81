"""Tests of node/web/render.py and of what every template must be."""

from __future__ import annotations

import gzip
import json
import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import UndefinedError

from node.community.legal import Notice
from node.events import views as event_views
from node.events.model import JoinMode, State
from node.i18n.languages import UI_LANGUAGES, direction
from node.network import views as network_views
from node.web import frames
from node.web.render import STATIC, TEMPLATES, Renderer, static_url
from node.web.shown import Shown
from tests.node.samples import VIENNA, event, url_of

RENDERER = Renderer()
PAGES = ("home", "events", "event", "network", "about", "error", "legal")
READERS = {tag: (tag,) for tag in UI_LANGUAGES}
EVIL = "</script><script>alert('x')</script>\u202e"


def community(language: str) -> frames.CommunityView:
    return frames.community_view(
        names={"de": "Josoor Wien", "ar": "جسور فيينا"},
        handle="wien@wien.example",
        url="https://wien.example/actor",
        languages=READERS[language],
        ui_language=language,
        summaries={"de": "Wir sind Nachbarinnen und Nachbarn.", "ar": "نحن جيران."},
        descriptions={"de": "Jeden **Monat**."},
        city="Wien",
        languages_spoken=("ar", "de"),
        contact="Amira",
    )


def remote(language: str, name: str = "Repair-Café") -> network_views.RemoteCard:
    start = datetime(2026, 12, 20, 18, 0, tzinfo=VIENNA)
    return network_views.remote_card(
        name=name, language="de", summary=name, url="https://berlin.example/e/1", start=start,
        community="Josoor Berlin", kind="Event", ui_language=language, cancelled=True,
    )  # fmt: skip


def values(page: str, language: str, **drafts: Any) -> dict[str, Any]:
    """What a page takes, full."""
    here, found = community(language), event(**drafts)
    cards = [event_views.event_card(found, READERS[language], language, "/e/1")]
    shown = event_views.event_page(
        found, READERS[language], language, url=url_of(found), ics_url="/e/1.ics",
        activity_id="https://wien.example/events/1", community=here,
    )  # fmt: skip
    network = network_views.network_view(
        handle=here.handle,
        following=[
            network_views.neighbour(name="جسور بيروت", handle="b@b.example", url=None, pending=True)
        ],
    )
    path = {"home": "/", "event": "/e/1"}.get(page, f"/{page}")
    frame = frames.page_frame(
        path, "Josoor", language, origin="https://wien.example", description="Hier",
        alternate_activity="https://wien.example/actor",
    )  # fmt: skip
    channel = frames.channel_link("ar", "@wien-ar@wien.example", "https://wien.example/c/wien-ar")
    return {
        "page": frame, "community": here, "channels": [channel], "events": cards, "remote": [remote(language)],
        "event": shown, "network": network, "status": 404, "sentence": "Nicht hier.",
        "notice": Notice(responsible="Verein", address="Gasse 1\n1020 Wien", contact="a@b.example"),
        "is_notice": True, "text": Shown(text="Hier.", lang="de", dir="ltr"), "html": "<p>Hier.</p>",
    }  # fmt: skip


def rendered(page: str, language: str, **drafts: Any) -> str:
    return RENDERER.page(f"{page}.html", language=language, **values(page, language, **drafts))


every_page = pytest.mark.parametrize("page", PAGES)
every_language = pytest.mark.parametrize("language", UI_LANGUAGES)


class Reading(HTMLParser):
    """Elements opened and not closed, and what a page points at."""

    VOID = frozenset({"meta", "link", "br", "img", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@every_page
@every_language
def test_every_page_is_whole_in_every_language(page: str, language: str):
    reading = Reading(rendered(page, language))
    names = [tag for tag, _ in reading.tags]

    assert reading.tags[0] == ("html", {"lang": language, "dir": direction(language)})
    assert reading.open == []
    assert (names.count("h1"), names.count("main"), names.count("nav")) == (1, 1, 1)


@every_page
def test_no_page_has_a_script_a_style_or_anything_from_elsewhere(page: str):
    for tag, attributes in Reading(rendered(page, "de")).tags:
        assert tag not in {"style", "iframe", "img", "object"}
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        if tag == "script":
            assert attributes == {"type": "application/ld+json"}
        if tag == "link" and attributes["rel"] in {"stylesheet", "icon"}:
            assert (attributes["href"] or "").startswith("/static/")


@every_page
@every_language
def test_the_first_view_weighs_at_most_15_kb(page: str, language: str):
    css = (STATIC / "josoor.css").read_bytes()
    html = rendered(page, language).encode()

    assert len(gzip.compress(html)) + len(gzip.compress(css)) <= 15_000


def test_a_page_points_at_its_document_feeds_and_other_languages():
    links = [
        (attributes.get("type") or attributes.get("hreflang"), attributes["href"])
        for tag, attributes in Reading(rendered("home", "de")).tags
        if tag == "link" and attributes["rel"] == "alternate"
    ]

    assert links == [
        *((tag, f"https://wien.example/?lang={tag}") for tag in UI_LANGUAGES if tag != "de"),
        ("application/activity+json", "https://wien.example/actor"),
        ("application/atom+xml", "/events.atom?lang=de"),
        ("text/calendar", "/events.ics?lang=de"),
    ]


def test_the_language_button_is_in_its_own_language():
    html = rendered("home", "de")

    assert '<a class="pill" href="/?lang=ar" hreflang="ar" lang="ar" dir="rtl">العربية</a>' in html


def test_a_text_in_another_language_says_so():
    html = rendered("home", "ar")

    assert '<bdi dir="rtl">أمسية طبخ</bdi>' in html
    assert '<bdi lang="de" dir="ltr">Repair-Café</bdi>' in html


def test_the_original_is_one_click_away():
    assert 'href="/e/kochabend?lang=de"' in rendered("event", "ar")
    assert "You see the original." in rendered("event", "en")


def test_a_cancelled_event_says_so_in_words():
    html = RENDERER.page(
        "event.html",
        language="de",
        **values("event", "de", state=State.CANCELLED, reason="Kein Strom."),
    )

    assert "Abgesagt: Das findet nicht statt." in html
    assert "Kein Strom." in html
    assert "Komm einfach" not in html
    assert "2 × Kochen" not in html
    assert "EventCancelled" in html


def test_structured_data_is_json_and_cannot_leave_its_element():
    html = rendered("event", "de", name={"de": EVIL}, description={"de": EVIL})
    block = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)

    assert len(block) == 1
    assert html.count("<script") == 1
    assert json.loads(block[0])["name"] == EVIL.removesuffix("\u202e")
    assert json.loads(block[0])["startDate"] == "2026-12-05T18:00:00+01:00"


def test_words_of_strangers_are_escaped():
    given = values("home", "de", name={"de": EVIL})
    html = RENDERER.page("home.html", language="de", **{**given, "remote": [remote("de", EVIL)]})

    assert "<script" not in html
    assert "\u202e" not in html


def test_a_kept_address_is_on_no_page():
    html = rendered(
        "event", "de", exact_address="participants", online_url="https://meet.example/x"
    )

    assert "Praterstraße" not in html
    assert "Haus der Begegnung" not in html
    assert "meet.example" not in html
    assert "openstreetmap" not in html
    assert "1020 Wien" in html


def test_an_outside_address_to_sign_up_is_a_link_only_if_it_is_one():
    outside = {"join": JoinMode.EXTERNAL, "external_url": "https://tickets.example/1"}
    odd = {**outside, "external_url": "javascript:alert(1)"}

    assert 'href="https://tickets.example/1"' in rendered("event", "de", **outside)
    assert "javascript:" not in rendered("event", "de", **odd)


def test_empty_pages_say_the_next_step():
    for page in ("home", "events", "network"):
        given = values(page, "de")
        html = RENDERER.page(f"{page}.html", language="de", **{**given, "events": [], "remote": []})
        assert "/network#follow" in html or 'id="follow"' in html


def test_an_error_can_be_shown_when_the_community_cannot_be_read():
    given = values("error", "ar")

    assert "Nicht hier." in RENDERER.page(
        "error.html", language="ar", **{**given, "community": None}
    )


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(UndefinedError):
        RENDERER.page("home.html", language="de")


def test_only_the_macro_for_clean_html_trusts_a_value():
    trusting = [
        (path.name, line)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\|\s*safe\b|autoescape|Markup", line)
    ]

    assert trusting == [("macros.html", "{% macro cleaned(html) %}{{ html | safe }}{% endmacro %}")]


def test_cleaned_html_is_only_what_views_have_cleaned():
    calls = [
        call
        for path in sorted(TEMPLATES.rglob("*.html"))
        for call in re.findall(r"m\.cleaned\(([^)]*)\)", path.read_text(encoding="utf-8"))
    ]

    assert set(calls) == {
        *("community.about_html", "event.description_html", "one.page.description_html"),
        *("html", "letter.html", "post.html", "summary", "was.html"),
    }


def test_static_addresses_change_with_their_content():
    assert re.fullmatch(r"/static/josoor\.css\?v=[0-9a-f]{10}", static_url("josoor.css"))
