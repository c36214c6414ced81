"""Signatures after draft-cavage-http-signatures-12, as the fediverse speaks them.

Spec: https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from keys.digests import read_base64, write_base64
from keys.errors import AlgorithmRefused, NotCovered, SignatureMalformed
from keys.keypair import RSAPrivateKey
from keys.message import Request
from keys.signature import Scheme, Signature

LONGEST_HEADER = 4096
LONGEST_KEY_ID = 2048
MOST_COMPONENTS = 32
ALGORITHMS = frozenset({"rsa-sha256", "hs2019"})

# No backslash and no control character inside quotes: nobody needs an escape in these, and parsers
# disagree on what one means.
_PARAMETER = re.compile(
    r'([A-Za-z][A-Za-z0-9_-]*)=(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*)"|(0|[1-9][0-9]{0,10}))'
)
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_COMPONENT = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]+")
_KEY_ID = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
# Sent twice, these would mean different things to different readers.
_SENT_ONCE = frozenset({"host", "date", "digest", "content-type", "content-length", "signature"})


def parse(header: str) -> Signature:
    """The signature in the value of a Signature header. Spec: draft-cavage-12 2.1, 4.1.

    Unknown parameters are ignored, as the draft asks.
    Raises: SignatureMalformed, AlgorithmRefused.
    """
    texts, numbers = _parameters(header)
    algorithm = texts.get("algorithm", "hs2019")
    if algorithm not in ALGORITHMS:
        raise AlgorithmRefused("Only rsa-sha256 and hs2019 are accepted as algorithm.")
    covered = _covered(texts.get("headers", "date"))
    # Spec: draft-cavage-12 2.3: an error, so that an old verifier is not fooled.
    if algorithm != "hs2019" and not {"(created)", "(expires)"}.isdisjoint(covered):
        raise SignatureMalformed("(created) and (expires) need the algorithm hs2019.")
    return Signature(
        scheme=Scheme.DRAFT_CAVAGE,
        key_id=_key_id(texts.get("keyId", "")),
        algorithm=algorithm,
        covered=covered,
        created=numbers.get("created"),
        expires=numbers.get("expires"),
        value=_value(texts.get("signature", "")),
    )


def _parameters(header: str) -> tuple[dict[str, str], dict[str, datetime]]:
    """The quoted and the numeric parameters; no name twice, whatever its kind or case."""
    if len(header) > LONGEST_HEADER:
        raise SignatureMalformed("The Signature header is too long.")
    texts: dict[str, str] = {}
    numbers: dict[str, datetime] = {}
    seen: set[str] = set()
    for name, text, number in _split(header):
        if name.lower() in seen:
            raise SignatureMalformed("A parameter was sent twice.")
        seen.add(name.lower())
        if number is None:
            texts[name] = text
        else:
            numbers[name] = datetime.fromtimestamp(int(number), UTC)
    _require_kinds(texts, numbers)
    return texts, numbers


def _split(header: str) -> list[tuple[str, str, str | None]]:
    """Name, quoted text and number (None where the text was quoted) of each parameter."""
    found: list[tuple[str, str, str | None]] = []
    at = 0
    while True:
        match = _PARAMETER.match(header, at)
        if match is None:
            raise SignatureMalformed("The Signature header breaks its grammar.")
        found.append((match[1], match[2] or "", match[3]))
        if match.end() == len(header):
            return found
        comma = _COMMA.match(header, match.end())
        if comma is None:
            raise SignatureMalformed("The parameters are not separated by commas.")
        at = comma.end()


def _require_kinds(texts: dict[str, str], numbers: dict[str, datetime]) -> None:
    if not {"created", "expires"}.isdisjoint(texts):
        raise SignatureMalformed("created and expires are whole numbers without quotes.")
    if not {"keyId", "algorithm", "headers", "signature"}.isdisjoint(numbers):
        raise SignatureMalformed("A parameter that needs quotes has none.")


def _covered(text: str) -> tuple[str, ...]:
    """The signed components; none for an empty list, which the policy then refuses."""
    names = text.lower().split(" ") if text else []
    if len(names) > MOST_COMPONENTS or len(set(names)) != len(names):
        raise SignatureMalformed("A component is signed twice, or there are too many.")
    if not all(_COMPONENT.fullmatch(name) for name in names):
        raise SignatureMalformed("The list of signed headers breaks its grammar.")
    return tuple(names)


def _key_id(text: str) -> str:
    if len(text) > LONGEST_KEY_ID or not _KEY_ID.fullmatch(text):
        raise SignatureMalformed("keyId is missing, too long or holds unfit characters.")
    return text


def _value(text: str) -> bytes:
    try:
        value = read_base64(text)
    except ValueError as error:
        raise SignatureMalformed("The signature is not strict base64.") from error
    if not value:
        raise SignatureMalformed("The signature is missing.")
    return value


def signing_string(
    request: Request,
    covered: Sequence[str],
    *,
    target: str | None = None,
    created: datetime | None = None,
    expires: datetime | None = None,
) -> bytes:
    """The bytes that are signed; `target` replaces the request's own where a peer signs another.

    Raises: NotCovered when a signed component was not sent, SignatureMalformed.
    Spec: draft-cavage-12 2.3.
    """
    derived = {
        "(request-target)": f"{request.method.lower()} {target or request.target}",
        "(created)": _seconds(created),
        "(expires)": _seconds(expires),
    }
    lines = []
    for name in covered:
        value = derived[name] if name in derived else _header(request, name)
        if value is None:
            raise NotCovered("A component is signed that was not sent.")
        lines.append(f"{name}: {value}")
    # aiohttp and others hand over bytes that are not UTF-8 as surrogates: give the bytes back.
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _seconds(moment: datetime | None) -> str | None:
    return None if moment is None else str(int(moment.timestamp()))


def _header(request: Request, name: str) -> str | None:
    """The value of a header; a list sent in several lines is joined as the draft asks."""
    if name in _SENT_ONCE:
        return request.header(name)
    values = request.values(name)
    return ", ".join(values) if values else None


def sign(request: Request, covered: Sequence[str], *, key_id: str, key: RSAPrivateKey) -> str:
    """The value of the Signature header over these components, which must be in the request.

    Labelled `rsa-sha256`: every peer knows it. Raises: NotCovered, SignatureMalformed.
    """
    value = key.sign(signing_string(request, covered), PKCS1v15(), SHA256())
    return (
        f'keyId="{_key_id(key_id)}",algorithm="rsa-sha256",'
        f'headers="{" ".join(covered)}",signature="{write_base64(value)}"'
    )
