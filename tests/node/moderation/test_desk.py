"""The desk: many replies at once, trusted authors, blocks, lists, and what only two decide."""

from __future__ import annotations

from urllib.parse import urlencode

import aiohttp

from node.people.model import Role
from tests.node.moderation.desks import CASES, Team
from tests.support.browsers import Browser, Shown
from tests.support.nodes import do

BLOCKS = "/desk/blocks"
HELD = "/desk/conversations"
LIST = "#domain,#severity\r\nspam.test,suspend\r\n=bad,suspend\r\nquiet.test,silence\r\n"


async def sends(browser: Browser, verb: str, content: str = LIST) -> Shown:
    """A list handed in as a file."""
    form = aiohttp.FormData()
    form.add_field("csrf", browser.csrf)
    form.add_field("verb", verb)
    form.add_field("csv", content.encode(), filename="list.csv", content_type="text/csv")
    return await browser.ask("POST", f"{BLOCKS}/import?lang=en", form, Sec_Fetch_Site="same-origin")


async def levels(team: Team) -> dict[str, str]:
    return {rule["id"]: rule["level"] for rule in await do(team.node, "block.list")}


async def test_replies_that_are_chosen_are_decided_together(team: Team):
    await team.talk.rule("all-held")
    anna = team.talk.person()
    notes = [await team.talk.replied(anna, f"<p>Nummer {number}</p>") for number in range(3)]
    short = [(await team.talk.shown(note))["short_id"] for note in notes]
    page = (await team.mona.get(HELD)).text
    assert all(f'value="{name}"' in page for name in short)
    fields = [("csrf", team.mona.csrf), ("verb", "approve"), *(("reply", one) for one in short[:2])]
    headers = {"Sec_Fetch_Site": "same-origin", "Content_Type": "application/x-www-form-urlencoded"}
    shown = await team.mona.ask("POST", f"{HELD}/many", urlencode(fields), **headers)
    assert shown.status == 303
    assert [await team.talk.state(note) for note in notes] == ["shown", "shown", "held"]
    await team.mona.post(f"{HELD}/many", {"verb": "hide", "reply": short[2]})
    assert await team.talk.state(notes[2]) == "hidden"
    assert ("hide a reply", short[2]) in await team.log()


async def test_everything_of_a_trusted_author_is_shown_and_later_words_at_once(team: Team):
    await team.talk.rule("first-held")
    anna, omar = team.talk.person(), team.talk.person("omar")
    notes = [await team.talk.replied(anna) for _ in range(2)]
    other = await team.talk.replied(omar)
    short = (await team.talk.shown(notes[0]))["short_id"]
    assert (await team.mona.post(f"{HELD}/{short}/trust")).status == 303
    states = [await team.talk.state(note) for note in (*notes, other)]
    assert states == ["shown", "shown", "held"]
    assert await team.talk.state(await team.talk.replied(anna)) == "shown"


async def test_a_rule_is_made_and_dropped_at_the_desk(team: Team):
    fields = {"target": "spam.test", "level": "suspend", "comment": "Werbung", "reason": "Spam"}
    assert (await team.mona.post(f"{BLOCKS}/add", fields)).status == 303
    assert await levels(team) == {"spam.test": "suspend"}
    page = (await team.mona.get(BLOCKS)).text
    assert "spam.test" in page
    assert "Werbung" in page
    assert team.node.policy.blocked("spam.test")
    assert (await team.mona.post(f"{BLOCKS}/remove", {"target": "spam.test"})).status == 303
    assert await levels(team) == {}
    assert not team.node.policy.blocked("spam.test")
    assert {("rule suspended", "spam.test"), ("rule removed", "spam.test")} <= set(await team.log())


async def test_the_log_names_of_a_blocked_person_only_the_server(team: Team):
    anna = team.talk.person()
    fields = {"target": anna, "level": "limit", "comment": "Nein"}
    assert (await team.mona.post(f"{BLOCKS}/add", fields)).status == 303
    assert ("rule limited", team.talk.there.host) in await team.log()
    assert anna not in str(await team.log())


