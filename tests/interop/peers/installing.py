"""Software of others, installed by its own package manager into a folder outside the project.

python3 -m tests.interop.peers.installing        all of it now, before any test asks for it
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_SECONDS = 240
_HERE = Path(__file__).parent
_NPM = ("fedify", "activitypub-testing", "axe")
_PYPI = ("bovine", "pasture", "pubby")


class NotInstallable(Exception):
    """A program or a registry is not there; the text says which."""


def folder_of(peer: str) -> Path:
    """A folder with the files of a peer on npm and the packages that its lock file names; made
    anew when that changes.

    Raises: NotInstallable.
    """
    _need("node", "npm")
    files = sorted(each for each in (_HERE / peer).iterdir() if each.is_file())
    recipe = b"".join(each.read_bytes() for each in files if each.suffix == ".json")
    folder = _folder(peer, recipe)
    for each in files:
        shutil.copyfile(each, folder / each.name)
    command = ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    _once(folder, lambda: _run(command, folder))
    return folder


def python_of(peer: str) -> Path:
    """The Python of its own that has the packages which a peer on PyPI requires.

    Raises: NotInstallable.
    """
    requirements = _HERE / peer / "requirements.txt"
    folder = _folder(peer, requirements.read_bytes())
    python = folder / "bin" / "python"
    make = [sys.executable, "-m", "venv", "--clear", str(folder)]
    fill = [str(python), "-m", "pip", "install", "-q", "-r", str(requirements)]

    def build() -> None:
        _run(make, folder)
        _run(fill, folder)

    _once(folder, build)
    return python


def _folder(name: str, recipe: bytes) -> Path:
    home = os.environ.get("JOSOOR_PEERS_CACHE", "~/.cache/josoor-peers")
    folder = Path(home).expanduser() / f"{name}-{hashlib.sha256(recipe).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _once(folder: Path, build: Callable[[], None]) -> None:
    if not (folder / "complete").exists():
        build()
        (folder / "complete").touch()


def _need(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            raise NotInstallable(f"{program} is not installed")


def _run(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise NotInstallable(f"{command[0]}: the registry did not answer in time") from error
    if done.returncode:
        raise NotInstallable(f"{' '.join(command[:4])} failed: {done.stderr[-300:]}")


def main() -> None:
    """Install every peer, all at once; the first that cannot be had ends it."""
    with ThreadPoolExecutor() as at_once:
        work = [at_once.submit(folder_of, peer) for peer in _NPM]
        work += [at_once.submit(python_of, peer) for peer in _PYPI]
        for each in work:
            print(each.result())  # noqa: T201


if __name__ == "__main__":
    main()
