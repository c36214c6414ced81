"""Tests of the pages for coming in, signing in, and for oneself, over HTTP and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import PASSWORD, Browser, Later, account, signed_in
from tests.support.nodes import do


async def test_whoever_is_invited_chooses_a_name_and_is_in_with_her_codes(node: Node):
    link = (await do(node, "user.invite", role="volunteer"))["url"]
    path = link.removeprefix(node.urls.origin)
    async with Browser(node) as browser:
        assert "You were invited" in (await browser.get(path)).text
        joined = await browser.post(path, {"name": "Amal", "password": PASSWORD})
        codes = re.findall(r"<code>([0-9a-z-]{19})</code>", joined.text)
        me = await browser.get("/me")

        assert (joined.status, len(set(codes))) == (200, 10)
        assert (me.status, "amal" in me.text, "Volunteer" in me.text) == (200, True, True)
        assert (await browser.get(path)).status == 404
    (person,) = await do(node, "user.list")
    assert (person["name"], person["role"]) == ("amal", "volunteer")


async def test_a_mistake_is_told_beside_its_field_and_what_was_typed_is_kept(node: Node):
    link = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as browser:
        shown = await browser.post(link, {"name": "lina", "password": "kurz"})

        assert shown.status == 422
        assert 'id="password-error"' in shown.text
        assert 'href="#password"' in shown.text
        assert 'value="lina"' in shown.text
        assert "kurz" not in shown.text
        # the invitation was not used up by it
        assert (await browser.post(link, {"name": "lina", "password": PASSWORD})).status == 200


async def test_whoever_is_new_hears_of_all_mistakes_at_once(node: Node):
    link = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as browser:
        shown = await browser.post(link, {"name": "ليلى", "password": "kurz"})

        assert shown.status == 422
        assert ('id="name-error"' in shown.text, 'id="password-error"' in shown.text) == (True,) * 2


@pytest.mark.parametrize("uses", [1, 5])
async def test_a_form_that_is_sent_twice_leads_in_and_not_into_nothing(uses: int, node: Node):
    made = await do(node, "user.invite", uses=uses)
    link = made["url"].removeprefix(node.urls.origin)
    fields = {"name": "Lina", "password": PASSWORD}
    async with Browser(node) as first, Browser(node) as second, Browser(node) as stranger:
        await first.post(link, fields)
        again = await second.post(link, fields)
        other = await stranger.post(link, {**fields, "password": "ganz andere Wörter"})

        assert (again.status, again.path) == (303, "/me/codes")
        assert (await second.get("/me")).status == 200
        assert other.status == (404 if uses == 1 else 422)
    assert len(await do(node, "user.list")) == 1


async def test_a_page_elsewhere_signs_nobody_in_with_a_used_invitation(node: Node):
    link = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    fields = {"name": "Lina", "password": PASSWORD}
    async with Browser(node) as first, Browser(node) as other:
        await first.post(link, fields)
        hidden = await other.ask("POST", link, fields, Origin="null")

        assert (hidden.status, other.cookie) == (404, None)


@pytest.mark.parametrize(
    "password", ["password123", "aaaaaaaaaaaa", "lina123456", pytest.param("xyz9" * 65, id="long")]
)
async def test_a_password_that_everybody_tries_is_refused(password: str, node: Node):
    link = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as browser:
        shown = await browser.post(link, {"name": "lina", "password": password})

        assert shown.status == 422
    assert await do(node, "user.list") == []


async def test_a_page_for_people_who_are_known_leads_to_the_sign_in_and_back(node: Node):
    await account(node, "amal", Role.AMBASSADOR)
    async with Browser(node) as browser:
        asked = await browser.get("/desk/people")
        assert (asked.status, asked.path) == (303, "/sign-in?next=/desk/people")
        assert 'value="/desk/people"' in (await browser.get(asked.path)).text

        there = await browser.sign_in("amal", next="/desk/people")

        assert (there.status, there.path) == (303, "/desk/people")
        assert (await browser.get("/desk/people")).status == 200


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
async def test_signing_in_leads_nowhere_else(next: str, node: Node):
    await account(node, "amal", Role.MEMBER)
    async with Browser(node) as browser:
        assert (await browser.sign_in("amal", next=next)).path == "/me"


async def test_signing_out_ends_the_session_on_the_server(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as browser:
        cookie = browser.cookie
        assert cookie

        assert (await browser.post("/sign-out")).path == "/"

        browser.cookie = cookie
        assert (await browser.get("/me")).status == 303
    assert await do(node, "session.list") == []


async def test_a_reset_link_sets_a_new_password_once_and_ends_every_session(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as old, Browser(node) as new:
        link = (await do(node, "user.reset-link", name="amal"))["url"]
        path = link.removeprefix(node.urls.origin)
        assert (await new.get(path)).status == 200

        assert (await new.post(path, {"password": "ganz andere Wörter"})).status == 303

        assert (await new.get("/me")).status == 200
        assert (await old.get("/me")).status == 303
        assert (await new.post(path, {"password": "noch andere Wörter"})).status == 404
        assert (await old.sign_in("amal")).status == 403
        assert (await old.sign_in("amal", "ganz andere Wörter")).status == 303


async def test_a_recovery_code_from_paper_works_once(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as browser, Browser(node) as lost:
        shown = await browser.post("/me/codes")
        code = re.findall(r"<code>([0-9a-z-]{19})</code>", shown.text)[3]
        typed = code.upper().replace("-", " ").replace("0", "O")
        fields = {"name": "Amal", "code": typed, "password": "ganz andere Wörter"}

        assert (await lost.post("/recover", fields)).status == 303
        assert (await lost.get("/me")).status == 200
        assert (await browser.get("/me")).status == 303
        again = await lost.post("/recover", {**fields, "password": "noch andere Wörter"})
        assert (again.status, "do not belong together" in again.text) == (403, True)


async def test_a_code_from_paper_is_typed_once_even_if_the_new_password_is_refused(node: Node):
    async with Browser(node) as lost:
        fields = {"name": "amal", "code": "3918-4kmz-3j55-0zaz", "password": "kurz"}
        shown = await lost.post("/recover", fields)

        assert (shown.status, 'value="3918-4kmz-3j55-0zaz"' in shown.text) == (422, True)


async def test_a_changed_password_keeps_this_session_with_a_new_cookie_and_ends_the_others(
    node: Node,
):
    async with signed_in(node, "amal", Role.MEMBER) as here, Browser(node) as there:
        await there.sign_in("amal")
        before = here.cookie

        changed = await here.post(
            "/me/password", {"old": PASSWORD, "password": "ganz andere Wörter"}
        )

        assert changed.path == "/me"
        assert here.cookie != before
        assert (await here.get("/me")).status == 200
        assert (await there.get("/me")).status == 303
        wrong = await here.post("/me/password", {"old": "falsch", "password": "noch ganz andere"})
        assert (wrong.status, 'id="old-error"' in wrong.text) == (403, True)


async def test_sessions_are_listed_in_coarse_words_and_ended_one_by_one(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as here, Browser(node) as there:
        agent = "Mozilla/5.0 (Linux; Android 14; SM-A155F) Gecko/140 Firefox/140.0"
        await there.post("/sign-in", {"name": "amal", "password": PASSWORD}, User_Agent=agent)
        shown = await here.get("/me/sessions")
        (other,) = re.findall(
            r"Firefox, Android</bdi>.*?name=\"id\" value=\"(\w+)\"", shown.text, re.DOTALL
        )
        assert "SM-A155F" not in shown.text
        assert "127.0.0.1" not in re.sub(
            r"canonical.*|where.*|og:url.*|alternate.*", "", shown.text
        )

        assert (await here.post("/me/sessions/end", {"id": other})).path == "/me/sessions"

        assert (await there.get("/me")).status == 303
        assert (await here.get("/me")).status == 200


async def test_name_and_language_are_one_s_own_to_change(node: Node):
    await account(node, "lina", Role.MEMBER)
    async with signed_in(node, "amal", Role.MEMBER) as browser:
        taken = await browser.post("/me", {"name": "lina", "language": "de"})
        assert (taken.status, 'id="name-error"' in taken.text) == (422, True)

        assert (await browser.post("/me", {"name": "noor", "language": "ar"})).path == "/me"

        shown = await browser.get("/me")
        assert 'dir="rtl"' in shown.text
        assert "noor" in shown.text


async def test_whoever_asks_to_join_waits_until_somebody_answers(node: Node):
    async with Browser(node) as browser:
        # the door is closed where nobody opened it: as if there were none
        assert (await browser.get("/join")).status == 404
        await do(node, "user.sign-up", mode="approval")
        fields = {"name": "samira", "password": PASSWORD, "reason": "Ich koche gern."}
        # and while nobody is there who could answer
        assert (await browser.post("/join", fields)).status == 403

        async with signed_in(node, "amal", Role.AMBASSADOR) as desk:
            assert "few days" in (await browser.post("/join", fields)).text
            assert (await browser.sign_in("samira")).status == 403
            assert "People who ask to join" in (await desk.get("/desk")).text
            shown = await desk.get("/desk/people")
            assert "Ich koche gern." in shown.text
            (asking,) = [one for one in await do(node, "user.list") if one["pending"]]
            await desk.post("/desk/people/answer", {"id": asking["id"], "answer": "yes"})

        assert (await browser.sign_in("samira")).status == 303


async def test_whoever_is_turned_away_is_forgotten(node: Node):
    await do(node, "user.sign-up", mode="approval")
    async with signed_in(node, "amal", Role.AMBASSADOR) as desk, Browser(node) as browser:
        await browser.post("/join", {"name": "spam", "password": PASSWORD, "reason": "Kaufen!"})
        (asking,) = [one for one in await do(node, "user.list") if one["pending"]]
        await desk.post("/desk/people/answer", {"id": asking["id"], "answer": "no"})
    assert [one["name"] for one in await do(node, "user.list")] == ["amal"]


async def test_what_is_dangerous_asks_for_the_password_once_more(node: Node):
    lina = await account(node, "lina", Role.MEMBER)
    async with signed_in(node, "amal", Role.AMBASSADOR) as desk:
        node.clock = Later(timedelta(minutes=20))
        fields = {"id": lina.id, "role": "coordinator"}

        asked = await desk.post("/desk/people/role", fields)
        assert asked.path == "/me/confirm?next=/desk/people"
        assert (await desk.post("/me/confirm", {"password": "falsch"})).status == 403
        before = desk.cookie
        shown = await desk.post("/me/confirm", {"password": PASSWORD, "next": "/desk/people"})
        assert shown.path == "/desk/people"
        assert desk.cookie != before
        await desk.get("/desk/people")

        assert (await desk.post("/desk/people/role", fields)).path == "/desk/people"
    roles = {one["name"]: one["role"] for one in await do(node, "user.list")}
    assert roles == {"amal": "ambassador", "lina": "coordinator"}


async def test_the_desk_makes_invitations_and_reset_links_with_a_picture(node: Node):
    lina = await account(node, "lina", Role.MEMBER)
    async with signed_in(node, "amal", Role.AMBASSADOR) as desk, Browser(node) as guest:
        invited = await desk.post(
            "/desk/people/invite", {"role": "partner", "days": "3", "uses": "2"}
        )
        reset = await desk.post("/desk/people/reset", {"id": lina.id})

        for shown, title in ((invited, "You were invited"), (reset, "A new password")):
            (url,) = re.findall(r'class="token">([^<]+)<', shown.text)
            assert "<svg" in shown.text
            assert title in (await guest.get(url.removeprefix(node.urls.origin))).text


async def test_a_key_for_programs_is_shown_once_and_ended_by_its_owner_alone(node: Node):
    async with (
        signed_in(node, "amal", Role.AMBASSADOR) as amal,
        signed_in(node, "lina", Role.COORDINATOR) as lina,
    ):
        shown = await amal.post("/me/tokens", {"scope": "write", "label": "Website"})
        assert len(re.findall(r"josoor_[\w-]{43}", shown.text)) == 1
        assert "josoor_" not in (await amal.get("/me/tokens")).text
        (token,) = await do(node, "token.list")

        assert (await lina.post("/me/tokens/end", {"id": token["id"]})).status == 404
        assert not (await do(node, "token.list"))[0]["revoked"]
        await amal.post("/me/tokens/end", {"id": token["id"]})
        assert (await do(node, "token.list"))[0]["revoked"]
