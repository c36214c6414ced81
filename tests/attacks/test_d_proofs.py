"""D17-D20: a proof on a document, whose it is, for how long, and over which bytes.

No activity is believed for its proof: only a signed request counts at the inbox. So these go the
one way on which a proof counts, `Prover`, and the one that people see, `josoor key verify`; keys
are fetched from their owners' servers.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from activitypub.contexts import OBJECT_CONTEXT
from federation.errors import NotBelieved
from federation.trust.proofs import Prover
from keys.keypair import make_ed25519
from keys.proofs import prove
from keys.serialisation import public_multibase
from node.errors import Invalid
from tests.support.cast import effects, note, place, said
from tests.support.hostile import Persona
from tests.support.nodes import do
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
KEY, OTHER = make_ed25519(), make_ed25519()


def signer(us: Stage, name: str = "anna", *, of: str | None = None, **changes: Any) -> Persona:
    """Somebody who lists the Ed25519 key `KEY` as `#ed`; `of` is whose it says to be."""
    who = us.stranger(name)
    key = {
        "id": f"{who.id}#ed",
        "type": "Multikey",
        "controller": of or who.id,
        "publicKeyMultibase": public_multibase(KEY.public_key()),
        **changes,
    }
    us.evil.serve(who.id, {**who.document, "assertionMethod": [key]})
    return who


def proven(us: Stage, by: Persona, author: str | None = None, **options: Any) -> Json:
    """A note with a proof by this one's key."""
    document = note(author or by.id, f"{author or by.id}/n/{next(us._numbers)}")
    return proof_on(document, by, **options)


def proof_on(document: Json, by: Persona, **options: Any) -> Json:
    given = {"key": KEY, "created": datetime.now(UTC), **options}
    return prove(document, verification_method=f"{by.id}#ed", **given)


