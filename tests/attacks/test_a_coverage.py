"""A07-A12: a signature holds for the method, host and path that it covers, and once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.support.cases import Case, each
from tests.support.forging import CAVAGE, Post, cavage, post, rfc9421
from tests.support.hostile import Persona
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
NO_LIST = 'keyId="{key_id}",algorithm="{algorithm}",signature="{signature}"'
UNCOVERED = {"not-covered", "signature-malformed", "digest-mismatch"}


def _covering(covered: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(us.post(eve), eve.key, eve.key_id, covered=covered)

    return Case("A07", f"cavage {covered or 'nothing'}", lie, 401, UNCOVERED)


def no_list(us: Stage, eve: Persona) -> Post:
    """Without `headers` the date alone is signed."""
    return cavage(us.post(eve), eve.key, eve.key_id, covered="date", template=NO_LIST)


def _rfc_covering(*covered: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return rfc9421(us.post(eve), eve.key, eve.key_id, covered=covered)

    name = "rfc9421 " + (" ".join(covered).replace('"', "") or "nothing")
    return Case("A07", name, lie, 401, UNCOVERED)


def _for_another_host(scheme: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        request = post(INBOX, us.activity(eve.id), host="other.test")
        sign = cavage if scheme == "cavage" else rfc9421
        return sign(request, eve.key, eve.key_id)

    return Case("A08", f"{scheme} sent as it is", lie, {401, 421}, "wrong-host")


def _passed_on(scheme: str) -> Case:
    """Captured at another server and sent on to us, Host changed."""

    def lie(us: Stage, eve: Persona) -> Post:
        request = post(INBOX, us.activity(eve.id), host="other.test")
        sign = cavage if scheme == "cavage" else rfc9421
        return sign(request, eve.key, eve.key_id).with_(host="us.test")

    return Case("A08", f"{scheme} passed on", lie, 401, {"signature-invalid", "wrong-host"}, asks=2)


def _host(name: str, value: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(post(INBOX, us.activity(eve.id), host=value), eve.key, eve.key_id)

    return Case("A08", name, lie, {400, 401, 421}, {"wrong-host", ""})


def host_not_signed(us: Stage, eve: Persona) -> Post:
    covered = CAVAGE.replace("host ", "")
    return cavage(us.post(eve), eve.key, eve.key_id, covered=covered)


def forwarded_host(us: Stage, eve: Persona) -> Post:
    request = post(INBOX, us.activity(eve.id), host="other.test")
    signed = cavage(request, eve.key, eve.key_id)
    return signed.also("X-Forwarded-Host", "us.test").also("Forwarded", "host=us.test")


def two_hosts(us: Stage, eve: Persona) -> Post:
    return us.signed(eve).also("Host", "other.test")


def no_host(us: Stage, eve: Persona) -> Post:
    return us.signed(eve).without("host")


def _whole_address(address: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        return replace(us.signed(eve), target=address)

    return Case("A09", address, lie, {400, 421}, {"absolute-form", "wrong-host", "bad-request", ""})


# Signed for the one, sent to the other.
TARGETS = {
    "two slashes": ("//c/wien/inbox", "/c/wien/inbox"),
    "a dot": ("/c/./wien/inbox", "/c/wien/inbox"),
    "two dots": ("/c/anna/../wien/inbox", "/c/wien/inbox"),
    "an escape": ("/c/wien/%69nbox", "/c/wien/inbox"),
    "a query added": ("/c/wien/inbox", "/c/wien/inbox?a=b"),
    "a query removed": ("/c/wien/inbox?a=b", "/c/wien/inbox"),
    "an empty query added": ("/c/wien/inbox", "/c/wien/inbox?"),
    "sent with two slashes": ("/c/wien/inbox", "//c/wien/inbox"),
    "sent with a dot": ("/c/wien/inbox", "/c/./wien/inbox"),
    "sent with an escape": ("/c/wien/inbox", "/c/wien/%69nbox"),
    "sent with a slash behind": ("/c/wien/inbox", "/c/wien/inbox/"),
    "another case": ("/c/Wien/inbox", "/c/wien/inbox"),
}
AWRY = {"signature-invalid", "not-found", "absolute-form", "no-such-actor", "wrong-host", ""}


def _awry(scheme: str, name: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        meant, sent = TARGETS[name]
        signed = us.post(eve, meant)
        sign = cavage if scheme == "cavage" else rfc9421
        return replace(sign(signed, eve.key, eve.key_id), target=sent)

    asks = 0 if "sent with" in name and "escape" not in name else 2
    return Case("A10", f"{scheme} {name}", lie, {400, 401, 404, 405}, AWRY, asks=asks)


def _elsewhere(scheme: str, signed_for: str, sent_to: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        sign = cavage if scheme == "cavage" else rfc9421
        return replace(sign(us.post(eve, signed_for), eve.key, eve.key_id), target=sent_to)

    name = f"{scheme} {signed_for} to {sent_to}"
    return Case("A12", name, lie, 401, "signature-invalid", asks=2)


@each(
    [
        *map(
            _covering,
            [
                "date",
                "(request-target)",
                "host",
                "digest",
                "",
                "(request-target) date digest",
                "host date digest",
                "(request-target) host digest",
                "(request-target) host date",
            ],
        ),
        Case("A07", "cavage no list", no_list, 401, UNCOVERED),
        _rfc_covering(),
        _rfc_covering('"@method"'),
        _rfc_covering('"date"'),
        _rfc_covering('"@target-uri"', '"content-digest"'),
        _rfc_covering('"@method"', '"content-digest"'),
        _rfc_covering('"@method"', '"@target-uri"'),
        _rfc_covering('"@method"', '"@authority"', '"content-digest"'),
        _rfc_covering('"@method"', '"@path"', '"content-digest"'),
        *map(_for_another_host, ("cavage", "rfc9421")),
        *map(_passed_on, ("cavage", "rfc9421")),
        Case("A08", "not signed", host_not_signed, 401, "not-covered"),
        Case("A08", "forwarded", forwarded_host, {401, 421}, "wrong-host"),
        Case("A08", "two hosts", two_hosts, {400, 421}, {"", "bad-request", "wrong-host"}),
        Case("A08", "no host", no_host, {400, 421}, {"", "bad-request", "wrong-host"}),
        _host("with user", "eve@us.test"),
        _host("with port", "us.test:8443"),
        _host("as a prefix", "us.test.evil.test"),
        _host("two names", "us.test,other.test"),
        _whole_address("http://evil.test/c/wien/inbox"),
        _whole_address("https://us.test/c/wien/inbox"),
        _whole_address("https://us.test@evil.test/c/wien/inbox"),
        *(_awry(scheme, name) for scheme in ("cavage", "rfc9421") for name in TARGETS),
        *(
            _elsewhere(scheme, *pair)
            for scheme in ("cavage", "rfc9421")
            for pair in [(INBOX, "/inbox"), ("/inbox", INBOX), (INBOX, "/relay/inbox")]
        ),
    ]
)
async def test_refused(us: Stage, case: Case) -> None:
    assert case.fits(await case.told(us))


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"], ids=lambda scheme: f"A11-{scheme}")
async def test_what_is_sent_again_is_thanked_for_and_has_no_second_effect(
    us: Stage, scheme: str
) -> None:
    eve = us.stranger()
    signed, before = us.signed(eve, scheme), await us.rows("inbox_activity")
    assert (await us.tell(signed)).status == 202
    kept = await us.contents()
    assert len(kept["inbox_activity"]) == before + 1
    answers = await asyncio.gather(*(us.tell(signed) for _ in range(5)))
    assert [told.status for told in answers] == [202] * 5
    assert await us.contents() == kept
    other = replace(signed, target="/relay/inbox")
    assert (await us.refuses(other, asks=1)).verdict == (401, "signature-invalid")
