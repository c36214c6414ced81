"""What the software of others sends when somebody there replies, likes, shares or quotes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.node.conversations.talks import Talk
from tests.support.neighbours import Json

INTEROP = Path(__file__).parents[2] / "interop"
_OURS = "https://wien.josoor.example"


def sent(talk: Talk, name: str) -> Json:
    """A document of other software, as if its actor lived at the neighbour's and meant our event."""
    text = (INTEROP / f"{name}.json").read_text(encoding="utf-8")
    theirs = urlsplit(json.loads(text)["actor"])
    text = text.replace(f"{_OURS}/c/wien", talk.us)
    text = re.sub(rf"{_OURS}/e/1\b", talk.event, text)
    text = text.replace(f"{theirs.scheme}://{theirs.netloc}", talk.there.origin)
    document: Json = json.loads(text)
    talk.there.actor(theirs.path.lstrip("/"))
    return document


@pytest.mark.parametrize(
    ("name", "html", "language"),
    [
        ("mastodon/create_note_reply", "Ich komme", "de"),
        ("gotosocial/create_note", "<p>مرحبا</p>", "ar"),
        ("mobilizon/create_note_comment", "<p>Kann ich später kommen?</p>", None),
        ("friendica/create_note_reply", "Ich bringe Brot mit", "de"),
        ("hubzilla/create_note_reply", "Bin dabei", None),
        ("pixelfed/create_note_reply", "Wie schön", None),
        ("lemmy/create_note_comment", "<p>Danke für die Einladung</p>", "de"),
        ("misskey/create_note", "<p><span>Kuchen </span>:blobcat:</p>", None),
    ],
)
async def test_a_reply_of_any_software_is_taken_in(
    talk: Talk, name: str, html: str, language: str | None
):
    create = sent(talk, name)
    assert await talk.hears(create) == "done"
    found = await talk.shown(create["object"]["id"])
    assert (found["kind"], found["subject"], found["language"]) == ("reply", talk.event, language)
    assert html in found["html"]


async def test_misskeys_warning_picture_and_quote_are_kept(talk: Talk):
    create = sent(talk, "misskey/create_note")
    await talk.hears(create)
    found = await talk.shown(create["object"]["id"])
    assert found["warning"] == "Essen"
    assert [(link["kind"], link["words"]) for link in found["links"]] == [
        ("quote", ""),
        ("picture", "Apfelkuchen"),
    ]


@pytest.mark.parametrize("name", ["mastodon/like", "misskey/like", "pleroma/emoji_react"])
async def test_a_like_of_any_software_is_counted(talk: Talk, name: str):
    assert await talk.hears(sent(talk, name)) == "done"
    assert (await talk.read(f"{talk.event}/likes"))["totalItems"] == 1


async def test_mastodons_undo_takes_its_like_back(talk: Talk):
    for name in ("mastodon/like", "mastodon/undo_like"):
        assert await talk.hears(sent(talk, name)) == "done"
    assert (await talk.read(f"{talk.event}/likes"))["totalItems"] == 0


async def test_mastodons_boost_is_counted(talk: Talk):
    assert await talk.hears(sent(talk, "mastodon/announce")) == "done"
    assert (await talk.read(f"{talk.event}/shares"))["totalItems"] == 1


async def test_mastodon_may_quote(talk: Talk):
    request = sent(talk, "mastodon/quote_request_v4_5")
    assert await talk.hears(request) == "done"
    (accept,) = await talk.there.comes(request["actor"], "Accept")
    assert accept["object"]["id"] == request["id"]
    assert accept["object"]["instrument"] == request["instrument"]["id"]
    stamp = await talk.read(accept["result"])
    assert stamp["interactingObject"] == request["instrument"]["id"]
