"""Tests of the network at the desk: wishes to follow, followers, what arrived, what is shared."""

from __future__ import annotations

import re

from activitypub.names import PUBLIC
from node.network import shares
from node.network.model import Visibility
from node.network.shares import Share
from node.people.model import Role
from node.services import Node
from tests.node.desk import scenes
from tests.support.browsers import Browser, signed_in
from tests.support.neighbours import neighbour
from tests.support.nodes import do


async def share(node: Node, address: str) -> None:
    """Let the community share something, as if it had asked its author's server."""
    await node.act(
        lambda context: shares.add(
            context.tx,
            Share(
                object=address,
                author="https://berlin.example/c/berlin",
                announce_id=context.urls.activity(context.new_id()),
                wrapped_id=None,
                by_rule=False,
                at=context.now,
            ),
        )
    )


async def test_a_network_of_nobody_says_what_to_do_next(amal: Browser):
    assert "All servers to which we write answer." in (await amal.get("/desk/network")).text
    assert "Tell others our name" in (await amal.get("/desk/network/followers")).text
    assert 'href="/desk/following"' in (await amal.get("/desk/network/arrived")).text
    assert (
        "We do not share anything of others yet." in (await amal.get("/desk/network/shared")).text
    )


async def test_a_wish_to_follow_is_granted(node: Node, amal: Browser):
    await scenes.wish(node)
    page = (await amal.get("/desk/network")).text
    assert scenes.LOUD in page
    sent = await amal.post("/desk/network/approve", {"actor": scenes.LOUD})
    assert (sent.status, sent.path) == (303, "/desk/network")
    assert [each["id"] for each in await do(node, "network.followers")] == [scenes.LOUD]
    assert await do(node, "network.pending") == []
    assert scenes.LOUD in (await amal.get("/desk/network/followers")).text


async def test_a_wish_to_follow_is_refused_and_refusing_twice_is_no_error(
    node: Node, amal: Browser
):
    await scenes.wish(node)
    await amal.get("/desk/network")
    for _ in range(2):
        sent = await amal.post("/desk/network/refuse", {"actor": scenes.LOUD})
        assert (sent.status, sent.path) == (303, "/desk/network")
    assert await do(node, "network.pending") == []
    assert await do(node, "network.followers") == []


async def test_numbers_trusted_ones_and_rules_are_told(node: Node, amal: Browser):
    await scenes.followers(node, 3)
    await do(node, "block.add", target="friend.example", level="trust")
    await do(node, "block.add", target="loud.example", level="limit")
    text = (await amal.get("/desk/network")).text
    assert "3 followers" in text
    assert "friend.example" in text
    assert "1 limited" in text
    assert "loud.example" not in text


async def test_followers_are_paged_and_each_stands_on_one_page(node: Node, amal: Browser):
    await scenes.followers(node, 95)
    path, seen = "/desk/network/followers", []
    while path:
        text = (await amal.get(path)).text
        seen += re.findall(r"https://m\.example/users/u\d+", text.partition('rel="next"')[0])
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 95


async def test_what_arrived_is_paged_and_the_limited_are_marked(node: Node, amal: Browser):
    for number in range(23):
        await scenes.thing(node, number, Visibility.STAFF if number == 2 else Visibility.PUBLIC)
    text = (await amal.get("/desk/network/arrived")).text
    assert text.count("Arrived:") == 20
    assert text.count("Only people at the desk see this.") == 1
    more = re.search(r'rel="next" href="([^"]+)"', text)
    assert more
    rest = (await amal.get(more[1].replace("&amp;", "&"))).text
    assert rest.count("Arrived:") == 3
    assert "From the beginning" in rest
    assert "Suppe 22" in rest


async def test_what_a_limited_author_wrote_has_no_button_to_share_it(node: Node, amal: Browser):
    await scenes.thing(node, 0, Visibility.STAFF)
    assert "/desk/network/share" not in _forms((await amal.get("/desk/network/arrived")).text)


async def test_a_share_is_taken_back_from_either_list(node: Node, amal: Browser):
    for back, path in (("arrived", "/desk/network/arrived"), ("", "/desk/network/shared")):
        address = await scenes.thing(node)
        await share(node, address)
        assert "/desk/network/unshare" in _forms((await amal.get(path)).text)
        sent = await amal.post("/desk/network/unshare", {"url": address, "back": back})
        assert (sent.status, sent.path) == (303, path)
        assert await do(node, "network.shares") == []


async def test_a_post_of_others_is_shared_by_its_address(node: Node, amal: Browser):
    async with neighbour() as linz:
        post = linz.serve(
            {
                "id": linz.new_id(),
                "type": "Note",
                "attributedTo": linz.actor("anna"),
                "to": [PUBLIC],
                "content": "<p>Wer kocht mit?</p>",
                "published": "2026-06-01T10:00:00Z",
            }
        )
        await amal.get("/desk/network/shared")
        sent = await amal.post("/desk/network/share", {"url": post})
        assert (sent.status, sent.path) == (303, "/desk/network/shared")
        assert [each["id"] for each in await do(node, "network.shares")] == [post]
        assert post in (await amal.get("/desk/network/shared")).text


async def test_an_address_that_leads_nowhere_is_told_beside_the_field_and_kept(
    node: Node, amal: Browser
):
    await amal.get("/desk/network/shared")
    for typed in ("https://127.0.0.1:1/nothing", node.urls.origin + "/e/1", ""):
        shown = await amal.post("/desk/network/share", {"url": typed})
        assert shown.status in (404, 409, 422, 503), typed
        assert 'id="url-error"' in shown.text
        assert f'value="{typed}"' in shown.text or not typed


async def test_who_may_not_publish_shares_nothing(node: Node):
    async with signed_in(node, "omar", Role.MODERATOR) as browser:
        await browser.get("/desk")
        for path in ("/desk/network/share", "/desk/network/approve"):
            assert (await browser.post(path, {"url": "https://a.example/1"})).status == 404


def _forms(text: str) -> set[str]:
    return set(re.findall(r'action="([^"]+)"', text))
