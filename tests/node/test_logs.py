"""The log: one line an event, nothing in it that could expose or break out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from node.logs import about, start_logging
from tests.support.log_watch import logging_as_before

Start = Callable[..., io.StringIO]


@pytest.fixture
def log() -> logging.Logger:
    return logging.getLogger("federation.outward.delivery")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts logging into a string; the process logs as before when the test ends."""

    def begin(log_format: str, level: str = "info") -> io.StringIO:
        stream = io.StringIO()
        start_logging(level, log_format, stream=stream)
        return stream

    with logging_as_before():
        yield begin


def fail(log: logging.Logger, cause: str) -> None:
    """Log an error as code does that caught one."""
    try:
        raise LookupError(cause)  # noqa: TRY301 the point of it
    except LookupError:
        log.exception("failed")


def test_a_text_line_says_when_how_bad_who_what_and_the_values(start, log):
    lines = start("text")
    log.info("delivered", extra={"inbox": "https://a.test/inbox", "status": 202})
    when, rest = lines.getvalue().split(" ", 1)
    assert when.endswith("Z")
    assert (
        rest
        == "info federation.outward.delivery: delivered inbox=https://a.test/inbox status=202\n"
    )


def test_a_json_line_is_one_object(start, log):
    lines = start("json")
    log.warning("parked", extra={"attempts": 3, "reason": "gone for good"})
    line = json.loads(lines.getvalue())
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "federation.outward.delivery",
        "event": "parked",
        "attempts": 3,
        "reason": "gone for good",
    }


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("name", ["body", "token", "email", "Authorization", "pem", "remote"])
def test_what_must_never_be_logged_is_dropped(start, log, log_format, name):
    lines = start(log_format)
    log.info("refused", extra={name: "hidden-value", "reason": "blocked"})
    assert "hidden-value" not in lines.getvalue()
    assert "blocked" in lines.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("evil", ["a\nb info fake: line", "a\r\nb", "a\x1b[2Jb", "a\u2028b"])
def test_a_value_cannot_start_a_line_of_its_own(start, log, log_format, evil):
    lines = start(log_format)
    log.info("fetched", extra={"name_of_it": evil})
    log.info(evil)
    assert len(lines.getvalue().splitlines()) == 2
    assert "\x1b" not in lines.getvalue()


def test_a_value_with_blanks_or_quotes_stays_one_value(start, log):
    lines = start("text")
    log.info("fetched", extra={"said": 'x" status=500', "empty": ""})
    assert lines.getvalue().endswith(r'said="x\" status=500" empty=""' + "\n")


def test_a_long_value_is_cut(start, log):
    lines = start("text")
    log.info("fetched", extra={"url": "x" * 100_000})
    assert len(lines.getvalue()) < 600


def test_the_request_at_hand_is_on_every_line_written_inside(start, log):
    lines = start("json")
    with about(request="01J"), about(activity="https://a.test/1"):
        log.info("kept")
    log.info("idle")
    inside, outside = map(json.loads, lines.getvalue().splitlines())
    assert (inside["request"], inside["activity"]) == ("01J", "https://a.test/1")
    assert "request" not in outside


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_error_of_ours_brings_its_traceback_and_not_what_it_says(start, log, log_format):
    lines = start(log_format)
    fail(log, "no row for @anna@a.test")
    log.warning("Again: %s, %r.", LookupError("anna"), LookupError("anna"))
    assert "LookupError" in lines.getvalue()
    assert "in fail" in lines.getvalue()
    assert "anna" not in lines.getvalue()


def test_a_traceback_in_text_is_indented(start, log):
    lines = start("text")
    fail(log, "two\nlines")
    assert {line[:4] for line in lines.getvalue().splitlines()[1:]} == {"    "}


def test_lower_levels_are_left_out(start, log):
    lines = start("text", level="warning")
    log.info("delivered")
    assert lines.getvalue() == ""


def test_starting_twice_writes_each_line_once(start, log):
    first = start("text")
    second = start("text")
    log.info("delivered")
    assert first.getvalue() == ""
    assert second.getvalue().count("delivered") == 1


def test_the_addresses_of_visitors_are_not_logged(start):
    lines = start("text", level="debug")
    logging.getLogger("aiohttp.access").info("192.0.2.7 GET /")
    assert lines.getvalue() == ""
