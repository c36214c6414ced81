"""The inbox (P1, P2, P14, P16): signed POSTs verified, deduplicated and durably kept, per CPU
second; on a slow disk; and when three times as much comes as can be taken in."""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

sys.path.append(str(rig.ROOT / "bench"))  # behind our packages, for keys.py here is not `keys`
from _load import Load, in_a_process  # type: ignore[import-not-found]
from _posts import HOSTS, Posts, peers, verifications  # type: ignore[import-not-found]

from keys.keypair import make_rsa
from keys.serialisation import public_pem

_A_ROUND = 2000
_RIVAL_ROUND = 500
_BARE_TIMES = 5
_CONNECTIONS = 64
_MANY_CONNECTIONS = 192
_TIMES_TOO_MUCH = 3
_OVERLOAD_SECONDS = 5.0
_FSYNC_SECONDS = 0.005
_DOOR = "--door"
_SLOWLY = "--slowly"
_TEXTBOOK = str(rig.ROOT / "bench" / "_textbook.py")


def measure() -> rig.Json:
    """Activities per CPU second of the serving process, in V of the same rounds; a server that only
    answers and the textbook way beside it; a slow disk; three times too much."""
    key = make_rsa()
    with peers(key) as port, rig.node_folder() as environ:
        environ["JOSOOR_PRIVATE_PEERS"] = "127.0.0.0/8"
        posts = Posts(key, port, f"{environ['JOSOOR_ORIGIN']}/inbox")
        figures = _beside_others(key, posts, environ)
        figures |= _slow_disk(posts, environ)
        with rig.serving(environ) as server:
            figures |= _too_much(server, posts)
    return figures


def _beside_others(key: Any, posts: Posts, environ: Mapping[str, str]) -> rig.Json:
    """All servers run at once and take turns, so that neighbours disturb them alike."""
    bare_port, rival_port = rig.free_port(), rig.free_port()
    pem = public_pem(key.public_key())
    own = Posts(key, 80, f"http://127.0.0.1:{rival_port}/inbox")
    with (
        _door_alone(environ) as door,
        _started([_TEXTBOOK, str(bare_port)], bare_port) as bare,
        _started([_TEXTBOOK, str(rival_port), pem], rival_port) as rival,
    ):
        loads = {
            "inbox": Rounds(door, posts, _A_ROUND),
            "bare": Rounds(bare, posts, _A_ROUND, _BARE_TIMES),
            "textbook": Rounds(rival, own, _RIVAL_ROUND),
        }
        return _summed_up(*_taking_turns(key, loads))


class Rounds:
    """A server under load, round by round; each request is sent so many `times` in one."""

    def __init__(self, server: rig.Server, posts: Posts, number: int, times: int = 1) -> None:
        self._server = server
        self._posts = posts
        self._number = number
        self._times = times
        # Each peer is known before anything is measured; not all are asked at once.
        _send(server, posts.some(HOSTS), 8)

    def one(self) -> tuple[float, float]:
        """Requests per CPU second of the server, and per second of the clock."""
        requests = self._posts.some(self._number) * self._times
        cpu, wall = rig.cpu_seconds(self._server.pid), time.monotonic()
        _send(self._server, requests, _CONNECTIONS)
        wall = time.monotonic() - wall
        cpu = rig.cpu_seconds(self._server.pid) - cpu
        return len(requests) / cpu, len(requests) / wall


def _send(server: rig.Server, requests: Sequence[bytes], connections: int) -> None:
    load = Load(server.port, connections)
    load.send_all(requests)
    load.close()


def _taking_turns(
    key: Any, loads: Mapping[str, Rounds]
) -> tuple[list[float], dict[str, list[float]]]:
    v: list[float] = []
    rates: dict[str, list[float]] = {name: [] for name in loads}
    for _ in range(rig.ROUNDS):
        v.append(verifications(key))
        for name, load in loads.items():
            rates[name].append(load.one()[0])
    return v, rates


