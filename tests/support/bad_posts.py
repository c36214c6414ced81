"""Posts to the inbox of a node that are not to be believed, with what it answers to each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from apsig.rfc9421 import RFC9421Signer
from cryptography.hazmat.primitives.asymmetric import rsa

from keys.digests import content_digest
from node.services import Node
from tests.interop.peers.apsig_peer import ACTIVITY, ApsigPeer
from tests.support.signing import within_a_second

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
Headers: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class Post:
    """A POST as it leaves."""

    url: str
    body: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Scene:
    """Carol, and the node to which she writes."""

    carol: ApsigPeer
    wien: Node

    @property
    def inbox(self) -> str:
        return self.wien.urls.inbox(self.wien.urls.community)

    def follow(self, **changes: Any) -> bytes:
        activity = self.carol.activity("Follow", self.wien.urls.community)
        return json.dumps({**activity, **changes}).encode()

    def signed(self, body: bytes | None = None, **options: Any) -> Post:
        body = self.follow() if body is None else body
        return Post(self.inbox, body, self.carol.sign(self.inbox, body, **options))

    def dated(self, away: timedelta) -> Post:
        date = format_datetime(datetime.now(UTC) + away, usegmt=True)
        return self.signed(headers={"Content-Type": ACTIVITY, "Date": date})


def unsigned(it: Scene) -> Post:
    return Post(it.inbox, it.follow(), {"Content-Type": ACTIVITY})


def garbled(it: Scene) -> Post:
    post = it.signed()
    return Post(post.url, post.body, {**post.headers, "Signature": "keyId=carol; so there"})


def signed_twice(it: Scene) -> Post:
    post = it.signed()
    signature = post.headers["Signature"]
    return Post(post.url, post.body, {**post.headers, "Signature": f"{signature},{signature}"})


def by_another_key(it: Scene) -> Post:
    body = it.follow()
    post = it.signed(body)
    it.carol.key = OTHER_KEY
    headers = it.carol.sign(it.inbox, body)
    it.carol.key = KEY
    return Post(post.url, body, headers)


def by_rfc_9421(it: Scene, *also: str) -> Post:
    """As apsig does it, which covers no digest unless told to."""
    body, where = it.follow(), urlsplit(it.inbox)
    digest = {"content-digest": content_digest(body)}
    plain = {"Content-Type": ACTIVITY, "Date": format_datetime(datetime.now(UTC), usegmt=True)}
    signer = RFC9421Signer(KEY, it.carol.key_id)
    signer.sign_headers += also
    sent = {**plain, **digest, "Host": where.netloc}
    headers = within_a_second(lambda: signer.sign("POST", where.path, where.netloc, sent, body))
    made = {name: str(value) for name, value in headers.items()}
    return Post(it.inbox, body, made | digest)


def by_rfc_9421_without_digest(it: Scene) -> Post:
    return by_rfc_9421(it)


def by_rfc_9421_altered(it: Scene) -> Post:
    post = by_rfc_9421(it, "content-digest")
    return Post(post.url, post.body.replace(b'"Follow"', b'"Reject"'), post.headers)


def by_rfc_9421_with_a_flag(it: Scene) -> Post:
    post = by_rfc_9421(it, "content-digest")
    said = post.headers["Signature-Input"].replace('"content-digest"', '"content-digest";sf')
    return Post(post.url, post.body, {**post.headers, "Signature-Input": said})


def by_rfc_9421_to_another_inbox(it: Scene) -> Post:
    post = by_rfc_9421(it, "content-digest")
    return Post(it.wien.urls.shared_inbox, post.body, post.headers)


def by_both_schemes(it: Scene) -> Post:
    said = by_rfc_9421(it, "content-digest").headers["Signature-Input"]
    post = it.signed()
    return Post(post.url, post.body, {**post.headers, "Signature-Input": said})


def stale(it: Scene) -> Post:
    return it.dated(-timedelta(days=2))


def from_the_future(it: Scene) -> Post:
    return it.dated(timedelta(hours=1))


def altered(it: Scene) -> Post:
    post = it.signed()
    return Post(post.url, post.body.replace(b'"Follow"', b'"Reject"'), post.headers)


def altered_with_its_digest(it: Scene) -> Post:
    post, other = it.signed(), it.signed(it.follow(type="Reject"))
    return Post(post.url, other.body, {**post.headers, "digest": other.headers["digest"]})


def without_digest(it: Scene) -> Post:
    post = it.signed()
    rest = {name: value for name, value in post.headers.items() if name != "digest"}
    return Post(post.url, post.body, rest)


def digest_unsigned(it: Scene) -> Post:
    return it.signed(signed_headers=["(request-target)", "host", "date"])


def date_unsigned(it: Scene) -> Post:
    return it.signed(signed_headers=["(request-target)", "host", "digest"])


def for_another_host(it: Scene) -> Post:
    body, foreign = it.follow(), "http://berlin.test/c/wien/inbox"
    return Post(it.inbox, body, it.carol.sign(foreign, body))


def passed_on_from_another_host(it: Scene) -> Post:
    post = for_another_host(it)
    return Post(post.url, post.body, {**post.headers, "host": urlsplit(it.inbox).netloc})


def to_another_inbox(it: Scene) -> Post:
    post = it.signed()
    return Post(it.wien.urls.shared_inbox, post.body, post.headers)


def with_a_query(it: Scene) -> Post:
    post = it.signed()
    return Post(f"{post.url}?from=carol", post.body, post.headers)


def for_somebody_at_her_server(it: Scene) -> Post:
    return it.signed(it.follow(actor=f"{it.carol.origin}/u/anna"))


def for_somebody_elsewhere(it: Scene) -> Post:
    elsewhere = "http://127.0.0.1:9"
    return it.signed(it.follow(actor=f"{elsewhere}/u/anna", id=f"{elsewhere}/1"))


def with_an_id_elsewhere(it: Scene) -> Post:
    return it.signed(it.follow(id="https://berlin.test/1"))


def with_an_embedded_actor(it: Scene) -> Post:
    """The key comes along, so that nobody need ask the actor."""
    return it.signed(it.follow(actor={**it.carol.actor(), "id": f"{it.carol.origin}/u/anna"}))


def with_a_key_that_names_another(it: Scene) -> Post:
    """A document at Carol's server says that its key is Anna's, who does not know of it."""
    key_id, anna = f"{it.carol.origin}/keys/1", f"{it.carol.origin}/u/anna"
    pem = it.carol.actor()["publicKey"]["publicKeyPem"]
    it.carol.documents["/keys/1"] = {"id": key_id, "owner": anna, "publicKeyPem": pem}
    it.carol.documents["/u/anna"] = {**it.carol.actor(), "id": anna, "inbox": f"{anna}/inbox"}
    return it.signed(it.follow(actor=anna), key_id=key_id)


def with_a_key_of_another_server(it: Scene) -> Post:
    key_id = f"{it.carol.origin}/keys/1"
    it.carol.documents["/keys/1"] = {"id": key_id, "owner": "https://berlin.test/c/berlin"}
    return it.signed(key_id=key_id)


def with_our_own_key(it: Scene) -> Post:
    ours = it.wien.urls.community
    claimed = it.follow(actor=ours, id=f"{it.wien.urls.origin}/a/1")
    return it.signed(claimed, key_id=f"{ours}#main-key")


def compressed(it: Scene) -> Post:
    post = it.signed(gzip.compress(it.follow()))
    return Post(post.url, post.body, {**post.headers, "Content-Encoding": "gzip"})


def too_long(it: Scene) -> Post:
    body = it.follow()
    return it.signed(body + b" " * (1024 * 1024 + 1 - len(body)))


def in_utf_16(it: Scene) -> Post:
    return it.signed(it.follow().decode().encode("utf-16"))


def ending_early(it: Scene) -> Post:
    return it.signed(it.follow()[:-1])


def with_an_actor_twice(it: Scene) -> Post:
    return it.signed(it.follow().replace(b"{", b'{"actor": "https://berlin.test/x", ', 1))


def as_plain_json(it: Scene) -> Post:
    return it.signed(headers={"Content-Type": "application/json"})


UNASKED: list[tuple[Callable[[Scene], Post], int, str]] = [
    (unsigned, 401, "signature missing"),
    (garbled, 401, "signature malformed"),
    (signed_twice, 401, "signature malformed"),
    (by_rfc_9421_without_digest, 401, "not covered"),
    (by_rfc_9421_altered, 401, "digest mismatch"),
    (by_rfc_9421_with_a_flag, 401, "component refused"),
    (by_both_schemes, 401, "two schemes"),
    (stale, 401, "signature too old"),
    (from_the_future, 401, "signature too old"),
    (altered, 401, "digest mismatch"),
    (without_digest, 401, "digest mismatch"),
    (digest_unsigned, 401, "not covered"),
    (date_unsigned, 401, "not covered"),
    (for_another_host, 421, "wrong host"),
    (for_somebody_elsewhere, 401, "foreign key"),
    (with_an_id_elsewhere, 401, "foreign id"),
    (with_an_embedded_actor, 400, "malformed actor"),
    (with_our_own_key, 401, "our own key"),
    (compressed, 415, "content encoding refused"),
    (too_long, 413, "too large"),
    (in_utf_16, 400, "not json"),
    (ending_early, 400, "not json"),
    (with_an_actor_twice, 400, "not json"),
    (as_plain_json, 415, "content type refused"),
]
ASKED: list[tuple[Callable[[Scene], Post], int, str]] = [
    (by_another_key, 401, "signature invalid"),
    (altered_with_its_digest, 401, "signature invalid"),
    (passed_on_from_another_host, 401, "signature invalid"),
    (to_another_inbox, 401, "signature invalid"),
    (by_rfc_9421_to_another_inbox, 401, "signature invalid"),
    (with_a_query, 401, "signature invalid"),
    (for_somebody_at_her_server, 401, "not the actor"),
    (with_a_key_that_names_another, 401, "key not listed"),
    (with_a_key_of_another_server, 401, "foreign owner"),
]
