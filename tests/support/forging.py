"""Requests of which every byte is chosen, and signatures of both schemes made from scratch.

Nothing here is the product's own code: what it signs and what it believes is held against this.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm

from activitypub.names import ACTIVITY_JSON

US = "us.test"
CAVAGE = "(request-target) host date digest content-type"
RFC9421 = ('"@method"', '"@target-uri"', '"@authority"', '"content-digest"', '"content-type"')
Headers = tuple[tuple[str, str], ...]
Key = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A request as it leaves: `target` stands on the request line, headers go in their order."""

    target: str
    body: bytes
    headers: Headers
    method: str = "POST"

    def header(self, name: str) -> str:
        """All values of this name, joined."""
        return ", ".join(value for each, value in self.headers if each.lower() == name)

    def with_(self, **headers: str) -> Post:
        """With these headers in place of those; `content_type` becomes Content-Type."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in named)
        return replace(self, headers=kept + tuple(named.items()))

    def without(self, *names: str) -> Post:
        """Without these headers."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in names)
        return replace(self, headers=kept)

    def also(self, name: str, value: str) -> Post:
        """With one more line, whatever is there."""
        return replace(self, headers=(*self.headers, (name, value)))

    def raw(self) -> bytes:
        """The bytes; a length is added where none is told."""
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        names = {name.lower() for name, _ in self.headers}
        if names.isdisjoint({"content-length", "transfer-encoding"}):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + self.body


def post(target: str, activity: Any, *, host: str = US, now: datetime | None = None) -> Post:
    """An honest request, not yet signed; `activity` is a document or bytes."""
    body = activity if isinstance(activity, bytes) else orjson.dumps(activity)
    moment = format_datetime(now or datetime.now(UTC), usegmt=True)
    pairs = (("host", host), ("date", moment), ("content-type", ACTIVITY_JSON))
    return digested(Post(target=target, body=body, headers=pairs))


def digested(request: Post) -> Post:
    """With the digests of its body, in both spellings."""
    value = b64encode(hashlib.sha256(request.body).digest()).decode()
    return request.with_(digest=f"SHA-256={value}", content_digest=f"sha-256=:{value}:")


def signed_bytes(key: Key, text: bytes, digest: HashAlgorithm | None = None) -> bytes:
    """The signature over `text`, RSASSA-PKCS1-v1_5 or Ed25519."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(text)
    return key.sign(text, PKCS1v15(), digest or SHA256())


def cavage(
    request: Post,
    key: Key,
    key_id: str,
    *,
    covered: str = CAVAGE,
    algorithm: str = "rsa-sha256",
    target: str | None = None,
    created: Any = None,
    expires: Any = None,
    template: str = 'keyId="{key_id}",algorithm="{algorithm}"{times},headers="{covered}",'
    'signature="{signature}"',
    sign: Callable[[bytes], bytes] | None = None,
) -> Post:
    """The request with a Signature of the draft.

    `covered` is what is signed and what `{covered}` says; `target` is what is signed as the
    target; `created`, `expires` go into the parameters and are signed where covered.
    """
    derived = {
        "(request-target)": f"{request.method.lower()} {target or request.target}",
        "(created)": str(created),
        "(expires)": str(expires),
    }
    lines = [f"{name}: {derived.get(name, request.header(name))}" for name in covered.split()]
    value = (sign or (lambda text: signed_bytes(key, text)))("\n".join(lines).encode())
    times = {"created": created, "expires": expires}
    header = template.format(
        key_id=key_id,
        algorithm=algorithm,
        covered=covered,
        times="".join(f",{name}={at}" for name, at in times.items() if at is not None),
        signature=b64encode(value).decode(),
    )
    return request.with_(signature=header).without("content-digest")


def rfc9421(
    request: Post,
    key: Key,
    key_id: str,
    *,
    covered: tuple[str, ...] = RFC9421,
    created: Any = None,
    parameters: str = ';created={created};keyid="{key_id}"',
    label: str = "sig1",
    sign: Callable[[bytes], bytes] | None = None,
    values: Mapping[str, str] | None = None,
) -> Post:
    """The request with Signature-Input and Signature. Spec: RFC 9421 2.5, 4.

    `covered` are component identifiers as they are written, with parameters; `values` replace what
    is signed for one, `target_uri` for `"@target-uri"`.
    """
    moment = int(datetime.now(UTC).timestamp()) if created is None else created
    inside = f"({' '.join(covered)})" + parameters.format(created=moment, key_id=key_id)
    lines = [f"{name}: {_component(request, name, values or {})}" for name in covered]
    text = "\n".join([*lines, f'"@signature-params": {inside}']).encode()
    value = b64encode((sign or (lambda each: signed_bytes(key, each)))(text)).decode()
    return (
        request.without("digest")
        .also("Signature-Input", f"{label}={inside}")
        .also("Signature", f"{label}=:{value}:")
    )


def _component(request: Post, identifier: str, values: Mapping[str, str]) -> str:
    name, _, flags = identifier.partition(";")
    name = name.strip('"')
    plain = name.removeprefix("@").replace("-", "_")
    if plain in values:
        return values[plain]
    host = request.header("host")
    path, question, query = request.target.partition("?")
    derived = {
        "@method": request.method,
        "@target-uri": f"https://{host}{request.target}",
        "@authority": host,
        "@scheme": "https",
        "@path": path,
        "@query": question + query,
        "@request-target": request.target,
    }
    found = derived.get(name, request.header(name))
    return f":{b64encode(found.encode()).decode()}:" if "bs" in flags.split(";") else found


@dataclass(frozen=True, slots=True)
class Told:
    """What came back."""

    status: int
    head: str
    body: bytes

    @property
    def title(self) -> str:
        """The slug of a problem document, empty without one."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return ""
        return str(found.get("title", "")).replace(" ", "-")

    @property
    def verdict(self) -> tuple[int, str]:
        """The status and that slug."""
        return self.status, self.title


async def speak(port: int, data: bytes) -> Told:
    """What a server on loopback answers to these bytes."""
    # Not through the event loop: only the node's own connections are watched.
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=sock)
        writer.write(data)
        try:
            found = await asyncio.wait_for(reader.read(), 15)
        except ConnectionError:
            found = b""
        writer.transport.abort()
    head, _, body = found.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/") else 0
    return Told(status, head.decode("latin-1"), body)
