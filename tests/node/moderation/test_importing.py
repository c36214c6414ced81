"""A list from elsewhere is merged with what was decided here, and the API does the same."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from node.errors import Invalid
from tests.node.moderation.scenes import Scene
from tests.support.nodes import do

HEADER = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


async def levels(scene: Scene) -> dict[str, str]:
    return {each["id"]: each["level"] for each in await do(scene.wien, "block.list")}


async def test_a_list_makes_rules_stricter_and_never_laxer(scene: Scene):
    await scene.block("strict.test", comment="von Hand")
    await scene.block("lax.test", "limit", comment="von Hand")
    await scene.block("friend.test", "trust")
    found = await do(
        scene.wien,
        "block.import",
        csv=HEADER + "strict.test,silence\nsub.strict.test,silence\nlax.test,suspend\n"
        "friend.test,suspend\nnew.test,suspend,,,Hetze\n",
    )
    assert {each["id"] for each in found["added"]} == {"lax.test", "new.test"}
    assert set(found["kept"]) == {"strict.test", "sub.strict.test", "friend.test"}
    assert await levels(scene) == {
        "strict.test": "suspend",
        "lax.test": "suspend",
        "friend.test": "trust",
        "new.test": "suspend",
    }
    (lax,) = [each for each in await do(scene.wien, "block.list") if each["id"] == "lax.test"]
    assert lax["comment"] == "von Hand"
    assert scene.wien.policy.blocked("www.new.test")


async def test_a_dry_run_tells_the_same_and_changes_nothing(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    text = f"{HEADER}{scene.bad.host},suspend\nev*l.test,suspend\n"
    dry = await do(scene.wien, "block.import", csv=text, dry_run=True)
    assert await levels(scene) == {}
    assert len(await do(scene.wien, "network.followers")) == 1
    wet = await do(scene.wien, "block.import", csv=text)
    for each in (dry, wet):
        assert each["followers_ended"] == 1
        assert [rule["id"] for rule in each["added"]] == [scene.bad.host]
        assert [line["entry"] for line in each["refused"]] == ["ev*l.test"]
    assert await do(scene.wien, "network.followers") == []


async def test_our_own_server_on_a_list_is_passed_over_by_name(scene: Scene):
    own = scene.wien.urls.authority
    found = await do(scene.wien, "block.import", csv=f"{own}\nevil.test\n")
    assert [each["entry"] for each in found["refused"]] == [own]
    assert await levels(scene) == {"evil.test": "suspend"}


async def test_accounts_are_looked_up_and_those_not_found_are_named(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    text = f"carol@{scene.bad.host}\nnobody@{scene.bad.host}\n"
    found = await do(scene.wien, "block.import", csv=text)
    assert [each["id"] for each in found["added"]] == [carol]
    assert [each["entry"] for each in found["refused"]] == [f"nobody@{scene.bad.host}"]
    exported = (await do(scene.wien, "block.export", actors=True))["csv"]
    assert exported.split() == [f"carol@{scene.bad.host}"]


async def test_what_was_exported_can_be_imported(scene: Scene):
    await scene.block("evil.test", reason='=1+1, "böse"\nund mehr')
    await scene.block("half.test", "limit")
    await scene.block("friend.test", "trust")
    text = (await do(scene.wien, "block.export"))["csv"]
    for target in ("evil.test", "half.test"):
        await do(scene.wien, "block.remove", target=target)
    await do(scene.wien, "block.import", csv=text)
    rules = {each["id"]: each for each in await do(scene.wien, "block.list")}
    assert {key: each["level"] for key, each in rules.items()} == {
        "evil.test": "suspend", "half.test": "limit", "friend.test": "trust",
    }  # fmt: skip
    assert rules["evil.test"]["reason"] == '=1+1, "böse"\nund mehr'


@pytest.mark.parametrize("text", [None, 7, "a\0b", "x" * (4 * 1024 * 1024 + 1)])
async def test_what_is_no_list_changes_nothing(scene: Scene, text: object):
    with pytest.raises(Invalid):
        await do(scene.wien, "block.import", csv=text)
    assert await levels(scene) == {}


async def test_the_api_does_what_the_commands_do(scene: Scene):
    await do(scene.wien, "user.create", name="maryam", role="ambassador")
    tokens = {
        scope: (await do(scene.wien, "token.create", user="maryam", scope=scope))["token"]
        for scope in ("write", "admin")
    }

    async def call(method: str, path: str, scope: str = "admin", **json: Any) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session:
            async with session.request(
                method,
                f"{scene.wien.urls.origin}/api/v1/{path}",
                json=json or None,
                headers={"Authorization": f"Bearer {tokens[scope]}"},
            ) as answer:
                return answer.status, await answer.json(content_type=None)

    assert (await call("GET", "blocks", "write"))[0] == 403
    assert (await call("POST", "blocks", target="evil.test", level="limit"))[0] == 201
    assert (await call("POST", "blocks", target="evil.test", name="x"))[0] == 422
    assert (await call("POST", "blocks", target="evil.test", level=7))[0] == 422
    assert [each["level"] for each in (await call("GET", "blocks"))[1]] == ["limit"]
    assert "silence" in (await call("GET", "blocks/export"))[1]["csv"]
    assert (await call("POST", "blocks/import", csv="evil.test"))[1]["added"]
    assert (await call("DELETE", "blocks?target=evil.test"))[0] == 200
    assert (await call("DELETE", "blocks?target=evil.test"))[0] == 404
    assert (await call("PUT", "blocks/mode", mode="allow-list"))[1]["mode"] == "allow-list"
    assert (await call("PUT", "blocks/mode", mode="nobody"))[0] == 422
    # two people decide that at the desk, and no token
    assert (await call("PUT", "blocks/mode", mode="open"))[0] == 409
    assert (await do(scene.wien, "block.mode", mode="open"))["mode"] == "open"
    assert (await call("GET", "reports"))[1] == []
    assert (await call("GET", f"reports/{'0' * 26}"))[0] == 404
    assert (await call("POST", "reports", url=scene.bad.actor("carol"), comment="x"))[0] == 201
    assert (await call("GET", "followers/pending"))[1] == []
    assert (await call("POST", "followers/approve", actor="https://a.test/a"))[0] == 404
