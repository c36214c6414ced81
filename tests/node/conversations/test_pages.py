"""Conversations as people see them: below an event, and at the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from node.people import actions as people
from node.people import sessions
from node.people.model import Role
from tests.node.conversations.talks import Talk

DESK = "/desk/conversations"


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody of the team with a browser."""

    origin: str
    cookie: str

    async def get(self, path: str) -> tuple[int, str]:
        async with self._session() as session, session.get(self.origin + path) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, fields: Mapping[str, str], *, csrf: bool = True) -> int:
        return (await self.sent(path, fields, csrf=csrf))[0]

    async def sent(
        self, path: str, fields: Mapping[str, str], *, csrf: bool = True
    ) -> tuple[int, str]:
        token = {"csrf": sessions.form_token(self.cookie)} if csrf else {}
        headers = {"Sec-Fetch-Site": "same-origin"}
        async with (
            self._session() as session,
            session.post(
                self.origin + path,
                data={**fields, **token},
                headers=headers,
                allow_redirects=False,
            ) as answer,
        ):
            return answer.status, await answer.text()

    def _session(self) -> aiohttp.ClientSession:
        headers = {"Cookie": f"session={self.cookie}", "Accept": "text/html"}
        return aiohttp.ClientSession(headers=headers)


async def sits_at(talk: Talk, role: Role) -> Desk:
    """Somebody of this role, signed in."""

    async def come(context: Any) -> str:
        person = await people.create(context, f"x-{role.value}", role)
        return (await sessions.begin(context, person, "Firefox"))[0]

    return Desk(talk.wien.urls.origin, await talk.wien.act(come))


async def test_at_the_desk_a_reply_is_read_approved_and_answered(talk: Talk):
    note = await talk.replied(talk.person(), "<p>Darf ich kommen?</p>")
    desk = await sits_at(talk, Role.AMBASSADOR)
    short = (await talk.shown(note))["short_id"]
    status, text = await desk.get(f"{DESK}?lang=en")
    assert (status, "Darf ich kommen?" in text) == (200, True)
    assert "Replies that wait to be shown" in (await desk.get("/desk?lang=en"))[1]
    assert await desk.post(f"{DESK}/{short}/approve", {}) == 303
    assert await desk.post(f"{DESK}/{short}/answer", {"text-de": "Ja!", "text-ar": "نعم"}) == 303
    shown = await talk.shown(note)
    assert shown["state"] == "shown"
    assert shown["answers"][0]["texts"] == {"de": "Ja!", "ar": "نعم"}
    assert shown["answers"][0]["by"] == "x-ambassador"
    assert "x-ambassador" not in await talk.page()
    answer = shown["answers"][0]["short_id"]
    edited = {"text-de": "Gern!", "back": short}
    assert await desk.post(f"/desk/answers/{answer}/edit", edited) == 303
    assert "Gern!" in (await desk.get(f"{DESK}/{short}"))[1]
    assert await desk.post(f"/desk/answers/{answer}/delete", {"back": short}) == 303
    assert "Gern!" not in await talk.page()


async def test_words_that_are_missing_or_too_long_come_back_with_the_form(talk: Talk):
    note = await talk.replied(talk.person())
    desk = await sits_at(talk, Role.COORDINATOR)
    short = (await talk.shown(note))["short_id"]
    assert await desk.post(f"{DESK}/{short}/answer", {"text-de": "  "}) == 422
    assert await desk.post(f"{DESK}/{short}/answer", {"text-ar": "م" * 5001}) == 422
    assert (await talk.shown(note))["answers"] == []


async def test_other_words_for_an_answer_that_cannot_be_taken_stay_in_their_form(talk: Talk):
    note = await talk.replied(talk.person())
    answer = (await talk.answers(note["id"], {"texts": {"de": "Ja!"}}))["short_id"]
    desk = await sits_at(talk, Role.COORDINATOR)
    short = (await talk.shown(note))["short_id"]
    typed = {"text-de": "d" * 5001, "text-ar": "نعم", "back": short}
    status, text = await desk.sent(f"/desk/answers/{answer}/edit", typed)
    assert (status, "<details open>" in text) == (422, True)
    assert re.search(rf'id="{answer}-text-de"[^>]*aria-invalid="true"[^>]*>\s*d{{5001}}<', text)
    assert re.search(rf'id="{answer}-text-ar"[^>]*>\s*نعم<', text)
    assert f'href="#{answer}-text-de"' in text
    assert re.search(r'id="text-de"[^>]*>\s*</textarea>', text)
    assert (await talk.shown(note))["answers"][0]["texts"] == {"de": "Ja!"}
    assert (await desk.sent(f"/desk/answers/{answer}/edit", {"back": "x"}))[0] == 422
    assert (await desk.sent(f"/desk/answers/{'0' * 26}/edit", {}))[0] == 404


