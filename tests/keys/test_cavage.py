"""The grammar and the signing string of draft-cavage-12."""

from __future__ import annotations

import json
import pathlib
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from hypothesis import example, given
from hypothesis import strategies as st

from keys import http_signatures
from keys.cavage import LONGEST_HEADER, parse, sign, signing_string
from keys.errors import AlgorithmRefused, KeysError, NotCovered, SignatureMalformed
from keys.keypair import RSAPrivateKey, RSAPublicKey
from keys.message import Request
from keys.signature import LONGEST_KEY_ID, Scheme

VECTORS = json.loads(
    (pathlib.Path(__file__).parent / "vectors/draft-cavage-12-appendix-c.json").read_text()
)
REQUEST = Request(
    method=VECTORS["request"]["method"],
    url=VECTORS["request"]["url"],
    headers=tuple((name, value) for name, value in VECTORS["request"]["headers"]),
    body=VECTORS["request"]["body"].encode(),
)
GOOD = 'keyId="https://a.test/u#k",algorithm="rsa-sha256",headers="(request-target) host",signature="QQ=="'


@pytest.mark.parametrize("vector", VECTORS["signatures"], ids=lambda vector: vector["name"])
def test_the_signatures_of_appendix_c_are_made(vector: dict[str, str]) -> None:
    key = load_pem_private_key(VECTORS["private_pem"].encode(), None)
    assert isinstance(key, RSAPrivateKey)
    header = sign(REQUEST, vector["headers"].split(" "), key_id="Test", key=key)
    assert header == (
        f'keyId="Test",algorithm="rsa-sha256",headers="{vector["headers"]}",'
        f'signature="{vector["signature"]}"'
    )


@pytest.mark.parametrize("vector", VECTORS["signatures"], ids=lambda vector: vector["name"])
def test_the_signatures_of_appendix_c_are_proven(vector: dict[str, str]) -> None:
    key = load_pem_public_key(VECTORS["public_pem"].encode())
    assert isinstance(key, RSAPublicKey)
    header = f'keyId="Test",headers="{vector["headers"]}",signature="{vector["signature"]}"'
    request = REQUEST.with_headers([("Signature", header)])
    signature = http_signatures.parse(request)
    http_signatures.verify(request, signature, key)
    then = datetime(2014, 1, 5, 21, 32, tzinfo=UTC)
    if vector["covers_enough"]:
        http_signatures.check(request, signature, now=then, authorities={"example.com"})
    else:
        with pytest.raises(NotCovered):
            http_signatures.check(request, signature, now=then, authorities={"example.com"})


