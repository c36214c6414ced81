"""docs/people.md tells the rights that the code gives."""

from __future__ import annotations

from pathlib import Path

from node.people.model import Role
from node.people.rights import RIGHTS, Right

PAGE = Path(__file__).parents[3] / "docs" / "people.md"


def told() -> dict[Role, set[Right]]:
    """The table of the page, turned round."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    begin = next(n for n, line in enumerate(lines) if line.startswith("| may |"))
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[begin:]]
    roles = [Role(name) for name in rows[0][1:]]
    found: dict[Role, set[Right]] = {role: set() for role in roles}
    for words, *marks in rows[2 : 2 + len(Right)]:
        for role, mark in zip(roles, marks, strict=True):
            if mark == "✓":
                found[role].add(Right(words))
    return found


def test_the_page_on_people_tells_each_role_with_its_rights():
    assert told() == {role: set(rights) for role, rights in RIGHTS.items()}
