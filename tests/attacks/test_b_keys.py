"""B01-B07, B14, B15: a key speaks for the actor that lists it, and for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.serialisation import public_multibase, public_pem
from tests.support.forging import Post, cavage, post, rfc9421
from tests.support.hostile import Persona
from tests.support.neighbours import key_of
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
ED25519 = Ed25519PrivateKey.generate()
MULTIBASE = public_multibase(ED25519.public_key())
UNPROVEN = {
    "foreign-owner", "key-not-listed", "key-unreadable", "origin-mismatch", "not-the-actor",
    "actor-unreadable", "foreign-key",
}  # fmt: skip
ENDED = {"key-expired", "key-not-listed", "key-refused", "key-use-refused", "key-unreadable"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a key of its own document looks, and who signs with it how."""

    name: str

    def document(self, key_id: str, owner: str) -> Json:
        if self.name == "pem":
            return {
                "@context": "https://w3id.org/security/v1",
                "id": key_id,
                "type": "CryptographicKey",
                "owner": owner,
                "publicKeyPem": public_pem(key_of("theirs").public_key()),
            }
        return multikey(key_id, owner)

    def sign(self, request: Post, key_id: str) -> Post:
        if self.name == "pem":
            return cavage(request, key_of("theirs"), key_id)
        return rfc9421(request, ED25519, key_id)


def multikey(key_id: str, owner: str, **more: Any) -> Json:
    """Spec: FEP-521a."""
    return {
        "@context": "https://w3id.org/security/multikey/v1",
        "id": key_id,
        "type": "Multikey",
        "controller": owner,
        "publicKeyMultibase": MULTIBASE,
        **more,
    }


def _row(form: str) -> str:
    return f"{'B01' if form == 'pem' else 'B02'}-{form}"


FORMS = pytest.mark.parametrize("form", [Form("pem"), Form("multikey")], ids=lambda f: _row(f.name))


def _by(form: Form, us: Stage, actor: str, key_id: str) -> Post:
    return form.sign(post(INBOX, us.activity(actor)), key_id)


@FORMS
async def test_a_key_that_names_an_owner_elsewhere_speaks_for_nobody(us: Stage, form: Form) -> None:
    eve = us.stranger(key="others")
    anna = us.evil.persona("anna", "victim.test", key="others")
    key_id = f"{eve.id}/keys/1"
    us.evil.serve(key_id, form.document(key_id, anna.id))
    assert (await us.refuses(_by(form, us, anna.id, key_id))).verdict == (401, "foreign-key")
    told = await us.refuses(_by(form, us, eve.id, key_id), asks=[key_id])
    assert told.verdict == (401, "foreign-owner")


@FORMS
async def test_a_key_that_names_an_owner_who_does_not_list_it_speaks_for_nobody(
    us: Stage, form: Form
) -> None:
    eve = us.stranger(key="others")
    key_id = f"{eve.id}/keys/1"
    us.evil.serve(key_id, form.document(key_id, eve.id))
    told = await us.refuses(_by(form, us, eve.id, key_id), asks=[key_id, eve.id])
    assert told.verdict == (401, "key-not-listed")
    # The owner lists the key under another id, or lists one id with another key.
    other = us.stranger(key="others")
    key_id = f"{other.id}/keys/1"
    listed = form.document(f"{key_id}?", other.id)
    us.evil.serve(key_id, form.document(key_id, other.id))
    us.evil.serve(other.id, {**other.document, "publicKey": listed, "assertionMethod": [listed]})
    told = await us.refuses(_by(form, us, other.id, key_id), asks=2)
    assert told.status == 401
    assert told.title in UNPROVEN


@FORMS
async def test_a_key_of_its_own_document_holds_once_its_owner_lists_it(
    us: Stage, form: Form
) -> None:
    eve = us.stranger(key="others")
    key_id = f"{eve.id}/keys/1"
    key = form.document(key_id, eve.id)
    us.evil.serve(key_id, key)
    us.evil.serve(eve.id, {**eve.document, "publicKey": key, "assertionMethod": [key]})
    assert (await us.tell(_by(form, us, eve.id, key_id))).status == 202


@FORMS
async def test_two_owners_are_none(us: Stage, form: Form) -> None:
    eve, anna = us.stranger(key="others"), us.evil.persona("anna", "victim.test", key="others")
    key_id = f"{eve.id}#extra"
    key = form.document(key_id, eve.id) | {"owner": eve.id, "controller": anna.id}
    us.evil.serve(eve.id, {**eve.document, "publicKey": key, "assertionMethod": [key]})
    told = await us.refuses(_by(form, us, eve.id, key_id), asks=2)
    assert told.status == 401
    assert told.title in UNPROVEN


async def test_b02_a_multikey_of_another_controller_in_an_actors_list_is_not_the_actors(
    us: Stage,
) -> None:
    eve, anna = us.stranger(key="others"), us.evil.persona("anna", "victim.test", key="others")
    key_id = f"{eve.id}#ed25519"
    listed = [multikey(key_id, anna.id)]
    us.evil.serve(eve.id, {**eve.document, "assertionMethod": listed})
    request = rfc9421(us.post(eve), ED25519, key_id)
    assert (await us.refuses(request, asks=2)).verdict == (401, "key-not-listed")


@pytest.mark.parametrize("what", ["id", "id and key", "redirect"], ids=lambda what: f"B03-{what}")
async def test_an_actor_dressed_as_one_of_another_server_is_refused(us: Stage, what: str) -> None:
    eve = us.stranger()
    anna = us.evil.persona("anna", "victim.test", key="others")
    dressed = {**eve.document, "id": anna.id, "inbox": f"{anna.id}/inbox"}
    if what == "id and key":
        dressed["publicKey"] = {**eve.document["publicKey"], "id": eve.key_id, "owner": anna.id}
    us.evil.serve(eve.id, dressed)
    told = await us.refuses(us.signed(eve), asks=1)
    assert told.status == 401
    assert told.title in UNPROVEN
    victims = cavage(us.post(anna), eve.key, eve.key_id)
    assert (await us.refuses(victims)).verdict == (401, "foreign-key")
    assert not await _kept(us, anna.id)


