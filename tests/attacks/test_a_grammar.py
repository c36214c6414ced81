"""A18, A20, A21, A29: one strict grammar, one reading, and no word of a stranger in the log."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512

from keys.serialisation import public_pem
from tests.support.cases import Case, each
from tests.support.forging import Post, cavage, post, rfc9421, signed_bytes
from tests.support.hostile import Persona
from tests.support.neighbours import key_of
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
USUAL = 'keyId="{key_id}",algorithm="{algorithm}",headers="{covered}",signature="{signature}"'
VICTIM = "https://victim.test/u/anna#main-key"
UNFIT = {"signature-malformed", "algorithm-refused", "not-covered", "key-unreadable"}


def _header(row: str, name: str, template: str) -> Case:
    """A signature that would hold, in a header of this form."""

    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(us.post(eve), eve.key, eve.key_id, template=template)

    return Case(row, f"cavage {name}", lie, {400, 401}, UNFIT)


def _key_id(name: str, key_id: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(us.post(eve), eve.key, eve.id + key_id)

    reasons = UNFIT | {"", "bad-request"}
    return Case("A20", f"cavage key id with {name}", lie, {400, 401}, reasons)


def _input(row: str, name: str, parameters: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return rfc9421(us.post(eve), eve.key, eve.key_id, parameters=parameters)

    return Case(row, f"rfc9421 {name}", lie, {400, 401}, UNFIT | {"foreign-key"})


def in_two_lines(us: Stage, eve: Persona) -> Post:
    anna = us.post(eve)
    return us.signed(eve).also("Signature", cavage(anna, eve.key, VICTIM).header("signature"))


def _alone(text: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return us.signed(eve).with_(signature=text)

    return Case("A20", f"cavage {text[:20] or 'nothing'}", lie, {400, 401}, UNFIT)


def _rfc_alone(text: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return us.signed(eve, "rfc9421").with_(signature_input=text)

    return Case("A20", f"rfc9421 {text[:20] or 'nothing'}", lie, {400, 401}, UNFIT)


Signer = Callable[[Persona, bytes], bytes]


def _with_pem_as_secret(eve: Persona, text: bytes) -> bytes:
    """The public key is known to everybody: a verifier that trusts the label takes it as secret."""
    return hmac.new(public_pem(eve.key.public_key()).encode(), text, hashlib.sha256).digest()


def _with_sha_1(eve: Persona, text: bytes) -> bytes:
    return signed_bytes(eve.key, text, SHA1())


def _with_sha_512(eve: Persona, text: bytes) -> bytes:
    return signed_bytes(eve.key, text, SHA512())


def _with_pss(eve: Persona, text: bytes) -> bytes:
    return eve.key.sign(text, PSS(MGF1(SHA256()), 32), SHA256())


def _with_ed25519(_: Persona, text: bytes) -> bytes:
    return Ed25519PrivateKey.generate().sign(text)


def _as_it_should_be(eve: Persona, text: bytes) -> bytes:
    return signed_bytes(eve.key, text)


CONFUSED: dict[str, tuple[str, Signer]] = {
    "hmac": ("hmac-sha256", _with_pem_as_secret),
    "hmac labelled hs2019": ("hs2019", _with_pem_as_secret),
    "hmac labelled rsa": ("rsa-sha256", _with_pem_as_secret),
    "none": ("none", lambda eve, text: b"-"),
    "nothing": ("", _as_it_should_be),
    "rsa-sha1": ("rsa-sha1", _with_sha_1),
    "sha-1 labelled sha-256": ("rsa-sha256", _with_sha_1),
    "sha-1 labelled hs2019": ("hs2019", _with_sha_1),
    "rsa-sha512": ("rsa-sha512", _with_sha_512),
    "ed25519": ("ed25519", _with_ed25519),
    "ed25519 labelled rsa": ("rsa-sha256", _with_ed25519),
    "ed25519 label only": ("ed25519", _as_it_should_be),
    "pss labelled rsa": ("rsa-sha256", _with_pss),
}
LABELS = {
    "": "",
    "none": "none",
    "hmac-sha256": "hmac-sha256",
    "rsa-sha1": "rsa-sha1",
    "hs2019": "rsa-v1_5-sha256",
    "rsa-sha256": "rsa-v1_5-sha256",
    "ed25519": "ed25519",
    "rsa-sha512": "rsa-v1_5-sha512",
}


def _confused(name: str) -> Case:
    algorithm, signer = CONFUSED[name]

    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(
            us.post(eve), eve.key, eve.key_id,
            algorithm=algorithm, sign=lambda text: signer(eve, text),
        )  # fmt: skip

    known = algorithm in {"rsa-sha256", "hs2019"}
    reasons = {"signature-invalid"} if known else UNFIT
    return Case("A21", f"cavage {name}", lie, 401, reasons, asks=2 if known else 0)


def _rfc_confused(name: str) -> Case:
    algorithm, signer = CONFUSED[name]
    label = LABELS[algorithm]
    tail = f';created={{created}};keyid="{{key_id}}";alg="{label}"'

    def lie(us: Stage, eve: Persona) -> Post:
        return rfc9421(
            us.post(eve), eve.key, eve.key_id,
            parameters=tail, sign=lambda text: signer(eve, text),
        )  # fmt: skip

    return Case("A21", f"rfc9421 {name}", lie, 401, UNFIT | {"signature-invalid"}, asks=-2)


def a_break_in_the_key_id(us: Stage, eve: Persona) -> bytes:
    """A second line of a header, folded in the old way, and one that is simply put there."""
    return us.signed(eve).raw().replace(b"#main-key", b"#\r\n forged: line")


def an_escaped_break(us: Stage, eve: Persona) -> Post:
    return cavage(us.post(eve), key_of("others"), f"{eve.key_id}%0d%0aERROR forged")


def a_bare_break(us: Stage, eve: Persona) -> bytes:
    return us.signed(eve).raw().replace(b"#main-key", b"#\nERROR forged")


def a_null(us: Stage, eve: Persona) -> bytes:
    return us.signed(eve).raw().replace(b"#main-key", b"#\x00main-key")


@each(
    [
        _header("A18", "key id twice", f'{USUAL},keyId="{VICTIM}"'),
        _header("A18", "key id twice, ours last", f'keyId="{VICTIM}",{USUAL}'),
        _header("A18", "key id in another case", f'{USUAL},keyid="{VICTIM}"'),
        _header("A18", "headers twice", f'{USUAL},headers="date"'),
        _header("A18", "signature twice", f'{USUAL},signature="AAAA"'),
        _header("A18", "algorithm twice", f'{USUAL},algorithm="hs2019"'),
        Case("A18", "cavage in two lines", in_two_lines, {400, 401}, UNFIT),
        _input("A18", "key id twice", f';created={{created}};keyid="{VICTIM}";keyid="{{key_id}}"'),
        _input("A18", "created twice", ';created=1;created={created};keyid="{key_id}"'),
        _header("A20", "semicolons", USUAL.replace(",", ";")),
        _header("A20", "no commas", USUAL.replace(",", " ")),
        _header("A20", "no quotes", USUAL.replace('"', "")),
        _header("A20", "single quotes", USUAL.replace('"', "'")),
        _header("A20", "comma at the end", f"{USUAL},"),
        _header("A20", "comma at the start", f",{USUAL}"),
        _header("A20", "blanks around the sign", USUAL.replace("=", " = ")),
        _header("A20", "escaped quotes", USUAL.replace("{key_id}", '{key_id}\\"x')),
        _header("A20", "an open quote", USUAL.removesuffix('"')),
        _header("A20", "text behind", f"{USUAL} and so on"),
        _header("A20", "a scheme in front", f"Signature {USUAL}"),
        _header("A20", "no key id", 'headers="{covered}",signature="{signature}"'),
        _header("A20", "no signature", 'keyId="{key_id}",headers="{covered}"'),
        _header("A20", "broken base64", USUAL.replace("{signature}", "{signature}!")),
        _header("A20", "a blank in base64", USUAL.replace("{signature}", " {signature}")),
        _header("A20", "a component twice", USUAL.replace("{covered}", "{covered} host")),
        *map(_alone, ("", "=", ",", '"', "keyId", 'keyId="x"', "a=" * 2000, '""=""')),
        *map(
            _rfc_alone,
            ("", "sig1", "sig1=", "sig1=()", "sig1=(;;)", 'sig1=("@method"', "sig1=1", "=()", "(" * 999),
        ),
        _key_id("8 KB", "x" * 8192),
        _key_id("a quote", '#"'),
        _key_id("a blank", "# x"),
        _key_id("a tab", "#\tx"),
        _key_id("a backslash", "#\\x"),
        Case("A20", "a null", a_null, 400, {"", "bad-request"}),
        *map(_confused, CONFUSED),
        *map(_rfc_confused, CONFUSED),
        Case("A29", "folded", a_break_in_the_key_id, {400, 401}, {"", "signature-malformed"}),
        Case("A29", "bare", a_bare_break, {400, 401}, {"", "signature-malformed"}),
        Case("A29", "escaped", an_escaped_break, 401, UNFIT),
    ]
)  # fmt: skip
async def test_refused(us: Stage, case: Case) -> None:
    assert case.fits(await case.told(us))
    assert "forged" not in us.log.getvalue()


async def test_a29_an_answer_does_not_tell_how_near_a_signature_came(us: Stage) -> None:
    """What an unknown key, a wrong key and a changed request are answered differs in no byte that
    came from outside."""
    eve = us.stranger()
    wrong = cavage(us.post(eve), key_of("others"), eve.key_id)
    told = await us.refuses(wrong, asks=2)
    assert told.verdict == (401, "signature-invalid")
    nobody = us.evil.host("nobody.test")
    activity = us.activity(f"{nobody}/x")
    unknown = cavage(post(INBOX, activity), eve.key, f"{nobody}/x")
    other = await us.refuses(unknown, asks=1)
    assert other.verdict == (401, "not-found")
    for body in (told.body, other.body):
        assert b"eve" not in body
        assert b".test" not in body
