"""Dates are IMF-fixdate in GMT."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.dates import read_date, write_date
from keys.errors import SignatureMalformed


@given(st.datetimes(timezones=st.just(UTC)))
def test_dates_are_written_as_the_standard_library_does(moment: datetime) -> None:
    assert write_date(moment) == format_datetime(moment.replace(microsecond=0), usegmt=True)
    assert read_date(write_date(moment)) == moment.replace(microsecond=0)


def test_a_moment_of_another_zone_is_written_in_gmt() -> None:
    vienna = timezone(timedelta(hours=1))
    moment = datetime(2026, 1, 1, 0, 30, tzinfo=vienna)
    assert write_date(moment) == "Wed, 31 Dec 2025 23:30:00 GMT"


def test_a_moment_without_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_date(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sun, 05 Jan 2014 21:31:40 +0000",
        "Sun, 05 Jan 2014 21:31:40 +1400",
        "Sun, 05 Jan 2014 21:31:40 UTC",
        "Sun, 05 Jan 2014 21:31:40",
        "Sun, 5 Jan 2014 21:31:40 GMT",
        "Sun, 05 Jan 14 21:31:40 GMT",
        "Sunday, 05-Jan-14 21:31:40 GMT",
        "Sun Jan  5 21:31:40 2014",
        "05 Jan 2014 21:31:40 GMT",
        "Mon, 05 Jan 2014 21:31:40 GMT",
        "sun, 05 jan 2014 21:31:40 gmt",
        "Sun, 05 Jan 2014 21:31:60 GMT",
        "Sun, 05 Jan 2014 24:00:00 GMT",
        "Sun, 31 Feb 2014 21:31:40 GMT",
        "Sat, 01 Jan 0000 00:00:00 GMT",
        "Sun, ٠5 Jan 2014 21:31:40 GMT",
        "Sun, 05 Jan 2014 21:31:40 GMT ",
        "Sun, 05 Jan 2014 21:31:40 GMT\n",
        "2014-01-05T21:31:40Z",
        "1388957500",
    ],
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(SignatureMalformed):
        read_date(text)
