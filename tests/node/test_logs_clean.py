"""Whatever happens, at DEBUG: no address, name, handle, secret or word of anybody is in the log."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from node.context import Context
from node.jobs import Jobs
from node.logs import start_logging
from node.people.model import Role
from node.services import Node
from node.web.middleware import Handler, tell_errors
from tests.node.conversations.talks import Talk, talking
from tests.support.browsers import PASSWORD, Browser, account
from tests.support.log_watch import logging_as_before
from tests.support.nodes import do, until

NEEDLE = "nadel7q"
"""In every name, word, password and header that somebody sends here."""
VISITOR = "127.0.0.77"
KEYS = re.compile(r"BEGIN [A-Z ]*KEY|josoor_[\w-]{20}|keyId=|Signature:|Bearer ")


class Log(io.StringIO):
    """What was written, and the secrets that must not be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[str] = {NEEDLE, VISITOR, PASSWORD}

    def kept(self, *secrets: str | None) -> None:
        """Things that only their owner knows."""
        self.secrets.update(each for each in secrets if each)

    def lines_with_secrets(self) -> list[str]:
        """Each line in which something stands that should not."""
        return [
            line
            for line in self.getvalue().splitlines()
            if KEYS.search(line) or any(each.lower() in line.lower() for each in self.secrets)
        ]


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """Everything that the process logs, at DEBUG; afterwards it logs as before."""
    written = Log()
    with logging_as_before():
        start_logging("debug", request.param, stream=written)
        yield written


@asynccontextmanager
async def visitor(node: Node) -> AsyncIterator[Browser]:
    """A browser at an address of its own, whose requests carry the needle."""
    async with Browser(node) as browser:
        await browser._session.close()
        browser._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(local_addr=(VISITOR, 0)),
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"User-Agent": f"Mozilla {NEEDLE}", "Referer": f"https://{NEEDLE}.example/"},
        )
        yield browser


async def comes_in(node: Node, log: Log) -> None:
    """Invited, joined, signed in wrongly and rightly, out, and back by a reset link."""
    joining = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    setup = (await do(node, "setup-link"))["url"].removeprefix(node.urls.origin)
    log.kept(joining.rpartition("/")[2], setup.rpartition("/")[2])
    async with visitor(node) as browser:
        assert (await browser.get(setup)).status == 200
        fields = {"name": f"{NEEDLE}.lina", "password": f"{NEEDLE} und Wörter"}
        assert (await browser.post(joining, fields)).status == 200
        log.kept(browser.cookie)
        await browser.get("/me")
        log.kept(browser.csrf)
        await browser.post("/me", {"name": f"{NEEDLE}.noor", "language": "de"})
        await browser.post("/sign-out")
        assert (await browser.sign_in(f"{NEEDLE}.nobody")).status == 403
        assert (await browser.sign_in(f"{NEEDLE}.noor", "falsch")).status == 403
        reset = await do(node, "user.reset-link", name=f"{NEEDLE}.noor")
        path = reset["url"].removeprefix(node.urls.origin)
        log.kept(path.rpartition("/")[2])
        assert (await browser.post(path, {"password": f"{NEEDLE} neue Wörter"})).status == 303
        codes = await browser.post("/me/codes")
        log.kept(*re.findall(r"<code>([0-9a-z-]{19})</code>", codes.text))
        for wrong in (f"/{NEEDLE}?x={NEEDLE}", f"/join/{NEEDLE}", f"/e/{NEEDLE}", f"/c/{NEEDLE}"):
            assert (await browser.get(wrong)).status == 404


async def answers(talk: Talk, log: Log) -> None:
    """Somebody says on the web that she comes, and changes her mind."""
    async with visitor(talk.wien) as browser:
        path = talk.event.removeprefix(talk.wien.urls.origin)
        shown = await browser.get(path)
        found = re.search(r'name="ticket" value="([^"]+)"', shown.text)
        assert found
        log.kept(found[1])
        fields = {"ticket": found[1], "answer": "yes", "name": f"{NEEDLE} Rosa"}
        assert (await browser.post(f"{path}/rsvp", fields)).status == 303
        assert (await browser.post(f"/rsvp/{found[1]}", {"answer": "take-back"})).status == 303
        assert (await browser.post(f"{path}/rsvp", {**fields, "ticket": NEEDLE})).status == 422


