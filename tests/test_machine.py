"""Tests of how the tests share their machine."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.machine import _turn

OTHER = """
import sys
from pathlib import Path
from tests.support.machine import _turn

folder = Path(sys.argv[1])
print("here", flush=True)
with _turn(folder, alone=sys.argv[2] == "alone"):
    with (folder / "order").open("a") as order:
        order.write("other ")
"""


@pytest.mark.parametrize(("ours", "theirs"), [(True, "beside"), (False, "alone")])
def test_who_is_alone_waits_for_the_others_and_they_wait_for_it(
    tmp_path: Path, ours: bool, theirs: str
):
    with _turn(tmp_path, alone=ours):
        other = _begin(tmp_path, theirs)
        time.sleep(0.2)  # long enough for whoever does not wait
        _note(tmp_path)
    assert other.wait(10) == 0
    assert (tmp_path / "order").read_text() == "we other "


def test_who_is_not_alone_waits_for_nobody_who_is_not(tmp_path: Path):
    with _turn(tmp_path, alone=False):
        assert _begin(tmp_path, "beside").wait(10) == 0
        _note(tmp_path)
    assert (tmp_path / "order").read_text() == "other we "


def _begin(folder: Path, alone: str) -> subprocess.Popen[str]:
    """Another process of the run, which is about to begin a test."""
    command = [sys.executable, "-c", OTHER, str(folder), alone]
    other = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    assert other.stdout
    with other.stdout as said:
        assert said.readline() == "here\n"
    return other


def _note(folder: Path) -> None:
    with (folder / "order").open("a") as order:
        order.write("we ")