async def test_a_rule_without_reason_or_sense_comes_back_with_what_was_typed(team: Team):
    for fields in (
        {"target": "spam.test", "level": "suspend"},
        {"target": "*.com", "level": "suspend", "comment": "x"},
        {"target": "co.uk", "level": "suspend", "comment": "x"},
        {"target": "spam.test", "level": "worse", "comment": "x"},
    ):
        shown = await team.mona.post(f"{BLOCKS}/add", fields)
        assert shown.status == 422, fields
        assert f'value="{fields["target"]}"' in shown.text
    assert await levels(team) == {}


async def test_a_list_is_tried_first_and_then_taken_in(team: Team):
    tried = await sends(team.mona, "try")
    assert tried.status == 200
    assert "Nothing is changed yet" in tried.text
    assert "2 rules are new or stricter." in tried.text
    assert await levels(team) == {}
    taken = await sends(team.mona, "take")
    assert "The list is taken in." in taken.text
    assert await levels(team) == {"spam.test": "suspend", "quiet.test": "limit"}
    out = await team.mona.get(f"{BLOCKS}/export")
    assert out.headers["Content-Type"].startswith("text/csv")
    assert "spam.test,suspend" in out.text


async def test_a_list_does_not_suspend_a_community_that_we_know(team: Team):
    await do(team.node, "network.follow", actor=team.talk.there.actor("carol"))
    host = team.talk.there.host
    both = f"#domain,#severity\n{host},suspend\nspam.test,suspend\n"
    tried = await sends(team.mona, "try", both)
    assert "1 suspension would wait for a second person." in tried.text
    assert await do(team.node, "decision.list") == []
    taken = await sends(team.mona, "take", both)
    assert "1 suspension waits for a second person." in taken.text
    assert '<a href="/desk/decisions">In twos</a>' in taken.text
    assert await levels(team) == {host: "limit", "spam.test": "suspend"}
    assert await _confirms(team.mira) == 303
    assert await levels(team) == {host: "suspend", "spam.test": "suspend"}


async def test_a_list_asks_for_nothing_against_whom_we_trust(team: Team):
    await do(team.node, "block.add", target="friend.test", level="trust")
    await team.mona.get(BLOCKS)
    await sends(team.mona, "take", "#domain,#severity\nfriend.test,suspend\n")
    assert await levels(team) == {"friend.test": "trust"}
    assert await do(team.node, "decision.list") == []


async def test_what_is_no_list_is_refused(team: Team):
    await team.mona.get(BLOCKS)
    assert (await sends(team.mona, "take", "\0")).status == 422
    shown = await team.mona.post(f"{BLOCKS}/import", {"verb": "take"})
    assert shown.status in (415, 422)


async def test_opening_up_needs_a_second_person(team: Team):
    assert (await team.mona.post(f"{BLOCKS}/mode", {"mode": "allow-list"})).status == 303
    assert (await do(team.node, "block.mode"))["mode"] == "allow-list"
    await team.mona.post(f"{BLOCKS}/mode", {"mode": "open", "why": "Wir sind bereit."})
    assert (await do(team.node, "block.mode"))["mode"] == "allow-list"
    assert await _confirms(team.mona) == 403
    assert await _confirms(team.mira) == 303
    assert (await do(team.node, "block.mode"))["mode"] == "open"


async def test_a_community_that_we_know_is_left_only_by_two(team: Team):
    carol = team.talk.there.actor("carol")
    await do(team.node, "network.follow", actor=carol)
    host = team.talk.there.host
    fields = {"target": host, "level": "suspend", "comment": "Streit"}
    assert (await team.mona.post(f"{BLOCKS}/add", fields)).status == 303
    assert await levels(team) == {host: "limit"}
    assert await _confirms(team.mira) == 303
    assert await levels(team) == {host: "suspend"}
    assert team.node.policy.blocked(host)