@pytest.mark.parametrize("filler", [" ", "\t", ",", "=", '"', "a", "\\", "a=1,"])
def test_a_hostile_header_takes_no_longer_than_its_length(filler: str) -> None:
    header = GOOD + filler * ((LONGEST_HEADER - len(GOOD)) // len(filler))
    begin = time.process_time()
    for _ in range(10):
        with pytest.raises(SignatureMalformed):
            parse(header)
    assert time.process_time() - begin < 0.1


def test_all_parameters_are_read() -> None:
    signature = parse(
        'keyId="https://a.test/u#k" ,\talgorithm="hs2019",created=1402170695,expires=1402170699,'
        'headers="(request-target) (created) (expires) Host",signature="QQ=="'
    )
    assert signature.scheme is Scheme.DRAFT_CAVAGE
    assert signature.key_id == "https://a.test/u#k"
    assert signature.algorithm == "hs2019"
    assert signature.covered == ("(request-target)", "(created)", "(expires)", "host")
    assert signature.created == datetime(2014, 6, 7, 19, 51, 35, tzinfo=UTC)
    assert signature.expires == datetime(2014, 6, 7, 19, 51, 39, tzinfo=UTC)
    assert signature.value == b"A"


def test_absent_headers_mean_date_and_an_absent_algorithm_hs2019() -> None:
    signature = parse('keyId="k",signature="QQ=="')
    assert signature.covered == ("date",)
    assert signature.algorithm == "hs2019"
    assert signature.created is None


def test_an_empty_list_covers_nothing() -> None:
    assert parse(GOOD.replace("(request-target) host", "")).covered == ()


def test_unknown_parameters_are_ignored() -> None:
    assert parse(GOOD + ',opaque="x",version=2') == parse(GOOD)


@pytest.mark.parametrize(
    "label",
    ["hmac-sha256", "none", "", "rsa-sha1", "rsa-md5", "rsa-sha512", "ed25519", "RSA-SHA256"],
)
def test_other_algorithms_are_refused(label: str) -> None:
    with pytest.raises(AlgorithmRefused):
        parse(GOOD.replace("rsa-sha256", label))


@pytest.mark.parametrize("name", ["(created)", "(expires)"])
@pytest.mark.parametrize("parameter", ["", ",created=1402170695,expires=1402170699"])
def test_created_and_expires_need_hs2019(name: str, parameter: str) -> None:
    with pytest.raises(SignatureMalformed, match="hs2019"):
        parse(GOOD.replace("host", name) + parameter)


@pytest.mark.parametrize(
    "parameter",
    [
        'keyId="https://victim.test/u#k"',
        'keyid="https://victim.test/u#k"',
        'KEYID="x"',
        'headers="date"',
        'signature="QQ=="',
        'algorithm="hs2019"',
        'opaque="a",opaque="b"',
        "created=1,created=2",
    ],
)
def test_no_parameter_may_come_twice(parameter: str) -> None:
    for header in (f"{GOOD},{parameter}", f"{parameter},{GOOD}"):
        with pytest.raises(SignatureMalformed, match="twice"):
            parse(header)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        ",",
        "Signature " + GOOD,
        " " + GOOD,
        GOOD + ",",
        GOOD + " ",
        GOOD + ",,created=1",
        GOOD + f',opaque="{"x" * 4096}"',
        GOOD + ',created=1"x',
        GOOD + ',opaque="x',
        GOOD + ',opaque="x"y"',
        GOOD + ',opaque="x""y"',
        GOOD + ',opaque="x\\"y"',
        GOOD + ',opaque="\\x"',
        GOOD + ',opaque="ü"',
        GOOD + ',opaque="\0"',
        GOOD + ',opaque="\t"',
        GOOD + ',opaque="a\r\nb"',
        GOOD + ',opaque=""x',
        GOOD.replace('",', '" '),
        GOOD.replace('",', '";'),
        GOOD.replace('="', ' ="'),
        GOOD.replace('="', '= "'),
        GOOD.replace('="', "='").replace('",', "',"),
        GOOD.replace("u#k", 'u\\"k'),
        GOOD.replace("u#k", "u\\k"),
        GOOD.replace("u#k", "u\0k"),
        GOOD.replace("u#k", "u\r\nk"),
        GOOD.replace("u#k", "u\nX-Forged: 1"),
        GOOD.replace("u#k", "u k"),
        GOOD.replace("u#k", "ü"),
        GOOD.replace("https://a.test/u#k", ""),
        GOOD.replace("https://a.test/u#k", "k" * (LONGEST_KEY_ID + 1)),
        GOOD.replace("https://a.test/u#k", "k" * 8192),
        GOOD.replace('keyId="https://a.test/u#k",', ""),
        GOOD.replace('keyId="https://a.test/u#k"', "keyId=7"),
        GOOD.replace(',signature="QQ=="', ""),
        GOOD.replace("QQ==", ""),
        GOOD.replace("QQ==", "QQ"),
        GOOD.replace("QQ==", "QR=="),
        GOOD.replace("QQ==", "QQ== "),
        GOOD.replace("QQ==", "_-=="),
        GOOD.replace("host", "host host"),
        GOOD.replace("host", "host HOST"),
        GOOD.replace("host", " host"),
        GOOD.replace("host", "host "),
        GOOD.replace("host", "host\thost"),
        GOOD.replace("host", "host: x"),
        GOOD.replace("host", "(status)"),
        GOOD.replace("host", "(request-target"),
        GOOD.replace("host", " ".join(f"x-{n}" for n in range(32))),
        GOOD + ',created="1402170695"',
        GOOD + ',expires="never"',
        GOOD + ",created=-1",
        GOOD + ",created=+1",
        GOOD + ",created=01",
        GOOD + ",created=1.5",
        GOOD + ",created=1e9",
        GOOD + ",created=",
        GOOD + ",created=abc",
        GOOD + ",created=١",
        GOOD + ",expires=9223372036854775809",
        "sig1=:QQ==:",
    ],
)
def test_what_breaks_the_grammar_is_refused(header: str) -> None:
    with pytest.raises(SignatureMalformed):
        parse(header)


