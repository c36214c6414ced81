"""Signed POSTs of two hundred peers, and the peers themselves, who are asked for their keys."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from keys.http_signatures import sign
from keys.message import Request
from keys.serialisation import public_pem

HOSTS = 200
"""So many peers send: of one host only 20 a second are taken in."""
BODY = 2048
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
# As Mastodon writes it above each note.
_CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
    },
]


def verifications(key: Any) -> float:
    """V: RSA-2048 verifications per CPU second."""
    public, text = key.public_key(), b"x" * 300
    value = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    begin = time.process_time()
    for _ in range(5000):
        public.verify(value, text, padding.PKCS1v15(), hashes.SHA256())
    return 5000 / (time.process_time() - begin)


class _Actors(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


@contextmanager
def peers(key: Any) -> Iterator[int]:
    """A server that is every peer of 127.x.y.z on its port: an actor `/u` with this key."""
    pem = public_pem(key.public_key())

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(_actor(f"http://{self.headers['Host']}", pem)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/activity+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = _Actors(("0.0.0.0", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _actor(origin: str, pem: str) -> rig.Json:
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
    """A Create of a note, 2 kB, as Mastodon sends it."""
    me, note, at = f"{origin}/u", f"{origin}/n/{number}", "2026-12-05T18:00:00Z"
    told = {"published": at, "to": [_PUBLIC], "cc": [f"{me}/followers"]}
    thing: rig.Json = {"id": note, "type": "Note", "attributedTo": me, "url": note, **told}
    thing |= {"summary": None, "inReplyTo": None, "sensitive": False, "conversation": f"{note}#c"}
    thing["tag"] = [{"type": "Hashtag", "name": "#josoor", "href": f"{origin}/t/josoor"}]
    thing["content"] = ""
    activity: rig.Json = {"@context": _CONTEXT, "id": f"{note}/activity", "type": "Create"}
    activity |= {"actor": me, **told, "object": thing}
    missing = BODY - len(json.dumps(activity))
    thing["content"] = "<p>" + "Salam und Servus. " * (missing // 18) + "</p>"
    return json.dumps(activity).encode()


class Posts:
    """Requests to one inbox as bytes, each new, each by the next of the peers on `port`."""

    def __init__(self, key: Any, port: int, inbox: str) -> None:
        self._key = key
        self._port = port
        self._inbox = inbox
        self._number = 0

    def some(self, number: int) -> list[bytes]:
        """So many."""
        return [self._one() for _ in range(number)]

    def _one(self) -> bytes:
        self._number += 1
        origin = f"http://127.1.{self._number % HOSTS}.1:{self._port}"
        body = create(origin, self._number)
        headers = (("Content-Type", "application/activity+json"), ("User-Agent", "bench"))
        request = sign(
            Request(method="POST", url=self._inbox, headers=headers, body=body),
            key_id=f"{origin}/u#main-key",
            key=self._key,
            now=datetime.now(UTC),
        )
        pairs = [*request.headers, ("Content-Length", str(len(body)))]
        lines = "".join(f"{name}: {value}\r\n" for name, value in pairs)
        return f"POST /inbox HTTP/1.1\r\n{lines}\r\n".encode() + body
