"""The grammar and the signature base of RFC 9421."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keys.errors import (
    AlgorithmRefused,
    ComponentRefused,
    KeysError,
    NotCovered,
    SignatureMalformed,
)
from keys.keypair import RSAPrivateKey
from keys.message import Request
from keys.rfc9421 import MOST_COMPONENTS, parse, sign, signature_base
from keys.signature import LONGEST_KEY_ID, Scheme

INPUT = 'sig1=("@method" "@target-uri");created=1618884473;keyid="https://a.test/u#k"'
VALUE = "sig1=:QQ==:"


def with_input(text: str) -> str:
    return INPUT.replace('"@method" "@target-uri"', text)


# --- parse ---------------------------------------------------------------------------------------


def test_all_parameters_are_read() -> None:
    signature = parse(
        'x-1=("@method" "date" "content-digest");nonce="n n";alg="ed25519";expires=1618884533'
        ';keyid="https://a.test/u#k";created=1618884473;tag="t"',
        "x-1=:QUI=:",
    )
    assert signature.scheme is Scheme.RFC9421
    assert signature.key_id == "https://a.test/u#k"
    assert signature.algorithm == "ed25519"
    assert signature.covered == ("@method", "date", "content-digest")
    assert signature.created == datetime(2021, 4, 20, 2, 7, 53, tzinfo=UTC)
    assert signature.expires == datetime(2021, 4, 20, 2, 8, 53, tzinfo=UTC)
    assert signature.value == b"AB"
    assert signature.parameters.startswith('("@method" "date" "content-digest");nonce=')


def test_algorithm_and_expiry_may_be_left_out() -> None:
    signature = parse(INPUT, VALUE)
    assert (signature.algorithm, signature.expires) == ("", None)


def test_an_empty_list_covers_nothing() -> None:
    assert parse(with_input(""), VALUE).covered == ()


@pytest.mark.parametrize(
    "label", ["hmac-sha256", "none", "", "rsa-sha256", "ecdsa-p384-sha384", "ED25519", "hs2019"]
)
def test_other_algorithms_are_refused(label: str) -> None:
    with pytest.raises(AlgorithmRefused):
        parse(f'{INPUT};alg="{label}"', VALUE)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (INPUT.replace(";created=1618884473", ""), VALUE),
        (INPUT.replace("created=1618884473", 'created="1618884473"'), VALUE),
        (INPUT.replace(';keyid="https://a.test/u#k"', ""), VALUE),
        (INPUT.replace('keyid="https://a.test/u#k"', "keyid=7"), VALUE),
        (INPUT.replace("https://a.test/u#k", ""), VALUE),
        (INPUT.replace("https://a.test/u#k", "a b"), VALUE),
        (INPUT.replace("https://a.test/u#k", "k" * (LONGEST_KEY_ID + 1)), VALUE),
        (INPUT + ";alg=1", VALUE),
        (INPUT + ';expires="1"', VALUE),
        (INPUT + ";nonce=1", VALUE),
        (INPUT + ';audience="https://other.test"', VALUE),
        (INPUT + ";critical=1", VALUE),
        (INPUT + ";created=1618884473", VALUE),
        (INPUT + ';keyid="https://victim.test/u#k"', VALUE),
        (INPUT, "sig2=:QQ==:"),
        (INPUT, "sig1=::"),
        (INPUT, "sig1=:QR==:"),
        (INPUT, 'keyId="a",signature="QQ=="'),
        (INPUT, f"{VALUE}, sig2=:QQ==:"),
        (INPUT + ", " + INPUT.replace("sig1", "sig2"), f"{VALUE}, sig2=:QQ==:"),
        (INPUT + ", " + INPUT, VALUE),
        (with_input('"@method" "@method"'), VALUE),
        (with_input('"date" "date"'), VALUE),
        (with_input('"Date"'), VALUE),
        (with_input('"da te"'), VALUE),
        (with_input('""'), VALUE),
        (with_input("date"), VALUE),
        (with_input('"date"  "host"'), VALUE),
        (with_input(' "date"'), VALUE),
        (with_input('"date" '), VALUE),
        (with_input('"date"\t"host"'), VALUE),
        (with_input('"date"x'), VALUE),
        (with_input(" ".join(f'"x-{n}"' for n in range(MOST_COMPONENTS + 1))), VALUE),
    ],
)
def test_what_breaks_the_grammar_is_refused(said: str, value: str) -> None:
    with pytest.raises(SignatureMalformed):
        parse(said, value)


@pytest.mark.parametrize(
    "item",
    [
        *(f'"@method";{flag}' for flag in ("req", "tr", "sf", "bs", 'key="a"', "x=1")),
        '"content-digest";key="sha-256"',
        '"accept";sf',
        '"date";bs',
        '"@query-param";name="a"',
        '"@query-param"',
        '"@status"',
        '"@signature-params"',
        '"@unheard-of"',
        '"a@b"',
        '"signature"',
        '"signature-input"',
        '"signature";key="sig1"',
    ],
)
def test_components_that_are_not_read_are_refused_by_name(item: str) -> None:
    with pytest.raises(ComponentRefused) as caught:
        parse(with_input(item), VALUE)
    assert caught.value.reason == "component-refused"


@given(
    st.text() | st.text(alphabet=';="()@ aq\\1,').map(lambda text: INPUT[:40] + text),
    st.text() | st.just(VALUE),
)
@example(INPUT, VALUE)
def test_reading_raises_errors_of_ours_only(said: str, value: str) -> None:
    try:
        told = parse(said, value).key_id
    except KeysError as error:
        told = str(error)
    assert told.isascii()
    assert told.isprintable()


# --- the base ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "url", "line"),
    [
        ("@target-uri", "HTTPS://Wien.TEST:443/a?b=%2F#c", "https://wien.test/a?b=%2F"),
        ("@target-uri", "http://wien.test:8101", "http://wien.test:8101/"),
        ("@authority", "https://Wien.TEST:443/", "wien.test"),
        ("@authority", "http://wien.test:8101/", "wien.test:8101"),
        ("@scheme", "HTTP://wien.test/", "http"),
        ("@request-target", "https://wien.test//a/./b?c", "//a/./b?c"),
        ("@path", "https://wien.test//a/%2e?b=c", "//a/%2e"),
        ("@path", "https://wien.test?b", "/"),
        ("@query", "https://wien.test/a?b=%20", "?b=%20"),
        ("@query", "https://wien.test/a?", "?"),
        ("@query", "https://wien.test/a", "?"),
        ("@method", "https://wien.test/a", "GET"),
    ],
)
def test_each_derived_component_has_its_line(name: str, url: str, line: str) -> None:
    base = signature_base(Request(method="GET", url=url), (name,), "()")
    assert base.decode() == f'"{name}": {line}\n"@signature-params": ()'


def test_a_list_sent_in_two_lines_is_joined() -> None:
    headers = (("Accept", " a "), ("ACCEPT", "b"))
    request = Request(method="GET", url="https://a.test/", headers=headers)
    assert signature_base(request, ("accept",), "()").startswith(b'"accept": a, b\n')


@pytest.mark.parametrize("name", ["host", "date", "content-digest", "content-type"])
def test_a_header_that_must_be_single_is_refused_when_doubled(name: str) -> None:
    headers = ((name, "a"), (name.title(), "a"))
    with pytest.raises(SignatureMalformed, match="more than once"):
        signature_base(Request(method="GET", url="https://a.test/", headers=headers), (name,), "()")


def test_a_signed_header_that_was_not_sent_is_refused() -> None:
    with pytest.raises(NotCovered, match="not sent"):
        signature_base(Request(method="GET", url="https://a.test/"), ("date",), "()")


def test_letters_outside_ascii_in_a_signed_header_are_refused() -> None:
    request = Request(method="GET", url="https://a.test/", headers=(("x-name", "Café"),))
    with pytest.raises(SignatureMalformed, match="ASCII"):
        signature_base(request, ("x-name",), "()")


@pytest.mark.parametrize("key_id", ["", 'a"b', "a\r\nb", "a b", "k" * (LONGEST_KEY_ID + 1)])
def test_we_do_not_sign_with_a_key_id_that_nobody_reads(rsa: RSAPrivateKey, key_id: str) -> None:
    request, now = Request(method="GET", url="https://a.test/"), datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(SignatureMalformed):
        sign(request, ("@method",), key_id=key_id, key=rsa, created=now)
