"""Conversations through the JSON API and the command line, and what is forgotten of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from node import control
from node.cli import main
from node.context import Context
from node.conversations.forgetting import ASIDE_LIFE, WAITING_LIFE, forget_conversations
from node.ids import stamp
from tests.node.conversations.talks import Talk
from tests.support.nodes import do


class Api:
    """The JSON API for whoever has a token."""

    def __init__(self, talk: Talk, token: str) -> None:
        self._origin = f"{talk.wien.urls.origin}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession(headers=self._headers) as session,
            session.request(method, self._origin + path, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)


async def api_for(talk: Talk, scope: str) -> Api:
    if not any(row["name"] == "sara" for row in await do(talk.wien, "user.list")):
        await do(talk.wien, "user.create", name="sara", role="ambassador")
    made = await do(talk.wien, "token.create", user="sara", scope=scope, label="test")
    return Api(talk, made["token"])


async def test_a_reply_is_read_shown_answered_and_hidden_through_the_api(talk: Talk):
    note = await talk.replied(talk.person(), "<p>Gibt es Tee?</p>")
    api = await api_for(talk, "admin")
    status, rows = await api.ask("GET", "/conversations?state=held&kind=reply")
    assert (status, [row["id"] for row in rows]) == (200, [note["id"]])
    short = rows[0]["short_id"]
    assert rows[0]["text"] == "Gibt es Tee?"
    assert (await api.ask("POST", f"/conversations/{short}/approve"))[1]["state"] == "shown"
    words = {"in_reply_to": short, "texts": {"de": "Ja", "ar": "نعم"}}
    status, said = await api.ask("POST", "/answers", words)
    assert (status, said["texts"]) == (201, words["texts"])
    changed = await api.ask("PUT", f"/answers/{said['short_id']}", {"texts": "Viel"})
    assert changed[1]["texts"] == {"de": "Viel"}
    found = await api.ask("GET", f"/conversations/{short}")
    assert [each["id"] for each in found[1]["answers"]] == [said["id"]]
    assert (await api.ask("DELETE", f"/answers/{said['short_id']}"))[1]["state"] == "deleted"
    assert (await api.ask("POST", f"/conversations/{short}/hide"))[1]["state"] == "hidden"
    assert (await api.ask("POST", f"/conversations/{short}/hold"))[1]["state"] == "held"


async def test_the_rule_is_set_through_the_api(talk: Talk):
    api = await api_for(talk, "admin")
    assert (await api.ask("GET", "/conversations/rule"))[1]["rule"] == "first-held"
    assert (await api.ask("PUT", "/conversations/rule", {"rule": "open"}))[1]["rule"] == "open"
    assert (await api.ask("PUT", "/conversations/rule", {"rule": "maybe"}))[0] == 422


async def test_messages_are_not_for_every_token(talk: Talk):
    api = await api_for(talk, "write")
    assert (await api.ask("GET", "/conversations"))[0] == 403
    assert (await api.ask("GET", "/conversations/quotes"))[0] == 403


@pytest.mark.parametrize("asked", ["kind=x", "state=x", "before=x", "limit=x"])
async def test_a_question_that_means_nothing_is_refused(talk: Talk, asked: str):
    api = await api_for(talk, "admin")
    assert (await api.ask("GET", f"/conversations?{asked}"))[0] == 422


async def test_commands_say_the_same(talk: Talk):
    anna, environment = talk.person(), {"JOSOOR_DATA": str(talk.wien.config.data)}
    note = await talk.replied(anna, "<p>Hallo\u202e Wien</p>")
    warned = await talk.replied(anna, "<p>Brot</p>", summary="Essen")

    async def typed(*words: str, given: str = "") -> str:
        done = await asyncio.to_thread(
            CliRunner(env=environment).invoke, main, ["conversation", *words], input=given
        )
        assert done.exit_code == 0, done.output
        return done.output

    async with control.listening(talk.wien):
        assert "Hallo Wien" in await typed("held")
        assert "[Essen]" in await typed("show", warned["id"])
        assert await typed("rule") == "first-held (2 wait)\n"
        await typed("approve", note["id"])
        await typed("say", note["id"], "-", given="Bis *gleich*")
        await typed("say", note["id"], "-", given='{"texts": {"de": "Bis dann", "ar": "أهلا"}}')
        assert "Hallo" not in await typed("held")
    answers = (await talk.shown(note))["answers"]
    said = [{"de": "Bis *gleich*"}, {"de": "Bis dann", "ar": "أهلا"}]
    assert [each["texts"] for each in answers] == said


async def test_what_is_dealt_with_is_forgotten_after_a_while(talk: Talk):
    anna = talk.person()
    hidden, waits = await talk.replied(anna, "<p>Pfui</p>"), await talk.replied(anna)
    message = await talk.replied(anna, to=[talk.us], cc=[])
    for each in (hidden, message):
        await do(talk.wien, "conversation.hide", id=each["id"])

    async def grow_old(by: timedelta) -> None:
        async def work(context: Context) -> None:
            then = stamp(context.now - by - timedelta(hours=1))
            await context.tx.run("update reply set received = :then", then=then)
            await context.tx.run(
                "update reply set decided = :then where decided is not null", then=then
            )
            await forget_conversations(context)

        await talk.wien.act(work)

    await grow_old(ASIDE_LIFE)
    assert set(await talk.listed()) == {hidden["id"], waits["id"]}
    assert (await talk.shown(hidden))["html"] == ""
    assert (await talk.shown(waits))["html"] == "<p>Hallo</p>"
    await grow_old(WAITING_LIFE)
    assert await talk.listed() == [hidden["id"]]
