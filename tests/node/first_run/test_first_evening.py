"""The first evening of a community: from the printed link to the first event, by links and forms."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.services import Node
from tests.support.browsers import PASSWORD, Browser, Later
from tests.support.clicking import Walker
from tests.support.nodes import do, running
from tests.support.pictures import picture

GO_ON = {"de": "Ich habe sie. Weiter", "ar": "حفظتها. متابعة"}
NOTICE = {"responsible": "Verein Brücken", "address": "Hauptplatz 1\n8010 Graz", "contact": "a@b.example"}  # fmt: skip


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "graz", "community", at_work=False) as node:
        yield node


async def link_of(node: Node) -> str:
    return str((await do(node, "setup-link"))["url"]).removeprefix(node.urls.origin)


async def to_the_account(walker: Walker, link: str) -> None:
    """The first two pages."""
    await walker.open(link)
    await walker.send(name="Josoor Graz", description="Wir.", city="Graz", country="AT")
    await walker.send(fields=NOTICE)


@pytest.mark.parametrize(
    ("language", "evening", "name"),
    [("de", "Offener Abend", "Josoor Graz"), ("ar", "أمسية مفتوحة", "جسور غراتس")],
)
async def test_from_the_printed_link_to_the_first_event_there_are_only_links_and_forms(
    node: Node, language: str, evening: str, name: str
):
    link = await link_of(node)
    async with Browser(node) as browser, Browser(node) as guest:
        walker = Walker(browser, language)
        first = await walker.open(link)
        assert f'lang="{language}"' in first.shown.text
        await walker.send(name=name, description="Wir **kochen**.", city="Graz", country="AT")
        await walker.send(fields=NOTICE)
        # nobody sees any of it yet
        about = Walker(guest, language)
        assert name not in (await about.open("/about")).shown.text
        assert "Brücken" not in (await about.open("/imprint")).shown.text

        codes = await walker.send(name="amal", password=PASSWORD)
        assert len(set(re.findall(r"<code>([0-9a-z-]{19})</code>", codes.shown.text))) == 10
        await walker.open(codes.links[GO_ON[language]])
        await walker.follow(evening)
        seen = await walker.send(
            date="2031-12-05", place__name="Haus", place__street="Gasse 1", place__city="Graz"
        )
        assert f'<h2 lang="{language}"' in seen.shown.text
        assert await do(node, "event.list") == []
        there = await walker.send()

        assert there.path.startswith("/e/")
        assert evening in there.shown.text
        assert name in (await about.open("/about")).shown.text
        assert "Brücken" in (await about.open("/imprint")).shown.text
    (event,) = await do(node, "event.list")
    assert event["recurrence"] == "FREQ=MONTHLY;BYDAY=1FR"
    assert event["timezone"] == "Europe/Vienna"
    assert [(one["name"], one["role"]) for one in await do(node, "user.list")] == [
        ("amal", "ambassador")
    ]
    shown = await do(node, "community.show")
    assert (shown["name"], shown["languages"][0]) == ({language: name}, language)


async def test_the_link_is_used_up_by_the_last_page_and_by_no_other(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        walker = Walker(browser)
        await to_the_account(walker, link)
        assert (await browser.get(link)).status == 200

        await walker.send(name="amal", password=PASSWORD)

        for path in (link, f"{link}/legal", f"{link}/you"):
            assert (await browser.get(path)).status == 404
        assert (await browser.post(link, {"name": "Other"})).status == 404
    assert (await do(node, "community.show"))["name"] == {"en": "Josoor Graz"}


async def test_one_can_go_back_and_on_with_another_link_and_nothing_is_lost(node: Node):
    async with Browser(node) as browser, Browser(node) as phone:
        walker, elsewhere = Walker(browser), Walker(phone)
        await walker.open(await link_of(node))
        await walker.send(
            name="Josoor Graz", fields={"languages": ["en", "ar"]}, others="Tigrinya", city="Graz"
        )
        back = await walker.send("Back", responsible="Verein", address="", contact="")
        assert back.form().values("name") == ["Josoor Graz"]

        first = await elsewhere.open(await link_of(node))

        assert first.form().values("languages") == ["en", "ar"]
        assert first.form().values("others") == ["Tigrinya"]
        assert (await elsewhere.send()).form().values("responsible") == ["Verein"]


async def test_a_link_ends_half_an_hour_after_the_last_page_and_what_was_typed_stays(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        walker = Walker(browser)
        await walker.open(link)
        node.clock = Later(timedelta(minutes=29))
        await walker.send(name="Josoor Graz")
        node.clock = Later(timedelta(minutes=58))
        assert (await browser.get(f"{link}/legal")).status == 200
        node.clock = Later(timedelta(minutes=60))
        late = await browser.get(f"{link}/legal")
        assert (late.status, "josoor setup-link" in late.text) == (404, True)

        assert (await walker.open(await link_of(node))).form().values("name") == ["Josoor Graz"]


async def test_a_mistake_is_told_beside_its_field_and_what_was_typed_is_kept(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        walker = Walker(browser)
        await walker.open(link)
        wrong = await walker.send(name="", city="Graz", others="Klingonisch", country="US")
        for field in ("name", "others", "timezone"):
            assert f'id="{field}-error"' in wrong.shown.text
            assert f'href="#{field}"' in wrong.shown.text
        assert (wrong.shown.status, wrong.form().values("city")) == (422, ["Graz"])
        # nor does a later page open before this one is right
        assert (await walker.open(f"{link}/you")).path == link

        await walker.send(name="Josoor Graz", others="", country="AT")
        half = await walker.send(responsible="Verein", address="", contact="")
        assert (half.shown.status, half.form().values("responsible")) == (422, ["Verein"])
        assert 'id="address-error"' in half.shown.text
        await walker.send(responsible="")
        short = await walker.send(name="Amal", password="kurz")
        assert (short.shown.status, short.form().values("name")) == (422, ["Amal"])
        assert "kurz" not in short.shown.text
    assert await do(node, "user.list") == []


async def test_the_last_page_sent_twice_makes_one_ambassador_and_lets_her_in_twice(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        walker = Walker(browser)
        await to_the_account(walker, link)
        fields = {"name": "amal", "password": PASSWORD}

        one, other = await asyncio.gather(
            browser.post(f"{link}/you", fields), browser.post(f"{link}/you", fields)
        )

        # the codes were shown once, and hold; whoever did not see them makes new ones
        assert sorted([one.status, other.status]) == [200, 303]
        assert {one.path, other.path} == {"", "/me/codes"}
        assert (await browser.get("/desk")).status == 200
    assert len(await do(node, "user.list")) == 1


async def test_of_two_who_have_the_link_the_first_becomes_ambassador_and_the_other_nothing(
    node: Node,
):
    link = await link_of(node)
    async with Browser(node) as browser, Browser(node) as other:
        await to_the_account(Walker(browser), link)
        first, second = await asyncio.gather(
            browser.post(f"{link}/you", {"name": "amal", "password": PASSWORD}),
            other.post(f"{link}/you", {"name": "eve", "password": "ganz andere Wörter"}),
        )

        assert sorted([first.status, second.status]) == [200, 404]
        loser = other if second.status == 404 else browser
        assert (await loser.get("/desk")).status == 303
    assert len(await do(node, "user.list")) == 1


async def test_a_form_from_elsewhere_is_not_taken(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        await to_the_account(Walker(browser), link)
        fields = {"name": "eve", "password": PASSWORD}
        for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
            assert (await browser.ask("POST", f"{link}/you", fields, **headers)).status == 403
    assert await do(node, "user.list") == []


async def test_no_password_is_kept_in_what_was_typed(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        await to_the_account(Walker(browser), link)
        await browser.post(link, {"name": "Josoor Graz", "password": "verirrte Wörter"})

        kept = b"".join(path.read_bytes() for path in node.config.data.rglob("josoor.db*"))
        assert b"Josoor Graz" in kept
        assert b"verirrte" not in kept


async def test_the_law_can_wait_and_the_desk_says_that_it_does(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        walker = Walker(browser)
        await walker.open(link)
        await walker.send(name="Josoor Graz")
        await walker.send()
        await walker.send(name="amal", password=PASSWORD)

        assert "The legal notice is missing" in (await walker.open("/desk")).shown.text
        assert "has not said yet" in (await walker.open("/imprint")).shown.text
        await walker.open("/desk/settings")
        await walker.follow("What the law asks for The legal notice is missing")
        await walker.send(ending="/legal", fields=NOTICE)
        assert "The legal notice is missing" not in (await walker.open("/desk")).shown.text


async def test_a_picture_comes_along_with_the_first_event(node: Node):
    link = await link_of(node)
    async with Browser(node) as browser:
        walker = Walker(browser)
        await to_the_account(walker, link)
        await walker.send(name="amal", password=PASSWORD)
        await walker.open("/desk/events/new?template=cooking")
        # without words for it the picture is kept, and asked about
        wrong = await walker.send(date="2031-12-05", picture=picture(size=(640, 480)))
        assert (wrong.shown.status, 'id="alt-en-error"' in wrong.shown.text) == (422, True)
        await walker.send(alt__en="A pot")
        assert (await walker.send()).path.startswith("/e/")
    (event,) = await do(node, "event.list")
    assert event["picture"]["alt"] == {"en": "A pot"}
