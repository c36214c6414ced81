"""What an action has at hand: one transaction, the time, the addresses, the way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.ports import OutboxLog
from node.happenings import happenings
from node.ids import new_id
from node.storage.database import Transaction
from node.urls import Urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One transaction of the node; whatever is done through it is kept together or not at all."""

    tx: Transaction
    now: datetime
    urls: Urls
    outbox: OutboxLog

    def new_id(self) -> str:
        """An id for something that begins now."""
        return new_id(self.now)

    async def tell(self, fact: object) -> None:
        """Let the rooms hear what happened, before the transaction ends."""
        await happenings.tell(self, fact)
