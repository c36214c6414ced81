"""A13-A17: a signature holds for its time, which is told in one spelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.cases import Case, each
from tests.support.forging import Post, cavage, rfc9421
from tests.support.hostile import Persona
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
HS2019 = "(request-target) host (created) digest"
BOTH = "(request-target) host (created) (expires) digest"
OLD = "signature-too-old"
UNFIT = {"signature-malformed", "not-covered", "signature-too-old"}
YEARS = timedelta(days=3650)


def _seconds(**away: float) -> int:
    return int((datetime.now(UTC) + timedelta(**away)).timestamp())


def _dated(name: str, moment: datetime) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        request = us.post(eve).with_(date=format_datetime(moment, usegmt=True))
        return cavage(request, eve.key, eve.key_id)

    return Case("A13", f"cavage date {name}", lie, 401, OLD)


def _created(name: str, **away: float) -> list[Case]:
    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(
            us.post(eve), eve.key, eve.key_id,
            covered=HS2019, algorithm="hs2019", created=_seconds(**away),
        )  # fmt: skip

    def rfc(us: Stage, eve: Persona) -> Post:
        return rfc9421(us.post(eve), eve.key, eve.key_id, created=_seconds(**away))

    return [
        Case("A13", f"cavage created {name}", lie, 401, OLD),
        Case("A13", f"rfc9421 created {name}", rfc, 401, OLD),
    ]


def old_with_a_long_life(us: Stage, eve: Persona) -> Post:
    return cavage(
        us.post(eve), eve.key, eve.key_id, covered=BOTH, algorithm="hs2019",
        created=_seconds(hours=-13), expires=_seconds(days=3650),
    )  # fmt: skip


def rfc_old_with_a_long_life(us: Stage, eve: Persona) -> Post:
    tail = f';created={{created}};expires={_seconds(days=3650)};keyid="{{key_id}}"'
    return rfc9421(us.post(eve), eve.key, eve.key_id, created=_seconds(hours=-13), parameters=tail)


def expired(us: Stage, eve: Persona) -> Post:
    return cavage(
        us.post(eve), eve.key, eve.key_id, covered=BOTH, algorithm="hs2019",
        created=_seconds(hours=-3), expires=_seconds(hours=-2),
    )  # fmt: skip


def rfc_expired(us: Stage, eve: Persona) -> Post:
    tail = f';created={{created}};expires={_seconds(hours=-2)};keyid="{{key_id}}"'
    return rfc9421(us.post(eve), eve.key, eve.key_id, created=_seconds(hours=-3), parameters=tail)


def expires_not_signed(us: Stage, eve: Persona) -> Post:
    """What is not signed lengthens nothing."""
    return cavage(
        us.post(eve), eve.key, eve.key_id, covered=HS2019, algorithm="hs2019",
        created=_seconds(hours=-11), expires=_seconds(hours=1),
    )  # fmt: skip


def created_under_the_old_label(us: Stage, eve: Persona) -> Post:
    return cavage(us.post(eve), eve.key, eve.key_id, covered=HS2019, created=_seconds())


def created_listed_but_missing(us: Stage, eve: Persona) -> Post:
    return cavage(us.post(eve), eve.key, eve.key_id, covered=HS2019, algorithm="hs2019")


def _odd(value: object) -> list[Case]:
    def lie(us: Stage, eve: Persona) -> Post:
        return cavage(
            us.post(eve), eve.key, eve.key_id,
            covered=HS2019, algorithm="hs2019", created=value,
        )  # fmt: skip

    def rfc(us: Stage, eve: Persona) -> Post:
        return rfc9421(us.post(eve), eve.key, eve.key_id, created=value)

    def expires(us: Stage, eve: Persona) -> Post:
        tail = f';created={{created}};expires={value};keyid="{{key_id}}"'
        return rfc9421(us.post(eve), eve.key, eve.key_id, parameters=tail)

    return [
        Case("A16", f"cavage created {value}", lie, {400, 401}, UNFIT),
        Case("A16", f"rfc9421 created {value}", rfc, {400, 401}, UNFIT),
        Case("A16", f"rfc9421 expires {value}", expires, {400, 401}, UNFIT),
    ]


def rfc_without_created(us: Stage, eve: Persona) -> Post:
    return rfc9421(us.post(eve), eve.key, eve.key_id, parameters=';keyid="{key_id}"')


def _spelt(name: str, pattern: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        request = us.post(eve).with_(date=datetime.now(UTC).strftime(pattern))
        return cavage(request, eve.key, eve.key_id)

    return Case("A17", name, lie, {400, 401}, "signature-malformed")


def wrong_weekday(us: Stage, eve: Persona) -> Post:
    now = datetime.now(UTC)
    other = (now + timedelta(days=1)).strftime("%a")
    request = us.post(eve).with_(date=f"{other}, {now:%d %b %Y %H:%M:%S} GMT")
    return cavage(request, eve.key, eve.key_id)


def two_dates(us: Stage, eve: Persona) -> Post:
    stale = format_datetime(datetime.now(UTC) - timedelta(days=2), usegmt=True)
    return us.signed(eve).also("Date", stale)


@each(
    [
        _dated("13 hours", datetime.now(UTC) - timedelta(hours=13)),
        _dated("2 days", datetime.now(UTC) - timedelta(days=2)),
        _dated("1970", datetime(1970, 1, 1, tzinfo=UTC)),
        _dated("9999", datetime(9999, 12, 31, tzinfo=UTC)),
        _dated("tomorrow", datetime.now(UTC) + timedelta(days=1)),
        *_created("13 hours", hours=-13),
        *_created("2 days", days=-2),
        *_created("tomorrow", days=1),
        Case("A15", "cavage 13 hours old", old_with_a_long_life, 401, OLD),
        Case("A15", "rfc9421 13 hours old", rfc_old_with_a_long_life, 401, OLD),
        Case("A15", "cavage expired", expired, 401, OLD),
        Case("A15", "rfc9421 expired", rfc_expired, 401, OLD),
        Case("A15", "not signed", expires_not_signed, 401, OLD),
        Case("A16", "cavage old label", created_under_the_old_label, 401, UNFIT),
        Case("A16", "cavage listed but missing", created_listed_but_missing, 401, UNFIT),
        Case("A16", "rfc9421 missing", rfc_without_created, 401, UNFIT),
        *(
            case
            for value in ("1.5", "-5", 2**63 + 1, 10**30, '"1700000000"', "now", "1e9", "")
            for case in _odd(value)
        ),
        _spelt("zone +1400", "%a, %d %b %Y %H:%M:%S +1400"),
        _spelt("zone +0000", "%a, %d %b %Y %H:%M:%S +0000"),
        _spelt("zone UTC", "%a, %d %b %Y %H:%M:%S UTC"),
        _spelt("two digits", "%a, %d %b %y %H:%M:%S GMT"),
        _spelt("no zone", "%a, %d %b %Y %H:%M:%S"),
        _spelt("no weekday", "%d %b %Y %H:%M:%S GMT"),
        _spelt("rfc 850", "%A, %d-%b-%y %H:%M:%S GMT"),
        _spelt("asctime", "%a %b %d %H:%M:%S %Y"),
        _spelt("iso", "%Y-%m-%dT%H:%M:%SZ"),
        _spelt("seconds", "%s"),
        _spelt("no seconds", "%a, %d %b %Y %H:%M GMT"),
        Case("A17", "wrong weekday", wrong_weekday, {400, 401}, "signature-malformed"),
        Case("A17", "two dates", two_dates, {400, 401}, "signature-malformed"),
    ]
)  # fmt: skip
async def test_refused(us: Stage, case: Case) -> None:
    assert case.fits(await case.told(us))
