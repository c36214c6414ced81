"""JSON Web Keys are read as public keys for signatures, or refused with a reason."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyRefused, KeyUnreadable
from keys.jwk import read_jwk
from keys.keypair import Ed25519PublicKey, RSAPrivateKey, make_ed25519


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def rsa_jwk(modulus: int = 2**2047 + 1, exponent: int = 65537, **more: Any) -> dict[str, Any]:
    return {"kty": "RSA", "n": number(modulus), "e": number(exponent), **more}


EDWARDS = make_ed25519().public_key()
OKP = {"kty": "OKP", "crv": "Ed25519", "x": text(EDWARDS.public_bytes_raw())}
ELLIPTIC = ec.generate_private_key(ec.SECP256R1()).public_key()
POINT = ELLIPTIC.public_numbers()
EC = {
    "kty": "EC",
    "crv": "P-256",
    "x": text(POINT.x.to_bytes(32, "big")),
    "y": text(POINT.y.to_bytes(32, "big")),
}


def test_an_rsa_key_is_read_once(rsa: RSAPrivateKey) -> None:
    numbers = rsa.public_key().public_numbers()
    jwk = rsa_jwk(numbers.n, numbers.e, use="sig", key_ops=["verify"], kid="x", alg="RS256")
    assert read_jwk(jwk) == rsa.public_key()
    assert read_jwk(jwk) is read_jwk(dict(jwk))


def test_the_ed25519_key_of_rfc_8037_is_read() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    key = read_jwk(jwk)
    assert isinstance(key, Ed25519PublicKey)
    assert key.public_bytes_raw().hex().startswith("d75a980182b10ab7d54bfed3c964073a")


def test_ed25519_and_p256_keys_are_read() -> None:
    assert read_jwk(OKP) == EDWARDS
    assert read_jwk(EC) == ELLIPTIC


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a23_private_members_are_refused(member: str) -> None:
    for jwk in (OKP, EC, rsa_jwk()):
        with pytest.raises(KeyRefused, match="private"):
            read_jwk({**jwk, member: None})


@pytest.mark.parametrize(
    "more",
    [{"use": "enc"}, {"use": ["sig"]}, {"key_ops": ["encrypt"]}, {"key_ops": "verify"}],
)
def test_a_key_for_something_else_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(KeyRefused, match="not meant"):
        read_jwk({**OKP, **more})


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "oct"},
        {"kty": "okp"},
        {"crv": "X25519"},
        {"crv": "Ed448"},
        {"crv": "P-256"},
        {"kty": "EC"},
    ],
)
def test_other_kinds_of_key_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(KeyRefused, match="Only RSA"):
        read_jwk({**OKP, **changed})


@pytest.mark.parametrize("curve", ["P-384", "P-521", "secp256k1"])
def test_other_curves_are_refused(curve: str) -> None:
    with pytest.raises(KeyRefused, match="Only RSA"):
        read_jwk({**EC, "crv": curve})


@pytest.mark.parametrize("bits", [512, 1024, 2047, 4097])
def test_weak_and_large_rsa_keys_are_refused(bits: int) -> None:
    with pytest.raises(KeyRefused):
        read_jwk(rsa_jwk(2 ** (bits - 1) + 1))


def test_a_huge_rsa_key_is_refused_unread() -> None:
    with pytest.raises(KeyRefused, match="too long"):
        read_jwk(rsa_jwk(2**16384 + 1))


@pytest.mark.parametrize("exponent", [1, 2, 65536, 2**32 + 1, 2**2048 + 1])
def test_odd_exponents_are_refused(exponent: int) -> None:
    with pytest.raises(KeyRefused):
        read_jwk(rsa_jwk(exponent=exponent))


def test_an_even_modulus_is_refused() -> None:
    with pytest.raises(KeyRefused):
        read_jwk(rsa_jwk(2**2047))


def test_a_p256_point_off_the_curve_is_refused() -> None:
    for x, y in ((0, 0), (POINT.x, POINT.y ^ 1), (2**256 - 1, 1)):
        point = {"x": text(x.to_bytes(32, "big")), "y": text(y.to_bytes(32, "big"))}
        with pytest.raises(KeyRefused, match="not on the curve"):
            read_jwk({**EC, **point})


def test_an_ed25519_point_of_low_order_is_refused() -> None:
    with pytest.raises(KeyRefused, match="low order"):
        read_jwk({**OKP, "x": text(bytes(32))})


@pytest.mark.parametrize(
    "x",
    [
        None,
        7,
        ["x"],
        "",
        OKP["x"] + "=",
        OKP["x"][:-1] + "é",
        OKP["x"][:-1] + "+",
        OKP["x"][:-1] + "/",
        "A" * 42 + "B",  # the last two bits are not zero
        OKP["x"] + "A",
        text(bytes(31)),
        text(bytes(33)),
        " " + OKP["x"],
        OKP["x"] + "\n",
        "A",
    ],
    ids=lambda _: "x",  # the key is new in each process
)
def test_what_is_not_32_bytes_of_strict_base64url_is_refused(x: Any) -> None:
    with pytest.raises(KeyUnreadable):
        read_jwk({**OKP, "x": x})
    with pytest.raises(KeyUnreadable):
        read_jwk({**EC, "y": x})


@pytest.mark.parametrize("member", ["n", "e"])
def test_an_empty_number_is_refused(member: str) -> None:
    with pytest.raises(KeyUnreadable, match="canonical"):
        read_jwk({**rsa_jwk(), member: ""})


def test_leading_zeros_are_refused() -> None:
    with pytest.raises(KeyUnreadable, match="leading zeros"):
        read_jwk({**rsa_jwk(), "e": text(b"\0\1\0\1")})


@pytest.mark.parametrize("missing", ["kty", "n", "e"])
def test_a_missing_member_is_noticed(missing: str) -> None:
    jwk = rsa_jwk()
    del jwk[missing]
    with pytest.raises(KeyUnreadable):
        read_jwk(jwk)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "n", "e", "x", "y", "use", "key_ops"]),
        st.sampled_from(["RSA", "OKP", "EC", "Ed25519", "P-256", "AQAB", "sig"])
        | st.text(max_size=50)
        | st.none()
        | st.lists(st.text()),
    )
)
def test_any_object_is_read_or_refused(jwk: dict[str, Any]) -> None:
    with pytest.raises((KeyUnreadable, KeyRefused)):
        read_jwk(jwk)
