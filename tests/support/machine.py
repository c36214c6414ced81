"""What a run of the tests does to its machine: where it writes, what begins first, what is alone.

A plugin of pytest, in each of its processes. `@pytest.mark.alone` is for tests that load the machine
or measure it: in a run on several processes no other test is under way meanwhile.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30
_LONGEST = (
    "tests/web/test_every_page.py",
    "tests/node/commands/",
    "tests/node/test_crashes.py",
    "tests/web/",
    "tests/interop/",
)
"""Begun first: else one process would be busy with them when all others have ended."""


def pytest_configure() -> None:
    """Let an example take as long as it does on a machine that is busy with other tests."""
    settings.register_profile("beside others", deadline=None)
    settings.load_profile("beside others")
    _write_into_memory()


def _write_into_memory() -> None:
    """Put temporary folders into memory, where that has room: the tests write thousands of
    databases through to the disk. A TMPDIR in the environment wins."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_MEMORY).free < _ROOM:
        return
    home = _MEMORY / f"josoor-{os.getuid()}"
    home.mkdir(mode=0o755, exist_ok=True)
    _sweep(home)
    own = home / str(os.getpid())
    own.mkdir(mode=0o755, exist_ok=True)
    os.environ["TMPDIR"] = str(own)
    tempfile.tempdir = None


def _sweep(home: Path) -> None:
    """Remove what runs that are over have left; of the last one it could be looked at until now."""
    for left in home.iterdir():
        if left.name.isdigit() and not Path("/proc", left.name).exists():
            shutil.rmtree(left, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; all others stay in their order."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    found = (place for place, name in enumerate(_LONGEST) if item.nodeid.startswith(name))
    return next(found, len(_LONGEST))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with _turn(_shared_folder(item.config), alone=item.get_closest_marker("alone") is not None):
        return (yield)


def _shared_folder(config: pytest.Config) -> Path | None:
    """A folder that the processes of this run share; None when there is only one."""
    if not hasattr(config, "workerinput"):
        return None
    return Path(config.option.basetemp).parent


@contextmanager
def _turn(folder: Path | None, *, alone: bool) -> Iterator[None]:
    if folder is None:
        yield
        return
    # Locks of the process, not of the open file: no child that outlives its test keeps them.
    with (folder / "gate").open("a+") as gate, (folder / "floor").open("a+") as floor:
        # Who waits for the floor holds the gate, so that the others do not come in before it.
        fcntl.lockf(gate, fcntl.LOCK_EX)
        fcntl.lockf(floor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.lockf(gate, fcntl.LOCK_UN)
        yield
