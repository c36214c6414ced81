"""The community's settings on the desk, by command and API; the legal pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from node.community import legal
from node.community.legal import LegalPage
from node.errors import Invalid
from node.i18n.languages import UI_LANGUAGES
from node.people.model import Role
from node.services import Node
from node.storage.database import Transaction
from tests.support.browsers import PASSWORD, Browser, Later, signed_in
from tests.support.clicking import Walker
from tests.support.nodes import do


@pytest.fixture
async def desk(node: Node) -> AsyncIterator[Walker]:
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        yield Walker(browser)


async def activities(node: Node) -> int:
    async def read(tx: Transaction) -> int:
        row = await tx.row("select count(*) as many from outgoing")
        return int(row["many"]) if row else 0

    return await node.look(read)


async def test_settings_that_are_saved_untouched_are_the_same_and_told_to_nobody(
    node: Node, desk: Walker
):
    await do(
        node, "community.describe", document={"languages": ["de", "ar", "ti"], "contact": "Tor 3"}
    )
    before, told = await do(node, "community.show"), await activities(node)
    rules = (await do(node, "user.sign-up"), await do(node, "conversation.rule"))
    for page in ("community", "rules", "legal", "imprint/de", "privacy/ar"):
        await desk.open(f"/desk/settings/{page}")
        assert "Saved." in (await desk.send(ending="/" + page)).shown.text

    assert await do(node, "community.show") == before
    assert await activities(node) == told
    assert (await do(node, "user.sign-up"), await do(node, "conversation.rule")) == rules
    said = await do(node, "community.legal")
    assert (said["notice"], said["own"]) == (None, {"imprint": [], "privacy": []})


async def test_the_community_says_something_else_of_itself(node: Node, desk: Walker):
    await desk.open("/desk/settings")
    await desk.follow("Who we are")
    await desk.send(
        ending="/community", name__de="Josoor Neu", description__ar="", city="", country="Germany",
        language="ar", others="Tigrinya, Kurdî", public__contact="Telefon 1", timezone="",
    )  # fmt: skip
    shown = await do(node, "community.show")

    assert (shown["name"]["de"], shown["languages"]) == (
        "Josoor Neu",
        ["ar", "en", "de", "ti", "ku"],
    )
    assert (shown["city"], shown["country"], shown["timezone"]) == (None, "DE", "Europe/Berlin")
    assert shown["handle"].startswith("@wien@")
    async with Browser(node) as guest:
        assert "Telefon 1" in (await guest.get("/about")).text


async def test_a_mistake_is_told_and_what_was_typed_stays(node: Node, desk: Walker):
    await desk.open("/desk/settings/community")
    names = {f"name__{tag}": "" for tag in ("de", "ar", "en")}
    wrong = await desk.send(ending="/community", city="Graz", fields=names)
    assert (wrong.shown.status, wrong.form("/community").values("city")) == (422, ["Graz"])
    assert 'id="name-de-error"' in wrong.shown.text
    await desk.open("/desk/settings/legal")
    half = await desk.send(ending="/legal", responsible="Verein")
    assert (half.shown.status, half.form("/legal").values("responsible")) == (422, ["Verein"])
    assert 'href="#address"' in half.shown.text


async def test_the_zone_is_asked_for_only_where_the_country_does_not_say_it(
    node: Node, desk: Walker
):
    page = await desk.open("/desk/settings/community")
    assert (page.form("/community").values("country"), page.form("/community").values("timezone")) == (["Austria"], [])  # fmt: skip
    asked = await desk.send(ending="/community", country="الولايات المتحدة")
    assert (asked.shown.status, 'id="timezone-error"' in asked.shown.text) == (422, True)
    assert asked.shown.text.count("<option") < 60
    await desk.send(ending="/community", timezone="America/Chicago")
    assert (await do(node, "community.show"))["timezone"] == "America/Chicago"
    # who moves takes no zone along that the new country does not have
    await desk.open("/desk/settings/community")
    await desk.send(ending="/community", country="Lebanon")
    shown = await do(node, "community.show")
    assert (shown["country"], shown["timezone"]) == ("LB", "Asia/Beirut")


async def test_a_country_that_is_not_known_is_told_and_stays_as_it_was_typed(
    node: Node, desk: Walker
):
    await desk.open("/desk/settings/community")
    wrong = await desk.send(ending="/community", country="Atlantis")
    assert (wrong.shown.status, wrong.form("/community").values("country")) == (422, ["Atlantis"])
    assert 'id="country-error"' in wrong.shown.text
    assert (await do(node, "community.show"))["country"] == "AT"


async def test_the_settings_lead_to_each_of_their_pages_and_each_page_back(desk: Walker):
    for words in ("Who we are", "Our rules", "What the law asks for The legal notice is missing"):
        await desk.open("/desk/settings")
        page = await desk.follow(words)
        assert page.links["Settings"] == "/desk/settings"


async def test_a_text_that_is_too_long_comes_back_and_there_are_none_in_unknown_languages(
    desk: Walker,
):
    await desk.open("/desk/settings/privacy/ar")
    wrong = await desk.send(text="م" * 20_001)
    assert (wrong.shown.status, wrong.form("/ar").values("text")) == (422, ["م" * 20_001])
    assert (await desk.browser.get("/desk/settings/privacy/zz")).status == 404
    assert (await desk.browser.get("/desk/settings/terms/de")).status == 404


async def test_two_who_write_the_same_text_in_two_languages_both_keep_their_words(
    node: Node, desk: Walker
):
    await desk.open("/desk/settings/imprint/de")
    async with signed_in(node, "lina", Role.AMBASSADOR) as browser:
        other = Walker(browser)
        await other.open("/desk/settings/imprint/ar")
        await desk.send(text="Mehr.")
        await other.send(text="المزيد.")
    assert (await do(node, "community.legal"))["own"]["imprint"] == ["de", "ar"]


async def test_the_rules_are_set_in_one_form(node: Node, desk: Walker):
    await desk.open("/desk/settings/rules")
    await desk.send(ending="/rules", sign_up="approval", replies="closed", share="trusted")
    found = [
        await do(node, name) for name in ("user.sign-up", "conversation.rule", "network.sharing")
    ]
    assert [next(iter(each.values())) for each in found] == ["approval", "closed", "trusted"]


async def test_another_door_asks_for_the_password_once_more(node: Node, desk: Walker):
    await desk.open("/desk/settings/rules")
    node.clock = Later(timedelta(minutes=20))
    asked = await desk.send(ending="/rules", sign_up="approval", replies="closed")
    assert asked.path == "/me/confirm?next=/desk/settings/rules"
    assert await do(node, "user.sign-up") == {"mode": "invitation"}

    assert (await desk.send(password=PASSWORD)).path == "/desk/settings/rules"
    await desk.send(ending="/rules", sign_up="approval")
    assert await do(node, "user.sign-up") == {"mode": "approval"}


async def test_who_does_not_manage_people_cannot_open_the_door(node: Node):
    async with signed_in(node, "cora", Role.COORDINATOR) as browser:
        desk = Walker(browser)
        seen = await desk.open("/desk/settings/rules")
        assert seen.form("/rules").values("sign_up") == []
        await desk.send(ending="/rules", sign_up="approval")
    assert await do(node, "user.sign-up") == {"mode": "invitation"}


async def test_who_does_not_administer_finds_no_settings(node: Node):
    async with signed_in(node, "mo", Role.MODERATOR) as browser:
        assert (await browser.get("/desk/settings")).status == 404
        for ending in ("community", "legal", "rules", "imprint/de"):
            assert (await browser.get(f"/desk/settings/{ending}")).status == 404
            assert (await browser.post(f"/desk/settings/{ending}", {"name": "x"})).status == 404


async def test_every_page_leads_to_the_legal_pages_and_they_speak_every_language(node: Node):
    async with Browser(node) as guest:
        for path in ("/", "/events", "/about", "/sign-in", "/nothing-here"):
            text = (await guest.get(path)).text
            assert re.findall(r"href=\"(/imprint|/privacy)\"", text) == ["/imprint", "/privacy"]
        for tag in UI_LANGUAGES:
            for page in LegalPage:
                shown = await guest.get(f"/{page.value}?lang={tag}")
                first = legal.template(page, tag)[:40].strip("*")
                assert (shown.status, first in shown.text, f'lang="{tag}"' in shown.text) == (200, True, True)  # fmt: skip


async def test_own_words_stand_in_their_language_and_ours_in_the_others_until_they_are_emptied(
    node: Node, desk: Walker
):
    await desk.open("/desk/settings/privacy/de")
    await desk.send(text="Eigene **Worte** <script>x</script>")
    async with Browser(node) as guest:
        german = (await guest.get("/privacy?lang=de")).text
        assert "Eigene <strong>Worte</strong>" in german
        assert "<script>x" not in german
        assert "When you read" in (await guest.get("/privacy?lang=en")).text
        assert (await do(node, "community.legal"))["own"]["privacy"] == ["de"]

        assert desk.page.links["Deutsch written"] == "/desk/settings/privacy/de"
        await desk.follow("Deutsch written")
        await desk.send(text="")
        assert "Wenn du liest" in (await guest.get("/privacy?lang=de")).text


async def test_the_legal_notice_is_whole_or_not_there(node: Node):
    whole = {"responsible": "Verein", "address": "Gasse 1", "contact": "a@b.example"}
    for wrong in ({"responsible": "Verein"}, {**whole, "contact": ""}, {**whole, "more": "x"}, "x"):
        with pytest.raises(Invalid):
            await do(node, "community.set-legal", document={"notice": wrong})
    assert (await do(node, "community.set-legal", document={"notice": whole}))["notice"] == whole
    # what is not said stays, null takes away
    assert (await do(node, "community.set-legal", document={"imprint": {"de": "Mehr."}}))["notice"] == whole  # fmt: skip
    gone = await do(node, "community.set-legal", document={"notice": None})
    assert (gone["notice"], gone["own"]["imprint"]) == (None, ["de"])


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("country", "ZZ"), ("country", "at"), ("timezone", "Mars/Base"), ("contact", "x" * 201),
     ("handle", "graz"), ("languages", [])],
)  # fmt: skip
async def test_what_cannot_be_is_named_and_nothing_is_changed(
    node: Node, field: str, wrong: object
):
    before = await do(node, "community.show")
    with pytest.raises(Invalid) as told:
        await do(node, "community.describe", document={"city": "Graz", field: wrong})
    assert list(told.value.fields) == [field]
    assert await do(node, "community.show") == before
