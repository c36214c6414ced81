"""The documentation of the house, held against the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import click
import pytest

import node.cli
from node.app import listeners
from node.config import SETTINGS
from node.routes import ROUTES
from tests.support.tree import TOP, read


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
