"""One table says what a signature must cover."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keys.policy import DEMANDS, LONGEST_LIFE, uncovered
from keys.signature import Scheme

CAVAGE, RFC9421 = DEMANDS[Scheme.DRAFT_CAVAGE], DEMANDS[Scheme.RFC9421]


def test_every_scheme_has_its_demands() -> None:
    assert set(DEMANDS) == set(Scheme)
    assert all(demand.longest_life <= LONGEST_LIFE for demand in DEMANDS.values())
    assert timedelta(hours=12) == LONGEST_LIFE


@pytest.mark.parametrize(
    "covered",
    [
        ("@method", "@target-uri"),
        ("@method", "@authority", "@request-target"),
        ("@method", "@authority", "@path", "@query"),
        ("@method", "@target-uri", "@authority", "host", "date"),
    ],
)
@pytest.mark.parametrize("query", [True, False])
def test_a_list_that_binds_the_whole_address_is_enough(
    covered: tuple[str, ...], query: bool
) -> None:
    assert uncovered(RFC9421, covered, query, False) is None
    assert uncovered(RFC9421, (*covered, "content-digest"), query, True) is None
    assert "digest" in (uncovered(RFC9421, covered, query, True) or "")


@pytest.mark.parametrize(
    "covered",
    [
        (),
        ("@method",),
        ("@target-uri",),
        ("@method", "@authority"),
        ("@method", "@path", "@query"),
        ("@method", "@request-target"),
        ("@method", "host", "@path", "@query"),
        ("@authority", "@path", "@query"),
        ("@authority", "@request-target"),
        ("(request-target)", "host", "date"),
    ],
)
def test_a_list_that_leaves_a_part_open_is_not(covered: tuple[str, ...]) -> None:
    for query in (True, False):
        found = uncovered(RFC9421, (*covered, "content-digest"), query, True)
        assert "Method, host, path and query" in (found or "")


def test_the_query_may_be_left_out_where_there_is_none() -> None:
    covered = ("@method", "@authority", "@path")
    assert uncovered(RFC9421, covered, False, False) is None
    assert "query" in (uncovered(RFC9421, covered, True, False) or "")


def test_the_draft_needs_a_signed_time() -> None:
    covered = ("(request-target)", "host")
    assert "time" in (uncovered(CAVAGE, covered, False, False) or "")
    assert uncovered(CAVAGE, (*covered, "date"), False, False) is None
    assert uncovered(CAVAGE, (*covered, "(created)"), True, False) is None


def test_a_digest_of_the_other_scheme_does_not_count() -> None:
    assert uncovered(CAVAGE, ("(request-target)", "host", "date", "content-digest"), False, True)
    assert uncovered(RFC9421, ("@method", "@target-uri", "digest"), False, True)
