"""What is put to a device, and whether what it says is true. Spec: Web Authentication, Level 3

The library is loaded, in a thread, when the first answer of a device comes: it takes 16 MiB that a
node at rest does not need. Nothing is asked about the make of a device (attestation: none).
"""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import orjson

from node.errors import Conflict, NotAllowed
from node.i18n.messages import N_

if TYPE_CHECKING:
    from webauthn.helpers.structs import AttestationObject

Json = dict[str, Any]
T = TypeVar("T")
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256, RS256: what devices have, and every library can check. Spec: RFC 9053, RFC 8812"""
LONGEST = 16 * 1024
"""Letters of an answer; one without attestation has less than two thousand."""
_LONGEST_NAME = 1400
_MILLISECONDS = 300_000
FAILED = N_("This did not work with the passkey. Please try again, or take another way in.")
NO_SITE = N_("Passkeys need a name for this site, with https. An address of numbers has none.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """To whom a passkey belongs: `host` is its name of this node, and `origin` where it works."""

    origin: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a device made. `credential` and `public_key` are base64url."""

    credential: str
    public_key: str
    counter: int


def site_of(origin: str) -> Site:
    """The site of an origin. Raises: Conflict where passkeys cannot work."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if _is_address(host) or not (parts.scheme == "https" or host == "localhost"):
        raise Conflict(NO_SITE)
    return Site(origin=origin.lower(), host=host)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def making(site: Site, challenge: str, handle: str, name: str, known: Sequence[str]) -> Json:
    """What asks a device to make a passkey, unless it has one of the `known`.

    Discoverable, so that nobody types a name; and never without the device's own lock.
    """
    return {
        "rp": {"id": site.host, "name": site.host},
        "user": {"id": handle, "name": name, "displayName": name},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in ALGORITHMS],
        "timeout": _MILLISECONDS,
        "attestation": "none",
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "excludeCredentials": _named(known),
    }


def signing(site: Site, challenge: str, known: Sequence[str] = ()) -> Json:
    """What asks a device to sign: with one of the `known`, or with any that it has of this site."""
    return {
        "rpId": site.host,
        "challenge": challenge,
        "timeout": _MILLISECONDS,
        "userVerification": "required",
        "allowCredentials": _named(known),
    }


def _named(known: Sequence[str]) -> list[Json]:
    return [{"type": "public-key", "id": each} for each in known]


def answer_of(text: str) -> Json:
    """The answer of a device as it came with a form. Raises: NotAllowed."""
    try:
        found = orjson.loads(text) if len(text) <= LONGEST else None
    except orjson.JSONDecodeError as error:
        raise NotAllowed(FAILED) from error
    if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
        raise NotAllowed(FAILED)
    if not isinstance(found.get("id"), str) or len(found["id"]) > _LONGEST_NAME:
        raise NotAllowed(FAILED)
    return found


async def made(site: Site, challenge: str, answer: Json) -> NewKey:
    """The passkey that a device made. Raises: NotAllowed."""
    return await _checked(lambda: _made(site, challenge, answer))


async def signed(site: Site, challenge: str, answer: Json, public_key: str) -> int:
    """How often the passkey has signed; the caller compares it. Raises: NotAllowed."""
    return await _checked(lambda: _signed(site, challenge, answer, public_key))


def _made(site: Site, challenge: str, answer: Json) -> NewKey:
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers import (  # noqa: PLC0415
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        parse_attestation_object,
    )
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415

    # Before the library looks at it: certificates of makers are nothing that we asked for.
    _check_nameless(parse_attestation_object(unpack(answer["response"]["attestationObject"])))
    found = verify_registration_response(
        credential=answer,
        expected_challenge=unpack(challenge),
        expected_rp_id=site.host,
        expected_origin=site.origin,
        require_user_verification=True,
        supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
    )
    # A key that cannot be read would be found out only when its owner wants to come in.
    decoded_public_key_to_cryptography(decode_credential_public_key(found.credential_public_key))
    return NewKey(
        credential=pack(found.credential_id),
        public_key=pack(found.credential_public_key),
        counter=found.sign_count,
    )


def _check_nameless(attestation: AttestationObject) -> None:
    """Nothing for what says nothing, or is signed by the new key itself. Raises: ValueError."""
    if attestation.fmt not in ("none", "packed") or attestation.att_stmt.x5c:
        raise ValueError("the device tells of its maker")


def _signed(site: Site, challenge: str, answer: Json, public_key: str) -> int:
    from webauthn import verify_authentication_response  # noqa: PLC0415

    return verify_authentication_response(
        credential=answer,
        expected_challenge=unpack(challenge),
        expected_rp_id=site.host,
        expected_origin=site.origin,
        credential_public_key=unpack(public_key),
        credential_current_sign_count=0,
        require_user_verification=True,
    ).new_sign_count


async def _checked(check: Callable[[], T]) -> T:
    """What a check returns; whatever is wrong with what strangers say is said in one sentence."""
    try:
        return await asyncio.to_thread(check)
    except _wrong() as error:
        raise NotAllowed(FAILED) from error


def _wrong() -> tuple[type[Exception], ...]:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    ours = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
    return (WebAuthnException, InvalidSignature, UnsupportedAlgorithm, *ours)


def pack(data: bytes) -> str:
    """base64url without padding. Spec: RFC 4648 5"""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpack(text: str) -> bytes:
    """The bytes again. Raises: ValueError, TypeError for what is none."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
