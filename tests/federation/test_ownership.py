"""Which keys an actor has: those that name it, each once, of its own server, and in time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from federation.errors import ActorUnreadable, NotBelieved
from federation.ports import KeyForm, KeyUse
from federation.trust.ownership import actor_from, keys_of, listed_key
from keys.keypair import make_ed25519
from keys.serialisation import public_multibase, public_pem
from tests.support.stranger import OTHER_KEY, THEIR_KEY

ME = "https://a.test/anna"
NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
PEM = public_pem(THEIR_KEY.public_key())
OTHER_PEM = public_pem(OTHER_KEY.public_key())
ED = make_ed25519().public_key()
MULTIBASE = public_multibase(ED)
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

Json = dict[str, Any]


def pem(name: str = "main-key", text: str = PEM, **changes: Any) -> Json:
    return {"id": f"{ME}#{name}", "owner": ME, "publicKeyPem": text, **changes}


def multikey(name: str = "ed25519-key", text: str = MULTIBASE, **changes: Any) -> Json:
    key = {"id": f"{ME}#{name}", "type": "Multikey", "controller": ME, "publicKeyMultibase": text}
    return {**key, **changes}


def read(**lists: Any) -> dict[str, list[tuple[KeyForm, KeyUse]]]:
    found: dict[str, list[tuple[KeyForm, KeyUse]]] = {}
    for key in keys_of(lists, ME):
        found.setdefault(key.id.partition("#")[2], []).append((key.form, key.use))
    return found


def test_a_pem_signs_and_an_assertion_method_signs_and_proves() -> None:
    assert read(publicKey=pem(), assertionMethod=[multikey()]) == {
        "main-key": [(KeyForm.PEM, KeyUse.SIGNING)],
        "ed25519-key": [(KeyForm.MULTIBASE, KeyUse.BOTH)],
    }


def test_a_key_for_authentication_signs_and_does_not_prove() -> None:
    assert read(authentication=[multikey("a")]) == {"a": [(KeyForm.MULTIBASE, KeyUse.SIGNING)]}
    with pytest.raises(NotBelieved) as caught:
        listed_key(_actor(authentication=[multikey("a")]), f"{ME}#a", KeyUse.ASSERTION, NOW)
    assert caught.value.reason == "key-use-refused"


def test_a_jwk_is_read() -> None:
    key = {"id": f"{ME}#j", "type": "JsonWebKey", "controller": ME, "publicKeyJwk": JWK}
    actor = _actor(assertionMethod=key)
    assert actor.keys[0].form is KeyForm.JWK
    assert listed_key(actor, f"{ME}#j", KeyUse.ASSERTION, NOW).public_bytes_raw()  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["publicKey", "assertionMethod", "authentication"])
@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "https://a.test/bert", "controller": "https://a.test/bert"},
        {"owner": "https://a.test/bert"},
        {"controller": "https://a.test/bert"},
        {"controller": [ME, "https://a.test/bert"]},
        {"id": "https://b.test/anna#main-key"},
        {"id": f"http{ME[5:]}#main-key"},
        {"id": 1},
        {"id": None},
        {"publicKeyPem": PEM, "publicKeyMultibase": MULTIBASE},
        {"publicKeyPem": PEM + " " * 9000, "publicKeyMultibase": None},
        {"expires": "soon"},
        {"revoked": ["2020-01-01T00:00:00Z", 1], "expires": 7},
    ],
    ids=lambda changes: str(changes)[:40],  # the keys are new in each process
)
def test_a_key_that_is_not_wholly_the_actors_is_left_out(name: str, changes: Json) -> None:
    assert read(**{name: pem(**changes)}) == {}


def test_a_key_without_an_owner_is_left_out() -> None:
    key = pem()
    del key["owner"]
    assert read(publicKey=key) == {}


@pytest.mark.parametrize("name", ["publicKey", "assertionMethod", "authentication"])
def test_two_keys_of_one_id_in_a_list_are_none(name: str) -> None:
    assert read(**{name: [pem(), pem(text=OTHER_PEM), pem("2")]}).keys() == {"2"}
    assert read(**{name: [pem(), pem()]}) == {}
    assert read(**{name: [pem(), pem(owner="https://a.test/bert")]}) == {}


def test_one_key_in_two_lists_may_do_both() -> None:
    key = pem()
    for found in (
        read(publicKey=key, assertionMethod=[key]),
        read(publicKey=key, assertionMethod=[key["id"]]),
        read(publicKey=key, assertionMethod=key["id"]),
    ):
        assert found == {"main-key": [(KeyForm.PEM, KeyUse.BOTH)]}


def test_one_id_may_stand_for_a_pem_that_signs_and_a_multikey_that_proves() -> None:
    actor = _actor(publicKey=pem("k"), assertionMethod=[multikey("k")])
    signing = listed_key(actor, f"{ME}#k", KeyUse.SIGNING, NOW)
    proving = listed_key(actor, f"{ME}#k", KeyUse.ASSERTION, NOW)
    assert public_pem(signing) == PEM
    assert public_pem(proving) == public_pem(ED)


def test_two_different_keys_of_one_id_for_signing_are_none() -> None:
    assert read(publicKey=pem("k"), authentication=[multikey("k")]) == {}


@pytest.mark.parametrize("name", ["publicKey", "assertionMethod", "authentication"])
def test_more_than_ten_keys_are_refused(name: str) -> None:
    with pytest.raises(ActorUnreadable):
        read(**{name: [pem(str(number)) for number in range(11)]})
    assert len(read(**{name: [pem(str(number)) for number in range(10)]})) == 10


@pytest.mark.parametrize("name", ["expires", "revoked"])
def test_a_key_whose_end_has_come_is_refused(name: str) -> None:
    actor = _actor(assertionMethod=[multikey("k", **{name: "2026-12-05T18:00:00Z"})])
    for use in (KeyUse.SIGNING, KeyUse.ASSERTION):
        with pytest.raises(NotBelieved) as caught:
            listed_key(actor, f"{ME}#k", use, NOW)
        assert caught.value.reason == "key-expired"
        assert public_pem(listed_key(actor, f"{ME}#k", use, NOW.replace(hour=17))) == public_pem(ED)


def test_the_earlier_of_two_ends_counts() -> None:
    ends = {"expires": "2030-01-01T00:00:00Z", "revoked": "2020-01-01T00:00:00Z"}
    (key,) = keys_of({"assertionMethod": multikey(**ends)}, ME)
    assert key.expires == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("raw", [None, 1, "x", [], {}, [[]], [None, 1, "x", {}], {"id": {}}, True])
def test_whatever_stands_in_place_of_keys_is_read_as_none(raw: object) -> None:
    assert read(publicKey=raw, assertionMethod=raw, authentication=raw) == {}


def _actor(**lists: Any) -> Any:
    document = {"id": ME, "type": "Person", "inbox": f"{ME}/inbox", **lists}
    return actor_from(document, b"", NOW)
