"""Reads the log of every test as an operator would, at DEBUG, and fails the test that lets slip what
belongs to a person (security: 3.6), or that leaves a task or a session lying about.

A plugin of pytest, in each of its processes. What tests wait for may be told: `expects_trouble`.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO

import pytest

from node.hearsay import OURS
from node.logs import LogHandler
from tests.support.needles import NEEDLES
from tests.support.overhearing import overhearing

GREETINGS = ("Josoor is at ", "Set it up here, once, ")
"""How `josoor serve` begins: words to whoever started it, not of the log (docs: settings)."""
_ROOT = logging.getLogger()


class Watch(LogHandler):
    """What was told since it was last read, and what asyncio complained of."""

    def __init__(self) -> None:
        self.told, self.troubles = StringIO(), list[str]()
        super().__init__("debug", "text", self.told)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line; a complaint of asyncio's whole, for whoever mends it."""
        if record.name == "asyncio" and record.levelno >= logging.ERROR:
            error = record.exc_info[1] if record.exc_info else None
            self.troubles.append(f"{record.getMessage()} {error!r}")
        super().emit(record)

    def hear(self, text: str) -> None:
        """What a node that is a process of its own has written on standard error."""
        lines = (line for line in text.splitlines() if not line.startswith(GREETINGS))
        self.told.write("".join(f"{line}\n" for line in lines))

    def read(self) -> tuple[list[str], list[str]]:
        """What slipped, and what asyncio complained of; then the watch begins anew."""
        text, troubles = self.told.getvalue(), self.troubles
        self.told.truncate(self.told.seek(0))
        self.troubles = []
        return NEEDLES.in_text(text) if text else [], troubles


WATCH = Watch()
_OPEN = ExitStack()


@contextmanager
def logging_as_before() -> Iterator[None]:
    """The block may start logging as it likes; afterwards the process logs as before."""
    loggers = [_ROOT, *map(logging.getLogger, OURS)]
    levels, handlers = [each.level for each in loggers], list(_ROOT.handlers)
    access = logging.getLogger("aiohttp.access")
    disabled = access.disabled
    try:
        yield
    finally:
        _ROOT.handlers[:] = handlers
        access.disabled = disabled
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)


def heard(text: str) -> None:
    """Let the watch read what a node wrote that was a process of its own."""
    WATCH.hear(text)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch."""
    config.addinivalue_line("markers", "expects_trouble: asyncio has reason to complain here")
    _OPEN.enter_context(overhearing())
    _ROOT.addHandler(WATCH)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.DEBUG)


def pytest_unconfigure() -> None:
    """Watch no more."""
    _ROOT.removeHandler(WATCH)
    _OPEN.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test during which it was told."""
    result = yield
    _judge(item)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """The same for what was told while its node ended; after the last test of a file, for what
    the file left lying about as well."""
    result = yield
    last = nextitem is None or nextitem.path != item.path
    if last:
        gc.collect()
    try:
        _judge(item)
    finally:
        if last:
            NEEDLES.forget()
    return result


def _judge(item: pytest.Item) -> None:
    slipped, troubles = WATCH.read()
    if not item.get_closest_marker("expects_trouble"):
        slipped += troubles
    if slipped:
        pytest.fail("The log tells too much:\n" + "\n".join(slipped[:20]), pytrace=False)
