"""Signatures after draft-cavage-http-signatures-12, as the fediverse speaks them.

Spec: https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from keys.algorithms import make
from keys.digests import read_base64, write_base64
from keys.errors import AlgorithmRefused, NotCovered, SignatureMalformed
from keys.keypair import RSAPrivateKey
from keys.message import Request
from keys.signature import Scheme, Signature, fit_key_id

LONGEST_HEADER = 4096
MOST_COMPONENTS = 32
# The lists of headers that peers send are few; each is read once.
KEPT_LISTS = 256
ALGORITHMS = frozenset({"rsa-sha256", "hs2019"})

# A parameter, and a header, without what stands in the quotes.
_PARAMETER = re.compile(r'([A-Za-z][A-Za-z0-9_-]*)=(""|0|[1-9][0-9]{0,10})')
_COMPONENT = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]+")
_TEXTS = frozenset({"keyId", "algorithm", "headers", "signature"})
_NUMBERS = frozenset({"created", "expires"})


def parse(header: str) -> Signature:
    """The signature in the value of a Signature header. Spec: draft-cavage-12 2.1, 4.1.

    Unknown parameters are ignored, as the draft asks.
    Raises: SignatureMalformed, AlgorithmRefused, NotCovered (a signed time was not sent).
    """
    texts, numbers = _parameters(header)
    algorithm = texts.get("algorithm", "hs2019")
    if algorithm not in ALGORITHMS:
        raise AlgorithmRefused("Only rsa-sha256 and hs2019 are accepted as algorithm.")
    covered = _covered(texts.get("headers", "date"))
    created, expires = "(created)" in covered, "(expires)" in covered
    # Spec: draft-cavage-12 2.3: an error, so that an old verifier is not fooled.
    if (created or expires) and algorithm != "hs2019":
        raise SignatureMalformed("(created) and (expires) need the algorithm hs2019.")
    if (created and "created" not in numbers) or (expires and "expires" not in numbers):
        raise NotCovered("A time is signed that was not sent.")
    return Signature(
        scheme=Scheme.DRAFT_CAVAGE,
        key_id=fit_key_id(texts.get("keyId", "")),
        algorithm=algorithm,
        covered=covered,
        created=numbers.get("created") if created else None,
        expires=numbers.get("expires") if expires else None,
        value=_value(texts.get("signature", "")),
    )


def _parameters(header: str) -> tuple[dict[str, str], dict[str, datetime]]:
    """The quoted and the numeric parameters; no name twice, whatever its kind or case."""
    if len(header) > LONGEST_HEADER:
        raise SignatureMalformed("The Signature header is too long.")
    # No escapes and only ASCII: nobody needs anything else, and parsers disagree on what it means.
    if "\\" in header or not header.isascii():
        raise SignatureMalformed("The Signature header holds unfit characters.")
    # Every second part stood in quotes; the rest is short, and the same for most peers.
    parts = header.split('"')
    if len(parts) % 2 == 0:
        raise SignatureMalformed("A quote is not closed.")
    frame, values = _frame('""'.join(parts[::2])), iter(parts[1::2])
    texts: dict[str, str] = {}
    numbers: dict[str, datetime] = {}
    for name, value in frame:
        if value == '""':
            texts[name] = text = next(values)
            # What we know has a grammar of its own, in which there are none.
            if name not in _TEXTS and not text.isprintable():
                raise SignatureMalformed("A parameter holds control characters.")
        else:
            numbers[name] = datetime.fromtimestamp(int(value), UTC)
    _require_kinds(texts, numbers)
    return texts, numbers


@lru_cache(maxsize=KEPT_LISTS)
def _frame(frame: str) -> tuple[tuple[str, str], ...]:
    """Name and value of each parameter, the value of a quoted one left out."""
    # Blanks may stand around a comma only. Not by a pattern: that takes time in their square.
    parts = [part.strip(" \t") for part in frame.split(",")] if frame == frame.strip() else [""]
    matches = [_PARAMETER.fullmatch(part) for part in parts]
    found = tuple([(match[1], match[2]) for match in matches if match is not None])
    if len(found) != len(matches):
        raise SignatureMalformed("The Signature header breaks its grammar.")
    if len({name.lower() for name, _ in found}) != len(found):
        raise SignatureMalformed("A parameter was sent twice.")
    return found


def _require_kinds(texts: Mapping[str, str], numbers: Mapping[str, datetime]) -> None:
    if not _NUMBERS.isdisjoint(texts):
        raise SignatureMalformed("created and expires are whole numbers without quotes.")
    if not _TEXTS.isdisjoint(numbers):
        raise SignatureMalformed("A parameter that needs quotes has none.")


@lru_cache(maxsize=KEPT_LISTS)
def _covered(text: str) -> tuple[str, ...]:
    """The signed components; none for an empty list, which the policy then refuses."""
    names = text.lower().split(" ") if text else []
    if len(names) > MOST_COMPONENTS or len(set(names)) != len(names):
        raise SignatureMalformed("A component is signed twice, or there are too many.")
    if not all(_COMPONENT.fullmatch(name) for name in names):
        raise SignatureMalformed("The list of signed headers breaks its grammar.")
    return tuple(names)


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
    lines = []
    for name in covered:
        if name == "(request-target)":
            value: str | None = f"{request.method.lower()} {target or request.target}"
        elif name[0] == "(":
            value = _seconds(created if name == "(created)" else expires)
        else:
            value = request.field(name)
        if value is None:
            raise NotCovered("A component is signed that was not sent.")
        lines.append(f"{name}: {value}")
    # aiohttp and others hand over bytes that are not UTF-8 as surrogates: give the bytes back.
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _seconds(moment: datetime | None) -> str | None:
    return None if moment is None else str(int(moment.timestamp()))


def sign(request: Request, covered: Sequence[str], *, key_id: str, key: RSAPrivateKey) -> str:
    """The value of the Signature header over these components, which must be in the request.

    Labelled `rsa-sha256`: every peer knows it. Raises: NotCovered, SignatureMalformed.
    """
    value = make(key, signing_string(request, covered))
    return (
        f'keyId="{fit_key_id(key_id)}",algorithm="rsa-sha256",'
        f'headers="{" ".join(covered)}",signature="{write_base64(value)}"'
    )
