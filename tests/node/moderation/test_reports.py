"""Reports between servers."""

from __future__ import annotations

import pytest

from node.errors import Conflict, Invalid, NotFound
from node.moderation import model
from tests.node.moderation.scenes import Scene
from tests.support.nodes import EVENT, do


def flag(scene: Scene, *objects: str, **more: object):
    """A Flag as Mastodon sends it: by the server's own actor, addressed to nobody."""
    actor = scene.good.actor("actor")
    report = scene.good.activity("Flag", actor, list(objects), **more)  # type: ignore[arg-type]
    del report["to"]
    return report


async def test_a_report_is_kept_as_plain_text_for_those_who_run_the_node(scene: Scene):
    event = (await do(scene.wien, "event.publish", document=EVENT))["id"]
    words = "<p>Spam!<script>alert(1)</script></p>\u202e"
    sent = flag(scene, scene.wien.urls.community, event, content=words)
    assert await scene.hears(scene.good, sent) == "done"
    (report,) = await do(scene.wien, "report.list")
    assert (report["host"], report["actor"]) == (scene.good.host, scene.wien.urls.community)
    assert report["objects"] == [scene.wien.urls.community, event]
    assert (report["content"], report["state"]) == ("Spam!", "open")
    told = {key: value for key, value in report.items() if key not in ("actor", "host")}
    assert scene.good.origin not in str(told)


async def test_the_same_report_twice_is_one(scene: Scene):
    sent = flag(scene, scene.wien.urls.community, content="Spam")
    await scene.hears(scene.good, sent)
    await scene.good.insists(scene.inbox, {**sent, "content": "Spam!"})
    await scene.settled()
    assert len(await do(scene.wien, "report.list")) == 1


async def test_what_is_not_ours_is_not_kept(scene: Scene):
    sent = flag(scene, "https://elsewhere.test/a", scene.bad.actor("carol"), content="Spam")
    assert await scene.hears(scene.good, sent) == "refused:not-about-us"
    mixed = flag(scene, "https://elsewhere.test/a", scene.wien.urls.community)
    assert await scene.hears(scene.good, mixed) == "done"
    (report,) = await do(scene.wien, "report.list")
    assert (report["objects"], report["content"]) == ([scene.wien.urls.community], "")


async def test_a_report_is_bounded_in_words_and_objects(scene: Scene):
    objects = [f"{scene.wien.urls.origin}/e/{number}" for number in range(200)]
    await scene.hears(scene.good, flag(scene, *objects, content="a" * 20_000))
    (report,) = await do(scene.wien, "report.list")
    assert (len(report["objects"]), len(report["content"])) == (50, 5000)


async def test_a_server_cannot_bury_us_in_reports(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("node.moderation.actions.MOST_OPEN_REPORTS", 2)
    outcomes = [
        await scene.hears(scene.good, flag(scene, scene.wien.urls.community)) for _ in range(3)
    ]
    assert outcomes == ["done", "done", "refused:reports-not-wanted"]
    assert model.MOST_OPEN_REPORTS == 100


async def test_reports_of_a_server_that_invents_them_can_be_refused(scene: Scene):
    await scene.block(scene.good.host, "limit", reject_reports=True)
    sent = flag(scene, scene.wien.urls.community)
    assert await scene.hears(scene.good, sent) == "refused:reports-not-wanted"


async def test_a_closed_report_is_listed_no_more(scene: Scene):
    await scene.hears(scene.good, flag(scene, scene.wien.urls.community))
    (report,) = await do(scene.wien, "report.list")
    closed = await do(scene.wien, "report.close", id=report["id"])
    assert (closed["state"], bool(closed["closed"])) == ("closed", True)
    assert await do(scene.wien, "report.list") == []
    assert await do(scene.wien, "report.list", all=True) == [closed]
    assert await do(scene.wien, "report.show", id=report["id"]) == closed
    with pytest.raises(Conflict):
        await do(scene.wien, "report.close", id=report["id"])
    with pytest.raises(NotFound):
        await do(scene.wien, "report.close", id="0" * 26)


async def test_dp09_a_report_of_ours_is_by_the_server_and_names_nobody(scene: Scene):
    carol = scene.bad.actor("carol")
    event = scene.bad.serve(scene.bad.event(carol))
    await do(scene.wien, "report.send", url=event, comment="Das ist Hetze.")
    (sent,) = await scene.bad.comes(carol, "Flag")
    assert sent["actor"] == scene.wien.urls.relay
    assert sent["object"] == [carol, event]
    assert sent["content"] == "Das ist Hetze."
    assert set(sent) == {"@context", "id", "type", "actor", "object", "content"}
    (kept,) = await do(scene.wien, "report.list")
    assert (kept["direction"], kept["host"]) == ("out", scene.bad.host)


async def test_a_report_of_ours_cannot_be_fetched_by_others(scene: Scene):
    carol = scene.bad.actor("carol")
    await do(scene.wien, "report.send", url=carol, comment="Spam")
    (sent,) = await scene.bad.comes(carol, "Flag")
    assert sent["object"] == [carol]
    assert (await scene.get(sent["id"]))[0] == 404


async def test_nothing_is_sent_about_what_is_ours_or_cannot_be_found(scene: Scene):
    for url in (scene.wien.urls.community, f"{scene.bad.origin}/nothing"):
        with pytest.raises((NotFound, Conflict)):
            await do(scene.wien, "report.send", url=url)
    with pytest.raises(Invalid):
        await do(scene.wien, "report.send", url="carol")
    assert await scene.count("outgoing") == 0


async def test_no_report_leaves_because_one_has_arrived(scene: Scene):
    await scene.hears(scene.good, flag(scene, scene.wien.urls.community))
    assert await scene.count("outgoing") == 0
