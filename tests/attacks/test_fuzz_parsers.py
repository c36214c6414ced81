"""The readers of bytes: for anything at all an answer, or one of the errors that they name."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activitypub import negotiation, nodeinfo, webfinger
from activitypub.errors import DocumentError, HandleRefused, UrlRefused
from activitypub.identity import Handle, host_of, origin_of
from activitypub.parsing import parse
from activitypub.registry import read, write
from activitypub.unfamiliar import is_unfamiliar, may_be_expanded, same_claim
from federation.errors import FederationError
from federation.inward.claims import claimed_host, read_claim
from federation.trust.ownership import keys_of
from keys import http_signatures, jcs, proofs
from keys.dates import read_date
from keys.errors import KeysError
from keys.jwk import read_jwk
from keys.linked_data import has_signature
from keys.message import Request
from keys.multibase import decode as decode_multibase
from keys.serialisation import read_multibase, read_public_pem
from node.i18n.languages import reader_languages
from node.text.sanitise import clean, plain, strip_bidi, web_link
from tests.support.corpus import ODD, bent, documents, examples, real_documents, written

fuzzed = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)
NAMES = ["@context", "id", "type", "actor", "object", "publicKey", "proof", "to", "attributedTo"]
NAMES += ["publicKeyPem", "owner", "assertionMethod", "publicKeyMultibase", "endpoints", "name"]
NAMES += ["links", "rel", "href", "software", "kty", "crv", "x", "y", "startTime", "location"]
OBJECTS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), JSON, max_size=8)
NOISE = st.sampled_from(list('\\"=;,:() \t{}[]<>@#?%/&-_.+0123456789azAZ\r\n\0é٣\u202e'))
TEXTS = st.text(max_size=300) | st.text(NOISE, max_size=300)
BYTES = st.binary(max_size=300) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _told(errors: type[Exception] | tuple[type[Exception], ...], work: Callable[[], object]) -> str:
    """The words of a refusal that the reader names; any other error is raised."""
    try:
        work()
    except errors as error:
        return str(error)
    return "read"


@fuzzed
@given(body=BYTES | JSON.map(written))
def test_bytes_are_a_document_or_refused(body: bytes) -> None:
    assert _told(DocumentError, lambda: parse(body))


OF_DOCUMENTS: dict[str, tuple[Any, Callable[[Any], object]]] = {
    "activitypub read": ((), lambda found: write(read(found))),
    "webfinger": ((), webfinger.read),
    "nodeinfo": ((), nodeinfo.read),
    "nodeinfo link": ((), nodeinfo.document_link),
    "nodeinfo application": ((), nodeinfo.application_link),
    "unfamiliar": ((), is_unfamiliar),
    "may be expanded": ((), may_be_expanded),
    "same claim": ((), lambda found: same_claim(found, found)),
    "claim": (FederationError, lambda found: read_claim(found, "0" * 64)),
    "keys of an actor": (FederationError, lambda found: keys_of(found, "https://eve.test/eve")),
    "proofs": (KeysError, proofs.read_proofs),
    "linked data": ((), has_signature),
    "jwk": (KeysError, read_jwk),
    "jcs": (KeysError, jcs.canonical),
}


@cache
def lies() -> list[dict[str, Any]]:
    """The same objects for every reader: making them takes longer than reading them."""
    return examples(OBJECTS, 120) + examples(bent(documents() + real_documents()), 150)


@pytest.mark.parametrize("reader", OF_DOCUMENTS)
def test_any_object_is_read_or_refused(reader: str) -> None:
    errors, work = OF_DOCUMENTS[reader]
    for found in lies():
        assert _told(errors, partial(work, copy.deepcopy(found)))


OF_TEXTS: dict[str, tuple[Any, Callable[[str], object]]] = {
    "host": (UrlRefused, host_of),
    "origin": (UrlRefused, origin_of),
    "handle": (HandleRefused, Handle.parse),
    "accept": ((), negotiation.wants_activity),
    "content type": ((), negotiation.is_activity),
    "languages": ((), lambda text: reader_languages(text, text, text)),
    "clean": ((), lambda text: clean(_whole(text))),
    "plain": ((), lambda text: plain(_whole(text))),
    "bidi": ((), strip_bidi),
    "link": ((), web_link),
    "date": (KeysError, read_date),
    "pem": (KeysError, read_public_pem),
    "multibase": (KeysError, decode_multibase),
    "multibase key": (KeysError, read_multibase),
    "signature": (KeysError, lambda text: _signature(signature=text)),
    "signature of RFC 9421": (
        KeysError,
        lambda text: _signature(signature_input=text, signature=text),
    ),
    "claimed host": ((), lambda text: claimed_host(_request(signature=f'keyId="{text}"'))),
}


def _whole(text: str) -> str:
    """The text without halves of characters, which no document can bring in."""
    return text.encode("utf-8", "replace").decode()


def _request(**headers: str) -> Request:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    pairs = (("Host", "us.test"), ("Date", "Sun, 01 Nov 2026 00:00:00 GMT"), *named)
    return Request(method="POST", url="https://us.test/inbox", headers=pairs, body=b"{}")


def _signature(**headers: str) -> object:
    request = _request(**headers)
    signature = http_signatures.parse(request)
    http_signatures.check(request, signature, now=NOW, authorities=frozenset({"us.test"}))
    return signature


@pytest.mark.parametrize("reader", OF_TEXTS)
@fuzzed
@given(text=TEXTS | st.sampled_from([each for each in ODD if isinstance(each, str)]))
def test_any_text_is_read_or_refused(reader: str, text: str) -> None:
    errors, work = OF_TEXTS[reader]
    assert _told(errors, lambda: work(text))


SIGNATURES = [
    'keyId="https://eve.test/eve#main-key",algorithm="rsa-sha256",'
    'headers="(request-target) host date digest",signature="YWJj"',
    'sig1=("@method" "@target-uri" "content-digest");created=1793491200;keyid="https://e.test/k"',
    "Sun, 01 Nov 2026 00:00:00 GMT",
    "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"; q=0.5, text/html",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----",
    "@wien@wien.example", "https://wien.example:8443/c/wien?x=y#z", "z6MkhaXgBZDvotDkL5257",
]  # fmt: skip


@st.composite
def _scratched(draw: st.DrawFn) -> str:
    """A good text with a few characters changed, doubled or dropped."""
    text = draw(st.sampled_from(SIGNATURES))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(text) - 1)))
        inserted = draw(NOISE | st.sampled_from(["", text[: place // 2]]))
        text = text[:place] + inserted + text[place + draw(st.integers(0, 2)) :]
    return text


@pytest.mark.parametrize("reader", OF_TEXTS)
@fuzzed
@given(text=_scratched())
def test_a_good_text_with_a_scratch_is_read_or_refused(reader: str, text: str) -> None:
    errors, work = OF_TEXTS[reader]
    assert _told(errors, lambda: work(text))


def _claim(body: bytes) -> object:
    return read_claim(parse(body), "")


def test_g21_no_bent_document_keeps_a_reader_busy() -> None:
    for found in lies():
        body = written(found)
        best = 1.0
        for _ in range(3):
            begun = time.thread_time()
            assert _told((DocumentError, FederationError), partial(_claim, body))
            best = min(best, time.thread_time() - begun)
            if best < 0.05:
                break
        assert best < 0.05, body[:300]