async def test_the_list_at_the_desk_goes_on_to_older_ones(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("node.desk.conversations_pages._MOST_SHOWN", 2)
    for word in ("eins", "zwei", "drei"):
        await talk.replied(talk.person(word), f"<p>{word}</p>")
    desk = await sits_at(talk, Role.MODERATOR)
    _, text = await desk.get(f"{DESK}?lang=en")
    assert [word in text for word in ("drei</p>", "zwei</p>", "eins</p>")] == [True, True, False]
    more = re.search(r'rel="next" href="([^"]+)"', text)
    assert more
    _, text = await desk.get(f"{DESK}{more[1].replace('&amp;', '&')}")
    assert [word in text for word in ("drei</p>", "zwei</p>", "eins</p>")] == [False, False, True]
    assert 'href="?kind=reply&amp;state=held"' in text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VOLUNTEER, Role.PARTNER])
async def test_what_people_write_to_the_team_is_for_the_team(talk: Talk, role: Role):
    message = await talk.replied(talk.person(), to=[talk.us], cc=[])
    short = (await talk.shown(message))["short_id"]
    desk = await sits_at(talk, role)
    for path in (f"{DESK}?kind=message", f"{DESK}/{short}"):
        assert (await desk.get(path))[0] == 404
    assert await desk.post(f"{DESK}/{short}/answer", {"text-de": "Hallo"}) == 404
    assert await desk.post(f"{DESK}/rule", {"rule": "open"}) == 404


async def test_who_answers_need_not_be_who_approves(talk: Talk):
    note = await talk.replied(talk.person())
    message = await talk.replied(talk.person("omar"), to=[talk.us], cc=[])
    reply, letter = [(await talk.shown(each))["short_id"] for each in (note, message)]
    moderator = await sits_at(talk, Role.MODERATOR)
    assert await moderator.post(f"{DESK}/{reply}/answer", {"text-de": "Hallo"}) == 404
    assert await moderator.post(f"{DESK}/{reply}/hide", {}) == 303
    coordinator = await sits_at(talk, Role.COORDINATOR)
    assert await coordinator.post(f"{DESK}/{reply}/approve", {}) == 404
    assert await coordinator.post(f"{DESK}/{reply}/aside", {}) == 404
    assert await coordinator.post(f"{DESK}/{letter}/aside", {}) == 303
    assert [await talk.state(each) for each in (note, message)] == ["hidden", "hidden"]
    assert await coordinator.post(f"{DESK}/rule", {"rule": "closed"}) == 303
    assert "does not take replies" in await talk.page(f"{talk.event}?lang=en")


async def test_a_form_without_the_token_of_the_session_does_nothing(talk: Talk):
    note = await talk.replied(talk.person())
    short = (await talk.shown(note))["short_id"]
    desk = await sits_at(talk, Role.AMBASSADOR)
    assert await desk.post(f"{DESK}/{short}/approve", {}, csrf=False) == 403
    assert await talk.state(note) == "held"


async def test_each_reply_has_its_own_language_and_direction(talk: Talk):
    await talk.rule("open")
    anna = talk.person()
    await talk.replied(anna, contentMap={"ar": "<p>أهلاً</p>"}, content="<p>أهلاً</p>")
    await talk.replied(anna, "<p>Sprachlos</p>")
    page = await talk.page()
    assert '<div class="prose" lang="ar" dir="rtl"><p>أهلاً</p></div>' in page
    assert '<div class="prose" dir="auto"><p>Sprachlos</p></div>' in page


async def test_what_somebody_warns_of_is_folded_and_pictures_are_links(talk: Talk):
    await talk.rule("open")
    picture = {
        "type": "Document",
        "mediaType": "image/jpeg",
        "url": "https://media.example/1.jpg",
        "name": "Ein <b>Kuchen</b>",
    }
    await talk.replied(
        talk.person(), summary="Essen", attachment=[picture], quote="https://a.example/1"
    )
    page = await talk.page(f"{talk.event}?lang=en")
    folded = page.partition("<details><summary>Be careful:")[2].partition("</details>")[0]
    assert "Hallo" in folded
    assert 'href="https://media.example/1.jpg"' in folded
    assert "Ein Kuchen" in folded
    assert "Quotes another post" in folded
    assert "<img" not in page.partition('id="conversation"')[2]


async def test_nothing_that_a_stranger_writes_does_anything_on_a_page(talk: Talk):
    await talk.rule("open")
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x'>hier</a>"
    anna = talk.person("<script>")
    talk.there.documents["/<script>"]["name"] = "<script>alert(2)</script>\u202eanna"
    tag = {"type": "Emoji", "name": ":blobcat:", "icon": {"url": "https://a.example/x.png"}}
    await talk.replied(
        anna,
        f"<p>Gut :blobcat:</p>{bad}",
        summary=bad,
        url="javascript:alert(3)",
        attachment=[{"type": "Link", "href": "javascript:alert(4)", "name": bad}],
        tag=[tag],
    )
    page = (await talk.page()).partition('id="conversation"')[2]
    assert "Gut :blobcat:" in page
    for harm in ("<script", "onerror=", "javascript:", "<img", "\u202e", "a.example"):
        assert harm not in page, harm


async def test_an_endless_ladder_of_replies_is_shown_without_falling(talk: Talk):
    await talk.rule("open")
    anna, parent = talk.person(), talk.event
    for step in range(15):
        parent = (await talk.replied(anna, f"<p>Stufe {step}</p>", inReplyTo=parent))["id"]
    page = await talk.page()
    assert "Stufe 14" in page
    assert "step-4" not in page