def _summed_up(v: list[float], rates: dict[str, list[float]]) -> rig.Json:
    def ratio(a: list[float], b: list[float]) -> float:
        return statistics.median(x / y for x, y in zip(a, b, strict=True))

    return {
        "V_verifications_per_cpu_second": statistics.median(v),
        **{f"{name}_per_cpu_second": statistics.median(each) for name, each in rates.items()},
        "inbox_to_V": ratio(rates["inbox"], v),
        "bare_to_V": ratio(rates["bare"], v),
        "inbox_to_bare": ratio(rates["inbox"], rates["bare"]),
        "inbox_to_textbook": ratio(rates["inbox"], rates["textbook"]),
    }


def _slow_disk(posts: Posts, environ: dict[str, str]) -> rig.Json:
    """The rate when each commit waits 5 ms longer, to that when it does not."""
    rates = []
    for slowly in ([], [_SLOWLY]):
        with _door_alone(environ, *slowly) as server:
            rounds = Rounds(server, posts, _A_ROUND)
            rates.append(statistics.median(rounds.one()[1] for _ in range(3)))
    return {"slow_disk_per_second": rates[1], "slow_disk_to_fast_disk": rates[1] / rates[0]}


def _too_much(server: rig.Server, posts: Posts) -> rig.Json:
    """Three times the capacity, over one connection of each of nearly two hundred peers.

    Who has no answer yet does not send again on the same connection (`held_back`).
    """
    rounds = Rounds(server, posts, _A_ROUND)
    capacity = statistics.median(rounds.one()[1] for _ in range(3))
    requests = posts.some(int(1.5 * capacity * _OVERLOAD_SECONDS))
    before = rig.memory(server.pid)["rss"]
    rate = _TIMES_TOO_MUCH * capacity
    found = in_a_process(server.port, _MANY_CONNECTIONS, rate, _OVERLOAD_SECONDS, requests)
    took = sorted(found["took"]) or [0.0]
    return {
        "capacity_with_intake_per_second": capacity,
        "overload_accepted_to_capacity": len(took) / _OVERLOAD_SECONDS / capacity,
        "overload_p50_ms": took[len(took) // 2] * 1000,
        "overload_p99_ms": took[int(len(took) * 0.99)] * 1000,
        "overload_put_off": found["later"],
        "overload_held_back": found["held_back"],
        "overload_other_answers": found["odd"],
        "overload_rss_growth_mb": rig.memory(server.pid)["rss"] - before,
    }


@contextmanager
def _door_alone(environ: Mapping[str, str], *words: str) -> Iterator[rig.Server]:
    """The node without its intake: what it takes to accept, and nothing of what comes after."""
    port = int(environ["JOSOOR_LISTEN"].rpartition(":")[2])
    with _started([__file__, _DOOR, *words], port, environ) as server:
        yield server


@contextmanager
def _started(
    words: Sequence[str], port: int, environ: Mapping[str, str] = os.environ
) -> Iterator[rig.Server]:
    process = subprocess.Popen(
        [sys.executable, *words], env=environ, cwd=rig.ROOT, stderr=subprocess.DEVNULL
    )
    try:
        _until_open(port)
        yield rig.Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _until_open(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a server does not start")


async def _serve_alone() -> None:
    from node.app import open_node  # noqa: PLC0415  only this process needs them
    from node.config import load_config  # noqa: PLC0415
    from node.serving import answering  # noqa: PLC0415

    config = load_config(os.environ)
    async with open_node(config) as node:
        async with answering(node, config.listen_host, config.listen_port):
            await asyncio.Event().wait()


def _make_slow() -> None:
    """Let each commit wait as on a slow disk, in its thread."""
    from node.storage.sqlite import SqliteDatabase  # noqa: PLC0415

    commit = SqliteDatabase._commit  # noqa: SLF001  where the disk is waited for

    def slow(self: SqliteDatabase) -> None:
        time.sleep(_FSYNC_SECONDS)
        commit(self)

    SqliteDatabase._commit = slow  # type: ignore[method-assign]  # noqa: SLF001


if __name__ == "__main__":
    if sys.argv[1:2] == [_DOOR]:
        import uvloop

        if _SLOWLY in sys.argv:
            _make_slow()
        uvloop.run(_serve_alone())
    else:
        rig.told(measure, __doc__ or "")
