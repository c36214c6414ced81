"""The inbox (P1, P2, P16): signed POSTs verified, deduplicated and durably kept, per CPU second."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from keys.http_signatures import sign
from keys.keypair import make_rsa
from keys.message import Request
from keys.serialisation import public_pem

HOSTS = 200
"""So many peers send: of one host only 20 a second are taken in."""
BODY = 2048
_A_ROUND = 3000
_CONNECTIONS = 32
_RIVAL_ROUND = 200
_RIVAL = "--rival"
_DOOR = "--door"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_OVERLOAD_SECONDS = 6.0


def measure() -> rig.Json:
    """Activities per CPU second of the serving process, in V of the same run; the textbook way
    beside it; and what happens when three times as much comes as can be taken in."""
    key = make_rsa()
    figures: rig.Json = {}
    with peers(key) as port, rig.node_folder() as environ:
        environ["JOSOOR_PRIVATE_PEERS"] = "127.0.0.0/8"
        with _door_alone(environ) as server:
            figures |= _accepting(Posts(key, port, f"{environ['JOSOOR_ORIGIN']}/inbox", server))
        with rig.serving(environ) as server:
            posts = Posts(key, port, f"{environ['JOSOOR_ORIGIN']}/inbox", server)
            posts.send(HOSTS)
            cpu, wall = posts.timed(_A_ROUND)
            figures["inbox_and_intake_per_cpu_second"] = _A_ROUND / cpu
            figures |= overload(posts, _A_ROUND / wall)
    textbook = rival(key)
    figures["textbook_per_cpu_second"] = textbook
    figures["inbox_to_textbook"] = figures["inbox_per_cpu_second"] / textbook
    return figures


def _accepting(posts: Posts) -> rig.Json:
    posts.send(HOSTS)
    rates, v, walls = [], [], []
    for _ in range(rig.ROUNDS):
        v.append(verifications(posts.key))
        cpu, wall = posts.timed(_A_ROUND)
        rates.append(_A_ROUND / cpu)
        walls.append(_A_ROUND / wall)
    return {
        "V_verifications_per_cpu_second": statistics.median(v),
        "inbox_per_cpu_second": statistics.median(rates),
        "inbox_to_V": statistics.median(a / b for a, b in zip(rates, v, strict=True)),
        "inbox_per_second": statistics.median(walls),
    }


@contextmanager
def _door_alone(environ: dict[str, str]) -> Iterator[rig.Server]:
    """The node without its intake: what it takes to accept, and nothing of what comes after."""
    port = int(environ["JOSOOR_LISTEN"].rpartition(":")[2])
    process = subprocess.Popen([sys.executable, __file__, _DOOR], env=environ, cwd=rig.ROOT)
    _until_open(port)
    try:
        yield rig.Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


async def _serve_alone() -> None:
    from node.app import open_node  # noqa: PLC0415  only this process needs them
    from node.config import load_config  # noqa: PLC0415
    from node.serving import answering  # noqa: PLC0415

    config = load_config(os.environ)
    async with open_node(config) as node:
        async with answering(node, config.listen_host, config.listen_port):
            await asyncio.Event().wait()


def verifications(key: Any) -> float:
    """V: RSA-2048 verifications per CPU second."""
    public, text = key.public_key(), b"x" * 300
    value = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    begin = time.process_time()
    for _ in range(3000):
        public.verify(value, text, padding.PKCS1v15(), hashes.SHA256())
    return 3000 / (time.process_time() - begin)


@contextmanager
def peers(key: Any) -> Iterator[int]:
    """A server that is every peer of 127.x.y.z on its port: an actor `/u` with this key."""
    pem = public_pem(key.public_key())

    class Actors(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(actor(f"http://{self.headers['Host']}", pem)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/activity+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("0.0.0.0", 0), Actors)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


def actor(origin: str, pem: str) -> rig.Json:
    """The document of the one actor that an origin has."""
    me = f"{origin}/u"
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": me,
        "type": "Person",
        "preferredUsername": "u",
        "name": "Somebody",
        "inbox": f"{me}/inbox",
        "publicKey": {"id": f"{me}#main-key", "owner": me, "publicKeyPem": pem},
    }


def create(origin: str, number: int) -> bytes:
    """A Create of a note, about 2 kB."""
    me, note = f"{origin}/u", f"{origin}/n/{number}"
    activity: rig.Json = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{note}/activity",
        "type": "Create",
        "actor": me,
        "published": "2026-12-05T18:00:00Z",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [f"{me}/followers"],
        "object": {
            "id": note,
            "type": "Note",
            "attributedTo": me,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [f"{me}/followers"],
            "published": "2026-12-05T18:00:00Z",
            "url": note,
            "tag": [{"type": "Hashtag", "name": "#josoor", "href": f"{origin}/t/josoor"}],
            "content": "",
        },
    }
    missing = BODY - len(json.dumps(activity))
    activity["object"]["content"] = "<p>" + "Salam und Servus. " * (missing // 18) + "</p>"
    return json.dumps(activity).encode()


class Posts:
    """Signed requests as bytes, and a load that sends them over kept connections."""

    def __init__(self, key: Any, port: int, inbox: str, server: rig.Server) -> None:
        self.key = key
        self._port = port
        self._inbox = inbox
        self.server = server
        self._number = 0

    def prepared(self, number: int) -> list[bytes]:
        """So many new requests; a different peer each time."""
        return [self._one() for _ in range(number)]

    def _one(self) -> bytes:
        self._number += 1
        origin = f"http://127.1.{self._number % HOSTS}.1:{self._port}"
        body = create(origin, self._number)
        request = sign(
            Request(
                method="POST",
                url=self._inbox,
                headers=(("Content-Type", "application/activity+json"),),
                body=body,
            ),
            key_id=f"{origin}/u#main-key",
            key=self.key,
            now=datetime.now(UTC),
        )
        headers = dict(request.headers) | {"Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /inbox HTTP/1.1\r\n{lines}\r\n".encode() + body

    def send(self, number: int) -> None:
        """Send so many; each must be answered 202."""
        _statuses(self.prepared(number), self.server.port, must_be=202)

    def timed(self, number: int) -> tuple[float, float]:
        """CPU seconds of the server and seconds of the clock for so many."""
        requests = self.prepared(number)
        cpu, wall = rig.cpu_seconds(self.server.pid), time.monotonic()
        _statuses(requests, self.server.port, must_be=202)
        wall = time.monotonic() - wall
        return rig.cpu_seconds(self.server.pid) - cpu, wall


def _statuses(requests: Sequence[bytes], port: int, *, must_be: int) -> None:
    sockets = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(_CONNECTIONS)]
    for start in range(0, len(requests), _CONNECTIONS):
        batch = list(zip(sockets, requests[start : start + _CONNECTIONS], strict=False))
        for one, request in batch:
            one.sendall(request)
        for one, _ in batch:
            if (status := rig._read_answer(one)) != must_be:  # noqa: SLF001
                raise SystemExit(f"the inbox answered {status} instead of {must_be}")
    for one in sockets:
        one.close()


# --- three times too much ------------------------------------------------------------------------


def overload(posts: Posts, capacity: float) -> rig.Json:
    """What is accepted when three times the capacity comes, and how long that takes.

    Each request is sent at its time, whether or not earlier ones were answered.
    """
    before = rig.memory(posts.server.pid)["rss"]
    rate = 3 * capacity
    requests = posts.prepared(int(rate * _OVERLOAD_SECONDS))
    found = asyncio.run(_flood(requests, posts.server.port, rate))
    times = sorted(found["took"]) or [0.0]
    return {
        "overload_accepted_to_capacity": len(times) / _OVERLOAD_SECONDS / capacity,
        "overload_refused_with_retry_after": found["refused"],
        "overload_connections_reset": found["reset"],
        "overload_p99_ms": times[int(len(times) * 0.99) - 1] * 1000,
        "overload_rss_growth_mb": rig.memory(posts.server.pid)["rss"] - before,
    }


async def _flood(requests: Sequence[bytes], port: int, rate: float) -> rig.Json:
    loop = asyncio.get_running_loop()
    free: list[Connection] = []
    took: list[float] = []
    refused = 0
    begin = loop.time()

    reset = 0

    async def one(request: bytes) -> None:
        nonlocal refused, reset
        sent = loop.time()
        try:
            head, connection = await _exchange(request, port, free)
        except (OSError, asyncio.IncompleteReadError):
            reset += 1
            return
        free.append(connection)
        if b" 202 " in head[:20]:
            took.append(loop.time() - sent)
        elif b"Retry-After" in head:
            refused += 1

    async with asyncio.TaskGroup() as group:
        for number, request in enumerate(requests):
            if (wait := begin + number / rate - loop.time()) > 0:
                await asyncio.sleep(wait)
            if loop.time() - begin > _OVERLOAD_SECONDS:
                break
            group.create_task(one(request))
    return {"took": took, "refused": refused, "reset": reset}


async def _exchange(request: bytes, port: int, free: list[Connection]) -> tuple[bytes, Connection]:
    """The head of the answer, its body read, and the connection that is free again."""
    reader, writer = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return head, (reader, writer)


# --- the rival -----------------------------------------------------------------------------------


def rival(key: Any) -> float:
    """The textbook inbox, per CPU second: aiohttp, PyLD, the key parsed for each request, and a
    transaction of its own for each, in the manner of most servers written in Python."""
    port = rig.free_port()
    words = [sys.executable, __file__, _RIVAL, str(port), public_pem(key.public_key())]
    process = subprocess.Popen(words, cwd=rig.ROOT, stderr=subprocess.DEVNULL)
    _until_open(port)
    server = rig.Server(process.pid, port)
    posts = Posts(key, 80, f"http://127.0.0.1:{server.port}/inbox", server)
    posts.send(40)
    rates = []
    for _ in range(rig.ROUNDS):
        cpu, _ = posts.timed(_RIVAL_ROUND)
        rates.append(_RIVAL_ROUND / cpu)
    process.terminate()
    process.wait()
    return statistics.median(rates)


def _until_open(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the rival does not start")


def _textbook(port: int, pem: str) -> None:
    """The rival's process."""
    import sqlite3  # noqa: PLC0415  only the rival needs these
    import tempfile  # noqa: PLC0415

    from aiohttp import web  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    from pyld import jsonld  # noqa: PLC0415

    from activitypub.contexts import load  # noqa: PLC0415
    from keys.http_signatures import check, parse, verify  # noqa: PLC0415

    folder = tempfile.TemporaryDirectory()
    database = sqlite3.connect(f"{folder.name}/rival.db", isolation_level=None)
    database.execute("pragma journal_mode=wal")
    database.execute("pragma synchronous=full")
    database.execute("create table activity (id text primary key, body text)")

    def loader(url: str, _: Any = None) -> rig.Json:
        return {"contextUrl": None, "documentUrl": url, "document": load(url)}

    async def inbox(request: web.Request) -> web.Response:
        body = await request.read()
        message = Request(
            method="POST",
            url=f"http://127.0.0.1:{port}{request.raw_path}",
            headers=tuple(request.headers.items()),
            body=body,
        )
        signature = parse(message)
        check(message, signature, now=datetime.now(UTC), authorities={f"127.0.0.1:{port}"})
        public = load_pem_public_key(pem.encode())
        verify(message, signature, public)  # type: ignore[arg-type]
        document = json.loads(body)
        # so that a document means what it says, however its context spells it
        compacted = jsonld.compact(document, document["@context"], {"documentLoader": loader})
        database.execute("begin immediate")
        database.execute(
            "insert or ignore into activity values (?, ?)",
            (compacted["id"], json.dumps(compacted)),
        )
        database.execute("commit")
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/inbox", inbox)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    if sys.argv[1:2] == [_RIVAL]:
        _textbook(int(sys.argv[2]), sys.argv[3])
    elif sys.argv[1:2] == [_DOOR]:
        import uvloop

        uvloop.run(_serve_alone())
    else:
        rig.told(measure, __doc__ or "")