async def verdict(us: Stage, document: Json | bytes, author: str) -> tuple[str, str]:
    """What `Prover` and `josoor key verify` say of it, "good" or the reason."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    try:
        found = await do(us.node, "key.verify", content=base64.b64encode(body).decode())
        fit = [one["holds"] and one["in_time"] for one in found["found"]]
        shown = "good" if all(fit) else found["found"][fit.index(False)]["reason"]
    except Invalid:
        shown = "unreadable"
    if isinstance(document, bytes):
        return "", str(shown)
    prover = Prover(us.node.actors, us.node.clock, us.node.urls.origin)
    try:
        await prover.believe(document, author=author)
    except NotBelieved as error:
        return error.reason, str(shown)
    return "good", str(shown)


async def test_d17_no_context_may_be_added_to_what_was_proven(us: Stage) -> None:
    anna = signer(us)
    good = proven(us, anna)
    assert await verdict(us, good, anna.id) == ("good", "good")
    redefining = {"content": None, "summary": "as:content"}
    for context in (
        [*OBJECT_CONTEXT, redefining],
        [*OBJECT_CONTEXT, "https://contexts.test/evil"],
        [redefining, *OBJECT_CONTEXT],
        OBJECT_CONTEXT[:1],
        OBJECT_CONTEXT[0],
        None,
    ):
        forged = {**good, "@context": context}
        assert await verdict(us, forged, anna.id) == ("proof-invalid", "proof-invalid")
        forged["proof"] = {**good["proof"], "@context": context}
        assert await verdict(us, forged, anna.id) == ("proof-invalid", "proof-invalid")


async def test_d18_the_key_of_another_server_proves_nothing(us: Stage) -> None:
    eve, vera = signer(us, "eve"), signer(us, "vera")
    us.evil.asked.clear()
    forged = proven(us, eve, vera.id)
    assert await verdict(us, forged, vera.id) == ("foreign-key", "not-the-author")
    assert vera.id not in us.evil.urls()


async def test_d18_a_key_that_only_says_to_be_hers_proves_nothing(us: Stage) -> None:
    vera = us.stranger("vera")
    eve = signer(us, "eve", of=vera.id)
    found = await verdict(us, proven(us, eve, vera.id), vera.id)
    assert found == ("foreign-key", "key-not-listed")


async def test_d18_a_key_that_she_does_not_list_proves_nothing(us: Stage) -> None:
    anna = us.stranger("anna")
    assert set(await verdict(us, proven(us, anna), anna.id)) == {"key-not-listed"}


async def test_d18_a_key_of_ours_proves_nothing_that_others_say(us: Stage) -> None:
    ours = us.community
    document = note(ours, f"{us.node.urls.origin}/n/1")
    forged = prove(document, key=KEY, verification_method=f"{ours}#ed", created=datetime.now(UTC))
    assert await verdict(us, forged, ours) == ("our-own-key", "key-not-listed")


Forging = Callable[[Stage, Persona], Json]


def copied(us: Stage, anna: Persona) -> Json:
    """The proof of one note on another."""
    return {**note(anna.id, place(us, anna)), "proof": proven(us, anna)["proof"]}


def one_of_two(us: Stage, anna: Persona) -> Json:
    """A good proof and one by a key that is not hers."""
    return proof_on(proven(us, anna), anna, key=OTHER)


FORGED: list[tuple[str, Forging, str]] = [
    ("expired", lambda us, anna: proven(us, anna, expires=at(days=-1)), "proof-expired"),
    ("future", lambda us, anna: proven(us, anna, created=at(hours=1)), "proof-expired"),
    ("copied", copied, "proof-invalid"),
    ("purpose", lambda us, anna: proven(us, anna, purpose="authentication"), "proof-invalid"),
    ("two", one_of_two, "proof-invalid"),
    ("changed", lambda us, anna: {**proven(us, anna), "content": "x"}, "proof-invalid"),
]


def at(**away: int) -> datetime:
    return datetime.now(UTC) + timedelta(**away)


@pytest.mark.parametrize(
    ("forging", "reason"), [pytest.param(*case, id=f"D19-{name}") for name, *case in FORGED]
)
async def test_a_proof_is_for_one_document_one_purpose_and_its_time(
    us: Stage, forging: Forging, reason: str
) -> None:
    anna = signer(us)
    assert await verdict(us, forging(us, anna), anna.id) == (reason, reason)


TWINS = [
    pytest.param({"n": 1e21}, {"n": 1.1e21}, id="D20-large"),
    pytest.param({"n": 1.5}, {"n": "1.5"}, id="D20-text"),
    pytest.param({"n": True}, {"n": 1}, id="D20-true"),
    pytest.param({"n": "\u00fc"}, {"n": "u\u0308"}, id="D20-composed"),
    pytest.param({"n": "\u212b"}, {"n": "\u00c5"}, id="D20-angstrom"),
    pytest.param({"n": [1, 2]}, {"n": [2, 1]}, id="D20-order"),
    pytest.param({"n": None}, {}, id="D20-null"),
]


@pytest.mark.parametrize(("signed", "sent"), TWINS)
async def test_twins_are_not_proven(us: Stage, signed: Json, sent: Json) -> None:
    anna = signer(us)
    plain = note(anna.id, place(us, anna))
    good = proof_on({**plain, **signed}, anna)
    assert await verdict(us, good, anna.id) == ("good", "good")
    forged = {**plain, **sent, "proof": good["proof"]}
    assert (await verdict(us, forged, anna.id))[0] in ("proof-invalid", "not-canonical")
    assert "good" not in await verdict(us, forged, anna.id)


@pytest.mark.parametrize(
    ("written", "verdicts"),
    [
        pytest.param(b"-0", {"good"}, id="D20-minus-zero"),
        pytest.param(b"0.0", {"good"}, id="D20-zero"),
        pytest.param(b"1e-400", {"good"}, id="D20-underflow"),
        pytest.param(b"9007199254740993", {"not-canonical"}, id="D20-beyond-doubles"),
        pytest.param(b"1e999", {"unreadable"}, id="D20-infinite"),
        pytest.param(b"NaN", {"unreadable"}, id="D20-nan"),
        pytest.param(b'"\\ud800"', {"unreadable"}, id="D20-lone-surrogate"),
        pytest.param(b'0,"n":0', {"unreadable"}, id="D20-twice"),
    ],
)
async def test_a_number_has_one_spelling_or_is_refused(
    us: Stage, written: bytes, verdicts: set[str]
) -> None:
    anna = signer(us)
    body = orjson.dumps(proof_on({**note(anna.id, place(us, anna)), "n": 0}, anna))
    sent = body.replace(b'"n":0', b'"n":' + written)
    assert sent != body
    assert (await verdict(us, sent, anna.id))[1] in verdicts


async def test_d18_at_the_inbox_a_proof_replaces_no_signature(us: Stage) -> None:
    """A good proof of hers, brought by another, is what it is without: nothing for a Follow."""
    eve, anna = us.stranger("eve"), signer(us)
    before = await effects(us)
    follow = proof_on(us.activity(anna.id), anna)
    answer = await said(us, eve, follow)
    assert (answer.status, answer.title) == (401, "foreign-key")
    assert await effects(us) == before
