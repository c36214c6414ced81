"""Tests of one's own data as a file, and of leaving."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from node.context import Context
from node.members import exporting
from node.members.tables import csv_bytes
from node.people.model import Role
from node.rsvp.actions import answer
from node.rsvp.model import Answer, Door
from node.services import Node
from tests.support.browsers import Browser, Later, account, signed_in
from tests.support.members import follows, public_account, rows, written
from tests.support.neighbours import neighbour
from tests.support.nodes import EVENT, do


async def fetched(browser: Browser, path: str) -> tuple[int, bytes]:
    """The bytes of a file as this browser gets it."""
    url = f"{browser.node.urls.origin}{path}"
    cookies = {"session": browser.cookie or ""}
    async with (
        aiohttp.ClientSession(cookies=cookies) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.read()


async def link(browser: Browser) -> str:
    """The link to the file, once it is there."""
    await browser.get("/me/export")
    assert (await browser.post("/me/export")).status == 303
    await browser.node.act(exporting.make_next)
    text = (await browser.get("/me/export")).text
    return text.partition('href="/me/export/')[2].partition('"')[0]


def opened(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


async def test_the_file_holds_what_is_kept_of_her_and_no_key_password_or_name_of_others(
    node: Node, samira: Browser
):
    event = await do(node, "event.publish", document=EVENT)
    person = (await rows(node, "select id from person where name = 'samira'"))[0]["id"]

    async def come(context: Context) -> None:
        await answer(
            context,
            event["id"].rpartition("/")[2],
            party=f"member:{person}",
            answer=Answer.YES,
            door=Door.MEMBER,
            at=context.now,
            words="=1+1 ich bringe Brot",
        )

    await node.act(come)
    async with neighbour() as elsewhere:
        actor = await public_account(node, samira)
        anna = await follows(node, samira, elsewhere, actor)
        note = await written(elsewhere, samira, anna, "Nur für euch", "followers")
        host = elsewhere.host
    status, body = await fetched(samira, f"/me/export/{await link(samira)}")
    assert status == 200
    files = opened(body)
    outbox: dict[str, Any] = orjson.loads(files["outbox.json"])
    assert outbox["orderedItems"][0]["object"]["id"] == note["id"]
    assert orjson.loads(files["actor.json"])["id"] == actor
    assert table(files["followers.csv"])[1] == [f"anna@{host}"]
    assert table(files["following_accounts.csv"])[0] == [
        *("Account address", "Show boosts", "Notify on new posts", "Languages")
    ]
    assert table(files["participations.csv"])[1][4] == "'=1+1 ich bringe Brot"
    assert host in [row[0] for row in table(files["hosts.csv"])]
    assert table(files["consents.csv"])[1][:2] == ["fediverse", "yes"]
    assert b"everything" in files["README.txt"]
    whole = b"".join(files.values())
    kept = await rows(node, "select sealed from actor_key")
    secret = (await rows(node, "select password from person where name = 'samira'"))[0]["password"]
    for needle in (
        b"PRIVATE",
        b"$argon2",
        secret.encode(),
        *(bytes(row["sealed"]) for row in kept),
    ):
        assert needle not in whole


async def test_the_link_works_once_and_for_nobody_else(node: Node, samira: Browser):
    secret = await link(samira)
    await account(node, "omar", Role.AMBASSADOR)
    async with Browser(node) as omar:
        await omar.sign_in("omar")
        assert (await fetched(omar, f"/me/export/{secret}"))[0] == 404
    assert (await samira.ask("HEAD", f"/me/export/{secret}")).status == 404
    assert (await fetched(samira, f"/me/export/{secret}"))[0] == 200
    assert (await fetched(samira, f"/me/export/{secret}"))[0] == 404
    assert not await rows(node, "select id from member_export where content is not null")


async def test_a_link_is_too_old_after_two_days_and_the_file_is_dropped(
    node: Node, samira: Browser
):
    secret = await link(samira)
    node.clock = Later(timedelta(hours=49))
    assert (await fetched(samira, f"/me/export/{secret}"))[0] == 404
    await node.act(exporting.forget)
    assert not await rows(node, "select id from member_export")


async def test_data_is_put_together_once_a_day(samira: Browser):
    await samira.get("/me/export")
    assert (await samira.post("/me/export")).status == 303
    again = await samira.post("/me/export")
    assert again.status == 429
    assert int(again.headers["Retry-After"]) > 80_000


async def test_asking_for_ones_data_or_leaving_needs_the_password_again(
    node: Node, samira: Browser
):
    node.clock = Later(timedelta(minutes=16))
    for page in ("/me/export", "/me/leave", "/me/fediverse/begin"):
        assert (await samira.get(page)).path == f"/me/confirm?next={page}"


def test_no_cell_of_a_table_is_taken_for_a_formula():
    cells = ["=1", "+1", "-1", "@a", "\tx", "\rx", "a,b", 'say "so"', "zwei\nZeilen", None]
    body = csv_bytes(("Kopf", "Fuß"), [(cell, 1) for cell in cells])
    read = [row[0] for row in table(body)[1:]]
    assert read[:6] == ["'=1", "'+1", "'-1", "'@a", "'\tx", "'\rx"]
    assert read[6:] == ["a,b", 'say "so"', "zwei\nZeilen", ""]


async def test_whoever_leaves_with_regret_is_seen_by_nobody_until_then(node: Node, samira: Browser):
    await samira.get("/me/profile")
    await samira.post("/me/profile", {"name": "Samira", "visibility": "public"})
    page = f"/m/{(await rows(node, 'select id from profile'))[0]['id']}"
    await samira.get("/me/leave")
    shown = await samira.post("/me/leave", {"when": "later"})
    assert shown.status == 200
    async with Browser(node) as guest:
        assert (await guest.get(page)).status == 404
        assert (await guest.sign_in("samira")).status == 403
    assert (await rows(node, "select id from person where name = 'samira'")) != []
    await do(node, "user.keep", name="samira")
    async with Browser(node) as again:
        assert (await again.sign_in("samira")).status == 303


async def test_the_last_ambassador_cannot_leave_before_there_is_another(node: Node):
    async with signed_in(node, "chefin", Role.AMBASSADOR) as browser:
        await browser.get("/me/leave")
        assert (await browser.post("/me/leave", {"when": "now"})).status == 409
        assert (await browser.get("/me")).status == 200


async def test_the_command_writes_a_file_that_only_its_owner_reads_and_overwrites_none(
    node: Node, samira: Browser, tmp_path: Path
):
    target = tmp_path / "samira.zip"
    await do(node, "user.export", name="samira", file=str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    assert "account.json" in opened(target.read_bytes())
    with pytest.raises(Exception, match="there already"):
        await do(node, "user.export", name="samira", file=str(target))
