"""The author of a hidden reply: told why or not, and heard once by a second moderator."""

from __future__ import annotations

from tests.node.moderation.desks import CASES, Team, direct_notes, forms
from tests.support.nodes import do


async def test_a_hidden_reply_is_off_the_page_and_its_author_is_told_why(team: Team):
    anna = team.talk.person()
    note = await team.talk.replied(anna, "<p>Böse Worte</p>")
    case = await team.reported(note)
    assert "Böse Worte" in await team.talk.page()
    shown = await team.decides(team.mona, case, "hide", tell="yes")
    assert shown.status == 303
    assert "Böse Worte" not in await team.talk.page()
    (told,) = await direct_notes(team, anna, 1)
    assert "Gegen unsere Regeln." in told["content"]
    assert told["inReplyTo"] == note["id"]
    assert "mona" not in str(told)
    assert (await team.case(case))["state"] == "decided"
    assert ("case hide", case) in await team.log()


async def test_whoever_decides_can_keep_silent_towards_the_author(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna))
    await team.decides(team.mona, case, "hide")
    assert (await team.case(case))["state"] == "closed"
    assert await team.talk.count("direct_note") == 0


async def test_the_author_appeals_once_and_a_second_moderator_shows_it_again(team: Team):
    anna = team.talk.person()
    note = await team.talk.replied(anna, "<p>Kein böses Wort</p>")
    case = await team.reported(note)
    await team.decides(team.mona, case, "hide", tell="yes")
    (told,) = await direct_notes(team, anna, 1)
    reply = team.talk.note(anna, "<p>Das war ein Zitat.</p>", inReplyTo=told["id"])
    reply |= {"to": [team.talk.us], "cc": []}
    assert await team.talk.says(anna, reply) == "done"
    found = await team.case(case)
    assert (found["state"], found["appeal"]) == ("appealed", "Das war ein Zitat.")
    mine = (await team.mona.get(f"{CASES}/{case}?lang=en")).text
    assert f"{CASES}/{case}/appeal" not in forms(mine)
    fields = {"outcome": "overturned", "outcome_reason": "Wirklich ein Zitat."}
    refused = await team.mona.post(f"{CASES}/{case}/appeal", fields)
    assert refused.status == 403
    answered = await team.mira.post(f"{CASES}/{case}/appeal", fields)
    assert answered.status == 303
    assert "Kein böses Wort" in await team.talk.page()
    notes = await direct_notes(team, anna, 2)
    assert "Wirklich ein Zitat." in notes[-1]["content"]
    assert ("appeal overturned", case) in await team.log()


async def test_a_second_word_is_a_message_to_the_team_and_no_appeal(team: Team):
    anna = team.talk.person()
    case = await team.reported(await team.talk.replied(anna))
    await team.decides(team.mona, case, "hide", tell="yes")
    (told,) = await direct_notes(team, anna, 1)
    for words in ("Erstens", "Zweitens"):
        reply = team.talk.note(anna, f"<p>{words}</p>", inReplyTo=told["id"])
        assert await team.talk.says(anna, {**reply, "to": [team.talk.us], "cc": []}) == "done"
    assert (await team.case(case))["appeal"] == "Erstens"
    messages = await do(team.node, "conversation.list", kind="message")
    assert [message["text"] for message in messages] == ["Zweitens"]


async def test_nobody_else_can_appeal_for_the_author(team: Team):
    anna, eve = team.talk.person(), team.talk.person("eve")
    case = await team.reported(await team.talk.replied(anna))
    await team.decides(team.mona, case, "hide", tell="yes")
    (told,) = await direct_notes(team, anna, 1)
    reply = team.talk.note(eve, "<p>Ich</p>", inReplyTo=told["id"])
    await team.talk.says(eve, {**reply, "to": [team.talk.us], "cc": []})
    assert (await team.case(case))["state"] == "decided"
