"""Events on the desk: written, looked at, changed, copied, cancelled, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.clicking import Walker
from tests.support.nodes import do, published
from tests.support.pictures import picture


async def test_an_event_that_is_opened_and_saved_is_the_same_event(node: Node, desk: Walker):
    whole = {
        "online_url": "https://meet.example/x", "languages_spoken": ["ar", "ti", "de"],
        "accessibility": ["wheelchair", "Hunde willkommen"], "exact_address": "participants",
        "recurrence": "FREQ=MONTHLY;BYDAY=1SA;COUNT=3", "waitlist": True, "end": "2031-12-06T01:00",
    }  # fmt: skip
    event_id = await published(node, **whole)
    before = await do(node, "event.show", id=event_id)
    await desk.open(f"/desk/events/{event_id}")
    # nothing was touched: no second edition goes to anybody
    assert (await desk.send("Save")).path == f"/e/{event_id}"
    assert await do(node, "event.show", id=event_id) == before

    await desk.open(f"/desk/events/{event_id}")
    await desk.send("Save", name__de="Anderes Café")
    after = await do(node, "event.show", id=event_id)
    names = {"de": "Anderes Café", "ar": "مقهى اللغة", "en": "Language café"}
    assert after["updated"] >= before["updated"]
    # who reads the others is told that they are older than the original
    changed = {"name": names, "updated": after["updated"], "outdated": ["ar", "en"]}
    assert after == {**before, **changed}


async def test_what_is_wrong_is_told_and_everything_is_kept_and_nothing_is_published(
    node: Node, desk: Walker
):
    await desk.open("/desk/events/new")
    given: dict[str, str | Sequence[str]] = {
        "name__de": "", "description__de": "Wir.", "date": "", "capacity": "viele", "tags": "x",
        "others": "Klingonisch", "join": "external", "online_url": "ftp://x", "place__street": "G 1",
        "accessibility": ["wheelchair", "quiet"],
    }  # fmt: skip
    wrong = await desk.send("Publish at once", fields=given)

    fields = (
        "name-de",
        "date",
        "capacity",
        "tags",
        "others",
        "external_url",
        "online_url",
        "place-name",
    )
    assert [field for field in fields if f'id="{field}-error"' not in wrong.shown.text] == []
    assert [field for field in fields if f'href="#{field}"' not in wrong.shown.text] == []
    kept = wrong.form()
    for field, value in given.items():
        expected = [value] if isinstance(value, str) else value
        assert kept.values(field.replace("__", "-")) == expected
    assert wrong.shown.status == 422
    assert await do(node, "event.list") == []


async def test_an_end_before_the_beginning_is_the_next_day_and_no_end_is_two_hours(
    node: Node, desk: Walker
):
    for end, expected in (("01:00", "2031-12-06T01:00:00"), ("", "2031-12-05T22:00:00")):
        await desk.open("/desk/events/new")
        await desk.send(
            "Publish at once", name__de="Fest", date="2031-12-05", to=end, fields={"from": "20:00"}
        )
        assert (await do(node, "event.list"))[0]["end"] == expected


async def test_a_country_and_a_zone_are_typed_as_one_says_them(node: Node, desk: Walker):
    await desk.open("/desk/events/new")
    wrong = await desk.send(
        "Publish at once", name__de="Fest", date="2031-12-05", fields={"from": "20:00"},
        place__name="Haus", place__country="Atlantis", zone_named="USA",
    )  # fmt: skip
    assert [field for field in ("place-country", "zone_named") if f'id="{field}-error"' not in wrong.shown.text] == []  # fmt: skip
    assert wrong.form().values("place-country") == ["Atlantis"]
    assert 'value="America/Chicago"' not in wrong.shown.text.partition('id="timezone"')[0]
    assert "America/Chicago" in wrong.shown.text
    await desk.send("Publish at once", place__country="لبنان", zone_named="beirut")
    (event,) = await do(node, "event.list")
    assert (event["place"]["country"], event["timezone"]) == ("LB", "Asia/Beirut")


async def test_a_country_that_came_in_other_words_stays_as_it_is(node: Node, desk: Walker):
    event_id = await published(node, place={"name": "Haus", "country": "Rojava"})
    before = await do(node, "event.show", id=event_id)
    await desk.open(f"/desk/events/{event_id}")
    await desk.send("Save")
    assert await do(node, "event.show", id=event_id) == before


async def test_the_same_form_sent_twice_is_one_event(node: Node, desk: Walker):
    new = (await desk.open("/desk/events/new")).form()
    fields = dict(
        new.filled({"name-de": "Fest", "date": "2031-12-05", "from": "20:00", "go": "publish"})
    )

    sent = [desk.browser.post("/desk/events/new", fields) for _ in range(2)]
    one, other = await asyncio.gather(*sent)
    third = await desk.browser.post("/desk/events/new", fields)

    (event,) = await do(node, "event.list")
    assert {one.path, third.path} == {f"/e/{event['short_id']}"}
    assert other.path in (one.path, "/desk/events")


async def test_of_two_who_change_an_event_at_once_the_second_is_asked_first(
    node: Node, desk: Walker
):
    event_id = await published(node)
    async with signed_in(node, "lina", Role.AMBASSADOR) as browser:
        other = Walker(browser)
        await desk.open(f"/desk/events/{event_id}")
        await other.open(f"/desk/events/{event_id}")
        await desk.send("Save", name__de="Erstes")

        asked = await other.send("Save", name__de="Zweites")

        assert (asked.shown.status, asked.form().values("name-de")) == (409, ["Zweites"])
        assert (await do(node, "event.show", id=event_id))["name"]["de"] == "Erstes"
        assert (await other.send("Save")).path == f"/e/{event_id}"
        assert (await do(node, "event.show", id=event_id))["name"]["de"] == "Zweites"


async def test_a_look_shows_each_language_and_leads_back_with_everything(node: Node, desk: Walker):
    await desk.open("/desk/events/new?template=cafe")
    look = await desk.send("Look at it", date="2031-12-05", place__name="Haus", tags="tee brot")
    for word in ("Sprachcafé", "مقهى اللغة", "Language café", "On Mastodon"):
        assert word in look.shown.text

    back = await desk.send("Go on writing")

    assert back.form().values("tags") == ["tee brot"]
    assert (await desk.send("Publish at once")).path.startswith("/e/")
    assert (await do(node, "event.list"))[0]["recurrence"] == "FREQ=WEEKLY"


async def test_a_copy_has_everything_but_the_day(node: Node, desk: Walker):
    await published(node)
    await desk.open("/desk/events")
    form = (await desk.follow("Copy")).form()
    assert (form.values("name-de"), form.values("date"), form.values("from")) == (["Sprachcafé"], [""], ["18:00"])  # fmt: skip


async def test_the_copy_of_what_repeats_has_the_next_day_and_all_the_rest(node: Node, desk: Walker):
    event_id = await published(node, recurrence="FREQ=WEEKLY")
    await desk.open("/desk/events")
    form = (await desk.follow("Copy")).form()
    assert (form.values("date"), form.values("from")) == (["2031-12-12"], ["18:00"])

    await desk.send("Publish at once", date="2032-01-09")

    copy, first = await do(node, "event.list")
    assert (copy["start"], first["short_id"]) == ("2032-01-09T18:00:00", event_id)
    for field in ("name", "description", "place", "shifts", "capacity", "tags", "recurrence"):
        assert copy[field] == first[field]


async def test_a_picture_comes_with_its_words_is_kept_through_mistakes_and_can_be_taken_away(
    node: Node, desk: Walker
):
    event_id = await published(node)
    await desk.open(f"/desk/events/{event_id}")
    wrong = await desk.send("Save", picture=picture(size=(640, 480)))
    assert (wrong.shown.status, 'id="alt-de-error"' in wrong.shown.text) == (422, True)
    assert "/media/" in wrong.shown.text
    await desk.send("Save", alt__de="Ein Topf")
    assert (await do(node, "event.show", id=event_id))["picture"]["alt"] == {"de": "Ein Topf"}

    await desk.open(f"/desk/events/{event_id}")
    bad = await desk.send("Save", picture=b"<svg onload=alert(1)>")
    assert (bad.shown.status, 'id="picture-error"' in bad.shown.text) == (422, True)
    await desk.send("Save", picture__remove="yes")
    assert (await do(node, "event.show", id=event_id))["picture"] is None


async def test_cancelling_tells_the_reason_and_deleting_asks_whether_one_is_sure(
    node: Node, desk: Walker
):
    event_id = await published(node)
    await desk.open("/desk/events")
    await desk.follow("Cancel")
    assert "Der Ofen ist kaputt." in (await desk.send(reason="Der Ofen ist kaputt.")).shown.text
    assert (await do(node, "event.show", id=event_id))["state"] == "cancelled"
    assert (await desk.open(f"/desk/events/{event_id}")).shown.status == 200
    assert (await desk.send("Save", name__de="Doch")).shown.status == 409

    await desk.open(f"/desk/events/{event_id}/delete")
    assert (await desk.send()).shown.status == 422
    assert (await desk.send(sure="yes")).path == "/desk/events"
    assert (await desk.browser.get(f"/e/{event_id}")).status == 410
    for path in ("", "/guests", "/cancel", "/delete"):
        assert (await desk.browser.get(f"/desk/events/{event_id}{path}")).status == 404


async def test_who_may_not_publish_finds_no_events_on_the_desk(node: Node):
    event_id = await published(node)
    async with signed_in(node, "vera", Role.VOLUNTEER) as browser, Browser(node) as guest:
        for path in ("", "/new", f"/{event_id}", f"/{event_id}/guests"):
            assert (await browser.get(f"/desk/events{path}")).status == 404
            assert (await guest.get(f"/desk/events{path}")).status == 303
        assert (
            await browser.post(f"/desk/events/{event_id}/delete", {"sure": "yes"})
        ).status == 404
    assert len(await do(node, "event.list")) == 1


async def test_a_form_without_its_token_changes_nothing(node: Node, desk: Walker):
    event_id = await published(node)
    await desk.open(f"/desk/events/{event_id}/delete")
    assert (await desk.send(csrf="x" * 64, sure="yes")).shown.status == 403
    assert (await do(node, "event.show", id=event_id))["state"] == "scheduled"
