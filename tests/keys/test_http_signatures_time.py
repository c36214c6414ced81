"""A signature by the draft holds for its time only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keys.errors import (
    SignatureMalformed,
    SignatureTooOld,
)
from keys.http_signatures import sign
from keys.keypair import RSAPrivateKey
from keys.message import Request
from tests.support.draft_signing import KEY_ID, MASTODON_POST, believe, dressed, signed_over


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(0), timedelta(minutes=-5)])
def test_a_date_within_the_window_is_believed(
    post: Request, rsa: RSAPrivateKey, now: datetime, age: timedelta
) -> None:
    assert believe(sign(post, key_id=KEY_ID, key=rsa, now=now - age), rsa, now) == KEY_ID


@pytest.mark.parametrize(
    "age",
    [
        timedelta(hours=1, seconds=1),
        timedelta(hours=13),
        timedelta(days=2),
        timedelta(days=20_000),
        timedelta(minutes=-5, seconds=-1),
        timedelta(days=-365),
    ],
)
def test_a_date_outside_the_window_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, age: timedelta
) -> None:
    with pytest.raises(SignatureTooOld):
        believe(sign(post, key_id=KEY_ID, key=rsa, now=now - age), rsa, now)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_refused_without_a_stumble(
    post: Request, rsa: RSAPrivateKey, now: datetime, year: int
) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(SignatureTooOld):
        believe(sign(post, key_id=KEY_ID, key=rsa, now=moment), rsa, now)


def test_a_date_in_another_form_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    request = dressed(post, now).with_headers([("Date", "Sat, 05 Dec 2026 18:00:00 +0000")])
    with pytest.raises(SignatureMalformed):
        believe(signed_over(request, MASTODON_POST, rsa), rsa, now)


@pytest.mark.parametrize(
    ("life", "age", "believed"),
    [
        (timedelta(minutes=5), timedelta(hours=1, minutes=4), True),
        (timedelta(minutes=5), timedelta(hours=1, minutes=6), False),
        (timedelta(hours=8), timedelta(hours=8, minutes=59), True),
        (timedelta(hours=8), timedelta(hours=9, minutes=1), False),
        (timedelta(days=3650), timedelta(hours=12), True),
        (timedelta(days=3650), timedelta(hours=12, seconds=1), False),
        (timedelta(hours=-2), timedelta(0), False),
        (timedelta(seconds=-1), timedelta(0), False),
    ],
)
def test_a_signed_expiry_counts_for_twelve_hours_at_most(
    post: Request,
    rsa: RSAPrivateKey,
    now: datetime,
    life: timedelta,
    age: timedelta,
    believed: bool,
) -> None:
    created = now - age
    covered = ("(request-target)", "(created)", "(expires)", "host", "digest")
    signed = signed_over(dressed(post, now), covered, rsa, created=created, expires=created + life)
    if believed:
        assert believe(signed, rsa, now) == KEY_ID
    else:
        with pytest.raises(SignatureTooOld):
            believe(signed, rsa, now)


def test_times_that_are_not_signed_do_not_count(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    old = dressed(post, now - timedelta(hours=2))
    signed = signed_over(old, MASTODON_POST, rsa, created=now, expires=now + timedelta(hours=1))
    with pytest.raises(SignatureTooOld):
        believe(signed, rsa, now)


def test_where_two_times_are_signed_both_must_hold(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    covered = (*MASTODON_POST, "(created)")
    away, ahead, here = timedelta(hours=2), -timedelta(minutes=6), timedelta(0)
    for date, created in ((away, here), (here, away), (ahead, here), (here, ahead)):
        request = dressed(post, now - date)
        with pytest.raises(SignatureTooOld):
            believe(signed_over(request, covered, rsa, created=now - created), rsa, now)
