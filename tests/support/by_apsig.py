"""What the library of others signs for a neighbour, and what it makes of our signatures."""

from __future__ import annotations

import aiohttp
import orjson
from apsig.draft import Signer, Verifier
from apsig.exceptions import VerificationFailedError

from activitypub.names import ACTIVITY_JSON
from tests.support.neighbours import Arrival, Json, Neighbour, key_of
from tests.support.nodes import until


async def signed_follow(there: Neighbour, actor: str, followed: str) -> int:
    """How a Follow was answered once there was time for it; signed by apsig, not by us."""
    inbox = f"{followed}/inbox"
    body = orjson.dumps(there.activity("Follow", actor, followed))
    name = actor.rpartition("/")[2]
    headers = Signer(
        headers={"content-type": ACTIVITY_JSON},
        private_key=key_of(name),
        method="POST",
        url=inbox,
        key_id=f"{actor}#main-key",
        body=body,
    ).sign()

    async def answered() -> int | None:
        async with session.post(inbox, data=body, headers=headers) as answer:
            return answer.status if answer.status != 503 else None

    async with aiohttp.ClientSession() as session:
        return int(await until(answered))


async def believed(there: Neighbour, arrival: Arrival) -> bool:
    """Whether apsig believes what came, with the key that the sender's actor lists."""
    async with (
        aiohttp.ClientSession(headers={"Accept": ACTIVITY_JSON}) as session,
        session.get(arrival.document["actor"]) as answer,
    ):
        actor: Json = orjson.loads(await answer.read())
    headers = {name.lower(): value for name, value in arrival.headers.items()}
    assert f'keyId="{actor["publicKey"]["id"]}"' in headers["signature"]
    verifier = Verifier(
        public_pem=actor["publicKey"]["publicKeyPem"],
        method="POST",
        url=there.origin + arrival.path,
        headers=headers,
        body=arrival.body,
    )
    try:
        return verifier.verify(raise_on_fail=True) is not None
    except VerificationFailedError:
        return False
