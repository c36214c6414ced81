"""What others reply: taken in, held or shown, changed, taken back; and what is never shown."""

from __future__ import annotations

import pytest

from activitypub.names import PUBLIC
from node.conversations import actions, model
from tests.node.conversations.talks import LATER, SENT, Talk
from tests.support.nodes import do


async def test_a_first_reply_waits_and_is_shown_once_somebody_approved_it(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna, "<p>Ich komme <strong>gern</strong></p>")
    assert await talk.state(note) == "held"
    assert "gern" not in await talk.page()
    await talk.approve(note)
    page = await talk.page()
    assert "<strong>gern</strong>" in page
    assert "Anna" in page


async def test_who_was_approved_once_need_not_wait_again(talk: Talk):
    anna = talk.person()
    await talk.approve(await talk.replied(anna))
    assert await talk.state(await talk.replied(anna, "<p>Noch etwas</p>")) == "shown"
    assert await talk.state(await talk.replied(talk.person("omar"))) == "held"


async def test_who_is_hidden_waits_again(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna)
    await talk.approve(note)
    await do(talk.wien, "conversation.hide", id=note["id"])
    assert await talk.state(await talk.replied(anna)) == "held"


@pytest.mark.parametrize(
    ("rule", "state"), [("open", "shown"), ("first-held", "held"), ("all-held", "held")]
)
async def test_the_rule_of_the_community_decides(talk: Talk, rule: str, state: str):
    await talk.rule(rule)
    assert await talk.state(await talk.replied(talk.person())) == state


async def test_where_all_wait_even_who_is_known_waits(talk: Talk):
    anna = talk.person()
    await talk.approve(await talk.replied(anna))
    await talk.rule("all-held")
    assert await talk.state(await talk.replied(anna)) == "held"


async def test_where_replies_are_closed_none_is_kept(talk: Talk):
    await talk.rule("closed")
    anna = talk.person()
    assert await talk.says(anna, talk.note(anna)) == "refused:closed"
    assert "does not take replies" in await talk.page(f"{talk.event}?lang=en")


async def test_a_limited_author_always_waits_and_a_suspended_one_is_not_heard(talk: Talk):
    await talk.rule("open")
    anna, host = talk.person(), talk.there.host
    await do(talk.wien, "block.add", target=host, level="limit")
    assert await talk.state(await talk.replied(anna)) == "held"
    await do(talk.wien, "block.add", target=anna, level="suspend")
    create = talk.there.activity("Create", anna, talk.note(anna))
    assert await talk.there.told(talk.inbox, create) == 403
    assert await talk.count("reply") == 1