async def test_b03_another_id_of_the_same_server_is_asked_itself(us: Stage) -> None:
    """`/eve` may say that it is `/bob`; then `/bob` is heard, and `/eve` is nobody."""
    eve = us.stranger()
    bob = us.evil.persona("bob", eve.id.split("/")[2], key="others")
    us.evil.serve(eve.id, {**eve.document, "id": bob.id})
    told = await us.refuses(us.signed(eve), asks=[eve.id, bob.id])
    assert told.status == 401
    assert told.title in UNPROVEN


@pytest.mark.parametrize("form", ["pem", "multikey"], ids=lambda form: f"B05-{form}")
async def test_a_key_document_with_another_id_is_kept_under_neither(us: Stage, form: str) -> None:
    eve = us.stranger(key="others")
    key_id, other = f"{eve.id}/keys/1", "https://victim.test/keys/1"
    us.evil.serve(key_id, Form(form).document(other, eve.id))
    told = await us.refuses(_by(Form(form), us, eve.id, key_id), asks=1)
    assert told.status == 401
    assert told.title in UNPROVEN
    kept = await us.contents()
    assert not any(other in row or key_id in row for row in kept["remote_key"])


async def _kept(us: Stage, actor_id: str) -> bool:
    row = await us.node.look(
        lambda tx: tx.row("select id from remote_actor where id = :id", id=actor_id)
    )
    return row is not None


def _three(eve: Persona) -> list[Json]:
    return [
        {
            "id": f"{eve.id}#{number}",
            "owner": eve.id,
            "publicKeyPem": public_pem(key_of(name).public_key()),
        }
        for number, name in enumerate(("others", "theirs", "third"))
    ]


async def test_b07_of_several_keys_only_the_one_with_the_id_is_used(us: Stage) -> None:
    eve = us.stranger()
    us.evil.serve(eve.id, {**eve.document, "publicKey": _three(eve)})
    for number in (0, 2):
        request = cavage(us.post(eve), eve.key, f"{eve.id}#{number}")
        assert (await us.refuses(request, asks=-2)).verdict == (401, "signature-invalid")
    unknown = cavage(us.post(eve), eve.key, f"{eve.id}#3")
    assert (await us.refuses(unknown, asks=-1)).verdict == (401, "key-not-listed")
    assert (await us.tell(cavage(us.post(eve), eve.key, f"{eve.id}#1"))).status == 202


async def test_b07_two_keys_with_one_id_are_none(us: Stage) -> None:
    eve = us.stranger()
    listed = [{**key, "id": eve.key_id} for key in _three(eve)]
    us.evil.serve(eve.id, {**eve.document, "publicKey": listed})
    assert (await us.refuses(us.signed(eve), asks=2)).verdict == (401, "key-not-listed")


@pytest.mark.parametrize("name", ["publicKey", "assertionMethod"], ids=lambda name: f"B07-{name}")
async def test_more_than_ten_keys_are_refused(us: Stage, name: str) -> None:
    eve = us.stranger()
    many = [{**key, "id": f"{eve.id}#{n}-{key['id'][-1]}"} for n in range(4) for key in _three(eve)]
    us.evil.serve(eve.id, {**eve.document, name: [eve.document["publicKey"], *many]})
    told = await us.refuses(us.signed(eve), asks=1)
    assert told.status == 401
    assert told.title in {"actor-unreadable", "key-not-listed"}


_PAST = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
_FUTURE = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
ENDS: dict[str, Json] = {
    "revoked": {"revoked": _PAST},
    "expired": {"expires": _PAST},
    "revoked before it expires": {"revoked": _PAST, "expires": _FUTURE},
    "no date": {"expires": "soon"},
    "a number": {"revoked": 1},
    "true": {"revoked": True},
}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: f"B14-{end}".replace(" ", "-"))
async def test_a_key_whose_time_is_over_is_refused(us: Stage, end: str) -> None:
    eve = us.stranger()
    key_id = f"{eve.id}#ed25519"
    listed = [multikey(key_id, eve.id, **ENDS[end])]
    us.evil.serve(eve.id, {**eve.document, "assertionMethod": listed})
    told = await us.refuses(rfc9421(us.post(eve), ED25519, key_id), asks=2)
    assert told.status == 401
    assert told.title in ENDED


async def test_b14_a_key_whose_time_has_yet_to_end_is_believed(us: Stage) -> None:
    eve = us.stranger()
    key_id = f"{eve.id}#ed25519"
    listed = [multikey(key_id, eve.id, expires=_FUTURE)]
    us.evil.serve(eve.id, {**eve.document, "assertionMethod": listed})
    assert (await us.tell(rfc9421(us.post(eve), ED25519, key_id))).status == 202


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"], ids=lambda scheme: f"B15-{scheme}")
async def test_nobody_signs_from_outside_with_a_key_of_ours(us: Stage, scheme: str) -> None:
    ours = us.community
    key = (await us.node.keyring.signing_key(ours)).key
    sign = cavage if scheme == "cavage" else rfc9421
    for spelling in (ours, ours.replace("us.test", "US.TEST:443")):
        for signer in (key, key_of("theirs")):
            request = post(INBOX, us.activity(spelling))
            told = await us.refuses(sign(request, signer, f"{ours}#main-key"))
            assert told.verdict == (401, "our-own-key")
