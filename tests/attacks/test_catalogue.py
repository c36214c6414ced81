"""No row of the attack catalogue is without a test, or without the reason why it has none yet."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ROWS = json.loads((HERE / "catalogue.json").read_text(encoding="utf-8"))
TESTED, ELSEWHERE, NOT_YET = "tested", "tested elsewhere: ", "not yet built: "
_IN_NAME = re.compile(r"test_([a-m][0-9]{2})_")
_IN_PARAMETERS = re.compile(r"[\[-]([A-M][0-9]{2})(?=[-\]])")


def _collected() -> set[str]:
    """The rows that the tests of this folder name, as pytest itself finds them."""
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", HERE],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    rows: set[str] = set()
    for line in found.splitlines():
        _, _, name = line.partition("::")
        rows.update(row.upper() for row in _IN_NAME.findall(name))
        rows.update(_IN_PARAMETERS.findall(name))
    return rows


def test_every_row_said_to_be_tested_is_tested_and_every_test_has_its_row() -> None:
    claimed = {row["id"] for row in ROWS if row["state"] == TESTED}
    assert _collected() == claimed


def test_every_row_has_a_state_that_can_be_read() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert set(row) == {"id", "priority", "state"}, row
        assert row["priority"] in (0, 1, 2), row
        state = row["state"]
        reason = state.removeprefix(NOT_YET)
        assert state == TESTED or state.startswith(ELSEWHERE) or len(reason) > 10, row


def test_what_is_tested_elsewhere_is_there() -> None:
    for row in ROWS:
        if row["state"].startswith(ELSEWHERE):
            path, _, name = row["state"].removeprefix(ELSEWHERE).partition("::")
            text = (ROOT / path).read_text(encoding="utf-8")
            assert not name or f"def {name}" in text, row


def test_what_is_about_signatures_and_keys_is_tested() -> None:
    """Requests are believed for nothing but their signatures: these rows may wait for nothing."""
    missing = [row["id"] for row in ROWS if row["id"][0] == "A" and row["state"] != TESTED]
    assert missing == []