async def test_a_decision_against_a_community_that_we_know_waits_for_the_second(team: Team):
    anna = team.talk.person()
    await do(team.node, "network.follow", actor=team.talk.there.actor("carol"))
    case = await team.reported(await team.talk.replied(anna))
    await team.decides(team.mona, case, "suspend-server")
    assert await levels(team) == {team.talk.there.host: "limit"}
    await _confirms(team.mira)
    assert await levels(team) == {team.talk.there.host: "suspend"}


async def test_everything_of_an_author_is_deleted_only_by_two(team: Team):
    anna = team.talk.person()
    note = await team.talk.replied(anna)
    await team.talk.replied(team.talk.person("omar"))
    case = await team.reported(note)
    assert (await team.mona.post(f"{CASES}/{case}/delete-all", {"of": "author"})).status == 303
    assert await team.talk.count("reply") == 2
    assert await _confirms(team.mira) == 303
    assert await team.talk.count("reply") == 1
    assert await team.talk.says(anna, note) == "refused:older-or-deleted"


async def test_what_two_must_decide_is_not_asked_for_twice(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    for _ in range(2):
        await team.mona.post(f"{CASES}/{case}/delete-all", {"of": "server"})
    assert await team.talk.count("approval") == 1
    absent = await team.mona.post(f"{CASES}/{case}/delete-all", {"of": "everything"})
    assert absent.status == 404


async def test_the_api_does_the_same_for_whoever_may(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    await team.ambassador()
    token = (await do(team.node, "token.create", user="amal", scope="admin"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{team.node.urls.origin}/api/v1"
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{url}/cases") as answer:
            assert [row["id"] for row in await answer.json()] == [case]
        wish = {"decision": "hide", "reason": "Nein."}
        async with session.post(f"{url}/cases/{case}/decision", json=wish) as answer:
            assert (await answer.json())["state"] == "decided"
        async with session.post(f"{url}/cases", json={"target": "nowhere"}) as answer:
            assert answer.status == 404
        async with session.get(f"{url}/waves") as answer:
            assert await answer.json() == []
        async with session.get(f"{url}/cases/statistics") as answer:
            assert await answer.json() == []


async def test_the_pages_are_there_for_moderators_only(team: Team):
    case = await team.reported(await team.talk.replied(team.talk.person()))
    absent = (await team.mona.get(f"{CASES}/{'0' * 26}")).status
    assert absent == 404
    for role in (Role.COORDINATOR, Role.VOLUNTEER, Role.MEMBER):
        other = await team.comes(role.value, role)
        gone = await other.get(f"{CASES}x")
        for path in (CASES, f"{CASES}/{case}", BLOCKS, f"{BLOCKS}/export"):
            shown = await other.get(path)
            assert (shown.status, shown.text.replace(path, "")) == (
                404,
                gone.text.replace(f"{CASES}x", ""),
            )


async def _confirms(browser: Browser) -> int:
    """Somebody confirms the one thing that waits."""
    page = (await browser.get("/desk/decisions")).text
    found = page.partition('name="id" value="')[2].partition('"')[0]
    return (await browser.post("/desk/decisions", {"id": found, "answer": "yes"})).status


async def test_a_rule_tells_all_that_is_wrong_at_once_and_the_summary_names_each_field(team: Team):
    fields = {"target": "no such thing", "level": "?", "comment": "", "reason": "x" * 501}
    shown = await team.mona.post(f"{BLOCKS}/add?lang=en", fields)
    assert shown.status == 422
    labels = {
        "target": "<bdi>Who</bdi>: Please type a server",
        "level": "<bdi>What becomes of them</bdi>: Please choose",
        "comment": "<bdi>The reason, for us</bdi>: Please give a reason",
        "reason": "leave this empty)</bdi>: This is too long",
    }
    for name, words in labels.items():
        summary = shown.text.partition(f'<li><a href="#{name}">')[2].partition("</a>")[0]
        assert words in summary
    assert await levels(team) == {}
