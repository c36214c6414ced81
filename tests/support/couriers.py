"""What tests of the courier share: clocks, a keyring of one key, and how a courier is employed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.outward.delivery import Courier
from federation.ports import Destination, SigningKey
from tests.support.outbox_logs import ACTOR, NOW, Logs
from tests.support.peers import Peer


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


class WallClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OneKey:
    """A keyring that holds the key of one actor."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self.key = key

    async def signing_key(self, actor: str, key_id: str | None = None) -> SigningKey:
        if actor != ACTOR:
            raise KeyError(actor)
        return SigningKey(id=f"{ACTOR}#main-key", key=self.key)


Employ = Callable[..., Courier]


def inbox_of(server: Peer, path: str = "/in") -> list[Destination]:
    return [Destination(inbox=server.url(path), host=server.host)]


async def finish(courier: Courier, logs: Logs, clock: HandClock) -> None:
    """Attempts until nothing waits, moving the clock to whatever is next."""
    for _ in range(1000):
        due = await logs.deliveries.next_due()
        if due is None:
            return
        clock.moment = max(clock.moment, due)
        await courier.step()
    raise AssertionError("It never came to an end.")
