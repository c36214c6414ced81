"""M09, M10: what the node stands on, and what could be read out of the running process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {"aiohttp": (3, 14, 3), "cryptography": (46, 0, 7), "pillow": (12, 0, 0)}
"""The first releases without what was found in those before. Spec: security M09"""


@pytest.mark.parametrize("name", FLOORS, ids=lambda name: f"M09-{name}")
def test_no_library_is_older_than_what_was_mended_in_it(name: str) -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{name}==([\d.]+)", pins, re.MULTILINE | re.IGNORECASE)
    assert found
    assert tuple(int(part) for part in found[1].split(".")) >= FLOORS[name]


def test_m09_every_library_is_pinned_to_one_release() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.match(r"[A-Za-z0-9_.\[\]-]+==\d[\w.]*( ;.*)?$", line), line


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is of Linux")
def test_m10_no_core_is_written_and_nobody_of_the_account_looks_in() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import ctypes, resource\n"
            "from node.hardening import keep_memory\n"
            "keep_memory()\n"
            "print(ctypes.CDLL(None).prctl(3), resource.getrlimit(resource.RLIMIT_CORE))",
        ],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert told.stdout.strip() == "0 (0, 0)"


def test_m10_no_secret_is_a_setting_of_the_environment() -> None:
    text = (ROOT / "node" / "config.py").read_text(encoding="utf-8")
    names = {name.upper() for name in re.findall(r'"JOSOOR_(\w+)"', text)}
    assert not {name for name in names if re.search("SECRET$|PASSWORD|TOKEN|MASTER", name)}
