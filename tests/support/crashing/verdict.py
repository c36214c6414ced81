"""Whether a node that was killed so often has kept its promises."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from node.asking import ask
from node.config import load_config
from node.invariants import findings
from node.services import SystemClock
from node.storage.inspection import inspect
from tests.support.crashing.workload import Promise, World, living
from tests.support.neighbours import Arrival, Json, status

DRAIN = 120.0
"""Seconds within which everything must have arrived, once the peers are well again."""


async def drain(there: World) -> None:
    """Let the node live until nothing waits any more. Raises: TimeoutError."""
    for server in there.neighbours:
        server.answer = status(202)
    data = Path(there.environ["JOSOOR_DATA"])
    async with living(there), asyncio.timeout(DRAIN):
        while True:
            await ask(data, "queue.retry", {"all": True})
            await asyncio.sleep(0.3)
            found = await ask(data, "status", {})
            if not found["waiting"] and not found["inbox_waiting"]:
                return


async def broken(there: World) -> list[str]:
    """Every promise that was broken, in a sentence each; drained and stopped before."""
    return [
        *_lost_events(there),
        *_lost_arrivals(there),
        *_changed_repeats(there),
        *_disorder(there),
        *await _unsound(there),
    ]


async def _unsound(there: World) -> list[str]:
    """What `josoor doctor --invariants` would complain of."""
    url, now = load_config(there.environ).database, SystemClock().now()
    found = await inspect(url, lambda tx, engine: findings(tx, engine, now))
    return [f"{each.many} times not so: {each.says}" for each in found if each.many]


def figures(there: World) -> dict[str, Any]:
    """What happened in numbers."""
    arrivals = [
        (server.port, each.path, each.document["id"])
        for server in there.neighbours
        for each in server.arrivals
    ]
    distinct = set(arrivals)
    return {
        "kills": there.kills,
        "kills_by_moment": dict(sorted(there.ends.items())),
        "events_acknowledged": len(there.events),
        "activities_acknowledged": len(there.kept),
        "deliveries_arrived": len(distinct),
        "repeated_deliveries": len(arrivals) - len(distinct),
    }


def _lost_events(there: World) -> list[str]:
    """Every follower has the last acknowledged version of each event, or its Delete."""
    found: list[str] = []
    for server in there.neighbours:
        by_inbox: dict[str, list[Arrival]] = defaultdict(list)
        for arrival in server.arrivals:
            by_inbox[arrival.path].append(arrival)
        for follower in there.followers:
            if follower.startswith(server.origin):
                path = f"{follower.removeprefix(server.origin)}/inbox"
                found += _missing(path, by_inbox[path], there.events)
    return found


def _missing(path: str, arrivals: list[Arrival], events: dict[str, Promise]) -> list[str]:
    newest: dict[str, int] = {}
    deleted: set[str] = set()
    for arrival in arrivals:
        document = arrival.document
        about = document["object"]
        if document["type"] == "Delete":
            deleted.add(about["id"] if isinstance(about, dict) else about)
        elif document["type"] in ("Create", "Update") and about.get("type") == "Event":
            version = int(about["name"].rpartition(" ")[2])
            newest[about["id"]] = max(version, newest.get(about["id"], -1))
    lost = []
    for event in events.values():
        if event.deleted and event.id in newest and event.id not in deleted:
            lost.append(f"{path} was never told that {event.id} was deleted")
        elif not event.deletion_unsure and newest.get(event.id, -1) < event.version:
            lost.append(
                f"{path} has version {newest.get(event.id)} of {event.id}, not {event.version}"
            )
    return lost


def _lost_arrivals(there: World) -> list[str]:
    """What was answered 202 is in the database, and was taken up."""
    database = Path(there.environ["JOSOOR_DATA"]) / "josoor.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("select activity_id, state from inbox_activity").fetchall()
    connection.close()
    states = dict(rows)
    return [
        f"{each} was acknowledged and is {states.get(each, 'lost')}"
        for each in sorted(there.kept)
        if states.get(each) not in ("done", "unheard", "refused")
    ]


def _changed_repeats(there: World) -> list[str]:
    """A repeat to the same inbox has the same bytes."""
    bodies: dict[tuple[int, str, str], set[bytes]] = defaultdict(set)
    for server in there.neighbours:
        for arrival in server.arrivals:
            key = (server.port, arrival.path, arrival.document["id"])
            bodies[key].add(arrival.body)
    return [
        f"{path} got {activity} in {len(some)} forms"
        for (_, path, activity), some in bodies.items()
        if len(some) > 1
    ]


def _disorder(there: World) -> list[str]:
    """Among first arrivals, each inbox gets what concerns one event in its order."""
    found = []
    for server in there.neighbours:
        last: dict[tuple[str, str], tuple[int, int]] = {}
        seen: Counter[tuple[str, str]] = Counter()
        for arrival in server.arrivals:
            document = arrival.document
            about = document["object"]
            event = about["id"] if isinstance(about, dict) else about
            seen[arrival.path, document["id"]] += 1
            if seen[arrival.path, document["id"]] > 1:
                continue
            place = _place(document)
            if place is not None and place < last.get((arrival.path, event), (-1, -1)):
                found.append(f"{arrival.path} got {document['type']} of {event} out of order")
            if place is not None:
                last[arrival.path, event] = place
    return found


def _place(document: Json) -> tuple[int, int] | None:
    """Where in the life of an event this belongs; None when it is not about one."""
    about = document["object"]
    match document["type"]:
        case "Create" | "Update" if isinstance(about, dict) and about.get("type") == "Event":
            return (0 if document["type"] == "Create" else 1, int(about["name"].rpartition(" ")[2]))
        case "Delete":
            return (2, 0)
    return None
