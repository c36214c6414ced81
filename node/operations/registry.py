"""The table of operations: a name, and a function from arguments to a JSON value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from node.errors import NotFound
from node.services import Node

Arguments = Mapping[str, Any]
Operation = Callable[[Node, Arguments], Awaitable[Any]]

OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name, such as `event.publish`."""


def operation(name: str) -> Callable[[Operation], Operation]:
    """Put the decorated function into the table."""

    def add(function: Operation) -> Operation:
        assert name not in OPERATIONS, f"{name} is there already"
        OPERATIONS[name] = function
        return function

    return add


async def perform(node: Node, name: str, arguments: Arguments) -> Any:
    """What the operation answers. Raises: NotFound for an unknown one, else what it raises."""
    found = OPERATIONS.get(name)
    if found is None:
        raise NotFound(f"There is no operation {name}.")
    return await found(node, arguments)
