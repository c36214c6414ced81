"""The habits of the house, held against the code."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from activitypub.errors import DocumentError
from federation.errors import FederationError
from keys.errors import KeysError
from node.errors import NodeError
from node.storage.errors import StorageError
from tests.support.tree import TOP, read

PACKAGES = ("keys", "activitypub", "federation", "node")


def module_names() -> list[str]:
    return [
        each.name
        for name in PACKAGES
        for each in pkgutil.walk_packages([str(TOP / name)], prefix=f"{name}.")
    ]


def modules() -> Iterator[ModuleType]:
    for name in module_names():
        if name != "node.__main__":
            yield importlib.import_module(name)


def classes_below(root: Any) -> set[Any]:
    found: set[Any] = {root}
    for child in root.__subclasses__():
        found |= classes_below(child)
    return {each for each in found if each.__module__.partition(".")[0] in PACKAGES}


def project_files() -> list[Path]:
    """Every text file that belongs to the project, and nothing that a tool has left."""
    made = {"data", "__pycache__", "build", "dist"}
    hidden = {".ci", ".editorconfig", ".gitignore"}
    text = {"", ".md", ".py", ".toml", ".txt", ".sql", ".html", ".css", ".json", ".po", ".service"}
    return [
        path
        for path in TOP.rglob("*")
        if path.suffix in text
        and not made & set(path.relative_to(TOP).parts)
        and not {part for part in path.relative_to(TOP).parts if part[0] == "."} - hidden
        and path.is_file()
    ]


# --- errors ---


@pytest.mark.parametrize(
    "root", [KeysError, DocumentError, FederationError, NodeError, StorageError]
)
def test_every_error_has_a_reason_for_the_log_and_a_sentence_that_explains_it(root):
    list(modules())
    for error in classes_below(root):
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.reason), error
        assert inspect.getdoc(error), error


def test_every_federation_error_says_whether_to_try_again():
    list(modules())
    assert all(isinstance(each.retry, bool) for each in classes_below(FederationError))


def test_every_error_of_the_node_has_a_status():
    list(modules())
    assert all(400 <= each.status <= 599 for each in classes_below(NodeError))


def test_no_error_escapes_those_who_catch_exceptions():
    for module in modules():
        for error in vars(module).values():
            if inspect.isclass(error) and error.__module__ == module.__name__:
                assert not issubclass(error, BaseException) or issubclass(error, Exception)


@pytest.mark.parametrize(
    "name", ["keys/errors.py", "activitypub/errors.py", "federation/errors.py", "node/errors.py"]
)
def test_the_tree_of_errors_is_drawn_at_the_top(name):
    text = read(name)
    drawing = text.partition("class ")[0]
    assert [
        each for each in re.findall(r"^class (\w+)", text, re.MULTILINE) if each not in drawing
    ] == []


# --- the code ---

_WATCHED_IMPORT = """
import importlib, json, os, sys

seen = []


def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (
        os.O_WRONLY | os.O_RDWR | os.O_CREAT
    )
    if writes or event.startswith(("socket.", "sqlite3.", "subprocess.", "os.mkdir", "os.rename")):
        # importing asyncio and uvloop asks what this machine can do; nothing is bound or reached
        if event not in {"socket.__new__", "socket.gethostname"}:
            seen.append([event, str(arguments[:2])])


sys.path.insert(0, sys.argv[1])
sys.addaudithook(watch)
for name in json.loads(sys.argv[2]):
    importlib.import_module(name)
    for event in seen:
        print(name, *event)
    seen.clear()
"""


def test_importing_everything_with_an_empty_environment_does_nothing(tmp_path):
    names = [name for name in module_names() if name != "node.__main__"]
    done = subprocess.run(
        [sys.executable, "-B", "-c", _WATCHED_IMPORT, str(TOP), json.dumps(names)],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_no_file_names_a_place_on_somebodys_machine():
    place = re.compile(r"/(?:work|farm|tmp|root)/[a-z]|/home/(?!josoor)[a-z]|file:/{2}")
    found = [
        f"{path.relative_to(TOP)}: {match.group()}"
        for path in project_files()
        if (match := place.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_pinned_versions_cover_what_the_project_asks_for():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(each for extra in extras for each in extra)]
    pinned = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in read("constraints.txt").splitlines()
        if "==" in line
    }
    names = {re.split(r"[<>=;\[ ]", each)[0].lower().replace("_", "-") for each in asked}
    assert names - pinned == set()
