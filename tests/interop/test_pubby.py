"""A weblog on pubby follows us and believes us; what it posts, we show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from node.services import Node
from tests.interop.peers import pubby_peer
from tests.interop.peers.controlled import Controlled, Json
from tests.interop.peers.meeting import gone, shown
from tests.interop.peers.present import installed
from tests.support.https import Street
from tests.support.nodes import EVENT, do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def blog(
    street: Street, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Controlled]:
    python = installed(pubby_peer.install)
    async with pubby_peer.pubby_peer(street, python, tmp_path_factory.mktemp("blog")) as running:
        yield running


def author(blog: Controlled) -> str:
    return f"{blog.origin}/ap/actor"


async def follow(blog: Controlled, vienna: Node) -> None:
    """The blog follows our community; it has believed our Accept."""
    community = vienna.urls.community
    await blog.order("act", type="Follow", object=community, to=[community])

    async def accepted() -> bool:
        return [community, True] in (await blog.ask("seen"))["accepted"]

    await until(accepted)


async def be_followed(blog: Controlled, vienna: Node) -> None:
    """Our community finds the blog by its handle and follows it; it accepts."""
    await do(vienna, "network.follow", actor=f"@blog@{blog.host}")

    async def accepted() -> bool:
        return [one["state"] for one in await do(vienna, "network.following")] == ["accepted"]

    async def with_us() -> bool:
        return vienna.urls.community in (await blog.ask("seen"))["followers"]

    await until(accepted)
    await until(with_us)


async def believed(blog: Controlled, kind: str, about: str) -> Json:
    """The activity of this kind about this thing, once pubby has found its signature valid."""

    async def there() -> Any:
        seen: list[Json] = (await blog.ask("seen"))["activities"]
        return next((it for it in seen if it["type"] == kind and about in str(it["object"])), None)

    return dict(await until(there))


async def test_pubby_follows_and_believes_the_life_of_an_event(vienna: Node, blog: Controlled):
    await follow(blog, vienna)
    assert [one["id"] for one in await do(vienna, "network.followers")] == [author(blog)]
    event = await do(vienna, "event.publish", document=EVENT)
    created = await believed(blog, "Create", event["id"])
    assert (created["actor"], created["object"]["type"]) == (vienna.urls.community, "Event")
    await do(vienna, "event.update", id=event["id"], document={**EVENT, "capacity": 12})
    updated = await believed(blog, "Update", event["id"])
    assert updated["object"]["maximumAttendeeCapacity"] == 12
    await do(vienna, "event.delete", id=event["id"])
    assert (await believed(blog, "Delete", event["id"]))["object"]["type"] == "Tombstone"


async def test_a_post_of_pubby_is_shown_changed_and_taken_away(vienna: Node, blog: Controlled):
    await be_followed(blog, vienna)
    posted = (await blog.order("publish", object={"content": "<p>Hallo Wien</p>"}))["object"]
    assert (await shown(vienna, posted["id"]))["author"] == author(blog)

    changed = {"id": posted["id"], "content": "<p>Servus Wien</p>"}
    await blog.order("publish", kind="Update", object=changed)

    async def new_words() -> bool:
        return "Servus" in (await shown(vienna, posted["id"]))["object"]["content"]

    await until(new_words)
    await blog.order("publish", kind="Delete", object={"id": posted["id"]})
    await until(lambda: gone(vienna, posted["id"]))


async def test_pubby_lets_us_go(vienna: Node, blog: Controlled):
    await be_followed(blog, vienna)
    await do(vienna, "network.unfollow", actor=f"@blog@{blog.host}")

    async def without_us() -> bool:
        return vienna.urls.community not in (await blog.ask("seen"))["followers"]

    assert await until(without_us)


async def replied(blog: Controlled, vienna: Node, event: str) -> str:
    """The id of a public reply of the blog to our event, which we have and show."""
    cc = [vienna.urls.community]
    words = {"content": "<p>Gibt es Kuchen?</p>", "in_reply_to": event, "cc": cc}
    said = str((await blog.order("publish", object=words))["object"]["id"])

    async def held() -> Any:
        return [one["id"] for one in await do(vienna, "conversation.list")] == [said]

    await until(held)
    await do(vienna, "conversation.approve", id=said)
    return said


async def interactions(blog: Controlled, target: str, *kinds: str) -> list[list[str]]:
    """What pubby shows under a post: kind, actor and content, as soon as it is of these kinds."""

    async def there() -> Any:
        found = (await blog.ask("seen", target=target))["interactions"]
        return (found,) if sorted(each[0] for each in found) == sorted(kinds) else None

    (found,) = await until(there)
    return list(found)


async def test_a_reply_of_pubby_is_answered_and_the_answer_shown_there(
    vienna: Node, blog: Controlled
):
    event = (await do(vienna, "event.publish", document=EVENT))["id"]
    said = await replied(blog, vienna, event)
    await do(vienna, "conversation.say", id=said, document={"texts": "Ja, viel!"})
    ((_, actor, content),) = await interactions(blog, said, "reply")
    assert actor == vienna.urls.community
    assert "Ja, viel!" in content


async def test_likes_and_shares_of_pubby_are_counted(vienna: Node, blog: Controlled):
    event = (await do(vienna, "event.publish", document=EVENT))["id"]
    for kind in ("Like", "Announce"):
        await blog.order("act", type=kind, object=event, to=[vienna.urls.community])
    accept = {"Accept": "application/activity+json"}
    for name in ("likes", "shares"):

        async def counted(url: str = f"{event}/{name}") -> bool:
            async with blog.session.get(url, headers=accept) as answer:
                assert answer.status == 200
                return bool((await answer.json(content_type=None))["totalItems"] == 1)

        await until(counted)


async def test_what_we_share_of_pubby_is_a_boost_there(vienna: Node, blog: Controlled):
    await be_followed(blog, vienna)
    await follow(blog, vienna)
    posted = (await blog.order("publish", object={"content": "<p>Brücken</p>"}))["object"]
    await shown(vienna, posted["id"])
    await do(vienna, "network.share", url=posted["id"])
    ((_, actor, _),) = await interactions(blog, posted["id"], "boost")
    assert actor == vienna.urls.community
    await do(vienna, "network.unshare", url=posted["id"])
    await interactions(blog, posted["id"])
