"""Signatures after RFC 9421, the part of it that the fediverse speaks.

Spec: https://www.rfc-editor.org/rfc/rfc9421.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from keys.algorithms import ALGORITHMS, make
from keys.digests import write_base64
from keys.errors import AlgorithmRefused, ComponentRefused, NotCovered, SignatureMalformed
from keys.keypair import PrivateKey
from keys.message import Request
from keys.signature import Scheme, Signature, fit_key_id
from keys.structured_fields import read_bytes, read_inner_list

MOST_COMPONENTS = 32
# The lists of components that peers send are few; each is read once.
KEPT_LISTS = 256

_TEXTS = frozenset({"keyid", "alg", "nonce", "tag"})
_NUMBERS = frozenset({"created", "expires"})
# A flag (;sf ;bs ;key ;req ;tr, or the ;name of @query-param) belongs to the item before it.
_ITEM = re.compile(r'"([a-z0-9!#$%&\'*+.^_`|~@-]+)"(;[^ ]*)?')
# These hold the signature itself.
_CIRCULAR = frozenset({"signature", "signature-input"})

_DERIVED: Mapping[str, Callable[[Request], str]] = {
    "@method": lambda request: request.method,
    "@target-uri": lambda request: f"{request.scheme}://{request.authority}{request.target}",
    "@authority": lambda request: request.authority,
    "@scheme": lambda request: request.scheme,
    "@request-target": lambda request: request.target,
    "@path": lambda request: request.target.partition("?")[0],
    "@query": lambda request: "?" + request.target.partition("?")[2],
}


def parse(signature_input: str, signature: str) -> Signature:
    """The one signature in the values of Signature-Input and Signature.

    Both must hold one member, under one label, in canonical spelling; `keyid` and `created` must be
    there. Raises: SignatureMalformed, ComponentRefused, AlgorithmRefused. Spec: RFC 9421 4.
    """
    try:
        said = read_inner_list(signature_input)
        label, value = read_bytes(signature)
    except ValueError as error:
        raise SignatureMalformed(
            "Signature-Input and Signature must hold one signature in canonical spelling."
        ) from error
    if label != said.label or not value:
        raise SignatureMalformed("The signature of this label is missing.")
    _require_known(said.texts, said.numbers)
    return Signature(
        scheme=Scheme.RFC9421,
        key_id=fit_key_id(said.texts.get("keyid", "")),
        algorithm=_algorithm(said.texts),
        covered=_components(said.items),
        created=datetime.fromtimestamp(said.numbers["created"], UTC),
        expires=_moment(said.numbers.get("expires")),
        value=value,
        parameters=said.text,
    )


def _require_known(texts: Mapping[str, str], numbers: Mapping[str, int]) -> None:
    """Refuses what is not known: it could mean that the signature holds on a condition only."""
    if not texts.keys() <= _TEXTS or not numbers.keys() <= _NUMBERS:
        raise SignatureMalformed("A parameter is not known, or of the wrong kind.")
    if "created" not in numbers:
        raise SignatureMalformed("The signature does not say when it was made.")


def _algorithm(texts: Mapping[str, str]) -> str:
    if "alg" not in texts:
        return ""
    if texts["alg"] not in ALGORITHMS:
        raise AlgorithmRefused("The algorithm is not one that we accept.")
    return texts["alg"]


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=KEPT_LISTS)
def _components(items: str) -> tuple[str, ...]:
    """The names in an inner list, none twice; their order is kept."""
    names = tuple(_component(item) for item in items.split(" ")) if items else ()
    if len(names) > MOST_COMPONENTS or len(set(names)) != len(names):
        raise SignatureMalformed("A component is signed twice, or there are too many.")
    return names


def _component(item: str) -> str:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise SignatureMalformed("The list of signed components breaks its grammar.")
    name, flags = match.groups()
    if flags:
        raise ComponentRefused("A component is signed with a flag, which is not read here.")
    if name in _CIRCULAR or ("@" in name and name not in _DERIVED):
        raise ComponentRefused("A component is signed that is not read here.")
    return name


def signature_base(request: Request, covered: Sequence[str], parameters: str) -> bytes:
    """The bytes that are signed; `parameters` is the last line, from its bracket on.

    Raises: NotCovered when a signed component was not sent, SignatureMalformed. Spec: RFC 9421 2.5.
    """
    lines = []
    for name in covered:
        derive = _DERIVED.get(name)
        value = request.field(name) if derive is None else derive(request)
        if value is None:
            raise NotCovered("A component is signed that was not sent.")
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {parameters}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError as error:
        raise SignatureMalformed("A signed component holds letters outside ASCII.") from error


def sign(
    request: Request,
    covered: Sequence[str],
    *,
    key_id: str,
    key: PrivateKey,
    created: datetime,
    more: str = "",
    label: str = "sig1",
) -> tuple[tuple[str, str], tuple[str, str]]:
    """The headers Signature-Input and Signature over these components of the request.

    `more` are further parameters as they are written, `;tag="…"`. The algorithm is not named: the
    key says it, and the fewest words are understood by the most peers.
    Raises: NotCovered, SignatureMalformed.
    """
    items = " ".join(f'"{name}"' for name in covered)
    parameters = f'({items});created={int(created.timestamp())};keyid="{fit_key_id(key_id)}"{more}'
    value = write_base64(make(key, signature_base(request, covered, parameters)))
    return ("Signature-Input", f"{label}={parameters}"), ("Signature", f"{label}=:{value}:")
