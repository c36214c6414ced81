"""A digest is one strict SHA-256 member over the bytes, or nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.digests import (
    check_content_digest,
    check_digest,
    content_digest,
    digest,
    read_base64,
    write_base64,
)
from keys.errors import DigestMismatch

RFC9530 = json.loads((pathlib.Path(__file__).parent / "vectors/rfc9530.json").read_text())
BODY = b'{"hello": "world"}'
GOOD = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="


def test_the_digest_is_that_of_the_draft() -> None:
    assert digest(BODY) == f"SHA-256={GOOD}"


@given(st.binary())
def test_every_digest_of_ours_is_accepted(body: bytes) -> None:
    check_digest(digest(body), body)
    with pytest.raises(DigestMismatch):
        check_digest(digest(body), body + b" ")


def test_the_name_of_the_algorithm_may_be_in_lower_case() -> None:
    check_digest(f"sha-256={GOOD}", BODY)
    with pytest.raises(DigestMismatch):
        check_digest(f"sha-256={GOOD}", BODY + b" ")


@pytest.mark.parametrize(
    "header",
    [
        "",
        GOOD,
        "SHA-256",
        "SHA-256=",
        "MD5=" + base64.b64encode(hashlib.md5(BODY).digest()).decode(),
        "SHA-1=" + base64.b64encode(hashlib.sha1(BODY).digest()).decode(),
        "SHA-512=" + base64.b64encode(hashlib.sha512(BODY).digest()).decode(),
        "SHA-256=" + base64.b64encode(hashlib.sha1(BODY).digest()).decode(),
        f"SHA-256={GOOD},SHA-256={GOOD}",
        f"SHA-256={GOOD}, MD5=AAAA",
        f"MD5=AAAA,SHA-256={GOOD}",
        f" SHA-256={GOOD}",
        f"SHA-256= {GOOD}",
        f"SHA-256={GOOD[:-1]}",
        f"SHA-256={GOOD}=",
        f"SHA-256={GOOD[:-2]}F=",
        f"SHA-256={GOOD[:10]}!{GOOD[10:]}",
        f"SHA-256={GOOD.replace('+', '-').replace('/', '_')[:-4]}BP_=",
        "SHA-256=é",
        f"SHA-256=:{GOOD}:",
    ],
)
def test_any_other_digest_is_refused(header: str) -> None:
    with pytest.raises(DigestMismatch):
        check_digest(header, BODY)


def test_the_digest_of_another_body_is_refused() -> None:
    with pytest.raises(DigestMismatch, match="not that of the body"):
        check_digest(digest(BODY), BODY + b" ")


@given(st.binary())
def test_base64_reads_what_it_wrote(data: bytes) -> None:
    assert read_base64(write_base64(data)) == data


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ=", "Q Q==", "QQ==\n", "QQ===", "=", "ＱＱ=="])
def test_lax_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        read_base64(text)


@pytest.mark.parametrize("vector", RFC9530["digests"], ids=lambda vector: vector["name"])
def test_the_digests_of_rfc_9530_are_accepted(vector: dict[str, str]) -> None:
    check_content_digest(vector["header"], vector["body"].encode())
    if vector["header"].startswith("sha-256"):
        assert content_digest(vector["body"].encode()) == vector["header"]


@given(st.binary())
def test_every_content_digest_of_ours_is_accepted(body: bytes) -> None:
    check_content_digest(content_digest(body), body)
    with pytest.raises(DigestMismatch):
        check_content_digest(content_digest(body), body + b" ")


@pytest.mark.parametrize(
    "header",
    [
        "",
        GOOD,
        "sha-256",
        "sha-256=",
        "sha-256=:",
        "sha-256=::",
        f"sha-256=:{GOOD}",
        f"sha-256={GOOD}:",
        f"sha-256={GOOD}",
        f"SHA-256=:{GOOD}:",
        f"SHA-256={GOOD}",
        f" sha-256=:{GOOD}:",
        f"sha-256=:{GOOD}: ",
        f"sha-256= :{GOOD}:",
        f"sha-256=:{GOOD}:;a=1",
        f"sha-256=:{GOOD}:, sha-256=:{GOOD}:",
        f"sha-512=:AAAA:, sha-256=:{GOOD}:",
        f"sha-256=:{GOOD}:, md5=:AAAA:",
        f"sha-256=:{GOOD[:-1]}:",
        f"sha-256=:{GOOD}=:",
        f"sha-256=:{GOOD[:-2]}F=:",
        f"sha-512=:{GOOD}:",
        "md5=:" + base64.b64encode(hashlib.md5(BODY).digest()).decode() + ":",
        "sha=:" + base64.b64encode(hashlib.sha1(BODY).digest()).decode() + ":",
        "sha-256=:" + base64.b64encode(hashlib.sha512(BODY).digest()).decode() + ":",
        "unixsum=:AAAA:",
        "sha-256=:é:",
    ],
)
def test_any_other_content_digest_is_refused(header: str) -> None:
    with pytest.raises(DigestMismatch):
        check_content_digest(header, BODY)


def test_the_content_digest_of_another_body_is_refused() -> None:
    for algorithm, read in (("sha-256", hashlib.sha256), ("sha-512", hashlib.sha512)):
        header = f"{algorithm}=:{write_base64(read(BODY).digest())}:"
        check_content_digest(header, BODY)
        with pytest.raises(DigestMismatch, match="not that of the body"):
            check_content_digest(header, BODY + b" ")
