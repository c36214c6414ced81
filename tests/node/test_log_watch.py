"""The watch over every test's log can fail: what is planted is found."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.support.log_watch import GREETINGS, Watch, logging_as_before
from tests.support.needles import NEEDLES, server_name
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
LEAK = """
import logging

def test_planted():
    logging.getLogger("node.people").debug("Somebody came in: %s.", "@anna@a.test")

async def test_left_lying():
    import asyncio
    async def lost():
        raise KeyError("x")
    task = asyncio.create_task(lost())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

def test_clean():
    logging.getLogger("node.people").debug("Somebody came in.")
"""


@pytest.fixture
def watch() -> Iterator[Watch]:
    """A watch beside the one over this test, which looks away meanwhile."""
    with logging_as_before():
        root, planted = logging.getLogger(), Watch()
        root.handlers[:] = [planted]
        yield planted


@pytest.mark.parametrize(
    "said",
    [
        *("192.0.2.7", "from 192.0.2.7:4000", "2001:db8::7", "::1"),
        *("@anna@a.test", "acct:anna", "anna@a.test", "https://a.test/anna", "/join/x7"),
        *("Bearer x", "session=x", "csrf", "josoor_aaaaaaaaaaaaaaaaaaaaaaaa", "BEGIN PRIVATE KEY"),
        *('{"type": 1}', "<p>Hallo", "TilQ", "zwei kleine Wörter", "A" * 40),
    ],
)
def test_what_is_planted_in_a_line_is_found(watch: Watch, said: str):
    NEEDLES.add("tilq", "Zwei kleine Wörter")
    log = logging.getLogger("node.people")
    log.debug("Came: %s.", said)
    assert len(watch.read()[0]) >= 1
    log.debug("came", extra={"who": said})
    assert len(watch.read()[0]) >= 1


@pytest.mark.parametrize("said", ["delivered, status-202", "LookupError", "a.test", "127.0.0.1:81"])
def test_what_a_log_may_hold_is_not_complained_of(watch: Watch, said: str):
    server_name("127.0.0.1:81")
    logging.getLogger("federation.outward").info("Delivery %d to %s: done.", 7, said)
    watch.hear(f"{GREETINGS[0]}https://wien.test\n")
    assert watch.read() == ([], [])


async def test_a_server_that_somebody_asked_may_be_named_and_who_asked_may_not(watch: Watch):
    log, asked = logging.getLogger("federation.outward"), f"127.0.0.1:{free_port()}"
    async with ClientSession() as session:
        with pytest.raises(ClientConnectionError):
            await session.get(f"http://{asked}/inbox")
    log.info("Delivery 7 to %s: retry.", asked)
    assert watch.read() == ([], [])
    log.info("Delivery 7 for %s: retry.", "127.0.0.1")
    assert len(watch.read()[0]) == 1


def test_what_an_error_says_and_the_code_that_raised_it_are_nobodys(watch: Watch):
    NEEDLES.add("tilq")
    try:
        raise KeyError("tilq")  # noqa: TRY301 the point of it
    except KeyError:
        logging.getLogger("node.people").exception("It failed.")
    assert "KeyError" in watch.told.getvalue()
    assert watch.read() == ([], [])


@pytest.mark.parametrize("name", ["aiohttp.internal", "asyncpg.pool", "asyncio", "py.warnings"])
def test_of_what_a_library_says_nothing_is_repeated(watch: Watch, name: str):
    log, cookie = logging.getLogger(name), "tilq"
    log.debug("Can not load: Illegal name %r", cookie)
    log.warning("Can not load: Illegal name %r", cookie, extra={"name_of": cookie})
    log.warning(f"Exception in callback came('{cookie}')")
    NEEDLES.add(cookie)
    lines = watch.told.getvalue().splitlines()
    assert len(lines) == 2
    assert watch.read() == ([], [])


def test_a_line_that_cannot_be_made_tells_nothing_of_what_was_meant_for_it(
    watch: Watch, capfd: pytest.CaptureFixture[str]
):
    NEEDLES.add("tilq")
    parts = {"name": "node.people", "levelno": logging.WARNING, "module": "here", "lineno": 7}
    # to the watch alone: pytest's own handler fails for it
    watch.handle(logging.makeLogRecord({**parts, "msg": "%d came", "args": ("tilq",)}))
    assert "A line could not be written. at=here:7" in watch.told.getvalue()
    assert watch.read() == ([], [])
    assert "tilq" not in "".join(capfd.readouterr())


async def test_what_asyncio_complains_of_is_kept_whole(watch: Watch):
    asyncio.get_running_loop().call_exception_handler({"message": "left open", "session": "x"})
    slipped, troubles = watch.read()
    assert (slipped, len(troubles)) == ([], 1)
    assert "session" in troubles[0]


def test_errors_that_nobody_caught_are_told_by_their_class(tmp_path: Path):
    program = (
        "import threading, warnings\n"
        "from node.logs import start_logging\n"
        "from node.last_words import tell_last_words\n"
        "start_logging('debug', 'text')\n"
        "tell_last_words()\n"
        "class Gone:\n"
        "    def __del__(self):\n"
        "        raise ValueError('til' + 'q')\n"
        "def broken():\n"
        "    raise LookupError('til' + 'q')\n"
        "Gone()\n"
        "warnings.warn('til' + 'q')\n"
        "one = threading.Thread(target=broken, name='til' + 'q')\n"
        "one.start()\n"
        "one.join()\n"
        "raise KeyError('til' + 'q')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    for kind in ("ValueError", "UserWarning", "LookupError", "KeyError"):
        assert kind in told.stderr
    assert "tilq" not in told.stderr


def test_a_test_that_lets_something_slip_fails(tmp_path: Path):
    planted = tmp_path / "test_leaks.py"
    planted.write_text(LEAK)
    options = ("-q", "-p", "tests.support.log_watch", "-p", "no:cacheprovider", "--rootdir", ".")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--import-mode=importlib", "-o",
         "asyncio_mode=auto", "-c", os.devnull, str(planted)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "'@' in" in run.stdout, run.stdout
    assert "Task exception was never retrieved" in run.stdout
    assert "2 failed, 1 passed" in run.stdout.splitlines()[-1]
