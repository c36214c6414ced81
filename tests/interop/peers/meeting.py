"""How a node of ours and a peer come to know each other."""

from __future__ import annotations

from typing import Any

from node.services import Node
from tests.interop.peers.apsig_peer import ApsigPeer, Json, Judged
from tests.interop.peers.fedify_peer import FedifyPeer
from tests.support.nodes import do, until

SIGNED = {"(request-target)", "host", "date", "digest", "content-type"}


async def follow(carol: ApsigPeer, wien: Node) -> Json:
    """Carol finds our community by its handle and follows it; her Follow."""
    community = await carol.find(wien.urls.origin, wien.urls.account)
    asked = carol.activity("Follow", community["id"])
    assert await carol.send(community["inbox"], asked) == (202, {})
    return asked


async def be_followed(carol: ApsigPeer, wien: Node) -> None:
    """Our community finds Carol by her handle and follows her; she accepts."""
    await do(wien, "network.follow", actor=carol.handle)
    asked = valid(await carol.heard(lambda it: it["type"] == "Follow"))
    assert asked["object"] == carol.id
    accept = carol.activity("Accept", {**asked, "@context": None}, to=[wien.urls.community])
    assert await carol.send(f"{wien.urls.community}/inbox", accept) == (202, {})

    async def accepted() -> bool:
        following = await do(wien, "network.following")
        return [one["state"] for one in following if one["id"] == carol.id] == ["accepted"]

    await until(accepted)


async def befriend(dora: FedifyPeer, wien: Node, actor: str | None = None) -> Json:
    """Fedify follows our community (or another actor of ours); her Follow, once accepted."""
    asked = await dora.order("follow", actor=actor or wien.urls.community)

    async def accepted() -> bool:
        believed = (await dora.journal())["believed"]
        return any(it["type"] == "Accept" and it["object"]["id"] == asked["id"] for it in believed)

    await until(accepted)
    return asked


async def be_friended(dora: FedifyPeer, wien: Node, name: str = "dora") -> None:
    """Our community finds somebody on Fedify by her handle and follows her; she accepts."""
    await do(wien, "network.follow", actor=f"@{name}@{dora.host}")

    async def accepted() -> bool:
        following = await do(wien, "network.following")
        return [it["state"] for it in following if it["id"] == dora.person(name)] == ["accepted"]

    await until(accepted)


async def gone(wien: Node, id: str) -> bool:
    """Whether the thing is no longer in our timeline."""
    return all(it["id"] != id for it in await do(wien, "network.timeline"))


async def shown(wien: Node, id: str) -> Any:
    """The thing in our timeline, as soon as it is there."""

    async def there() -> Any:
        return next((it for it in await do(wien, "network.timeline") if it["id"] == id), None)

    return await until(there)


def valid(judged: Judged) -> Json:
    """The document, once apsig has found its signature valid and nothing was left unsigned."""
    assert judged.key_id is not None, judged.complaint
    assert judged.covered >= SIGNED
    return judged.document
