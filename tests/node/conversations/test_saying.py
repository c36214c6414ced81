"""The community answers: who gets it, in which form, how it is changed and taken back."""

from __future__ import annotations

import pytest

from activitypub.names import PUBLIC
from node.errors import Conflict, Invalid, NotFound
from tests.node.conversations.talks import Talk
from tests.support.nodes import do

WORDS = {"de": "Schön! Bis #Samstag.", "ar": "أهلاً وسهلاً"}


async def test_an_answer_goes_to_whom_it_answers_and_to_those_who_follow(talk: Talk):
    anna, fan = talk.person(), talk.there.actor("fan")
    await talk.there.follow(fan, talk.us)
    note = await talk.replied(anna)
    said = await talk.answers(note["id"], {"texts": WORDS})
    (create,) = await talk.there.comes(anna, "Create")
    (same,) = await talk.there.comes(fan, "Create")
    assert create["object"]["id"] == same["object"]["id"] == said["id"]
    answer = create["object"]
    assert answer["inReplyTo"] == note["id"]
    assert answer["to"] == create["to"] == [PUBLIC]
    assert answer["cc"] == create["cc"] == [f"{talk.us}/followers", anna]
    handle = f"@anna@{talk.there.host}"
    assert {"type": "Mention", "href": anna, "name": handle} in answer["tag"]
    assert "#Samstag" in [tag["name"] for tag in answer["tag"]]
    assert list(answer["contentMap"]) == ["de", "ar"]
    assert f'href="{anna}" class="u-url mention"' in answer["content"]
    assert 'rel="tag">#<span>Samstag</span>' in answer["content"]
    assert await talk.read(said["id"]) == {**answer, "@context": create["@context"]}


async def test_to_answer_a_reply_that_waits_is_to_show_it(talk: Talk):
    note = await talk.replied(talk.person(), "<p>Darf ich?</p>")
    await talk.answers(note["id"], "Ja, gern")
    page = await talk.page()
    assert page.index("Darf ich?") < page.index("Ja, gern")


async def test_an_answer_in_several_languages_is_shown_in_the_readers(talk: Talk):
    note = await talk.replied(talk.person())
    await talk.answers(note["id"], {"texts": WORDS})
    page = await talk.page(f"{talk.event}?lang=ar")
    assert "أهلاً وسهلاً" in page
    assert "Schön" not in page


async def test_a_message_is_answered_to_its_author_alone(talk: Talk):
    anna, fan = talk.person(), talk.there.actor("fan")
    await talk.there.follow(fan, talk.us)
    message = await talk.replied(anna, "<p>Unter uns</p>", to=[talk.us], cc=[])
    said = await talk.answers(message["id"], "Nur für dich")
    (create,) = await talk.there.comes(anna, "Create")
    assert (create["to"], create["cc"]) == ([anna], [])
    assert create["object"]["inReplyTo"] == message["id"]
    assert PUBLIC not in str(create)
    assert talk.there.got(fan, "Create") == []
    assert (await talk.fetch(said["id"]))[0] == 404
    assert "Nur für dich" not in await talk.page()
    assert await talk.state(message) == "hidden"
    await do(talk.wien, "conversation.delete", id=said["id"])
    assert await talk.there.comes(anna, "Delete")


async def test_who_answers_our_message_is_in_the_same_conversation(talk: Talk):
    anna = talk.person()
    message = await talk.replied(anna, to=[talk.us], cc=[])
    said = await talk.answers(message["id"])
    again = await talk.replied(anna, inReplyTo=said["id"], to=[talk.us], cc=[])
    assert (await talk.shown(again))["subject"] == talk.event


async def test_an_answer_is_changed_for_everybody_who_got_it(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna)
    said = await talk.answers(note["id"], "Um acht")
    await talk.there.comes(anna, "Create")
    await do(talk.wien, "conversation.edit", id=said["id"], document="Um neun")
    (update,) = await talk.there.comes(anna, "Update")
    assert "Um neun" in update["object"]["content"]
    assert "Um neun" in await talk.page()
    assert "Um acht" not in await talk.page()


async def test_a_deleted_answer_leaves_a_tombstone_and_no_word(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna)
    said = await talk.answers(note["id"], "Vergesst das")
    await talk.there.comes(anna, "Create")
    await do(talk.wien, "conversation.delete", id=said["id"])
    (delete,) = await talk.there.comes(anna, "Delete")
    assert delete["object"] == {
        "id": said["id"],
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": delete["object"]["deleted"],
    }
    status, body = await talk.fetch(said["id"])
    assert (status, "Vergesst" in body) == (410, False)
    assert await talk.count("answer", "texts like '%Vergesst%'") == 0
    with pytest.raises(NotFound):
        await do(talk.wien, "conversation.delete", id=said["id"])


async def test_the_community_speaks_under_its_own_event(talk: Talk):
    said = await talk.answers(talk.event, "Wir bringen Tee mit")
    assert "Wir bringen Tee mit" in await talk.page()
    answer = await talk.read(said["id"])
    assert answer["inReplyTo"] == talk.event
    assert answer["context"] == f"{talk.event}/context"
    assert answer["cc"] == [f"{talk.us}/followers"]


async def test_an_answer_to_a_mention_has_a_page_of_its_own(talk: Talk):
    tag = [{"type": "Mention", "href": talk.us, "name": "@wien"}]
    note = await talk.replied(talk.person(), inReplyTo=None, tag=tag)
    said = await talk.answers(note["id"], "Danke dir")
    assert "Danke dir" in await talk.page(said["id"])
    assert (await talk.read(said["id"]))["context"] == f"{said['id']}/context"
    assert await talk.listed(kind="mention", state="held") == []


async def test_nobody_suspended_is_answered(talk: Talk):
    anna = talk.person()
    note = await talk.replied(anna)
    await do(talk.wien, "block.add", target=anna, level="suspend")
    with pytest.raises(Conflict):
        await talk.answers(note["id"])


@pytest.mark.parametrize("words", ["", "x" * 5001, {"texts": {"deutsch!": "Hallo"}}, {"text": "a"}])
async def test_words_that_cannot_be_said_are_refused(talk: Talk, words: object):
    with pytest.raises(Invalid):
        await talk.answers(talk.event, words)


async def test_nothing_is_said_to_what_is_not_there(talk: Talk):
    for name in ("01m0000000000000000000000a", f"{talk.event}x", talk.us, ""):
        with pytest.raises(NotFound):
            await talk.answers(name)
