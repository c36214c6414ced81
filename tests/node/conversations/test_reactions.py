"""Likes and shares of our things: counted once for each actor, taken back, never with a name."""

from __future__ import annotations

import pytest

from node.conversations import reactions
from tests.node.conversations.talks import Talk
from tests.support.neighbours import Json
from tests.support.nodes import do


async def numbers(talk: Talk, thing: str | None = None) -> tuple[int, int]:
    """How many like and have shared a thing, as its collections say."""
    likes = await talk.read(f"{thing or talk.event}/likes")
    shares = await talk.read(f"{thing or talk.event}/shares")
    assert set(likes) == {"@context", "id", "type", "totalItems"}
    return likes["totalItems"], shares["totalItems"]


def reaction(talk: Talk, kind: str, actor: str, **more: object) -> Json:
    return talk.there.activity(kind, actor, talk.event, **more)


async def test_likes_emoji_and_shares_are_counted_once_for_each_actor(talk: Talk):
    anna, omar = talk.person(), talk.person("omar")
    for like in (
        reaction(talk, "Like", anna),
        reaction(talk, "Like", anna),
        reaction(talk, "EmojiReact", anna, content="🎉"),
        reaction(talk, "EmojiReact", omar, content="🎉"),
        reaction(talk, "Announce", omar),
    ):
        assert await talk.hears(like) == "done"
    assert await numbers(talk) == (2, 1)
    page = await talk.page(f"{talk.event}?lang=en")
    assert "2 people like this." in page
    assert "1 person has shared this." in page
    assert anna not in page


@pytest.mark.parametrize("kind", ["Like", "Announce", "EmojiReact"])
@pytest.mark.parametrize("by_id", [True, False])
async def test_what_is_undone_is_not_counted(talk: Talk, kind: str, by_id: bool):
    given = reaction(talk, kind, talk.person())
    await talk.hears(given)
    undone = given["id"] if by_id else {k: v for k, v in given.items() if k != "@context"}
    assert await talk.hears(talk.there.activity("Undo", given["actor"], undone)) == "done"
    assert await numbers(talk) == (0, 0)


async def test_nobody_undoes_the_like_of_another(talk: Talk):
    anna, eve = talk.person(), talk.person("eve")
    like = reaction(talk, "Like", anna)
    await talk.hears(like)
    forged = talk.there.activity("Undo", eve, like)
    assert await talk.hears(forged) == "refused:not-the-signers"
    await talk.hears(talk.there.activity("Undo", eve, {**like, "actor": eve}))
    assert await numbers(talk) == (1, 0)


async def test_an_undo_that_comes_first_keeps_the_like_away(talk: Talk):
    like = reaction(talk, "Like", talk.person())
    await talk.hears(talk.there.activity("Undo", like["actor"], like))
    assert await talk.hears(like) == "refused:undone"
    assert await numbers(talk) == (0, 0)


async def test_who_is_limited_is_not_counted_until_that_ends(talk: Talk):
    anna = talk.person()
    await talk.hears(reaction(talk, "Like", anna))
    await do(talk.wien, "block.add", target=talk.there.host, level="limit")
    await talk.hears(reaction(talk, "Like", talk.person("omar")))
    assert await numbers(talk) == (0, 0)
    await do(talk.wien, "block.remove", target=talk.there.host)
    assert await numbers(talk) == (2, 0)


async def test_one_server_cannot_give_any_number(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reactions, "MOST_REACTIONS_OF_HOST", 1)
    await talk.hears(reaction(talk, "Like", talk.person()))
    second = reaction(talk, "Like", talk.person("omar"))
    assert await talk.hears(second) == "refused:too-many-there"


async def test_what_is_not_ours_or_not_there_is_not_counted(talk: Talk):
    anna = talk.person()
    no_event = talk.event[:-1] + ("1" if talk.event.endswith("0") else "0")
    for about in (no_event, talk.us, talk.there.new_id()):
        assert await talk.hears(talk.there.activity("Like", anna, about)) == "refused:not-about-us"
    assert await talk.count("reaction") == 0


async def test_a_dislike_is_not_heard(talk: Talk):
    assert await talk.hears(reaction(talk, "Dislike", talk.person())) == "unheard"


async def test_an_answer_of_ours_can_be_liked(talk: Talk):
    said = await talk.answers(talk.event)
    await talk.hears(talk.there.activity("Like", talk.person(), said["id"]))
    assert await numbers(talk, said["id"]) == (1, 0)
