"""Keys read from the world are sound and public, or refused."""

from __future__ import annotations

import base64
import json
import pathlib
import textwrap
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from keys.errors import KeyRefused, KeyUnreadable
from keys.keypair import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
    RSAPrivateKey,
    RSAPublicKey,
    make_ed25519,
)
from keys.multibase import encode
from keys.serialisation import (
    private_der,
    public_multibase,
    public_pem,
    read_multibase,
    read_private_der,
    read_public_pem,
)

FEP_521A = json.loads((pathlib.Path(__file__).parent / "vectors/fep-521a.json").read_text())


def block(label: str, data: bytes) -> str:
    lines = textwrap.fill(base64.b64encode(data).decode(), 64)
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    head = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + head + body


def rsa_pem(modulus: int, exponent: int) -> str:
    """A PKCS#1 public key of any numbers, however silly."""
    numbers = (n.to_bytes(n.bit_length() // 8 + 1, "big") for n in (modulus, exponent))
    return block("RSA PUBLIC KEY", der(0x30, *(der(2, n) for n in numbers)))


def test_a_public_pem_is_read_back(rsa: RSAPrivateKey) -> None:
    text = public_pem(rsa.public_key())
    assert text.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert public_pem(read_public_pem(text)) == text


def test_an_ed25519_pem_is_read_back() -> None:
    text = public_pem(make_ed25519().public_key())
    assert public_pem(read_public_pem(text)) == text


def test_pkcs1_carriage_returns_and_outer_blanks_are_read(rsa: RSAPrivateKey) -> None:
    text = rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    for spelling in (text, text.replace("\n", "\r\n"), f"\n {text}\n\n", text.strip()):
        assert read_public_pem(spelling) == rsa.public_key()


def test_a_key_is_parsed_once(rsa: RSAPrivateKey) -> None:
    text = public_pem(rsa.public_key())
    assert read_public_pem(text) is read_public_pem(text)


@pytest.mark.parametrize("exponent", [3, 17, 65537, 2**32 - 1])
def test_usual_exponents_are_read(rsa: RSAPrivateKey, exponent: int) -> None:
    modulus = rsa.public_key().public_numbers().n
    assert isinstance(read_public_pem(rsa_pem(modulus, exponent)), RSAPublicKey)


@pytest.mark.parametrize("exponent", [1, 2, 65536, 2**32 + 1, 2**64 + 1])
def test_odd_exponents_are_refused(rsa: RSAPrivateKey, exponent: int) -> None:
    modulus = rsa.public_key().public_numbers().n
    with pytest.raises((KeyRefused, KeyUnreadable)):
        read_public_pem(rsa_pem(modulus, exponent))


@pytest.mark.parametrize("bits", [512, 1024, 2047, 4097, 16384])
def test_weak_and_huge_rsa_keys_are_refused(bits: int) -> None:
    with pytest.raises((KeyRefused, KeyUnreadable)):
        read_public_pem(rsa_pem(2 ** (bits - 1) + 1, 65537))


def test_an_even_modulus_is_refused() -> None:
    with pytest.raises((KeyRefused, KeyUnreadable)):
        read_public_pem(rsa_pem(2**2047, 65537))


def test_a_p256_pem_is_read_back() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert read_public_pem(public_pem(key)) == key


def test_other_curves_and_kinds_of_key_are_refused() -> None:
    for key in (
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        ed448.Ed448PrivateKey.generate(),
    ):
        text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(KeyRefused, match="Only RSA, Ed25519 and P-256"):
            read_public_pem(text.decode())


def test_a_p256_point_off_the_curve_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    data = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for changed in (data[:-1] + bytes([data[-1] ^ 1]), data[:-64] + bytes(64)):
        with pytest.raises(KeyUnreadable):
            read_public_pem(block("PUBLIC KEY", changed))


def test_private_keys_certificates_and_two_keys_are_refused(rsa: RSAPrivateKey) -> None:
    private = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    traditional = rsa.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    ).decode()
    public = public_pem(rsa.public_key())
    for text in (private, traditional, block("CERTIFICATE", b"x"), public + public):
        with pytest.raises(KeyRefused):
            read_public_pem(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAA=A\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAé\n-----END PUBLIC KEY-----",
        "x" + block("PUBLIC KEY", b"x"),
        block("PUBLIC KEY", b"\x30\x80" + b"\xff" * 300),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyUnreadable):
        read_public_pem(text)


def test_a_megabyte_of_pem_is_refused_unread(rsa: RSAPrivateKey) -> None:
    with pytest.raises(KeyRefused, match="too long"):
        read_public_pem(public_pem(rsa.public_key()) + " " * 1_000_000)


def test_our_private_keys_are_read_back(rsa: RSAPrivateKey) -> None:
    again = read_private_der(private_der(rsa))
    assert isinstance(again, RSAPrivateKey)
    assert again.private_numbers() == rsa.private_numbers()
    young = make_ed25519()
    same = read_private_der(private_der(young))
    assert isinstance(same, Ed25519PrivateKey)
    assert same.private_bytes_raw() == young.private_bytes_raw()


def test_reading_our_private_key_does_not_prove_its_primes_again(rsa: RSAPrivateKey) -> None:
    data = private_der(rsa)
    start = time.process_time()
    for _ in range(100):
        read_private_der(data)
    assert time.process_time() - start < 1.0  # with proof: about six seconds


@pytest.mark.parametrize("data", [b"", b"x", b"\x30\x03\x02\x01\x00"])
def test_what_is_no_private_key_is_refused(data: bytes) -> None:
    with pytest.raises(KeyUnreadable):
        read_private_der(data)


def test_a_private_key_of_another_kind_is_refused() -> None:
    data = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(KeyRefused):
        read_private_der(data)


def test_multikeys_of_all_kinds_are_read_back(rsa: RSAPrivateKey) -> None:
    edwards, elliptic = make_ed25519(), ec.generate_private_key(ec.SECP256R1())
    for key, start in ((edwards, "z6Mk"), (elliptic, "zDn"), (rsa, "z4MX")):
        text = public_multibase(key.public_key())
        assert text.startswith(start)
        assert read_multibase(text) == key.public_key()
        assert read_multibase(text) is read_multibase(text)


def test_the_largest_rsa_multikey_is_read_and_a_longer_text_is_not() -> None:
    text = public_multibase(RSAPublicNumbers(65537, 2**4096 - 1).public_key())
    assert public_multibase(read_multibase(text)) == text
    with pytest.raises(KeyRefused, match="too long"):
        read_multibase(text + "1" * 100)


def test_the_multikeys_of_fep_521a_are_read_and_written() -> None:
    edwards = read_multibase(FEP_521A["ed25519"]["publicKeyMultibase"])
    assert isinstance(edwards, Ed25519PublicKey)
    assert edwards.public_bytes_raw().hex() == FEP_521A["ed25519_raw"]
    rsa = read_multibase(FEP_521A["rsa"]["publicKeyMultibase"])
    assert rsa.public_bytes(Encoding.DER, PublicFormat.PKCS1).hex() == FEP_521A["rsa_pkcs1"]
    for name, key in (("ed25519", edwards), ("rsa", rsa)):
        assert public_multibase(key) == FEP_521A[name]["publicKeyMultibase"]
    for text in FEP_521A["unfit"]:
        with pytest.raises(KeyUnreadable):
            read_multibase(text)


@pytest.mark.parametrize("prefix", [b"", b"\x81\x24", b"\xe7\x01", b"\xed"])
def test_a_multikey_of_another_kind_is_refused(prefix: bytes) -> None:
    with pytest.raises(KeyRefused, match="Only Ed25519, P-256 and RSA"):
        read_multibase(encode(prefix + bytes(32)))


@pytest.mark.parametrize("prefix", [b"\x80\x26", b"\x86\x26", b"\x85\x26"])
def test_a_private_multikey_is_refused(prefix: bytes) -> None:
    with pytest.raises(KeyRefused, match="private"):
        read_multibase(encode(prefix + bytes(32)))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_multikey_of_another_length_is_refused(size: int) -> None:
    for prefix in (b"\xed\x01", b"\x80\x24", b"\x85\x24"):
        with pytest.raises(KeyUnreadable):
            read_multibase(encode(prefix + b"\xff" * size))


def test_a_p256_multikey_off_the_curve_or_not_compressed_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    whole = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    for point in (whole, b"\2" + b"\xff" * 32, b"\2" + (1).to_bytes(32, "big"), b"\0"):
        with pytest.raises(KeyUnreadable):
            read_multibase(encode(b"\x80\x24" + point))


def test_an_rsa_multikey_that_is_not_pkcs1_or_weak_is_refused(rsa: RSAPrivateKey) -> None:
    spki, edwards = (
        key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for key in (rsa.public_key(), make_ed25519().public_key())
    )
    for data in (spki, edwards, b"\x30\x03"):
        with pytest.raises(KeyUnreadable):
            read_multibase(encode(b"\x85\x24" + data))
    weak = RSAPublicNumbers(65537, 2**1023 + 1).public_key()
    with pytest.raises(KeyRefused, match="2048"):
        read_multibase(public_multibase(weak))


def test_new_rsa_keys_have_2048_bits(rsa: RSAPrivateKey) -> None:
    assert rsa.key_size == 2048
    assert rsa.public_key().public_numbers().e == 65537


def test_a_larger_key_of_a_peer_is_read() -> None:
    key = generate_private_key(public_exponent=65537, key_size=3072).public_key()
    assert read_public_pem(public_pem(key)) == key
