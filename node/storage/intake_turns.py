"""Which kept activities an intake gets: hosts in turn, friends first, in order within a lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from node.storage.database import Row, Transaction

FRIENDS, STRANGERS = "0 ", "1 "
HOSTS_AT_ONCE = 32
STRANGERS_AT_MOST = 24
"""So many of theirs are in hand, or their slow servers could take every place from friends."""
WINDOW = 256
"""So many of a host are looked at; behind a longer queue in one lane its host waits."""

# An older one of the same sender about the same thing goes first. The texts below are put
# together from fixed parts; nothing of a peer's is in them.
FIRST_IN_LANES = (
    "not exists (select 1 from inbox_activity o where o.state = 'waiting' "
    "and o.lane in (a.lane, a.lane_too) and o.sequence < a.sequence) "
    "and not exists (select 1 from inbox_activity o where o.state = 'waiting' "
    "and o.lane_too in (a.lane, a.lane_too) and o.sequence < a.sequence)"
)
COLUMNS = (
    "a.sequence, a.activity_id, a.sender, a.host, a.kind, a.lane, a.lane_too, a.inbox, a.body, "
    "a.attempts, a.received_at, a.hint, a.turn"
)
_OF_TURN = (
    f"select {COLUMNS} from inbox_activity a where a.sequence in ("  # noqa: S608
    "select w.sequence from inbox_activity w where w.state = 'waiting' and w.turn = :turn "
    "and w.due_at <= :now and (w.lease is null or w.lease_until <= :now) "
    f"order by w.due_at, w.sequence limit {WINDOW}) "
    f"and a.state = 'waiting' and {FIRST_IN_LANES} order by a.due_at, a.sequence limit :limit"
)
# A leap from host to host over the index: a host with a long queue costs no more than another.
_TURNS = """
with recursive turns (turn) as (
    select min(turn) from inbox_activity where state = 'waiting' and turn > :after
    union all
    select (select min(n.turn) from inbox_activity n where n.state = 'waiting'
        and n.turn > turns.turn) from turns where turns.turn is not null
)
select turn from turns where turn is not null and turn < :before limit :limit
"""


class Turns:
    """Whose turn it is; remembered from one claim to the next."""

    def __init__(self, locked: str) -> None:
        self._locked = locked
        self._last = {FRIENDS: "", STRANGERS: ""}
        self._picked = 0

    async def choose(self, tx: Transaction, now: str, limit: int, per_host: int) -> list[Row]:
        """At most `limit` rows, at most `per_host` of a host with those in hand already."""
        hand = _Hand(await _in_hand(tx, now), limit, per_host)
        waiting = {kind: await self._hosts(tx, kind) for kind in (FRIENDS, STRANGERS)}
        while len(hand.taken) < limit and (waiting[FRIENDS] or waiting[STRANGERS]):
            kind = self._next_kind(waiting)
            turn = waiting[kind].pop(0)
            rows = await tx.rows(
                _OF_TURN + self._locked, turn=turn, now=now, limit=hand.share(waiting)
            )
            if hand.take(rows):
                self._last[kind] = turn
            if hand.full_of_strangers:
                waiting[STRANGERS].clear()
        return hand.taken

    def _next_kind(self, waiting: dict[str, list[str]]) -> str:
        """Three friends, then one stranger, as far as there are any."""
        self._picked += 1
        wanted = STRANGERS if self._picked % 4 == 0 else FRIENDS
        return wanted if waiting[wanted] else (FRIENDS if waiting[FRIENDS] else STRANGERS)

    async def _hosts(self, tx: Transaction, kind: str) -> list[str]:
        """Hosts of this kind that wait, from the one after the last that was served, then round."""
        found = await _turns(tx, kind, self._last[kind] or kind)
        if len(found) < HOSTS_AT_ONCE and self._last[kind]:
            found += [turn for turn in await _turns(tx, kind, kind) if turn not in found]
        return found[:HOSTS_AT_ONCE]


class _Hand:
    """What is in hand and what is added: in all, of each host, and about which things."""

    def __init__(self, held: Iterable[Row], limit: int, per_host: int) -> None:
        self._limit = limit
        self._per_host = per_host
        self._hosts: Counter[str] = Counter()
        self._things: set[str] = set()
        self._strangers = 0
        self.taken: list[Row] = []
        for row in held:
            self._hold(row)

    @property
    def full_of_strangers(self) -> bool:
        """Whether no more of strangers may be taken."""
        return self._strangers >= STRANGERS_AT_MOST

    def share(self, waiting: dict[str, list[str]]) -> int:
        """How many of the next host to look at, so that those after it get some as well."""
        hosts = 1 + sum(map(len, waiting.values()))
        return max(1, (self._limit - len(self.taken)) // hosts) + 2

    def take(self, rows: Sequence[Row]) -> int:
        """How many of these were taken."""
        before = len(self.taken)
        for row in rows:
            if len(self.taken) < self._limit and self._may(row):
                self._hold(row)
                self.taken.append(row)
        return len(self.taken) - before

    def _may(self, row: Row) -> bool:
        if row["turn"].startswith(STRANGERS) and self.full_of_strangers:
            return False
        return self._hosts[row["host"]] < self._per_host and self._things.isdisjoint(_things(row))

    def _hold(self, row: Row) -> None:
        self._hosts[row["host"]] += 1
        self._strangers += row["turn"].startswith(STRANGERS)
        self._things.update(_things(row))


def _things(row: Row) -> list[str]:
    """What the activity is about, whoever sent it."""
    lanes = (row["lane"], row["lane_too"] or row["lane"])
    return [lane.partition(" ")[2] for lane in lanes]


async def _in_hand(tx: Transaction, now: str) -> list[Row]:
    """What is leased now; sorted out here, so that the small index of leases is used."""
    rows = await tx.rows(
        "select host, lane, lane_too, turn, state, lease_until from inbox_activity "
        "where lease is not null"
    )
    return [row for row in rows if row["state"] == "waiting" and row["lease_until"] > now]


async def _turns(tx: Transaction, kind: str, after: str) -> list[str]:
    before = chr(ord(kind[0]) + 1)
    rows = await tx.rows(_TURNS, after=after, before=before, limit=HOSTS_AT_ONCE)
    return [row["turn"] for row in rows]
