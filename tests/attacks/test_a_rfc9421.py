"""A26, A27: of RFC 9421 the part that everybody reads alike."""

from __future__ import annotations

import pytest

from tests.support.cases import Case, each
from tests.support.forging import RFC9421, Post, cavage, rfc9421
from tests.support.hostile import Persona
from tests.support.neighbours import key_of
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
UNFIT = {
    "signature-malformed", "not-covered", "algorithm-refused", "component-refused", "two-schemes",
}  # fmt: skip


def _without(*names: str) -> Case:
    covered = tuple(each for each in RFC9421 if each.strip('"') not in names)

    def lie(us: Stage, eve: Persona) -> Post:
        return rfc9421(us.post(eve), eve.key, eve.key_id, covered=covered)

    return Case("A26", f"without {' '.join(names)}", lie, 401, UNFIT | {"digest-mismatch"})


def _covering(row: str, name: str, *covered: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        request = us.post(eve).also("X-Odd", "1").also("Cookie", "a=b")
        return rfc9421(request, eve.key, eve.key_id, covered=covered)

    return Case(row, name, lie, {400, 401}, UNFIT)


def _with(name: str, parameters: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        tail = f';created={{created}};keyid="{{key_id}}"{parameters}'
        return rfc9421(us.post(eve), eve.key, eve.key_id, parameters=tail)

    return Case("A26", name, lie, {400, 401}, UNFIT)


def _both(first: Post, second: Post) -> Post:
    """Two labels, each in the same two headers."""
    one, two = first, second
    return one.with_(
        signature_input=f"{one.header('signature-input')}, {two.header('signature-input')}",
        signature=f"{one.header('signature')}, {two.header('signature')}",
    )


def good_and_bad(us: Stage, eve: Persona) -> Post:
    request = us.post(eve)
    good = rfc9421(request, eve.key, eve.key_id)
    return _both(good, rfc9421(request, key_of("others"), eve.key_id, label="sig2"))


def bad_and_good(us: Stage, eve: Persona) -> Post:
    request = us.post(eve)
    bad = rfc9421(request, key_of("others"), eve.key_id)
    return _both(bad, rfc9421(request, eve.key, eve.key_id, label="sig2"))


def good_and_a_stranger(us: Stage, eve: Persona) -> Post:
    request = us.post(eve)
    good = rfc9421(request, eve.key, eve.key_id)
    victim = "https://victim.test/u/anna#main-key"
    return _both(good, rfc9421(request, eve.key, victim, label="sig2"))


def one_label_twice(us: Stage, eve: Persona) -> Post:
    request = us.post(eve)
    bad = rfc9421(request, key_of("others"), eve.key_id)
    return _both(bad, rfc9421(request, eve.key, eve.key_id))


def labels_that_differ(us: Stage, eve: Persona) -> Post:
    signed = us.signed(eve, "rfc9421")
    return signed.with_(signature=signed.header("signature").replace("sig1", "sig2"))


def no_signature(us: Stage, eve: Persona) -> Post:
    return us.signed(eve, "rfc9421").without("signature")


def no_input(us: Stage, eve: Persona) -> Post:
    return us.signed(eve, "rfc9421").without("signature-input")


def both_schemes_and_the_draft_bad(us: Stage, eve: Persona) -> Post:
    request = us.post(eve)
    draft = cavage(request, key_of("others"), eve.key_id)
    good = rfc9421(request, eve.key, eve.key_id)
    return good.also("Digest", draft.header("digest")).also("Signature", draft.header("signature"))


def _meaning(component: str, value: str) -> Case:
    """Signed for somewhere else, sent here."""

    def lie(us: Stage, eve: Persona) -> Post:
        plain = component.removeprefix("@").replace("-", "_")
        return rfc9421(us.post(eve), eve.key, eve.key_id, values={plain: value})

    reasons = {"signature-invalid", "wrong-host"}
    return Case("A27", f"{component} {value}", lie, 401, reasons, asks=-2)


def _flagged(component: str, flag: str) -> Case:
    covered = tuple(f"{each};{flag}" if each.strip('"') == component else each for each in RFC9421)
    return _covering("A27", f"{component};{flag}", *covered)


@each(
    [
        _without("@method"),
        _without("@target-uri"),
        _without("@target-uri", "@authority"),
        _without("content-digest"),
        _without("@method", "@target-uri", "@authority", "content-digest", "content-type"),
        _covering("A26", "component twice", *RFC9421, '"@method"'),
        _covering("A26", "unknown component", *RFC9421, '"@somewhere"'),
        _covering("A26", "status of a request", *RFC9421, '"@status"'),
        _covering("A26", "signature-params", *RFC9421, '"@signature-params"'),
        _covering("A26", "upper case", *RFC9421, '"X-Odd"'),
        _covering("A26", "no quotes", "@method", *RFC9421[1:]),
        _covering("A26", "header that was not sent", *RFC9421, '"x-absent"'),
        _with("unknown parameter", ";beware"),
        _with("unknown parameter with a value", ';level="9"'),
        Case("A26", "labels good and bad", good_and_bad, {400, 401}, UNFIT),
        Case("A26", "labels bad and good", bad_and_good, {400, 401}, UNFIT),
        Case("A26", "labels good and a stranger", good_and_a_stranger, {400, 401}, UNFIT),
        Case("A26", "one label twice", one_label_twice, {400, 401}, UNFIT),
        Case("A26", "labels differ", labels_that_differ, {400, 401}, UNFIT),
        Case("A26", "no signature", no_signature, 401, UNFIT | {"signature-missing"}),
        Case("A26", "no input", no_input, 401, UNFIT),
        Case("A26", "both schemes", both_schemes_and_the_draft_bad, {400, 401}, UNFIT),
        _meaning("@authority", "other.test"),
        _meaning("@authority", "us.test.evil.test"),
        _meaning("@authority", "us.test:8443"),
        _meaning("@target-uri", "https://other.test/c/wien/inbox"),
        _meaning("@target-uri", "https://us.test/inbox"),
        _meaning("@target-uri", "https://us.test/c/wien/inbox?"),
        _meaning("@target-uri", "/c/wien/inbox"),
        _meaning("@method", "GET"),
        *(
            _flagged(component, flag)
            for component in ("@method", "@target-uri", "content-digest", "content-type")
            for flag in ("req", "bs", "sf", "tr", 'key="sha-256"', "made-up")
        ),
    ]
)
async def test_refused(us: Stage, case: Case) -> None:
    assert case.fits(await case.told(us))