def test_the_largest_number_is_read() -> None:
    header = GOOD.replace("rsa-sha256", "hs2019").replace("host", "(expires)")
    signature = parse(header + ",expires=99999999999")
    assert signature.expires is not None
    assert signature.expires.year == 5138


@pytest.mark.parametrize("name", ["created", "expires"])
def test_a_signed_time_must_be_sent(name: str) -> None:
    header = GOOD.replace("rsa-sha256", "hs2019").replace("host", f"({name})")
    with pytest.raises(NotCovered, match="not sent"):
        parse(header)
    assert parse(f"{header},{name}=1402170695").covered[-1] == f"({name})"


def test_times_that_are_not_signed_are_not_read() -> None:
    signature = parse(GOOD + ",created=1402170695,expires=1402170699")
    assert (signature.created, signature.expires) == (None, None)


@given(st.text() | st.text(alphabet='keyId="(),= \\hs@1').map(lambda text: GOOD[:40] + text))
@example(GOOD)
def test_reading_raises_errors_of_ours_only(header: str) -> None:
    try:
        said = parse(header).key_id
    except KeysError as error:
        said = str(error)
    assert said.isascii()
    assert said.isprintable()


def test_the_signing_string_has_one_line_for_each_component() -> None:
    text = signing_string(
        REQUEST,
        ("(request-target)", "(created)", "host", "(expires)"),
        created=datetime.fromtimestamp(1402170695, UTC),
        expires=datetime.fromtimestamp(1402170699, UTC),
    )
    assert text == (
        b"(request-target): post /foo?param=value&pet=dog\n(created): 1402170695\n"
        b"host: example.com\n(expires): 1402170699"
    )


def test_an_empty_header_has_its_line_too() -> None:
    request = REQUEST.with_headers([("X-Empty", "")])
    assert signing_string(request, ("x-empty",)) == b"x-empty: "


def test_a_list_sent_in_two_lines_is_joined() -> None:
    request = Request(
        method="GET",
        url="https://a.test/",
        headers=(("Cache-Control", "max-age=60"), ("cache-control", " must-revalidate ")),
    )
    wanted = b"cache-control: max-age=60, must-revalidate"
    assert signing_string(request, ("cache-control",)) == wanted


@pytest.mark.parametrize("name", ["host", "date", "digest", "content-type", "content-length"])
def test_a_header_that_must_be_single_is_refused_when_doubled(name: str) -> None:
    value = REQUEST.header(name)
    assert value is not None
    request = replace(REQUEST, headers=(*REQUEST.headers, (name, value)))
    with pytest.raises(SignatureMalformed, match="more than once"):
        signing_string(request, (name,))


@pytest.mark.parametrize("name", ["(created)", "(expires)", "accept", "signature"])
def test_a_signed_component_that_was_not_sent_is_refused(name: str) -> None:
    with pytest.raises(NotCovered, match="not sent"):
        signing_string(REQUEST, (name,))


def test_bytes_that_are_not_utf8_are_signed_as_they_came() -> None:
    value = b"caf\xe9".decode("utf-8", "surrogateescape")
    request = REQUEST.with_headers([("X-Name", value)])
    assert signing_string(request, ("x-name",)) == b"x-name: caf\xe9"


@pytest.mark.parametrize("key_id", ["", 'a"b', "a\r\nb", "a b", "k" * (LONGEST_KEY_ID + 1)])
def test_we_do_not_sign_with_a_key_id_that_nobody_reads(rsa: RSAPrivateKey, key_id: str) -> None:
    with pytest.raises(SignatureMalformed):
        sign(REQUEST, ("host",), key_id=key_id, key=rsa)
