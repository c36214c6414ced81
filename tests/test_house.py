"""The documentation and the habits of the house, held against the code."""

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

import click
import pytest

import node.cli
from activitypub.errors import DocumentError
from federation.errors import FederationError
from keys.errors import KeysError
from node.app import listeners
from node.config import SETTINGS
from node.errors import NodeError
from node.routes import ROUTES
from node.storage.errors import StorageError

TOP = Path(__file__).parent.parent
PACKAGES = ("keys", "activitypub", "federation", "node")


def read(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its kind."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table, without the rows of headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heads = {at - 1 for at, line in enumerate(lines) if set(line) <= set("|- ")}
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for at, line in enumerate(lines)
        if at not in heads and not set(line) <= set("|- ")
    ]


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


# --- the documentation ---


def test_readme_names_every_folder_and_no_other():
    told = {cells[0].strip("`/") for cells in rows(section(read("README.md"), "Where things live"))}
    there = {
        path.name
        for path in TOP.iterdir()
        if path.is_dir() and not path.name.startswith((".", "_")) and path.name != "data"
    }
    assert told == there - {"build", "dist"}


@pytest.mark.parametrize(
    "name", ["README.md", "deploy/README.md", "docs/operating.md", "SECURITY.md", "CHANGELOG.md"]
)
def test_every_link_to_a_file_leads_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(name))
    assert [link for link in links if not (TOP / name).parent.joinpath(link).exists()] == []


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Every command as it is typed, without those that are hidden."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name


_NAMED = re.compile(r"`([A-Za-z_]+(?:\.[a-z_]+)?)` in\s+`([a-z_/]+\.py)`")


def test_the_journeys_of_federation_name_files_and_functions_that_are_there():
    text = read("federation/README.md")
    for path in set(re.findall(r"`([a-z_/]+\.py)`", text)):
        assert (TOP / "federation" / path).is_file(), path
    steps = _NAMED.findall(text)
    assert len(steps) >= 8
    for name, path in steps:
        source = (TOP / "federation" / path).read_text(encoding="utf-8")
        for part in name.split("."):
            assert re.search(rf"(?:class|def) {part}\b", source), (name, path)


def test_every_command_is_documented_and_no_other():
    typed = [cells[0].strip("`").split() for cells in rows(read("docs/commands.md"))]
    told = {" ".join(word for word in words if word.islower()) for words in typed}
    assert isinstance(node.cli.main, click.Group)
    assert told == set(commands(node.cli.main))


def test_every_command_says_what_it_does():
    def silent(group: click.Group) -> list[str]:
        found = []
        for name, command in group.commands.items():
            found += silent(command) if isinstance(command, click.Group) else []
            found += [] if command.help else [name]
        return found

    assert silent(node.cli.main) == []


def test_every_setting_is_documented_and_no_other():
    told = [
        tuple(re.findall(r"`([^`]+)`", " ".join(cells[:2])))
        for cells in rows(read("docs/settings.md"))
    ]
    assert told == [(setting.name, setting.variable) for setting in SETTINGS]


def test_federation_tells_what_is_heard():
    told = [
        (cells[0].strip("`"), cells[1].strip("`"))
        for cells in rows(section(read("FEDERATION.md"), "What we hear"))
    ]
    assert len(told) == len(set(told))
    assert set(told) == {(row[0], row[1]) for row in listeners().table()}


def test_every_listener_says_what_happens():
    assert [row for row in listeners().table() if not row[4]] == []


def test_federation_has_the_sections_that_fep_67ff_asks_for():
    text = read("FEDERATION.md")
    assert text.startswith("# Federation\n")
    assert "FEP-67ff" in section(text, "Supported FEPs")
    assert "ActivityPub" in section(text, "Supported federation protocols and standards")


def test_every_route_of_the_api_is_documented():
    text = read("docs/api.md")
    told = {re.sub(r"\{\w+.*?\}\}?", "ID", route.path) for route in ROUTES}
    assert [path for path in told if path.startswith("/api/") and path not in text] == []


def test_the_changelog_knows_the_version():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert "## [Unreleased]" in read("CHANGELOG.md")
    assert f"## [{version}]" in read("CHANGELOG.md")


def test_the_licence_is_whole():
    text = read("LICENSE")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text.splitlines()[0]
    assert len(text.splitlines()) == 661


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
