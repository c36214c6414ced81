"""Tests of languages at the desk: what is not there, what is older than its original."""

from __future__ import annotations

import json

from node.services import Node
from tests.support.browsers import Browser
from tests.support.nodes import EVENT, do

COMPLETE = {
    "name": {"de": "Josoor Wien", "ar": "جسور فيينا", "en": "Josoor Vienna"},
    "description": {"de": "Nachbarn.", "ar": "جيران.", "en": "Neighbours."},
}


async def complete(node: Node) -> None:
    await do(node, "community.describe", document=COMPLETE)


async def test_where_every_text_is_complete_the_page_says_so(node: Node, amal: Browser):
    await complete(node)
    await do(node, "event.publish", document=EVENT)
    assert "in all our languages" in (await amal.get("/desk/languages")).text
    assert await do(node, "translation.list") == []


async def test_a_text_that_lacks_a_language_is_listed_with_the_way_to_its_form(
    node: Node, amal: Browser
):
    await complete(node)
    document = {**EVENT, "description": {"de": "Wir reden."}}
    made = await do(node, "event.publish", document=document)
    [gap] = await do(node, "translation.list")
    assert (gap["id"], gap["missing"], gap["outdated"]) == (made["short_id"], ["ar", "en"], [])
    text = (await amal.get("/desk/languages")).text
    assert f'href="/desk/events/{made["short_id"]}"' in text
    assert (await amal.get(f"/desk/events/{made['short_id']}")).status == 200


async def test_the_community_itself_can_lack_a_language(node: Node, amal: Browser):
    [gap] = await do(node, "translation.list")
    assert (gap["kind"], gap["missing"]) == ("community", ["ar", "en"])
    assert 'href="/desk/settings"' in (await amal.get("/desk/languages")).text


async def test_what_is_cancelled_or_over_needs_no_translation(node: Node):
    await complete(node)
    document = {**EVENT, "name": {"de": "Nur deutsch"}, "description": None}
    made = await do(node, "event.publish", document=document)
    await do(node, "event.cancel", id=made["id"], reason=None)
    past = {"start": "2024-12-05T18:00", "end": "2024-12-05T19:00"}
    await do(node, "event.publish", document={**document, **past})
    assert await do(node, "translation.list") == []


async def states(node: Node, event: str) -> dict[str, str]:
    """josoor:translationState of the document as it is served."""

    async def read(tx):
        row = await tx.row("select document from event where id = :id", id=event)
        return json.loads(bytes(row["document"]))["josoor:translationState"]

    return await node.look(read)


async def test_a_changed_original_leaves_its_translations_out_of_date_until_written_anew(
    node: Node, amal: Browser
):
    await complete(node)
    made = await do(node, "event.publish", document=EVENT)
    said = {**EVENT["description"], "de": "Wir reden und essen."}
    await do(node, "event.update", id=made["id"], document={**EVENT, "description": said})
    assert await states(node, made["short_id"]) == {
        "de": "human", "ar": "outdated", "en": "outdated",
    }  # fmt: skip
    assert "Older than the original in:" in (await amal.get("/desk/languages")).text
    said = {**said, "ar": "نتحدث ونأكل معاً."}
    await do(node, "event.update", id=made["id"], document={**EVENT, "description": said})
    [gap] = await do(node, "translation.list")
    assert gap["outdated"] == ["en"]


async def test_a_translation_that_is_still_right_is_confirmed_with_one_tap(
    node: Node, amal: Browser
):
    await complete(node)
    made = await do(node, "event.publish", document=EVENT)
    said = {**EVENT["description"], "de": "Wir reden!"}
    await do(node, "event.update", id=made["id"], document={**EVENT, "description": said})
    await amal.get("/desk/languages")
    for language in ("ar", "en", "en"):
        wanted = {"id": made["short_id"], "language": language}
        sent = await amal.post("/desk/languages/confirm", wanted)
        assert (sent.status, sent.path) == (303, "/desk/languages")
    assert set((await states(node, made["short_id"])).values()) == {"human"}
    assert await do(node, "translation.list") == []


async def test_another_place_or_time_leaves_every_translation_as_it_is(node: Node):
    await complete(node)
    made = await do(node, "event.publish", document=EVENT)
    await do(node, "event.update", id=made["id"], document={**EVENT, "end": "2031-12-05T22:00"})
    assert await do(node, "translation.list") == []