async def test_what_is_shown_goes_with_the_standing_of_its_author_and_comes_back(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    await talk.replied(anna, "<p>Sichtbar</p>")
    await do(talk.wien, "block.add", target=anna, level="suspend")
    assert "Sichtbar" not in await talk.page()
    await do(talk.wien, "block.remove", target=anna)
    assert "Sichtbar" in await talk.page()
    await do(talk.wien, "block.add", target=anna, level="limit")
    assert "Sichtbar" not in await talk.page()


async def test_what_was_meant_for_us_alone_is_on_no_page_and_in_no_collection(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    secret = await talk.replied(anna, "<p>Geheim</p>", to=[talk.us], cc=[])
    shown = await talk.shown(secret)
    assert (shown["kind"], shown["state"]) == ("message", "held")
    assert "Geheim" not in await talk.page()
    assert secret["id"] not in str(await talk.read(f"{talk.event}/replies"))
    with pytest.raises(Exception, match="not shown on a page"):
        await talk.approve(secret)
    assert await talk.listed(kind="message") == [secret["id"]]


async def test_what_only_her_followers_may_read_is_not_for_everybody(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    note = await talk.replied(anna, to=[f"{anna}/followers"], cc=[talk.us])
    assert (await talk.shown(note))["kind"] == "message"


async def test_an_unlisted_reply_is_shown(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    note = await talk.replied(anna, to=[f"{anna}/followers"], cc=[PUBLIC])
    assert await talk.state(note) == "shown"


async def test_an_edit_changes_the_words_and_not_whether_they_are_shown(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna, "<p>Alt</p>")
    await talk.approve(note)
    edited = {**note, "content": "<p>Neu</p>", "updated": LATER}
    assert await talk.says(anna, edited, "Update") == "done"
    page = await talk.page(f"{talk.event}?lang=en")
    assert "Neu" in page
    assert "Alt<" not in page
    assert "changed since" in page


async def test_an_older_form_never_takes_the_place_of_a_newer_one(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna, "<p>Neu</p>", updated=LATER)
    older = {**note, "content": "<p>Alt</p>", "updated": SENT}
    assert await talk.says(anna, older, "Update") == "refused:older-or-deleted"
    assert "Neu" in (await talk.shown(note))["html"]


async def test_nobody_changes_or_deletes_what_somebody_else_said(talk: Talk):
    anna, eve = talk.person(), talk.person("eve")
    note = await talk.replied(anna, "<p>Von Anna</p>")
    forged = {**note, "content": "<p>Von Eve</p>", "attributedTo": eve, "updated": LATER}
    assert await talk.says(eve, forged, "Update") == "refused:not-the-signers"
    delete = talk.there.activity("Delete", eve, note["id"])
    assert await talk.hears(delete) == "refused:not-the-signers"
    assert "Von Anna" in (await talk.shown(note))["html"]


async def test_nobody_speaks_in_the_name_of_another(talk: Talk):
    anna, eve = talk.person(), talk.person("eve")
    note = talk.note(anna)
    talk.there.serve(note)
    assert await talk.says(eve, note) == "refused:not-the-signers"
    assert await talk.count("reply") == 0


async def test_what_its_author_deleted_is_gone_and_does_not_come_back(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna)
    await talk.approve(note)
    assert await talk.hears(talk.there.activity("Delete", anna, note["id"])) == "done"
    assert await talk.says(anna, note) == "refused:older-or-deleted"
    assert "Hallo" not in await talk.page()


async def test_a_deletion_that_comes_first_keeps_the_reply_away(talk: Talk):
    anna = talk.person()
    note = talk.note(anna)
    assert await talk.hears(talk.there.activity("Delete", anna, note["id"])) == "done"
    assert await talk.says(anna, note) == "refused:older-or-deleted"


async def test_what_its_author_makes_private_is_shown_no_more(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    note = await talk.replied(anna, "<p>Hallo</p>")
    narrowed = {**note, "to": [f"{anna}/followers"], "cc": [], "updated": LATER}
    assert await talk.says(anna, narrowed, "Update") == "refused:no-longer-public"
    assert "Hallo" not in await talk.page()


async def test_what_was_private_never_becomes_public_by_an_edit(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    note = await talk.replied(anna, to=[talk.us], cc=[])
    assert await talk.says(anna, {**note, "to": [PUBLIC], "updated": LATER}, "Update") == "done"
    assert (await talk.shown(note))["kind"] == "message"
    assert await talk.count("reply", "state = 'shown'") == 0


async def test_of_an_actor_that_is_gone_nothing_is_left(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    note = await talk.replied(anna, "<p>Hallo</p>")
    await talk.hears(talk.there.activity("Like", anna, talk.event))
    await talk.answers(note["id"])
    talk.there.gone.add("/anna")
    await talk.hears(talk.there.activity("Delete", anna, anna))
    assert await talk.count("reply") == await talk.count("reaction") == 0
    assert await talk.count("answer", "actor is not null") == 0
    assert "Hallo" not in await talk.page()


async def test_a_reply_to_a_reply_stands_below_it_and_waits_with_it(talk: Talk):
    await talk.rule("open")
    anna, omar = talk.person(), talk.person("omar")
    first = await talk.replied(anna, "<p>Eins</p>")
    second = await talk.replied(omar, "<p>Zwei</p>", inReplyTo=first["id"])
    page = await talk.page()
    assert page.index("Eins") < page.index("Zwei")
    assert 'class="step-1"' in page
    await do(talk.wien, "conversation.hide", id=first["id"])
    third = await talk.replied(omar, inReplyTo=first["id"])
    assert [await talk.state(each) for each in (second, third)] == ["shown", "held"]


async def test_a_note_of_our_own_can_be_replied_to(talk: Talk):
    await do(talk.wien, "event.cancel", id=talk.event)
    replies = await talk.read(f"{talk.event}/replies")
    ours = next(each for each in replies["first"]["items"] if "/n/" in each)
    note = await talk.replied(talk.person(), inReplyTo=ours)
    assert (await talk.shown(note))["subject"] == talk.event


async def test_a_thread_has_an_end(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    await talk.rule("open")
    monkeypatch.setattr(actions, "DEEPEST", 2)
    anna = talk.person()
    first = await talk.replied(anna)
    second = await talk.replied(anna, inReplyTo=first["id"])
    third = talk.note(anna, inReplyTo=second["id"])
    assert await talk.says(anna, third) == "refused:too-deep"


@pytest.mark.parametrize(
    ("bound", "reason"),
    [
        ("DAILY_BY_ACTOR", "too-many-today"),
        ("MOST_HELD_OF_HOST", "too-many-held"),
        ("MOST_BY_ACTOR_THERE", "too-many-there"),
        ("MOST_UNDER_ONE_THING", "too-many-there"),
    ],
)
async def test_nobody_takes_more_than_a_share(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, bound: str, reason: str
):
    monkeypatch.setattr(actions, bound, 1)
    anna = talk.person()
    await talk.replied(anna)
    assert await talk.says(anna, talk.note(anna)) == f"refused:{reason}"
    assert getattr(model, bound) > 1


async def test_a_reply_without_words_is_not_kept(talk: Talk):
    anna = talk.person()
    assert await talk.says(anna, talk.note(anna, "<p> </p>")) == "refused:empty"


async def test_with_an_event_goes_what_was_said_about_it(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    note = await talk.replied(anna)
    message = await talk.replied(anna, to=[talk.us], cc=[])
    await talk.hears(talk.there.activity("Like", anna, talk.event))
    answer = await talk.answers(note["id"])
    await do(talk.wien, "event.delete", id=talk.event)
    assert await talk.listed() == [message["id"]]
    assert await talk.count("reaction") == 0
    assert (await talk.fetch(answer["id"]))[0] == 410
    assert (await talk.fetch(f"{talk.event}/replies"))[0] == 404


async def test_a_stranger_who_names_us_in_public_is_in_the_list_of_mentions(talk: Talk):
    anna = talk.person()
    tag = [{"type": "Mention", "href": talk.us, "name": "@wien"}]
    note = await talk.replied(anna, inReplyTo=None, tag=tag)
    assert await talk.listed(kind="mention", state="held") == [note["id"]]
    assert "Hallo" not in await talk.page()


async def test_a_note_that_has_nothing_to_do_with_us_goes_on(talk: Talk):
    anna = talk.person()
    note = talk.note(anna, inReplyTo=None, cc=[])
    assert await talk.says(anna, note) == "refused:not-followed"
    assert await talk.count("reply") == 0
