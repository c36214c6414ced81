"""The life of a picture over HTTP: handed in, shown, replaced, gone with its event."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from PIL import Image

from node.errors import Invalid, NotFound
from node.media import store
from node.media.actions import UNUSED_LIFE, forget_unused
from node.media.folder import Folder, sweep, sweep_strays
from node.media.model import LARGEST_BODY
from node.services import Node
from tests.node.media.test_preparing import HOSTILE, SVG
from tests.support.nodes import EVENT, do, running, until
from tests.support.pictures import picture

Json = dict[str, Any]
ALT = {"de": "Ein Garten", "ar": "حديقة"}


@dataclass(frozen=True, slots=True)
class Wien:
    """A node, and a browser with a token."""

    node: Node
    session: ClientSession
    token: str

    async def post(self, data: Any, **how: Any) -> tuple[int, Json]:
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        url = f"{self.node.urls.origin}/api/v1/media"
        async with self.session.post(url, data=data, headers=headers, **how) as answer:
            return answer.status, await answer.json(content_type=None)

    async def status(self, url: str) -> int:
        async with self.session.get(url) as answer:
            await answer.read()
            return answer.status

    def files(self) -> list[Path]:
        return [path for path in (self.node.config.data / "media").rglob("*") if path.is_file()]


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Wien]:
    async with running(tmp_path / "wien", at_work=False) as node, ClientSession() as session:
        await do(node, "user.create", name="anna", role="ambassador")
        made = await do(node, "token.create", user="anna", scope="write")
        yield Wien(node, session, made["token"])


def base(body: bytes) -> str:
    return base64.b64encode(body).decode()


async def shown(wien: Wien, **more: Any) -> Json:
    """An event with a picture."""
    kept = await do(wien.node, "media.add", data=picture(), alt=ALT)
    document = {**EVENT, "picture": {"media": kept["id"], "alt": ALT}, **more}
    found: Json = await do(wien.node, "event.publish", document=document)
    return found


async def test_a_picture_as_the_body_is_kept_and_served_for_ever(wien: Wien):
    status, kept = await wien.post(
        picture(), headers={"Content-Type": "image/jpeg"}, params={"alt": '{"de": "Garten"}'}
    )

    assert status == 201
    assert kept["alt"] == {"de": "Garten"}
    async with wien.session.get(kept["url"]) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        tag = answer.headers["ETag"]
        assert Image.open(io.BytesIO(await answer.read())).size == (1280, 720)
    async with wien.session.get(kept["small_url"]) as answer:
        assert Image.open(io.BytesIO(await answer.read())).size == (480, 270)
    async with wien.session.get(kept["url"], headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304


async def test_a_form_with_a_file_and_words_does_the_same(wien: Wien):
    form = FormData()
    form.add_field("file", picture("PNG"), filename="../../etc/passwd", content_type="image/png")
    form.add_field("alt", "Garten")

    status, kept = await wien.post(form)

    assert (status, kept["alt"]) == (201, {"de": "Garten"})
    assert await wien.status(kept["url"]) == 200
    assert {path.parent.parent.name for path in wien.files()} == {"media"}


async def test_what_is_handed_in_twice_is_kept_once(wien: Wien):
    first = await wien.post(picture(), headers={"Content-Type": "image/jpeg"})
    second = await wien.post(picture(), headers={"Content-Type": "image/jpeg"})

    assert first[1]["id"] == second[1]["id"]
    assert len(wien.files()) == 2


@pytest.mark.parametrize("name", ["svg", "too many pixels", "truncated jpeg"])
async def test_a_hostile_picture_is_a_422_that_names_the_field(wien: Wien, name: str):
    status, problem = await wien.post(HOSTILE[name][0], headers={"Content-Type": "image/png"})

    assert (status, problem["errors"]) == (422, {"file": HOSTILE[name][1]})
    assert wien.files() == []


async def test_other_types_and_too_much_are_refused_before_anything_is_kept(wien: Wien):
    assert (await wien.post(SVG, headers={"Content-Type": "image/svg+xml"}))[0] == 415
    large = io.BytesIO(b"x" * (LARGEST_BODY + 1))
    assert (await wien.post(large, headers={"Content-Type": "image/png"}))[0] == 413
    assert wien.files() == []


@pytest.mark.parametrize("field", ["evil", "file[]"])
async def test_a_form_with_other_fields_is_refused(wien: Wien, field: str):
    form = FormData()
    form.add_field(field, b"x", filename="x.png", content_type="image/png")

    status, problem = await wien.post(form)
    assert (status, problem["errors"]) == (422, {field: "is not a field that we know"})


async def test_without_a_token_nobody_hands_anything_in(wien: Wien):
    url = f"{wien.node.urls.origin}/api/v1/media"
    async with wien.session.post(url, data=picture()) as answer:
        assert answer.status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/media/../josoor.db",
        "/media/%2e%2e%2fsecret.key",
        "/media/..%2f..%2fetc%2fpasswd.jpg",
        "/media/" + "0" * 26 + ".jpg",
        "/media/" + "0" * 26 + "-480.jpg",
        "/media/" + "0" * 26 + "-481.jpg",
        "/media/",
    ],
)
async def test_no_path_leads_out_of_the_pictures(wien: Wien, path: str):
    assert await wien.status(f"{wien.node.urls.origin}{path}") == 404


def test_only_a_digest_names_a_file(tmp_path: Path):
    for name in ("../josoor.db", "", "0" * 63, "0" * 64 + "/", "Z" * 64):
        with pytest.raises(ValueError, match="digest"):
            Folder(tmp_path).path(name)


async def test_an_event_shows_its_picture_with_words_in_each_language(wien: Wien):
    event = await shown(wien)

    async with wien.session.get(event["id"], headers={"Accept": "application/activity+json"}) as it:
        document = await it.json(content_type=None)
    (hung,) = document["attachment"]
    assert hung["name"] == "Ein Garten"
    assert await wien.status(hung["url"]) == 200
    async with wien.session.get(event["id"], params={"lang": "ar"}) as it:
        page = await it.text()
    assert 'alt="حديقة"' in page
    assert f'property="og:image" content="{hung["url"]}"' in page


async def test_an_event_cannot_show_what_is_not_there(wien: Wien):
    with pytest.raises(Invalid) as refused:
        document = {**EVENT, "picture": {"media": "0" * 26, "alt": ALT}}
        await do(wien.node, "event.publish", document=document)
    assert refused.value.fields == {"picture.media": "names no picture that was handed in here"}
    assert await do(wien.node, "event.list") == []


async def test_the_picture_of_a_deleted_event_is_gone_from_the_disk(wien: Wien):
    event = await shown(wien)
    url = wien.node.urls.media(event["picture"]["media"])
    assert len(wien.files()) == 2

    await do(wien.node, "event.delete", id=event["id"])

    assert await wien.status(url) == 404
    assert await sweep(wien.node.database, Folder(wien.node.config.data)) == 2
    assert wien.files() == []
    with pytest.raises(NotFound):
        await do(wien.node, "media.show", id=event["picture"]["media"])


async def test_another_picture_takes_the_place_of_the_first(wien: Wien):
    event = await shown(wien)
    other = picture("PNG", (300, 200))

    changed = await do(wien.node, "event.picture", id=event["id"], data=base(other), alt="Haus")

    assert changed["picture"]["alt"] == {"de": "Haus"}
    assert changed["picture"]["media"] != event["picture"]["media"]
    assert await sweep(wien.node.database, Folder(wien.node.config.data)) == 2
    assert len(wien.files()) == 1
    bare = await do(wien.node, "event.picture", id=event["id"])
    assert bare["picture"] is None
    await sweep(wien.node.database, Folder(wien.node.config.data))
    assert wien.files() == []


async def test_a_picture_without_words_is_refused_for_an_event(wien: Wien):
    event = await do(wien.node, "event.publish", document=EVENT)

    with pytest.raises(Invalid, match="alt: is missing"):
        await do(wien.node, "event.picture", id=event["id"], data=base(picture()))


async def test_what_two_events_show_stays_until_both_are_gone(wien: Wien):
    event = await shown(wien)
    media_id = event["picture"]["media"]
    document = {**EVENT, "picture": {"media": media_id, "alt": ALT}}
    second = await do(wien.node, "event.publish", document=document)

    await do(wien.node, "event.delete", id=event["id"])
    assert await wien.status(wien.node.urls.media(media_id)) == 200
    await do(wien.node, "event.delete", id=second["id"])
    assert await wien.status(wien.node.urls.media(media_id)) == 404


async def test_the_same_bytes_of_two_pictures_stay_as_long_as_one_is_there(wien: Wien):
    first = await shown(wien)
    second = await do(wien.node, "media.add", data=picture(), alt="Anders")

    await do(wien.node, "event.delete", id=first["id"])
    await sweep(wien.node.database, Folder(wien.node.config.data))

    assert await wien.status(second["url"]) == 200


async def test_what_nothing_shows_goes_after_a_day(wien: Wien):
    kept = await do(wien.node, "media.add", data=picture(), alt=ALT)
    await wien.node.act(forget_unused)
    assert await wien.status(kept["url"]) == 200

    old = wien.node.clock.now() - UNUSED_LIFE * 2
    await wien.node.act(
        lambda context: context.tx.run("update media set created = :old", old=old.isoformat())
    )
    await wien.node.act(forget_unused)
    assert await wien.status(kept["url"]) == 404


async def test_strays_of_a_broken_off_write_are_removed(wien: Wien):
    await do(wien.node, "media.add", data=picture(), alt=ALT)
    folder = Folder(wien.node.config.data)
    stray = folder.path("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    (stray.parent / f".{'ab' * 32}.77").write_bytes(b"x")

    later = wien.node.clock.now() + UNUSED_LIFE
    assert await sweep_strays(wien.node.database, folder, wien.node.clock.now()) == 0
    assert await sweep_strays(wien.node.database, folder, later) == 2
    assert len(wien.files()) == 2


async def test_a_working_node_sweeps_by_itself(tmp_path: Path):
    async with running(tmp_path / "wien") as node:
        kept = await do(node, "media.add", data=picture(size=(50, 50)), alt=ALT)
        await node.act(lambda context: store.remove(context.tx, kept["id"]))

        async def gone() -> bool:
            return not [path for path in (tmp_path / "wien/media").rglob("*") if path.is_file()]

        assert await until(gone)