async def talks(talk: Talk) -> None:
    """Follows, replies, messages, lies and nonsense from another server."""
    anna = talk.person(f"{NEEDLE}-anna")
    await talk.there.follow(anna, talk.us)
    reply = await talk.replied(anna, f"<p>{NEEDLE} kommt</p>")
    await talk.approve(reply)
    await talk.answers(reply["id"], {"texts": {"de": f"Schön, {NEEDLE}!"}})
    await do(talk.wien, "network.follow", actor=anna)
    stolen = talk.there.activity("Delete", talk.person("mallory"), f"{anna}/{NEEDLE}")
    await talk.hears(stolen)
    headers = {"Content-Type": "application/activity+json", "Signature": f'keyId="{NEEDLE}"'}
    bodies = (f'{{"{NEEDLE}": ', f'["{NEEDLE}"]', json.dumps({**reply, "type": NEEDLE}))
    async with aiohttp.ClientSession() as session:
        for body in bodies:
            async with session.post(talk.inbox, data=body, headers=headers) as answer:
                assert answer.status in (400, 401, 403)
    talk.there.gone.add(f"/{NEEDLE}-anna")
    await talk.hears(talk.there.activity("Delete", anna, anna))


async def calls(node: Node, log: Log) -> None:
    """A program with a token: what is done, refused, broken."""
    made = await do(node, "token.create", user="amal", scope="admin", label=NEEDLE)
    log.kept(made["token"])
    headers = {"Authorization": f"Bearer {made['token']}", "Content-Type": "application/json"}
    bodies = (f'{{"name": "{NEEDLE}", "start": "gestern"}}', f"{{{NEEDLE}", f'["{NEEDLE}"]')
    async with aiohttp.ClientSession(headers=headers) as session:
        for body in bodies:
            async with session.post(f"{node.urls.origin}/api/v1/events", data=body) as answer:
                assert answer.status in (400, 422)
        lying = {"Authorization": f"Bearer {NEEDLE}"}
        async with session.get(f"{node.urls.origin}/api/v1/users", headers=lying) as answer:
            assert answer.status == 401


async def test_a_whole_life_leaves_nothing_of_anybody_in_the_log(
    tmp_path: Path, log: Log, capfd: pytest.CaptureFixture[str]
):
    async with talking(tmp_path) as talk:
        await account(talk.wien, "amal", Role.AMBASSADOR)
        await comes_in(talk.wien, log)
        await answers(talk, log)
        await talks(talk)
        await calls(talk.wien, log)
    log.write("".join(capfd.readouterr()))

    assert log.lines_with_secrets() == []
    assert "Delivery" in log.getvalue(), "the log is there, and tells of what was sent"


async def test_a_database_that_is_broken_tells_nothing_of_what_it_was_asked(
    tmp_path: Path, log: Log, capfd: pytest.CaptureFixture[str]
):
    async with talking(tmp_path) as talk:
        anna = talk.person(f"{NEEDLE}-anna")
        await talk.wien.act(_break)
        async with visitor(talk.wien) as browser:
            browser.cookie = NEEDLE
            assert (await browser.get("/me")).status == 503
            fields = {"ticket": f"{NEEDLE:x<32}", "answer": "yes", "name": NEEDLE}
            path = talk.event.removeprefix(talk.wien.urls.origin)
            assert (await browser.post(f"{path}/rsvp", fields)).status == 503
        await talk.there.send(talk.inbox, talk.there.activity("Follow", anna, talk.us))
        await until(lambda: _holds(log, "failed"))
    log.write("".join(capfd.readouterr()))

    assert log.lines_with_secrets() == []
    assert "storage trouble" in log.getvalue()


async def _break(context: Context) -> None:
    """The tables that half of the node's work needs are not found any more."""
    for table in ("participation", "delivery", "session", "follower"):
        await context.tx.run(f"alter table {table} rename to gone_{table}")


async def _holds(log: Log, word: str) -> bool:
    return word in log.getvalue()


@pytest.mark.expects_trouble
async def test_an_error_that_nobody_foresaw_is_told_by_its_class_alone(
    tmp_path: Path, log: Log, capfd: pytest.CaptureFixture[str]
):
    async def broken(request: web.Request) -> web.Response:
        raise ValueError(f"invalid literal: {await request.text()}")

    async def lost() -> None:
        raise KeyError(NEEDLE)

    jobs = Jobs()

    @jobs.every(timedelta(hours=1))
    async def failing(context: Context) -> None:
        raise LookupError(f"nobody is called {NEEDLE}") from ValueError(NEEDLE)

    async with talking(tmp_path) as talk, _server(broken) as url:
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{url}/{NEEDLE}?q={NEEDLE}", data=NEEDLE) as answer:
                assert answer.status == 500
                assert NEEDLE not in await answer.text()
        stop = asyncio.Event()
        running = asyncio.create_task(jobs.run(talk.wien.act, stop))
        forgotten = asyncio.create_task(lost(), name=NEEDLE)
        await until(lambda: _holds(log, "LookupError"))
        stop.set()
        await running
        assert forgotten.done()
        del forgotten
        gc.collect()
    log.write("".join(capfd.readouterr()))

    assert log.lines_with_secrets() == []
    for kind in ("ValueError", "LookupError", "KeyError"):
        assert kind in log.getvalue()


@asynccontextmanager
async def _server(handler: Handler) -> AsyncIterator[str]:
    """A server with one page, and our table of errors around it."""
    app = web.Application(middlewares=[tell_errors])
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
